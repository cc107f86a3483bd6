//! Following regions from frame to frame: the place where a region looks most as it did, by normalised
//! cross-correlation of grey values (Lewis 1995, "Fast Normalized Cross-Correlation"), sought coarsely in a small copy
//! of the frame and then finely in larger ones. A face costs a fraction of a millisecond. It neither turns nor grows
//! with the region: a detector does that now and then.

use bauta_domain::{BoundingBox, Followed, GreyPlane, GreyPyramid, ImageSize, RgbImage, ports::Follower};

/// Longer side that the first plane has at least, in pixels; at most one and a half times as much.
const SIDE: u32 = 320;
/// A plane whose shorter side would be shorter is not made.
const LEAST_PLANE: usize = 20;
/// Coarse search is in the first plane in which the region's longer side has at most this many pixels.
const COARSE: f64 = 24.0;
/// Fine search ends with the plane in which it has more than this many.
const FINE: f64 = 96.0;
/// A region with a shorter side in the coarse plane has too little to recognise.
const LEAST: usize = 5;
/// How far the coarse search goes, in lengths of the region's longer side.
const REACH: f64 = 0.45;
/// How far the fine search goes in each finer plane, in its pixels: half a pixel of the coarser one, and some.
const FINE_REACH: i64 = 2;
/// Regions whose grey values deviate less than this from their mean look the same everywhere.
const FLAT: f64 = 2.0;
/// Samples along a side of a block of pixels that becomes one: more change nothing that can be seen.
const SAMPLES: usize = 4;

/// Follows regions by their grey values; implements [`Follower`].
#[derive(Clone, Copy, Debug, Default)]
pub struct GreyFollower;

impl Follower for GreyFollower {
    fn shrink(&self, frame: &RgbImage) -> GreyPyramid {
        grey_pyramid(frame)
    }

    fn follow(&self, from: &GreyPyramid, bbox: &BoundingBox, to: &GreyPyramid, near: &BoundingBox) -> Option<Followed> {
        follow(from, bbox, to, near)
    }

    fn likeness(&self, a: &GreyPyramid, b: &GreyPyramid) -> f64 {
        likeness(a, b)
    }
}

/// The grey planes of a frame: the first about [`SIDE`] pixels long.
fn grey_pyramid(frame: &RgbImage) -> GreyPyramid {
    let block = (frame.size().width.max(frame.size().height) / SIDE).max(1) as usize;
    let mut planes = vec![shrunk(frame, block)];
    while let Some(last) = planes.last().filter(|last| last.width.min(last.height) >= 2 * LEAST_PLANE) {
        planes.push(halved(last));
    }
    GreyPyramid { planes, step: block as f64 }
}

/// Where `bbox` of `from` is in `to`; see [`Follower::follow`].
fn follow(from: &GreyPyramid, bbox: &BoundingBox, to: &GreyPyramid, near: &BoundingBox) -> Option<Followed> {
    let same_size = |(a, b): (&GreyPlane, &GreyPlane)| a.width == b.width && a.height == b.height;
    if from.planes.len() != to.planes.len() || !from.planes.iter().zip(&to.planes).all(same_size) {
        return None;
    }
    let longer = bbox.width().max(bbox.height());
    let step = |level: usize| from.step * f64::from(1u32 << level);
    let coarse = (0..from.planes.len()).find(|&level| longer / step(level) <= COARSE).unwrap_or(from.planes.len() - 1);
    let ((ax, ay), (bx, by)) = (bbox.center(), near.center());
    let guess = [(bx - ax) / step(coarse), (by - ay) / step(coarse)].map(|d| d.round() as i64);
    let reach = (REACH * longer / step(coarse)).ceil() as i64;
    let patch = Patch::cut(&from.planes[coarse], bbox, step(coarse))?;
    let mut best = patch.best(&to.planes[coarse], guess, reach)?;
    let mut found = (coarse, patch);
    for level in (0..coarse).rev().take_while(|&level| longer / step(level) <= FINE) {
        let patch = Patch::cut(&from.planes[level], bbox, step(level))?;
        best = patch.best(&to.planes[level], best.shift.map(|d| 2 * d), FINE_REACH)?;
        found = (level, patch);
    }
    let (level, patch) = found;
    let [dx, dy] = patch.between_pixels(&to.planes[level], best).map(|d| d * step(level));
    let moved = BoundingBox::from_corners(bbox.x1() + dx, bbox.y1() + dy, bbox.x2() + dx, bbox.y2() + dy).ok()?;
    Some(Followed { bbox: moved, correlation: best.correlation })
}

