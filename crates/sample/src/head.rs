//! Where a head is and how it is turned: from head space to picture pixels.
//!
//! Head space: the origin is the middle of the face, y points down, the hairline is at y = −1 and
//! the chin at y = 1; z points out of the face. So a face is two units high whoever it belongs to.

use crate::paint::Spot;

/// Place, size and turn of a head. Angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pose {
    /// Middle of the face in picture pixels.
    pub(crate) center: Spot,
    /// Pixels per unit: half the height of the face.
    pub(crate) scale: f32,
    /// Looking to the side: positive towards the right edge of the picture.
    pub(crate) yaw: f32,
    /// Nodding: positive looks down.
    pub(crate) pitch: f32,
    /// Leaning: positive clockwise.
    pub(crate) roll: f32,
}

/// A posed head of a certain width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) pose: Pose,
    /// Half the width at the cheekbones, in units (0.7 to 0.8).
    pub(crate) half_width: f32,
}

impl Head {
    /// A point in space, projected to pixels.
    pub(crate) fn at(&self, x: f32, y: f32, z: f32) -> Spot {
        self.pixel(self.turned(x, y, z))
    }

    /// A point on the skin, raised by `lift` units.
    pub(crate) fn on(&self, x: f32, y: f32, lift: f32) -> Spot {
        self.at(x, y, self.depth(x, y) + lift)
    }

    /// Points on the skin, raised by `lift` units.
    pub(crate) fn trace(&self, points: &[(f32, f32)], lift: f32) -> Vec<Spot> {
        points.iter().map(|(x, y)| self.on(*x, *y, lift)).collect()
    }

    /// Yaw and pitch applied, still in units: where a point shows on the face plane.
    pub(crate) fn turned(&self, x: f32, y: f32, z: f32) -> Spot {
        let Pose { yaw, pitch, .. } = self.pose;
        [x * yaw.cos() + z * yaw.sin(), y * pitch.cos() + z * pitch.sin()]
    }

    /// Like [`Head::turned`], for a point on the skin.
    pub(crate) fn turned_on(&self, x: f32, y: f32) -> Spot {
        self.turned(x, y, self.depth(x, y))
    }

    /// From the face plane in units to pixels.
    pub(crate) fn pixel(&self, [x, y]: Spot) -> Spot {
        let (sin, cos) = self.pose.roll.sin_cos();
        let [cx, cy] = self.pose.center;
        [cx + self.pose.scale * (x * cos - y * sin), cy + self.pose.scale * (x * sin + y * cos)]
    }

    /// From pixels back to the face plane.
    pub(crate) fn unit_from_pixel(&self, [px, py]: Spot) -> Spot {
        let (sin, cos) = self.pose.roll.sin_cos();
        let (dx, dy) = ((px - self.pose.center[0]) / self.pose.scale, (py - self.pose.center[1]) / self.pose.scale);
        [dx * cos + dy * sin, dy * cos - dx * sin]
    }

    /// Units to pixels, for line widths and radii.
    pub(crate) fn px(&self, units: f32) -> f32 {
        units * self.pose.scale
    }

    /// How far the skin is in front of the middle of the head: a half-barrel that rounds off to the chin.
    fn depth(&self, x: f32, y: f32) -> f32 {
        let across = (1.0 - (x / (self.half_width * 1.04)).powi(2)).max(0.0).sqrt();
        0.62 * across * (1.0 - 0.16 * y * y)
    }
}
