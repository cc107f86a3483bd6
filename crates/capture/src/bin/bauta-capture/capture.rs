//! A capture that is known to give pictures, since one came already.

use bauta_domain::RgbImage;
use opencv::{
    core::{Mat, MatTraitConst, Vector},
    prelude::{VideoCaptureTrait, VideoCaptureTraitConst},
    videoio::{CAP_PROP_FPS, CAP_PROP_OPEN_TIMEOUT_MSEC, CAP_PROP_READ_TIMEOUT_MSEC, VideoCapture},
};

use crate::{
    error::{SourceError, silence_opencv},
    frame::{reduced, rgb_image},
};

/// What no more pictures mean.
#[derive(Debug)]
pub enum End {
    /// The end of a file.
    Finished,
    /// A camera was unplugged or a stream broke.
    Broken { source_name: String, remedy: &'static str },
}

/// Frames of an OpenCV capture.
#[derive(Debug)]
pub struct Capture {
    capture: VideoCapture,
    first: Option<RgbImage>,
    frames: u64,
    end: End,
}

/// A capture by one of OpenCV's backends, or `None` when that backend opens nothing or gives no first
/// picture.
pub fn started(open: impl FnOnce() -> opencv::Result<VideoCapture>, end: End) -> Option<Capture> {
    silence_opencv();
    let capture = open().ok()?;
    if !capture.is_opened().unwrap_or(false) {
        return None;
    }
    let mut started = Capture { capture, first: None, frames: 0, end };
    started.first = Some(started.read().ok()??);
    Some(started)
}

/// Limits for backends that wait for a network.
pub fn stream_limits(seconds: u32) -> Vector<i32> {
    let milliseconds = i32::try_from(seconds).unwrap_or(i32::MAX / 1000).saturating_mul(1000);
    Vector::from_slice(&[CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds, CAP_PROP_READ_TIMEOUT_MSEC, milliseconds])
}

impl Capture {
    fn read(&mut self) -> Result<Option<RgbImage>, SourceError> {
        let mut frame = Mat::default();
        // A decoder that throws on a broken frame is at its end as well.
        let is_there = self.capture.read(&mut frame).unwrap_or(false) && !frame.empty();
        if is_there { rgb_image(&reduced(frame)?).map(Some) } else { Ok(None) }
    }

    /// The next frame, or `None` at the end of a file. Waits for a camera.
    ///
    /// # Errors
    /// When the camera was unplugged or the stream broke.
    pub fn next_frame(&mut self) -> Result<Option<RgbImage>, SourceError> {
        let frame = match self.first.take() {
            Some(first) => Some(first),
            None => self.read()?,
        };
        match (&frame, &self.end) {
            (Some(_), _) => self.frames += 1,
            (None, End::Finished) => {}
            (None, End::Broken { source_name, remedy }) => {
                return Err(SourceError::Broken { source_name: source_name.clone(), frames: self.frames, remedy });
            }
        }
        Ok(frame)
    }

    /// Frames per second that the source promises, when it does.
    pub fn frames_per_second(&self) -> Option<f64> {
        // Backends answer 0, NaN or a time base such as 90000 when they do not know.
        self.capture.get(CAP_PROP_FPS).ok().filter(|fps| (0.1..=1000.0).contains(fps))
    }

    /// Whether frames wait for the reader (a file) or go by without it (a camera, a stream).
    pub fn waits_for_reader(&self) -> bool {
        matches!(self.end, End::Finished)
    }
}
