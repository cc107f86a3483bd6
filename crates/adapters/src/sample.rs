//! The sample project: drawn pictures, faces found by the default detector, most of them labelled.

use std::{ops::ControlFlow, path::Path, sync::Arc};

use bauta_app::{AppError, DetectOptions, GeneratedPicture, Progress, Project, Workspace};
use bauta_domain::{ImageSize, ports::CancelToken};
use bauta_sample::{SampleConfig, write_sample};

/// How many pictures the sample has, and how many of them are left to label by hand.
const PICTURES: u32 = 120;
const LEFT_TO_LABEL: usize = 12;
const SEED: u64 = 1;
/// Size of the pictures.
pub(crate) const SIZE: ImageSize = ImageSize::new(640, 480);
/// Written last, so that a sample that was interrupted is drawn again.
const COMPLETE: &str = "complete";

/// Opens the sample in the workspace; draws it at the first time, in the data folder.
///
/// # Errors
/// When the data folder cannot be written, or the job was cancelled.
pub fn open_sample(
    workspace: &Workspace,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<Arc<Project>, AppError> {
    let folder = workspace.data_folder().join("sample");
    let file = folder.join("Sample.bauta");
    if folder.join(COMPLETE).is_file() {
        return workspace.open_project(&file);
    }
    if folder.exists() {
        fs_err::remove_dir_all(&folder)?;
    }
    fs_err::create_dir_all(&folder)?;
    let config = SampleConfig { seed: SEED, pictures: PICTURES, size: SIZE };
    let mut pictures = draw_sample(&folder.join("photos"), &config, progress, cancel)?;
    let labelled = pictures.len().saturating_sub(LEFT_TO_LABEL);
    pictures[labelled..].iter_mut().for_each(|picture| picture.accepted = false);
    let project = workspace.create_project(&file)?;
    project.add_folder(&folder.join("photos"))?;
    let detector = workspace.adapters().models.detectors().first().map_or("centerface", |detector| detector.id);
    let options = DetectOptions::new(detector);
    project.detect_faces(None, &options, false, progress, &mut |_| {}, cancel)?;
    stop_if(cancel)?;
    project.add_generated(&pictures)?;
    fs_err::write(folder.join(COMPLETE), b"")?;
    Ok(project)
}

/// Draws pictures into a folder and says what they show, all of it accepted.
///
/// # Errors
/// When the folder cannot be written, or the job was cancelled.
pub fn draw_sample(
    folder: &Path,
    config: &SampleConfig,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<Vec<GeneratedPicture>, AppError> {
    let mut report = |done: u32, total: u32| {
        let (done, total) = (done as usize, total as usize);
        progress(Progress { done, total, seconds_left: None, current: String::new() });
        if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let written = write_sample(folder, *config, &mut report).map_err(|error| AppError::Adapter(error.into()))?;
    stop_if(cancel)?;
    let generated = written.into_iter().map(|picture| GeneratedPicture {
        boxes: picture.faces.iter().map(|face| (face.bbox, face.category.to_owned())).collect(),
        path: picture.path,
        accepted: true,
    });
    Ok(generated.collect())
}

fn stop_if(cancel: &CancelToken) -> Result<(), AppError> {
    if cancel.is_cancelled() { Err(AppError::Invalid("cancelled; nothing was opened".to_owned())) } else { Ok(()) }
}
