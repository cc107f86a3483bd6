//! Which cameras are plugged in.

use std::{path::Path, sync::mpsc, thread, time::Duration};

use bauta_domain::ports::Camera;
use nokhwa::utils::{ApiBackend, CameraIndex, CameraInfo};

/// A sleeping hub or a broken driver must not hang the menu.
const PATIENCE: Duration = Duration::from_secs(3);

/// The cameras that are plugged in now, by number; none when the system does not answer within three
/// seconds. Opens no camera.
pub fn cameras() -> Vec<Camera> {
    let (sender, answer) = mpsc::channel();
    let asked = thread::Builder::new().name("cameras".to_owned()).spawn(move || {
        let _ = sender.send(nokhwa::query(ApiBackend::Auto).unwrap_or_default());
    });
    let found = match asked {
        Ok(_) => answer.recv_timeout(PATIENCE).unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let mut cameras: Vec<Camera> =
        found.iter().filter_map(camera).filter(|camera| gives_pictures(camera.index)).collect();
    cameras.sort_by_key(|camera| camera.index);
    cameras
}

fn camera(info: &CameraInfo) -> Option<Camera> {
    let index = match info.index() {
        CameraIndex::Index(index) => *index,
        CameraIndex::String(text) => text.parse().ok()?,
    };
    Some(Camera { index, name: info.human_name() })
}

/// Linux lists every camera twice, once for its pictures and once for data about them; the first of
/// a device's nodes gives the pictures.
fn gives_pictures(index: u32) -> bool {
    let node = std::fs::read_to_string(Path::new("/sys/class/video4linux").join(format!("video{index}/index")));
    node.map_or(true, |place| place.trim() == "0")
}
