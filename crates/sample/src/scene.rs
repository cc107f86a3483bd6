//! Who stands where in a picture, and what everything looks like.

use bauta_domain::{BoundingBox, ImageSize, RgbImage};

use crate::{
    background::draw_background,
    head::Pose,
    lens::Lens,
    light::Light,
    masks::Mask,
    paint::Layer,
    person::Person,
    portrait::draw_person,
    random::{Dice, Purpose},
};

/// What a face of the sample is called, in the order of the paper.
pub const CATEGORIES: [&str; 4] = ["no_mask", "op_mask", "ffp2", "other_mask"];

/// The smallest picture whose faces are larger than 40 pixels.
pub const LEAST_SIZE: ImageSize = ImageSize::new(320, 240);
/// The largest picture that is drawn.
pub const MOST_SIZE: ImageSize = ImageSize::new(8192, 8192);

/// One face of a drawn picture.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleFace {
    /// Tight box in image pixels: hairline to chin, ear to ear.
    pub bbox: BoundingBox,
    /// One of [`CATEGORIES`].
    pub category: &'static str,
}

/// A drawn picture and what is true about it.
#[derive(Clone, Debug, PartialEq)]
pub struct SamplePicture {
    /// The pixels.
    pub image: RgbImage,
    /// The faces, from left to right.
    pub faces: Vec<SampleFace>,
    /// File name: `portrait_001.jpg` for index 0.
    pub name: String,
}

/// Draws picture `index` of the sample with this seed. The same arguments give the same pixels
/// (on one machine), whatever was drawn before. Faces are larger than 40 px in pictures of at
/// least [`LEAST_SIZE`]; sides are brought below those of [`MOST_SIZE`].
pub fn picture(seed: u64, index: u32, size: ImageSize) -> SamplePicture {
    let size = within_limits(size);
    let number = u64::from(index);
    let mut dice = Dice::new(seed, number, Purpose::Scene, 0);
    let light = Light::drawn(&mut dice);
    let lens = Lens::drawn(&mut dice);
    let places = places(&mut dice, size);
    let mut layer = Layer::new(size.width, size.height);
    draw_background(&mut layer, &mut dice, &light);
    let faces = places
        .iter()
        .zip(0..)
        .map(|(pose, who)| {
            let category = CATEGORIES[category(seed, number, who)];
            let person = person(seed, number, who);
            let mask = mask(seed, number, who, category);
            SampleFace { bbox: draw_person(&mut layer, &person, mask.as_ref(), *pose, &light), category }
        })
        .collect();
    let image = lens.develop(&layer, &mut Dice::new(seed, number, Purpose::Grain, 0));
    SamplePicture { image, faces, name: format!("portrait_{:03}.jpg", number + 1) }
}

pub(crate) fn within_limits(size: ImageSize) -> ImageSize {
    ImageSize::new(size.width.clamp(1, MOST_SIZE.width), size.height.clamp(1, MOST_SIZE.height))
}

/// Person `who` of a picture.
pub(crate) fn person(seed: u64, picture: u64, who: u64) -> Person {
    Person::drawn(&mut Dice::new(seed, picture, Purpose::Person, who), small_things(seed, picture, who))
}

/// The mask that person `who` of a picture wears in this category.
pub(crate) fn mask(seed: u64, picture: u64, who: u64, category: &str) -> Option<Mask> {
    Mask::drawn(category, &mut Dice::new(seed, picture, Purpose::Mask, who), small_things(seed, picture, who + 32))
}

fn small_things(seed: u64, picture: u64, who: u64) -> u64 {
    seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (picture * 64 + who)
}

/// Index of a face's category. The first face of four pictures in a row has each category once, in
/// a shuffled order; further faces are drawn evenly.
fn category(seed: u64, picture: u64, who: u64) -> usize {
    if who > 0 {
        return Dice::new(seed, picture, Purpose::Category, who).below(CATEGORIES.len());
    }
    let mut dice = Dice::new(seed, picture / 4 + (1 << 40), Purpose::Category, 0);
    let mut order = [0, 1, 2, 3];
    for last in (1..order.len()).rev() {
        order.swap(last, dice.below(last + 1));
    }
    order[(picture % 4) as usize]
}