/// How much two frames look alike in their smallest planes.
fn likeness(a: &GreyPyramid, b: &GreyPyramid) -> f64 {
    let (Some(a), Some(b)) = (a.planes.last(), b.planes.last()) else { return 0.0 };
    if (a.width, a.height) != (b.width, b.height) {
        return 0.0;
    }
    let whole = Patch::of(a, [0, 0], [a.width, a.height]);
    whole.and_then(|patch| patch.correlation(b, [0, 0])).unwrap_or(0.0)
}

fn shrunk(frame: &RgbImage, block: usize) -> GreyPlane {
    let ImageSize { width, height } = frame.size();
    let (columns, rows) = ((width as usize / block).max(1), (height as usize / block).max(1));
    let stride = block.div_ceil(SAMPLES);
    let samples = block.div_ceil(stride);
    let weight = (4 * samples * samples) as u32;
    let row_length = 3 * width as usize;
    let mut pixels = Vec::with_capacity(columns * rows);
    let mut sums = vec![0u32; columns];
    for row in 0..rows {
        sums.fill(0);
        for line in (0..block).step_by(stride) {
            let start = (row * block + line).min(height as usize - 1) * row_length;
            let line = &frame.pixels()[start..start + row_length];
            for (sum, pixels) in sums.iter_mut().zip(line.chunks_exact(3 * block)) {
                // A quarter red, half green, a quarter blue: near enough to luma, without a multiplication.
                *sum += pixels
                    .chunks_exact(3)
                    .step_by(stride)
                    .map(|p| u32::from(p[0]) + 2 * u32::from(p[1]) + u32::from(p[2]))
                    .sum::<u32>();
            }
        }
        pixels.extend(sums.iter().map(|sum| (sum / weight) as u8));
    }
    GreyPlane { width: columns, height: rows, pixels }
}

fn halved(plane: &GreyPlane) -> GreyPlane {
    let (width, height) = (plane.width / 2, plane.height / 2);
    let rows = plane.pixels.chunks_exact(plane.width);
    let pairs = rows.clone().step_by(2).zip(rows.skip(1).step_by(2)).take(height);
    let mean = |(a, b): (&[u8], &[u8])| {
        ((u32::from(a[0]) + u32::from(a[1]) + u32::from(b[0]) + u32::from(b[1]) + 2) / 4) as u8
    };
    let pixels = pairs.flat_map(|(a, b)| a.chunks_exact(2).zip(b.chunks_exact(2)).map(mean)).collect();
    GreyPlane { width, height, pixels }
}

/// A part of a plane, to look for in another one.
struct Patch {
    corner: [i64; 2],
    width: usize,
    height: usize,
    /// Grey values less their rounded mean.
    values: Vec<i16>,
    sum: f64,
    /// Sum of the squared deviations from the mean.
    variation: f64,
}

#[derive(Clone, Copy)]
struct Best {
    /// How far the patch moved, in pixels of its plane.
    shift: [i64; 2],
    correlation: f64,
}

impl Patch {
    /// What of `bbox` (in frame pixels) lies in the plane.
    fn cut(plane: &GreyPlane, bbox: &BoundingBox, step: f64) -> Option<Self> {
        let edge = |value: f64, most: usize| (value / step).round().clamp(0.0, most as f64) as usize;
        let [left, right] = [bbox.x1(), bbox.x2()].map(|x| edge(x, plane.width));
        let [top, bottom] = [bbox.y1(), bbox.y2()].map(|y| edge(y, plane.height));
        let size = [right - left, bottom - top];
        if size[0].min(size[1]) < LEAST { None } else { Self::of(plane, [left, top], size) }
    }

