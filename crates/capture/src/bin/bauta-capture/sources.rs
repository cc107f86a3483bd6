//! Opening cameras, video files and streams.

use std::path::Path;

use bauta_capture::cameras;
use bauta_domain::ports::FrameAddress;
use opencv::videoio::{CAP_ANY, CAP_AVFOUNDATION, CAP_FFMPEG, CAP_MSMF, CAP_V4L2, VideoCapture};

use crate::{
    capture::{Capture, End, started, stream_limits},
    error::SourceError,
};

/// The system's own interface to cameras. `CAP_ANY` would try GStreamer first, which is slow and takes
/// numbers for other things.
const CAMERA_BACKEND: i32 = if cfg!(target_os = "linux") {
    CAP_V4L2
} else if cfg!(target_os = "macos") {
    CAP_AVFOUNDATION
} else if cfg!(windows) {
    CAP_MSMF
} else {
    CAP_ANY
};

/// Opens a source and waits for its first picture, so that what opens also shows something. A stream
/// that does not answer is given up after so many seconds.
///
/// # Errors
/// When there is no such camera, file or stream, or it gives no pictures.
pub fn open(address: &FrameAddress, stream_seconds: u32) -> Result<Capture, SourceError> {
    match address {
        FrameAddress::Camera(index) => camera(*index),
        FrameAddress::File(path) => file(path),
        FrameAddress::Url(url) => stream(url, stream_seconds),
    }
}

fn camera(index: u32) -> Result<Capture, SourceError> {
    let end = End::Broken {
        source_name: format!("camera {index}"),
        remedy: "it was unplugged, or another program took it; plug it in again",
    };
    let number = i32::try_from(index).unwrap_or(i32::MAX);
    started(|| VideoCapture::new(number, CAMERA_BACKEND), end).ok_or_else(|| why_no_camera(index))
}

fn why_no_camera(index: u32) -> SourceError {
    let failed = |found: String, remedy| SourceError::Camera { index, found, remedy };
    let device = format!("/dev/video{index}");
    if cfg!(target_os = "linux") && Path::new(&device).exists() {
        return match std::fs::File::open(&device) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                failed(format!("no permission for {device}"), "add yourself to the group \"video\" and log in again")
            }
            _ => failed(
                "it gives no pictures".to_owned(),
                "another program may be using it: close that one; or this is not the node with pictures: try another number",
            ),
        };
    }
    let found = match cameras().as_slice() {
        [] => "there is no camera on this computer".to_owned(),
        cameras => {
            let list: Vec<String> =
                cameras.iter().map(|camera| format!("{} ({})", camera.index, camera.name)).collect();
            format!("there is no such camera; there are {}", list.join(", "))
        }
    };
    failed(found, "plug one in, allow this program to use it, or choose a video file or a stream instead")
}

fn file(path: &Path) -> Result<Capture, SourceError> {
    let refused = |found, remedy| SourceError::Video { path: path.into(), found, remedy };
    match std::fs::metadata(path) {
        Err(_) => return Err(refused("nothing", "check the path; it may have been moved or renamed")),
        Ok(metadata) if metadata.is_dir() => return Err(refused("a folder", "choose a file in it")),
        Ok(metadata) if metadata.len() == 0 => {
            return Err(refused("an empty file (0 bytes)", "copy it again from where it came"));
        }
        Ok(_) => {}
    }
    // FFmpeg knows nearly everything and turns videos of telephones upright; the others are for systems
    // whose OpenCV comes without it. An absolute path cannot be taken for an address or an option.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    [CAP_FFMPEG, CAP_ANY]
        .into_iter()
        .find_map(|backend| started(|| VideoCapture::from_file(&absolute, backend), End::Finished))
        .ok_or_else(|| {
            refused("a file without pictures that OpenCV can read", "convert it to an MP4 with H.264 and try again")
        })
}

fn stream(url: &str, seconds: u32) -> Result<Capture, SourceError> {
    let lower = url.to_ascii_lowercase();
    if !["http://", "https://", "rtsp://"].iter().any(|scheme| lower.starts_with(scheme)) {
        return Err(SourceError::Address { url: url.to_owned() });
    }
    let end = End::Broken {
        source_name: url.to_owned(),
        remedy: "the stream ended or the connection broke; check that the camera or the server still sends",
    };
    // FFmpeg alone keeps time limits; another backend could wait for ever.
    started(|| VideoCapture::from_file_with_params(url, CAP_FFMPEG, &stream_limits(seconds)), end)
        .ok_or_else(|| SourceError::Stream { url: url.to_owned(), seconds })
}
