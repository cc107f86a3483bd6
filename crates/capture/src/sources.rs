//! Sources and clips for the rest of the project, by way of `bauta-capture`.

use std::{ffi::OsStr, path::Path};

use bauta_domain::{
    RgbImage,
    ports::{Camera, CancelToken, FrameAddress, FrameSource, FrameSources, PortError},
};

use crate::{CaptureError, cameras, program::Program, protocol::Message, watch::Patience};

/// How long a stream may take to open, and to send its next picture.
const STREAM_SECONDS: u32 = 8;
/// Until a program that gives nothing is ended: longer than OpenCV's own limits, which say more.
const SILENCE: Patience = Patience::Seconds(25);

/// Cameras, video files and streams; implements [`FrameSources`].
#[derive(Clone, Copy, Debug)]
pub struct CaptureSources {
    /// How many seconds a stream may take to open, and to send its next picture.
    pub stream_seconds: u32,
}

impl Default for CaptureSources {
    fn default() -> Self {
        Self { stream_seconds: STREAM_SECONDS }
    }
}

impl FrameSources for CaptureSources {
    fn cameras(&self) -> Vec<Camera> {
        cameras()
    }

    fn open(&self, address: &FrameAddress, cancel: &CancelToken) -> Result<Box<dyn FrameSource>, PortError> {
        Ok(open(address, self.stream_seconds, cancel)?)
    }
}

/// Opens a source and waits for its first picture, so that what opens also shows something. A stream
/// that does not answer is given up after some seconds.
///
/// # Errors
/// When there is no such camera, file or stream, or it gives no pictures.
pub fn open_source(address: &FrameAddress) -> Result<Box<dyn FrameSource>, CaptureError> {
    open(address, STREAM_SECONDS, &CancelToken::default())
}

fn open(
    address: &FrameAddress,
    stream_seconds: u32,
    cancel: &CancelToken,
) -> Result<Box<dyn FrameSource>, CaptureError> {
    let seconds = stream_seconds.to_string();
    let started = |name: &str, kind: &str, what: &OsStr| {
        Program::start(name, ["read".as_ref(), kind.as_ref(), what, seconds.as_ref()], false, cancel)
    };
    let mut program = match address {
        FrameAddress::Camera(number) => started(&format!("camera {number}"), "camera", number.to_string().as_ref()),
        FrameAddress::File(path) => started(&path.display().to_string(), "file", path.as_ref()),
        FrameAddress::Url(url) => started(url, "url", url.as_ref()),
    }?;
    // A slow disk or decoder is no reason to end a file.
    let patience = if address.comes_back() { SILENCE } else { Patience::Endless };
    match program.next(patience)? {
        Message::Opened { frames_per_second, waits_for_reader } => {
            Ok(Box::new(Source { program, patience, frames_per_second, waits_for_reader, ended: false }))
        }
        _ => Err(program.unexpected()),
    }
}

#[derive(Debug)]
struct Source {
    program: Program,
    patience: Patience,
    frames_per_second: Option<f64>,
    waits_for_reader: bool,
    ended: bool,
}

impl FrameSource for Source {
    fn next_frame(&mut self) -> Result<Option<RgbImage>, PortError> {
        if self.ended {
            return Ok(None);
        }
        match self.program.next(self.patience)? {
            Message::Frame(image) => Ok(Some(image)),
            Message::End => {
                self.ended = true;
                Ok(None)
            }
            _ => Err(self.program.unexpected().into()),
        }
    }

    fn frames_per_second(&self) -> Option<f64> {
        self.frames_per_second
    }

    fn waits_for_reader(&self) -> bool {
        self.waits_for_reader
    }
}

/// Writes frames of one size as a Motion JPEG video (`….avi`), for the sample and for tests. The file is written
/// beside its target and renamed. Returns the number of frames.
///
/// # Errors
/// When there are no frames, their sizes differ, the name does not end in `.avi`, or the folder cannot
/// be written.
pub fn write_clip(
    path: &Path,
    frames: impl IntoIterator<Item = RgbImage>,
    frames_per_second: f64,
) -> Result<u64, CaptureError> {
    let speed = frames_per_second.to_string();
    let arguments = [OsStr::new("write"), path.as_ref(), speed.as_ref()];
    let mut program = Program::start(&path.display().to_string(), arguments, true, &CancelToken::default())?;
    if let Some(mut to) = program.to.take() {
        let messages = frames.into_iter().map(Message::Frame).chain([Message::End]);
        // One that takes no more has said why: that is read below.
        let _ = messages.map(|message| message.write(&mut to)).find(Result::is_err);
    }
    match program.next(Patience::Endless)? {
        Message::Written(frames) => Ok(frames),
        _ => Err(program.unexpected()),
    }
}
