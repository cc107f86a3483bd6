//! Clips with their truth, scaled and put together, written as videos of 30 frames a second.

use std::path::{Path, PathBuf};

use bauta_app::Adapters;
use bauta_domain::{
    BoundingBox, ImageSize, RgbImage,
    ports::{CancelToken, FrameAddress},
};
use bauta_imaging::resize;

use crate::Failure;

/// Frames a second that every clip is played at.
pub const FPS: f64 = 30.0;

/// A face that should be seen.
#[derive(Clone, Debug)]
pub struct Truth {
    pub label: String,
    pub bbox: BoundingBox,
}

/// A clip to be watched.
pub struct Clip {
    pub name: String,
    pub path: PathBuf,
    /// The faces of every frame; a frame without one is one that the truth says nothing of.
    pub truth: Vec<Vec<Truth>>,
    _folder: tempfile::TempDir,
}

impl Clip {
    /// The clip of this name, in pictures of this size, `faces` (1 or 4) times in each.
    pub fn read(adapters: &Adapters, data: &Path, name: &str, size: ImageSize, faces: usize) -> Result<Self, Failure> {
        let stem = format!("{name}_4labels");
        let mut source =
            adapters.sources.open(&FrameAddress::File(data.join(format!("{stem}.mp4"))), &CancelToken::default())?;
        let mut frames = Vec::new();
        while let Some(frame) = source.next_frame()? {
            frames.push(frame);
        }
        let told = truth(&data.join(format!("{stem}.csv")), frames.len())?;
        let across = if faces == 1 { 1 } else { 2 };
        let tile = ImageSize::new(size.width / across, size.height / across);
        let fitted: Vec<RgbImage> = frames.iter().map(|frame| fit(frame, tile)).collect();
        let from = frames.first().map(RgbImage::size).ok_or("the clip has no frames")?;
        let count = frames.len();
        let place = |tile_number: u32| [(tile_number % across) * tile.width, (tile_number / across) * tile.height];
        // Four times the same face at the same instant would be unlike four people.
        let shifted = |frame: usize, tile_number: u32| (frame + tile_number as usize * count / 4) % count;
        let mut truth = Vec::new();
        for frame in 0..count {
            let tiles = (0..across * across).filter_map(|number| {
                let face = told[shifted(frame, number)].as_ref()?;
                Some(Truth { label: face.label.clone(), bbox: placed(&face.bbox, from, tile, place(number)) })
            });
            truth.push(tiles.collect());
        }
        let pictures = (0..count).map(|frame| {
            let mut picture = RgbImage::filled(size, [0; 3]);
            (0..across * across).for_each(|number| paste(&mut picture, &fitted[shifted(frame, number)], place(number)));
            picture
        });
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("clip.avi");
        bauta_capture::write_clip(&path, pictures, FPS)?;
        let name = format!("{name} {}×{}, {faces} face(s)", size.width, size.height);
        Ok(Self { name, path, truth, _folder: folder })
    }

    /// Frames in it.
    pub fn frames(&self) -> usize {
        self.truth.len()
    }
}

/// `frame,time_s,label,x0,y0,x1,y1,…`; frames without a box are those whose face was not tracked.
fn truth(file: &Path, frames: usize) -> Result<Vec<Option<Truth>>, Failure> {
    let mut all = vec![None; frames];
    for line in std::fs::read_to_string(file)?.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [frame, _, label, x0, y0, x1, y1, ..] = fields.as_slice() else { continue };
        let corners: Result<Vec<f64>, _> = [x0, y0, x1, y1].map(|corner| corner.parse()).into_iter().collect();
        let (Ok(frame), Ok(c)) = (frame.parse::<usize>(), corners) else { continue };
        if frame < frames && *label != "none" {
            let bbox = BoundingBox::from_corners(c[0], c[1], c[2], c[3])?;
            all[frame] = Some(Truth { label: (*label).to_owned(), bbox });
        }
    }
    Ok(all)
}

/// How much a picture is scaled to fit, and where it then begins.
fn fitting(from: ImageSize, to: ImageSize) -> (f64, [u32; 2], ImageSize) {
    let ratio = |to: u32, from: u32| f64::from(to) / f64::from(from);
    let scale = ratio(to.width, from.width).min(ratio(to.height, from.height));
    let scaled = |side: u32| (f64::from(side) * scale).round() as u32;
    let size = ImageSize::new(scaled(from.width).min(to.width), scaled(from.height).min(to.height));
    (scale, [(to.width - size.width) / 2, (to.height - size.height) / 2], size)
}

fn fit(frame: &RgbImage, to: ImageSize) -> RgbImage {
    let (_, corner, size) = fitting(frame.size(), to);
    let mut picture = RgbImage::filled(to, [0; 3]);
    paste(&mut picture, &resize(frame, size), corner);
    picture
}

fn placed(bbox: &BoundingBox, from: ImageSize, tile: ImageSize, place: [u32; 2]) -> BoundingBox {
    let (scale, corner, _) = fitting(from, tile);
    let [dx, dy] = [corner[0] + place[0], corner[1] + place[1]].map(f64::from);
    let (x, y) = (|x: f64| x * scale + dx, |y: f64| y * scale + dy);
    BoundingBox::from_corners(x(bbox.x1()), y(bbox.y1()), x(bbox.x2()), y(bbox.y2())).unwrap_or(*bbox)
}

fn paste(picture: &mut RgbImage, part: &RgbImage, [left, top]: [u32; 2]) {
    let (row, part_row) = (3 * picture.size().width as usize, 3 * part.size().width as usize);
    let rows = picture.pixels_mut().chunks_exact_mut(row).skip(top as usize);
    for (to, from) in rows.zip(part.pixels().chunks_exact(part_row)) {
        to[3 * left as usize..][..part_row].copy_from_slice(from);
    }
}
