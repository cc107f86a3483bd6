//! Writing short videos.

use std::{io, path::Path};

use bauta_domain::RgbImage;
use opencv::{
    core::Size,
    prelude::{VideoCaptureTrait, VideoCaptureTraitConst, VideoWriterTrait, VideoWriterTraitConst},
    videoio::{CAP_ANY, VideoCapture, VideoWriter},
};

use crate::{error::SourceError, frame::matrix};

/// Writes frames of one size as a Motion JPEG video (`….avi`), which every OpenCV reads back. The file
/// is written beside its target and renamed. Returns the number of frames.
///
/// # Errors
/// When a frame does not arrive, there are no frames, their sizes differ, the name does not end in `.avi`, or the folder cannot
/// be written.
pub fn write(
    path: &Path,
    frames: impl IntoIterator<Item = io::Result<RgbImage>>,
    frames_per_second: f64,
) -> Result<u64, SourceError> {
    let failed = |reason: String| SourceError::Write { path: path.into(), reason };
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("avi")) {
        return Err(failed("expected a name that ends in .avi".to_owned()));
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = std::fs::create_dir_all(folder)
        .and_then(|()| tempfile::Builder::new().prefix(".bauta-").suffix(".avi").tempfile_in(folder))
        .map_err(|error| failed(error.to_string()))?
        .into_temp_path();
    let written = write_frames(&temporary, frames, frames_per_second, path)?;
    // The writer does not report a full disk.
    let readable = frames_in(&temporary);
    if readable < written {
        return Err(failed(format!("{readable} of {written} frames arrived; the disk may be full")));
    }
    let sync = || std::fs::File::options().write(true).open(&temporary)?.sync_all();
    sync().map_err(|error| failed(error.to_string()))?;
    temporary.persist(path).map_err(|error| failed(error.to_string()))?;
    Ok(written)
}

fn write_frames(
    to: &Path,
    frames: impl IntoIterator<Item = io::Result<RgbImage>>,
    frames_per_second: f64,
    path: &Path,
) -> Result<u64, SourceError> {
    let failed = |reason: String| SourceError::Write { path: path.into(), reason };
    let doing = "the writing of a video";
    let mut frames = frames.into_iter().peekable();
    let size = match frames.peek() {
        Some(Ok(first)) => first.size(),
        Some(Err(error)) => return Err(failed(error.to_string())),
        None => return Err(failed("there are no frames".to_owned())),
    };
    let motion_jpeg = VideoWriter::fourcc('M', 'J', 'P', 'G').map_err(SourceError::open_cv(doing))?;
    let frame_size = Size::new(size.width as i32, size.height as i32);
    let mut writer = VideoWriter::new_with_backend(to, CAP_ANY, motion_jpeg, frames_per_second, frame_size, true)
        .map_err(SourceError::open_cv(doing))?;
    if !writer.is_opened().unwrap_or(false) {
        return Err(failed("OpenCV has no writer for Motion JPEG".to_owned()));
    }
    let mut written = 0;
    for frame in frames {
        let frame = frame.map_err(|error| failed(error.to_string()))?;
        if frame.size() != size {
            return Err(failed(format!(
                "all frames must have {}×{} pixels like the first, found {}×{}",
                size.width,
                size.height,
                frame.size().width,
                frame.size().height
            )));
        }
        writer.write(&matrix(&frame)?).map_err(SourceError::open_cv(doing))?;
        written += 1;
    }
    writer.release().map_err(SourceError::open_cv(doing))?;
    Ok(written)
}

/// Frames that can be grabbed from a video, 0 when it does not open.
fn frames_in(path: &Path) -> u64 {
    let Ok(mut capture) = VideoCapture::from_file(path, CAP_ANY) else { return 0 };
    if !capture.is_opened().unwrap_or(false) {
        return 0;
    }
    std::iter::from_fn(|| capture.grab().unwrap_or(false).then_some(())).count() as u64
}