    fn of(plane: &GreyPlane, [left, top]: [usize; 2], [width, height]: [usize; 2]) -> Option<Self> {
        let rows = || plane.pixels.chunks_exact(plane.width).skip(top).take(height).map(|row| &row[left..left + width]);
        let count = (width * height) as f64;
        let mean = (rows().flatten().map(|&v| f64::from(v)).sum::<f64>() / count).round() as i16;
        let values: Vec<i16> = rows().flatten().map(|&v| i16::from(v) - mean).collect();
        let sum: f64 = values.iter().map(|&v| f64::from(v)).sum();
        let squares: f64 = values.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
        let variation = squares - sum * sum / count;
        let corner = [left as i64, top as i64];
        (variation >= FLAT * FLAT * count).then_some(Self { corner, width, height, values, sum, variation })
    }

    /// The correlation with the plane's pixels at the patch's place moved by `shift`; `None` outside or where they
    /// are flat.
    fn correlation(&self, plane: &GreyPlane, shift: [i64; 2]) -> Option<f64> {
        let left = usize::try_from(self.corner[0] + shift[0]).ok()?;
        let top = usize::try_from(self.corner[1] + shift[1]).ok()?;
        if left + self.width > plane.width || top + self.height > plane.height {
            return None;
        }
        let (mut products, mut sum, mut squares) = (0i64, 0i64, 0i64);
        for (row, values) in self.values.chunks_exact(self.width).enumerate() {
            let start = (top + row) * plane.width + left;
            let (mut p, mut s, mut q) = (0i32, 0i32, 0i32);
            for (&value, &grey) in values.iter().zip(&plane.pixels[start..start + self.width]) {
                let grey = i32::from(grey);
                p += i32::from(value) * grey;
                s += grey;
                q += grey * grey;
            }
            products += i64::from(p);
            sum += i64::from(s);
            squares += i64::from(q);
        }
        let count = self.values.len() as f64;
        let (sum, squares) = (sum as f64, squares as f64);
        let variation = squares - sum * sum / count;
        if variation < FLAT * FLAT * count {
            return None;
        }
        Some((products as f64 - self.sum * sum / count) / (variation * self.variation).sqrt())
    }

    /// The best place within `reach` of `guess`.
    fn best(&self, plane: &GreyPlane, guess: [i64; 2], reach: i64) -> Option<Best> {
        let mut best: Option<Best> = None;
        for dy in guess[1] - reach..=guess[1] + reach {
            for dx in guess[0] - reach..=guess[0] + reach {
                let Some(correlation) = self.correlation(plane, [dx, dy]) else { continue };
                if best.is_none_or(|best| correlation > best.correlation) {
                    best = Some(Best { shift: [dx, dy], correlation });
                }
            }
        }
        best
    }

