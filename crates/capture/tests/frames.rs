//! Frames from a file that we wrote, from a stream that we serve, and from what is not there.

#![allow(clippy::unwrap_used)]

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    thread,
};

use bauta_capture::{cameras, open_source, write_clip};
use bauta_domain::{ImageSize, RgbImage, ports::FrameAddress};
use bauta_imaging::encode_jpeg;

const SIZE: ImageSize = ImageSize::new(160, 120);

/// Left half of a colour that changes from frame to frame, right half blue.
fn frame(index: u8) -> RgbImage {
    let half = |x: u32| if x < SIZE.width / 2 { [200, 10 * index, 30] } else { [0, 0, 200] };
    let pixels = (0..SIZE.height).flat_map(|_| (0..SIZE.width).flat_map(half)).collect();
    RgbImage::new(SIZE, pixels).unwrap()
}

fn pixel(image: &RgbImage, x: u32, y: u32) -> [u8; 3] {
    let at = 3 * (y * image.size().width + x) as usize;
    image.pixels()[at..at + 3].try_into().unwrap()
}

fn assert_near(found: [u8; 3], expected: [u8; 3], what: &str) {
    assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 12), "{what}: {found:?}, expected {expected:?}");
}

fn refusal(address: &FrameAddress) -> String {
    match open_source(address) {
        Ok(_) => panic!("{address:?} opened"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_clip_gives_back_its_frames_in_order_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder/ümläut clip.avi");
    assert_eq!(write_clip(&path, (0..12).map(frame), 12.5).unwrap(), 12);
    let beside: Vec<PathBuf> = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(beside, std::slice::from_ref(&path));
    let mut source = open_source(&FrameAddress::File(path)).unwrap();
    assert!(source.waits_for_reader());
    assert!((source.frames_per_second().unwrap() - 12.5).abs() < 0.01);
    for index in 0..12 {
        let image = source.next_frame().unwrap().unwrap();
        assert_eq!(image.size(), SIZE);
        assert_near(pixel(&image, 20, 60), [200, 10 * index, 30], &format!("frame {index}, left"));
        assert_near(pixel(&image, 140, 60), [0, 0, 200], &format!("frame {index}, right"));
    }
    assert!(source.next_frame().unwrap().is_none());
    assert!(source.next_frame().unwrap().is_none());
}

#[test]
fn a_clip_that_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.avi");
    let other_size = RgbImage::filled(ImageSize::new(20, 20), [0; 3]);
    for (frames, reason) in
        [(vec![], "no frames"), (vec![frame(0), other_size], "160×120 pixels like the first, found 20×20")]
    {
        let message = write_clip(&path, frames, 10.0).unwrap_err().to_string();
        assert!(message.contains(reason) && message.contains("clip.avi"), "{message}");
    }
    assert!(write_clip(&path.with_extension("mp4"), [frame(0)], 10.0).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Serves one client: a Motion JPEG stream of `frames` pictures, then the connection closes.
fn serve(frames: u8) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/camera.mjpg", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = [0; 2048];
        let _ = client.read(&mut request).unwrap();
        // The client may hang up before the end; that is its right.
        let _ = send_stream(&mut client, frames);
    });
    (url, server)
}

fn send_stream(client: &mut TcpStream, frames: u8) -> std::io::Result<()> {
    client.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=f\r\n\r\n")?;
    for index in 0..frames {
        let jpeg = encode_jpeg(&frame(index), 90).unwrap();
        client.write_all(
            format!("--f\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len()).as_bytes(),
        )?;
        client.write_all(&jpeg)?;
        client.write_all(b"\r\n")?;
    }
    client.flush()
}

#[test]
fn a_stream_gives_pictures_and_says_when_it_broke() {
    let (url, server) = serve(20);
    let mut source = open_source(&FrameAddress::Url(url.clone())).unwrap();
    assert!(!source.waits_for_reader());
    let mut read = 0;
    let message = loop {
        match source.next_frame() {
            Ok(Some(image)) => {
                assert_eq!(image.size(), SIZE);
                assert_near(pixel(&image, 20, 60), [200, 10 * read, 30], &format!("frame {read}"));
                read += 1;
            }
            Ok(None) => panic!("a stream has no end"),
            Err(error) => break error.to_string(),
        }
    };
    server.join().unwrap();
    // FFmpeg holds back the last part until the next boundary comes.
    assert!((18..=20).contains(&read), "{read} frames");
    assert!(message.contains(&url) && message.contains("check that the camera or the server still sends"), "{message}");
}

#[test]
fn a_stream_that_nobody_serves_is_refused_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/gone.mjpg", listener.local_addr().unwrap());
    drop(listener);
    let message = refusal(&FrameAddress::Url(url.clone()));
    assert!(message.contains(&url) && message.contains("check the address"), "{message}");
    for url in ["camera.local/video", "ftp://x/y", "file:///etc/passwd", ""] {
        let message = refusal(&FrameAddress::Url(url.to_owned()));
        assert!(message.contains("begins with http://"), "{message}");
    }
}

#[test]
#[ignore = "waits for the time limit of streams"]
fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/silent.mjpg", listener.local_addr().unwrap());
    let message = refusal(&FrameAddress::Url(url.clone()));
    assert!(message.contains(&url) && message.contains("no pictures came"), "{message}");
}

#[test]
fn a_file_that_is_no_video_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty.mp4"), b"").unwrap();
    std::fs::write(folder.path().join("text.mp4"), b"this is a text").unwrap();
    std::fs::create_dir(folder.path().join("folder.avi")).unwrap();
    for (name, reason) in [
        ("empty.mp4", "an empty file (0 bytes)"),
        ("text.mp4", "a file without pictures"),
        ("folder.avi", "a folder"),
        ("gone.mp4", "found nothing"),
    ] {
        let message = refusal(&FrameAddress::File(folder.path().join(name)));
        assert!(message.contains(reason) && message.contains(name), "{message}");
    }
}

#[test]
fn a_camera_that_is_not_there_is_refused_with_a_remedy() {
    let highest = cameras().last().map_or(0, |camera| camera.index + 1);
    let message = refusal(&FrameAddress::Camera(highest + 57));
    assert!(message.contains("camera") && message.contains("plug one in"), "{message}");
}
