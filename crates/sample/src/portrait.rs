//! One person drawn into a picture, back to front.

use bauta_domain::{BoundingBox, ImageSize};

use crate::{
    body::draw_body,
    eyes::{draw_eyes, draw_glasses},
    face::{draw_face, face_extent, face_relief, skull_relief},
    hair::{self, hairline},
    head::{Head, Pose},
    headwear::{self, draw_headwear, headwear_relief},
    light::{Light, Material, Relief, compose_lit},
    masks::{Mask, Worn},
    paint::{Layer, Where, curve, ink},
    person::{HairStyle, Headwear, Person},
    tone::Tone,
};

const HAIR: Material = Material { shine: 0.1, warmth: 0.0 };
const CLOTH: Material = Material { shine: 0.015, warmth: 0.0 };

/// Draws a person and returns the tight box of the face: hairline to chin, ear to ear.
pub(crate) fn draw_person(
    picture: &mut Layer,
    person: &Person,
    mask: Option<&Mask>,
    pose: Pose,
    light: &Light,
) -> BoundingBox {
    let head = Head { pose, half_width: person.half_width };
    let size = ImageSize::new(picture.pixmap.width(), picture.pixmap.height());
    let skull = skull_relief(&head, person);
    let covered = person.headwear == Headwear::Headscarf;
    // One sheet for everything: drawn on, lit onto the picture, wiped.
    let mut sheet = Layer::new(size.width, size.height);
    let lay = |sheet: &mut Layer, picture: &mut Layer, relief: &Relief, material: Material| {
        compose_lit(picture, sheet, relief, &head, light, material);
        sheet.clear();
    };

    if !covered {
        hair::draw_back(&mut sheet, &head, person);
    }
    headwear::draw_behind(&mut sheet, &head, person);
    lay(&mut sheet, picture, &skull, HAIR);
    draw_body(picture, &head, person, light);

    draw_face(&mut sheet, &head, person);
    draw_eyes(&mut sheet, &head, person);
    if !covered && person.hair.style != HairStyle::Bald {
        sheet.soft_stroke(&curve(&hairline(&head, person)), head.px(0.16), ink(Tone::hex(0x2A140E), 0.32), Where::Atop);
    }
    headwear::draw_shadow(&mut sheet, &head, person);
    let worn = mask.map(|mask| (mask, Worn::new(&head, person, mask)));
    if let Some((mask, worn)) = &worn {
        mask.draw_shadow(&mut sheet, worn);
    }
    lay(&mut sheet, picture, &face_relief(&head, person), skin_material(person));

    if let Some((mask, worn)) = &worn {
        mask.draw(&mut sheet, worn);
        lay(&mut sheet, picture, &mask.relief(worn, skull.clone()), CLOTH);
    }
    if let Some(glasses) = &person.glasses {
        draw_glasses(&mut sheet, &head, person, glasses);
        lay(&mut sheet, picture, &skull, CLOTH);
    }
    if !covered {
        hair::draw_front(&mut sheet, &head, person);
    }
    if let Some((mask, worn)) = &worn {
        mask.draw_bands(&mut sheet, worn);
    }
    lay(&mut sheet, picture, &skull, HAIR);
    draw_headwear(&mut sheet, &head, person);
    lay(&mut sheet, picture, &headwear_relief(&head, person), CLOTH);
    tight_box(&head, person, size)
}

/// Deeper skin shows its highlights more, and they carry the shape of the face.
fn skin_material(person: &Person) -> Material {
    Material { shine: 0.05 + 0.13 * (1.0 - person.skin.luma()), warmth: 1.0 }
}

fn tight_box(head: &Head, person: &Person, size: ImageSize) -> BoundingBox {
    let extent = face_extent(head, person);
    let bound = |axis: usize, pick: fn(f32, f32) -> f32| {
        f64::from(extent.iter().map(|spot| spot[axis]).reduce(pick).unwrap_or_default())
    };
    BoundingBox::from_corners(bound(0, f32::min), bound(1, f32::min), bound(0, f32::max), bound(1, f32::max))
        .expect("poses are finite")
        .clamped(size)
}
