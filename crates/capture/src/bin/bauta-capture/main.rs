//! Reads a camera, a video file or a stream and writes its frames to the standard output, or writes a video of frames
//! that come from the standard input: [`bauta_capture`](../bauta_capture/index.html) starts it, and says why.
//!
//! ```text
//! bauta-capture read camera NUMBER SECONDS | read file PATH SECONDS | read url ADDRESS SECONDS
//! bauta-capture write PATH.avi FRAMES_PER_SECOND
//! ```
//!
//! OpenCV answers many failures with silence (a camera that is not there opens "successfully"); each of them is an
//! error with a remedy here.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod capture;
mod clip;
mod error;
mod frame;
mod sources;

use std::{
    ffi::{OsStr, OsString},
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use bauta_capture::protocol::Message;
use bauta_domain::ports::FrameAddress;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
    let mut out = io::stdout().lock();
    let sent = match words.as_slice() {
        [read, kind, what, seconds] if *read == "read" => match (address(kind, what), number(seconds)) {
            (Some(address), Some(seconds)) => send_frames(&address, seconds, &mut out),
            _ => return misused(),
        },
        [write, path, speed] if *write == "write" => match number(speed) {
            Some(speed) => write_frames(Path::new(path), speed, &mut out),
            None => return misused(),
        },
        _ => return misused(),
    };
    // Who listens may leave at any time.
    if sent.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn misused() -> ExitCode {
    eprintln!("bauta-capture is a part of Bauta, which starts it to read cameras and videos");
    ExitCode::from(2)
}

fn number<T: std::str::FromStr>(word: &OsStr) -> Option<T> {
    word.to_str()?.parse().ok()
}

fn address(kind: &OsStr, what: &OsStr) -> Option<FrameAddress> {
    match kind.to_str()? {
        "camera" => what.to_str()?.parse().ok().map(FrameAddress::Camera),
        "file" => Some(FrameAddress::File(what.into())),
        "url" => what.to_str().map(|url| FrameAddress::Url(url.to_owned())),
        _ => None,
    }
}

fn send_frames(address: &FrameAddress, stream_seconds: u32, out: &mut impl Write) -> io::Result<()> {
    let mut source = match sources::open(address, stream_seconds) {
        Ok(source) => source,
        Err(error) => return Message::Failed(error.to_string()).write(out),
    };
    let (frames_per_second, waits_for_reader) = (source.frames_per_second(), source.waits_for_reader());
    Message::Opened { frames_per_second, waits_for_reader }.write(out)?;
    loop {
        match source.next_frame() {
            Ok(Some(frame)) => Message::Frame(frame).write(out)?,
            Ok(None) => return Message::End.write(out),
            Err(error) => return Message::Failed(error.to_string()).write(out),
        }
    }
}

fn write_frames(path: &Path, frames_per_second: f64, out: &mut impl Write) -> io::Result<()> {
    let mut from = io::stdin().lock();
    let frames = std::iter::from_fn(|| match Message::read(&mut from) {
        Ok(Message::Frame(frame)) => Some(Ok(frame)),
        Ok(Message::End) => None,
        Ok(_) => Some(Err(io::ErrorKind::InvalidData.into())),
        Err(error) => Some(Err(error)),
    });
    match clip::write(path, frames, frames_per_second) {
        Ok(frames) => Message::Written(frames),
        Err(error) => Message::Failed(error.to_string()),
    }
    .write(out)
}
