//! Names of the frames that the live view saves as images of a project. A name tells which frames belong together, so
//! that they stay on one side of a split wherever their files are moved to: `camera 2026-11-28T21-40-12 b003 f00117.jpg`
//! is frame 117, of the third burst of the live view that was started then.

use std::path::{Path, PathBuf};

/// Which frames are near-copies of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameGroup {
    /// Saved while one key was held; numbered by the window.
    Burst(u32),
    /// Saved because the model was unsure of the face with this identity.
    Unsure(u32),
}

/// The file of a frame, in the folder for camera frames beside the project.
pub(crate) fn frame_file(project: &Path, started: &str, group: FrameGroup, frame: u32) -> PathBuf {
    let stem = project.file_stem().unwrap_or_default().to_string_lossy();
    let folder = project.with_file_name(format!("{stem} camera"));
    let group = match group {
        FrameGroup::Burst(number) => format!("b{number:03}"),
        FrameGroup::Unsure(track) => format!("u{track:03}"),
    };
    folder.join(format!("camera {started} {group} f{frame:05}.jpg"))
}

/// A point in time as it can stand in the name of a file.
pub(crate) fn stamp(now: &str) -> String {
    now.trim_end_matches('Z').replace(':', "-")
}

/// What the frames of one burst have in common; `None` for other pictures.
pub(crate) fn group_of_frame(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let (group, frame) = stem.strip_prefix("camera ")?.rsplit_once(" f")?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (_, burst) = group.rsplit_once(' ')?;
    let is_burst = burst.strip_prefix(['b', 'u']).is_some_and(is_number);
    (is_burst && is_number(frame)).then(|| format!("camera {group}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_burst_are_one_group_wherever_they_lie() {
        let project = Path::new("/home/ann/masks.bauta");
        let started = stamp("2026-11-28T21:40:12Z");
        let file = |group, frame| frame_file(project, &started, group, frame);
        let first = file(FrameGroup::Burst(3), 117);
        assert_eq!(first, Path::new("/home/ann/masks camera/camera 2026-11-28T21-40-12 b003 f00117.jpg"));
        let group = group_of_frame(&first).unwrap();
        let moved = Path::new("/elsewhere").join(file(FrameGroup::Burst(3), 123_456).file_name().unwrap());
        assert_eq!(group_of_frame(&moved).as_deref(), Some(group.as_str()));
        for other in [file(FrameGroup::Burst(4), 117), file(FrameGroup::Unsure(3), 117)] {
            assert_ne!(group_of_frame(&other), Some(group.clone()), "{}", other.display());
        }
        for foreign in ["camera 1.jpg", "camera b f.jpg", "IMG_1.jpg", "camera x b1 f2x.jpg"] {
            assert_eq!(group_of_frame(Path::new(foreign)), None, "{foreign}");
        }
    }
}