    /// The top of the parabola through the best place and its neighbours, across and down.
    fn between_pixels(&self, plane: &GreyPlane, best: Best) -> [f64; 2] {
        [0, 1].map(|axis| {
            let beside = |by: i64| {
                let mut shift = best.shift;
                shift[axis] += by;
                self.correlation(plane, shift)
            };
            let whole = best.shift[axis] as f64;
            let (Some(before), Some(after)) = (beside(-1), beside(1)) else { return whole };
            let bend = before - 2.0 * best.correlation + after;
            // Where a neighbour is as good, there is no top between them.
            if bend > -1e-9 { whole } else { whole + (0.5 * (before - after) / bend).clamp(-0.5, 0.5) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Smooth waves whose pattern does not repeat within the picture, moved by (dx, dy), brighter by `light`.
    fn scene(size: ImageSize, dx: f64, dy: f64, light: f64) -> RgbImage {
        let value = |x: u32, y: u32| {
            let (x, y) = (f64::from(x) - dx, f64::from(y) - dy);
            let waves =
                (x * 0.031).sin() + (y * 0.043).sin() + ((x + 2.0 * y) * 0.0173).sin() + (x * y * 0.00007).cos();
            (110.0 + 22.0 * waves + light).clamp(0.0, 255.0) as u8
        };
        let pixels = (0..size.height).flat_map(|y| (0..size.width).flat_map(move |x| [value(x, y); 3])).collect();
        RgbImage::new(size, pixels).unwrap()
    }

    fn face() -> BoundingBox {
        BoundingBox::from_corners(250.0, 150.0, 350.0, 280.0).unwrap()
    }

    #[test]
    fn a_region_is_found_where_it_moved_to_within_a_pixel_whatever_the_light() {
        for size in [ImageSize::new(640, 480), ImageSize::new(1280, 720)] {
            for ([dx, dy], light) in
                [([0.0, 0.0], 0.0), ([7.0, -5.0], 20.0), ([-33.0, 28.0], -15.0), ([41.5, 3.5], 0.0)]
            {
                let from = grey_pyramid(&scene(size, 0.0, 0.0, 0.0));
                let to = grey_pyramid(&scene(size, dx, dy, light));
                let found = follow(&from, &face(), &to, &face()).unwrap();
                let error = (found.bbox.x1() - 250.0 - dx).abs().max((found.bbox.y1() - 150.0 - dy).abs());
                assert!(error < 1.2, "{size:?} moved by {dx}, {dy}: {error} off");
                assert!(found.correlation > 0.9, "{}", found.correlation);
                assert!((found.bbox.width() - 100.0).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn it_is_sought_around_the_place_where_it_is_thought_to_be() {
        let size = ImageSize::new(640, 480);
        let (from, to) = (grey_pyramid(&scene(size, 0.0, 0.0, 0.0)), grey_pyramid(&scene(size, 120.0, 60.0, 0.0)));
        let near = BoundingBox::from_corners(360.0, 200.0, 460.0, 330.0).unwrap();
        let found = follow(&from, &face(), &to, &near).unwrap();
        assert!((found.bbox.x1() - 370.0).abs() < 1.2 && (found.bbox.y1() - 210.0).abs() < 1.2, "{found:?}");
    }

    #[test]
    fn nothing_is_followed_into_a_frame_of_another_size_nor_what_is_flat_or_tiny() {
        let large = grey_pyramid(&scene(ImageSize::new(640, 480), 0.0, 0.0, 0.0));
        let small = grey_pyramid(&scene(ImageSize::new(320, 480), 0.0, 0.0, 0.0));
        let flat = grey_pyramid(&RgbImage::filled(ImageSize::new(640, 480), [90; 3]));
        assert_eq!(follow(&large, &face(), &small, &face()), None);
        assert_eq!(follow(&flat, &face(), &flat, &face()), None);
        assert_eq!(follow(&large, &face(), &flat, &face()), None);
        let tiny = BoundingBox::from_corners(10.0, 10.0, 13.0, 13.0).unwrap();
        assert_eq!(follow(&large, &tiny, &large, &tiny), None);
        let outside = BoundingBox::from_corners(700.0, 10.0, 800.0, 113.0).unwrap();
        assert_eq!(follow(&large, &outside, &large, &outside), None);
    }

    #[test]
    fn frames_of_one_scene_are_alike_and_those_after_a_cut_are_not() {
        let size = ImageSize::new(640, 480);
        let first = grey_pyramid(&scene(size, 0.0, 0.0, 0.0));
        assert!(likeness(&first, &grey_pyramid(&scene(size, 4.0, 2.0, 10.0))) > 0.9);
        assert!(likeness(&first, &grey_pyramid(&scene(size, 300.0, 170.0, 0.0))) < 0.6);
        assert_eq!(likeness(&first, &grey_pyramid(&scene(ImageSize::new(64, 48), 0.0, 0.0, 0.0))), 0.0);
    }

    #[test]
    fn frames_of_any_size_have_planes() {
        for (width, height) in [(1, 1), (3, 700), (641, 479), (7680, 4320)] {
            let planes = grey_pyramid(&RgbImage::filled(ImageSize::new(width, height), [9; 3])).planes;
            for plane in &planes {
                assert_eq!(plane.pixels.len(), plane.width * plane.height, "{width}×{height}: {plane:?}");
                assert!(plane.pixels.iter().all(|&grey| grey == 9), "{width}×{height}: {plane:?}");
            }
            assert!(planes[0].width.max(planes[0].height) < 640 || width.max(height) >= 7680);
        }
    }
}
