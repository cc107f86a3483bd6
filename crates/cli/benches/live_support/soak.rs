//! A stream played for long, with a page that pulls its frames: whether memory grows.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use bauta_app::live::{LiveListener, LiveSession};
use bauta_domain::ports::{CancelToken, FrameAddress};
use bauta_imaging::encode_jpeg;

use crate::{
    Bench, Failure,
    clips::{Clip, FPS},
    say,
};

/// When memory is looked at first, in minutes: by then everything is warm.
const WARM_MINUTES: f64 = 2.0;

/// Plays the clip over and over from a server of our own.
pub fn run(bench: &Bench, clip: &Clip, minutes: f64) -> Result<(), Failure> {
    let mut frames = Vec::new();
    let mut source = bench.adapters.sources.open(&FrameAddress::File(clip.path.clone()), &CancelToken::default())?;
    while let Some(frame) = source.next_frame()? {
        frames.push(encode_jpeg(&frame, 90)?);
    }
    drop(source);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/clip.mjpg", listener.local_addr()?);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A client that hangs up is followed by the next.
            let _ = serve(client, &frames);
        }
    });
    let events: LiveListener = Arc::new(|event| {
        let _ = say(&format!("{event:?}"));
    });
    let sources = Arc::clone(&bench.adapters.sources);
    let session = LiveSession::start(sources, FrameAddress::Url(url), bench.engine()?, &events, Box::new(|_| {}));
    let begun = Instant::now();
    let (mut last, mut shown, mut bytes, mut warm, mut next) = (0, 0u64, 0usize, None, 0.0);
    while begun.elapsed().as_secs_f64() < minutes * 60.0 {
        if let Some(frame) = session.newest(last) {
            last = frame.result.frame;
            shown += 1;
            bytes += encode_jpeg(&frame.image, 85)?.len();
        }
        let passed = begun.elapsed().as_secs_f64() / 60.0;
        if passed >= next {
            next += 1.0;
            let now = resident_megabytes();
            say(&format!("{passed:5.1} min: {:.1} MB here, {:.1} MB in all; {shown} frames shown", now[0], now[1]))?;
        }
        if passed >= WARM_MINUTES && warm.is_none() {
            warm = Some(resident_megabytes());
        }
    }
    let end = resident_megabytes();
    let warm = warm.unwrap_or(end);
    let growth = |index: usize| 100.0 * (end[index] / warm[index] - 1.0);
    say(&format!(
        "after {minutes} minutes: {:.1} MB here ({:+.1} % since minute 2), {:.1} MB with its programs ({:+.1} %); {:.1} fps shown, {} MB of JPEG",
        end[0],
        growth(0),
        end[1],
        growth(1),
        shown as f64 / begun.elapsed().as_secs_f64(),
        bytes >> 20,
    ))
}

fn serve(mut client: TcpStream, frames: &[Vec<u8>]) -> std::io::Result<()> {
    let mut request = [0; 2048];
    let _ = client.read(&mut request)?;
    client.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=f\r\n\r\n")?;
    let begun = Instant::now();
    for (number, jpeg) in frames.iter().cycle().enumerate() {
        let due = Duration::from_secs_f64(number as f64 / FPS);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let head = format!("--f\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len());
        client.write_all(head.as_bytes())?;
        client.write_all(jpeg)?;
        client.write_all(b"\r\n")?;
    }
    Ok(())
}

/// Memory in use by this process, and by it and its children.
fn resident_megabytes() -> [f64; 2] {
    let of = |process: &str| -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    };
    let own = std::process::id().to_string();
    let is_child = |name: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)).is_some_and(|parent| parent == own)
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let children: f64 = names.filter(is_child).map(|name| of(&name)).sum();
    let here = of("self");
    [here, here + children]
}