/// Narrowest share of a picture, in pixels, in which a face among others is still larger than 40.
const LEAST_SLOT: u32 = 140;

/// Poses of one to three people, from left to right.
fn places(dice: &mut Dice, size: ImageSize) -> Vec<Pose> {
    let (w, h) = (size.width as f32, size.height as f32);
    let wanted = dice.weighted(&[(8.0, 1), (1.3, 2), (0.7, 3)]);
    let count = wanted.min((size.width / LEAST_SLOT).max(1));
    let slot = w / count as f32;
    (0..count)
        .map(|place| {
            // Half the height of the face: at most what leaves room for hair and for the neighbours.
            let most = (h * 0.27).min(slot * 0.36);
            let scale = most * if count == 1 { dice.between(0.62, 1.0) } else { dice.between(0.72, 0.95) };
            let room = (slot / 2.0 - scale * 1.1).max(0.0);
            let x = slot * (place as f32 + 0.5) + dice.bell() * room * if count == 1 { 0.9 } else { 0.6 };
            let (highest, lowest) = (scale * 1.5, (h - scale * 1.3).max(scale * 1.5));
            let y = (h * dice.between(0.4, 0.56)).clamp(highest, lowest);
            let turn = |dice: &mut Dice, degrees: f32| (dice.bell() * degrees).to_radians();
            Pose { center: [x, y], scale, yaw: turn(dice, 26.0), pitch: turn(dice, 9.0), roll: turn(dice, 14.0) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::{Beard, Headwear};

    #[test]
    fn nothing_about_a_person_depends_on_the_category() {
        type Trait = (&'static str, fn(&Person) -> bool);
        let traits: [Trait; 6] = [
            ("headwear", |person| person.headwear != Headwear::None),
            ("headscarf", |person| person.headwear == Headwear::Headscarf),
            ("glasses", |person| person.glasses.is_some()),
            ("beard", |person| person.beard != Beard::None),
            ("dark skin", |person| person.skin.luma() < 0.5),
            ("blue clothes", |person| person.clothes.tone.0[2] > person.clothes.tone.0[0] + 0.05),
        ];
        let people: Vec<(usize, Person)> = (0..4000).map(|n| (category(1, n, 0), person(1, n, 0))).collect();
        for (name, has) in traits {
            let share = |chosen: &dyn Fn(usize) -> bool| {
                let group: Vec<bool> = people.iter().filter(|(c, _)| chosen(*c)).map(|(_, p)| has(p)).collect();
                group.iter().filter(|yes| **yes).count() as f64 / group.len() as f64
            };
            let overall = share(&|_| true);
            assert!(overall > 0.03 && overall < 0.97, "{name}: nearly all or none ({overall})");
            // Chi-square with 3 degrees of freedom; 16.3 is passed by chance once in a thousand.
            let chi: f64 = (0..4).map(|c| 1000.0 * (share(&|k| k == c) - overall).powi(2)).sum();
            let chi = chi / (overall * (1.0 - overall));
            assert!(chi < 16.3, "{name} goes with the category: chi-square {chi:.1}");
        }
    }

    #[test]
    fn four_pictures_in_a_row_have_all_categories_in_changing_order() {
        let orders: Vec<Vec<usize>> =
            (0..12).map(|block| (0..4).map(|k| category(6, block * 4 + k, 0)).collect()).collect();
        for order in &orders {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3]);
        }
        assert!(orders.iter().any(|order| *order != orders[0]));
    }

    #[test]
    fn only_the_category_without_a_mask_has_none() {
        for category in CATEGORIES {
            assert_eq!(mask(1, 2, 0, category).is_none(), category == "no_mask", "{category}");
        }
    }
}
