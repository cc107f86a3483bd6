//! Who is drawn: attributes of a person, sampled from their own stream of chance. Nothing here
//! knows which category the face will have, so no attribute can give the category away.

use crate::{random::Dice, tone::Tone};

/// Everything about a person but pose and mask. Lengths are in head units (see [`crate::head`]).
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) skin: Tone,
    /// Half the width of the face at the cheekbones.
    pub(crate) half_width: f32,
    /// Width of the jaw as a share of `half_width`.
    pub(crate) jaw: f32,
    /// Width of the chin.
    pub(crate) chin: f32,
    /// 0 young to 1 old: lines, grey hair.
    pub(crate) age: f32,
    /// 0 angular to 1 soft features.
    pub(crate) softness: f32,
    pub(crate) eyes: Eyes,
    pub(crate) nose_width: f32,
    pub(crate) mouth: Mouth,
    pub(crate) hair: Hair,
    pub(crate) beard: Beard,
    pub(crate) glasses: Option<Glasses>,
    pub(crate) headwear: Headwear,
    pub(crate) headwear_tone: Tone,
    pub(crate) clothes: Clothes,
    pub(crate) freckles: bool,
    pub(crate) earrings: bool,
    /// Seed of the small things drawn many times: strands, freckles, patterns.
    pub(crate) details: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Eyes {
    /// Distance of each eye's middle from the nose.
    pub(crate) spacing: f32,
    /// Half the width of an eye.
    pub(crate) half_width: f32,
    /// How far the lids are open.
    pub(crate) opening: f32,
    /// Outer corners up (negative) or down.
    pub(crate) tilt: f32,
    pub(crate) iris: Tone,
    /// −1 left to 1 right.
    pub(crate) gaze: f32,
    pub(crate) brow_thickness: f32,
    pub(crate) brow_arch: f32,
    /// Lashes and lids drawn darker.
    pub(crate) made_up: f32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Mouth {
    pub(crate) half_width: f32,
    pub(crate) fullness: f32,
    /// 0 calm to 1 smiling.
    pub(crate) smile: f32,
    /// Teeth show.
    pub(crate) open: bool,
    pub(crate) lips: Tone,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum HairStyle {
    Bald,
    Cropped,
    SideParted,
    SweptBack,
    Curly,
    Afro,
    Bob,
    Long,
    Wavy,
    Fringe,
    Bun,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Hair {
    pub(crate) style: HairStyle,
    pub(crate) tone: Tone,
    /// How far it stands off the skull.
    pub(crate) volume: f32,
    /// Side of the parting, −1 to 1.
    pub(crate) parting: f32,
    /// Where the forehead ends, y.
    pub(crate) line: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Beard {
    None,
    Stubble,
    Moustache,
    Goatee,
    Full,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Glasses {
    pub(crate) frame: Tone,
    pub(crate) thickness: f32,
    /// 0 rectangular to 1 round.
    pub(crate) roundness: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Headwear {
    None,
    Beanie,
    Cap,
    BrimmedHat,
    Headscarf,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Collar {
    Crew,
    Shirt,
    TurtleNeck,
    Hood,
    Scarf,
    VNeck,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clothes {
    pub(crate) collar: Collar,
    pub(crate) tone: Tone,
    pub(crate) accent: Tone,
    pub(crate) striped: bool,
    /// Half the width of the shoulders.
    pub(crate) shoulders: f32,
}

const SKIN: [u32; 10] =
    [0xF3D3BE, 0xECC4A4, 0xE4B792, 0xD9A67E, 0xC9936A, 0xB57D56, 0x9C6845, 0x835437, 0x6F472F, 0x5F3B27];
const HAIR: [(f32, u32); 9] = [
    (3.0, 0x1D1816),
    (3.0, 0x33241B),
    (2.5, 0x54382A),
    (1.5, 0x7A573A),
    (1.0, 0xB08A58),
    (0.8, 0xCDB083),
    (0.7, 0x8A4628),
    (0.3, 0x9D5A3C),
    (0.1, 0x4B5E8C),
];
const IRIS: [(f32, u32); 6] =
    [(4.0, 0x3B2417), (3.0, 0x5A3A22), (1.5, 0x7A6236), (1.0, 0x5E7A58), (1.2, 0x54789A), (0.6, 0x75848C)];
/// Clothes, hats and frames take the masks' colours on purpose: blue or white near a face must not
/// mean that there is a mask.
const CLOTH: [u32; 16] = [
    0x2F4A6B, 0x7FA9C9, 0xF1EFEA, 0x22252B, 0x8A8F96, 0xB5483C, 0xD9A441, 0x4E7A5A, 0x93BFA8, 0x6B4E7D, 0xE3C9B0,
    0xC77E8C, 0x3E6F8E, 0x9AC7D6, 0x5B4636, 0xDDE4E8,
];

/// A colour that clothes have.
pub(crate) fn cloth_tone(dice: &mut Dice) -> Tone {
    Tone::hex(dice.one_of(&CLOTH)).times(dice.between(0.9, 1.06))
}

impl Person {
    /// A person from one stream of chance.
    pub(crate) fn drawn(dice: &mut Dice, details: u64) -> Self {
        let depth = dice.between(0.0, 8.999);
        let tones = [depth.floor() as usize, depth.floor() as usize + 1].map(|i| Tone::hex(SKIN[i]));
        let skin = tones[0].mixed(tones[1], depth.fract());
        let age = dice.unit().powf(1.4);
        let softness = dice.unit();
        let hair = Hair::drawn(dice, depth, age, softness);
        let bearded = softness < 0.5 && dice.chance(0.55);
        let kinds = [(2.0, Beard::Stubble), (1.0, Beard::Moustache), (1.0, Beard::Goatee), (1.6, Beard::Full)];
        let beard = dice.weighted(&kinds);
        let headwear = dice.weighted(&[
            (16.0, Headwear::None),
            (1.6, Headwear::Beanie),
            (1.4, Headwear::Cap),
            (0.9, Headwear::BrimmedHat),
            (1.6, Headwear::Headscarf),
        ]);
        Self {
            skin,
            half_width: dice.between(0.71, 0.79),
            jaw: dice.between(0.72, 0.8) + 0.1 * (1.0 - softness),
            chin: dice.between(0.2, 0.28) + 0.06 * (1.0 - softness),
            age,
            softness,
            eyes: Eyes::drawn(dice, softness, depth),
            nose_width: dice.between(0.145, 0.195),
            mouth: Mouth::drawn(dice, skin, softness),
            hair,
            beard: if bearded { beard } else { Beard::None },
            glasses: dice.chance(0.24).then(|| Glasses::drawn(dice)),
            headwear,
            headwear_tone: cloth_tone(dice),
            clothes: Clothes::drawn(dice, softness),
            freckles: depth < 4.0 && dice.chance(0.18),
            earrings: softness > 0.5 && dice.chance(0.35),
            details,
        }
    }
}

impl Eyes {
    fn drawn(dice: &mut Dice, softness: f32, skin_depth: f32) -> Self {
        let irises = if skin_depth > 4.5 { &IRIS[..2] } else { &IRIS[..] };
        Self {
            spacing: dice.between(0.31, 0.35),
            half_width: dice.between(0.15, 0.172),
            opening: dice.between(0.8, 1.15),
            tilt: dice.bell() * 0.03 - 0.008,
            iris: Tone::hex(dice.weighted(irises)),
            gaze: dice.bell() * 0.6,
            brow_thickness: dice.between(0.034, 0.05) + 0.02 * (1.0 - softness),
            brow_arch: dice.between(0.02, 0.06) + 0.03 * softness,
            made_up: if softness > 0.5 { dice.unit() } else { 0.0 },
        }
    }
}

impl Mouth {
    fn drawn(dice: &mut Dice, skin: Tone, softness: f32) -> Self {
        let rose = Tone::hex(0xA8443F).mixed(Tone::hex(0xB05A5A), dice.unit());
        let painted = if softness > 0.55 && dice.chance(0.4) { 0.5 } else { 0.0 };
        Self {
            half_width: dice.between(0.24, 0.3),
            fullness: dice.between(0.75, 1.15) + 0.15 * softness,
            smile: dice.between(0.45, 1.0),
            open: dice.chance(0.3),
            lips: skin.times(0.88).mixed(rose, 0.3 + painted),
        }
    }
}

impl Hair {
    fn drawn(dice: &mut Dice, skin_depth: f32, age: f32, softness: f32) -> Self {
        let dark_only = skin_depth > 5.0;
        let natural =
            Tone::hex(if dark_only { dice.one_of(&[0x1B1716, 0x241B17, 0x2E211B]) } else { dice.weighted(&HAIR) });
        let grey = Tone::hex(0xA9A6A2).mixed(Tone::hex(0xDAD7D2), dice.unit());
        let greying = ((age - 0.55) * 2.6).clamp(0.0, 1.0) * dice.between(0.3, 1.0);
        use HairStyle::*;
        let style = if softness < 0.5 {
            let curly = if dark_only { 2.0 } else { 0.8 };
            let bald = 0.4 + age;
            dice.weighted(&[
                (bald, Bald),
                (2.2, Cropped),
                (2.2, SideParted),
                (1.4, SweptBack),
                (curly, Curly),
                (0.5, Afro),
                (0.4, Long),
                (0.5, Fringe),
                (0.3, Bun),
            ])
        } else {
            let afro = if dark_only { 1.8 } else { 0.2 };
            dice.weighted(&[
                (1.6, Bob),
                (2.0, Long),
                (1.8, Wavy),
                (1.3, Fringe),
                (1.5, Bun),
                (1.0, Curly),
                (afro, Afro),
                (0.6, SideParted),
                (0.4, Cropped),
            ])
        };
        Self {
            style,
            tone: natural.mixed(grey, greying),
            volume: dice.between(0.08, 0.18),
            parting: dice.one_of(&[-1.0, 1.0]) * dice.between(0.25, 1.0),
            line: dice.between(-1.0, -0.86),
        }
    }
}

impl Glasses {
    fn drawn(dice: &mut Dice) -> Self {
        let frames = [0x1E1C1C, 0x3A2A20, 0x6B4A2C, 0x8D8F94, 0xB08D57, 0x2F4563, 0x7C2F38];
        Self { frame: Tone::hex(dice.one_of(&frames)), thickness: dice.between(0.018, 0.036), roundness: dice.unit() }
    }
}

impl Clothes {
    fn drawn(dice: &mut Dice, softness: f32) -> Self {
        let collars = [Collar::Crew, Collar::Shirt, Collar::TurtleNeck, Collar::Hood, Collar::Scarf, Collar::VNeck];
        Self {
            collar: dice.one_of(&collars),
            tone: cloth_tone(dice),
            accent: cloth_tone(dice),
            striped: dice.chance(0.18),
            shoulders: dice.between(1.95, 2.2) + 0.2 * (1.0 - softness),
        }
    }
}
