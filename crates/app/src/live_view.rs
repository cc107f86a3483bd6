//! The live view of the program: at most one, on a camera, a file or a stream, and what it adds to the open project.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use bauta_domain::{CategoryId, ImageId, ports::FrameAddress};
use serde::{Deserialize, Serialize};

use crate::{
    AppError, SavedFrame, Workspace,
    adapters::cores,
    live::{Album, CollectListener, Collecting, LiveEngine, LiveListener, LiveSession, Shown, stamp},
    workspace::lock,
};

/// Frames of which is remembered that they are images already: faces of a frozen one may be saved one after the other.
const SAVED: usize = 8;

/// What the live view remembers, in the data folder.
const LAST_VIDEO: &str = "live.json";

#[derive(Serialize, Deserialize)]
struct LastVideo {
    video: PathBuf,
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A running live view.
pub struct LiveView {
    session: LiveSession,
    album: Album,
    saved: Mutex<VecDeque<(u32, ImageId)>>,
    collecting: Arc<Mutex<Option<Collecting>>>,
}

impl LiveView {
    /// Its frames.
    pub const fn session(&self) -> &LiveSession {
        &self.session
    }
}

impl Workspace {
    /// Remembers a video file for the live view; returns its name.
    pub fn choose_video(&self, file: PathBuf) -> String {
        let name = name_of(&file);
        // That it is forgotten with the program is no reason not to play it.
        let _ = self.remember_video(&file);
        *lock(&self.video) = Some(file);
        name
    }

    fn remember_video(&self, file: &Path) -> Result<(), AppError> {
        let text = serde_json::to_vec_pretty(&LastVideo { video: file.to_owned() }).map_err(std::io::Error::other)?;
        fs_err::create_dir_all(self.data_folder())?;
        Ok(bauta_files::write_whole(&self.data_folder().join(LAST_VIDEO), &text)?)
    }

    /// Name of the video file that was chosen last, also before this program was started, when it is still there.
    pub fn last_video(&self) -> Option<String> {
        let mut video = lock(&self.video);
        if video.is_none() {
            let text = std::fs::read_to_string(self.data_folder().join(LAST_VIDEO)).ok()?;
            let last: LastVideo = serde_json::from_str(&text).ok()?;
            *video = Some(last.video).filter(|file| file.is_file());
        }
        video.as_deref().map(name_of)
    }

    /// The video file that was chosen last.
    ///
    /// # Errors
    /// When none was chosen.
    pub fn video(&self) -> Result<FrameAddress, AppError> {
        let file = lock(&self.video).clone();
        file.map(FrameAddress::File).ok_or_else(|| AppError::Invalid("choose a video file first".to_owned()))
    }

    /// Starts the live view on a source, in place of the one that runs. Without a model it shows faces only. What
    /// becomes of the source, `events` hear.
    ///
    /// # Errors
    /// When the detector or the model cannot be opened.
    pub fn start_live(
        &self,
        address: FrameAddress,
        detector: &str,
        min_confidence: f64,
        events: &LiveListener,
    ) -> Result<(), AppError> {
        self.stop_live();
        // Detecting and classifying go on side by side: together they may use all cores.
        let threads = cores().div_ceil(2);
        let album = Album { started: stamp(&self.adapters.now()), detector: detector.to_owned() };
        let detector = self.adapters.models.open_detector(detector, threads).map_err(AppError::Adapter)?;
        let classifier = match self.open_classifier(threads) {
            Ok(classifier) => Some(classifier),
            Err(AppError::NoModel) => None,
            Err(error) => return Err(error),
        };
        let mut engine = LiveEngine::new(detector, classifier, &self.adapters)?;
        engine.set_min_confidence(min_confidence);
        let collecting: Arc<Mutex<Option<Collecting>>> = Arc::default();
        let watched = Arc::clone(&collecting);
        let watch = move |shown: &Arc<Shown>| {
            if let Some(collecting) = lock(&watched).as_mut() {
                collecting.look(shown);
            }
        };
        let sources = Arc::clone(&self.adapters.sources);
        let session = LiveSession::start(sources, address, engine, events, Box::new(watch));
        let view = Arc::new(LiveView { session, album, saved: Mutex::default(), collecting });
        // Of two that start at the same time, the later one stays.
        let before = lock(&self.live).replace(view);
        drop(before);
        Ok(())
    }

    /// Stops the live view, if it runs, and waits until its source is closed.
    pub fn stop_live(&self) {
        let running = lock(&self.live).take();
        drop(running);
    }

    /// The running live view.
    pub fn live(&self) -> Option<Arc<LiveView>> {
        lock(&self.live).clone()
    }

    /// Saves a face of the frame that is on the screen as an accepted box of this category, and the frame as an image
    /// of the open project. Frames of one `burst` belong together.
    ///
    /// # Errors
    /// When no project is open, the frame or the face is gone, or the project cannot be written.
    pub fn save_live_face(
        &self,
        frame: u32,
        track: u32,
        category: CategoryId,
        burst: u32,
    ) -> Result<SavedFrame, AppError> {
        let project = self.project()?;
        let gone = || AppError::Invalid("that picture is gone; press the key while the face is shown".to_owned());
        let live = self.live().ok_or_else(gone)?;
        let shown = live.session.handed_out(frame).ok_or_else(gone)?;
        let face = shown.result.faces.iter().find(|face| face.track == track).ok_or_else(gone)?;
        let mut saved = lock(&live.saved);
        // The image may have been saved into a project that was open before.
        let earlier = saved.iter().find(|(number, _)| *number == frame).map(|(_, image)| *image);
        let earlier = earlier.filter(|image| project.image_path(*image).is_ok());
        let done = live.album.save_face(&project, &shown, face, category, burst, earlier)?;
        saved.push_back((frame, done.row.id));
        if saved.len() > SAVED {
            saved.pop_front();
        }
        Ok(done)
    }

    /// Writes a picture of what the live window shows (`png`: a PNG file) into a folder, under a name of now; returns
    /// its path.
    ///
    /// # Errors
    /// When it is no PNG, or the folder cannot be written.
    pub fn save_snapshot(&self, folder: &Path, png: &[u8]) -> Result<PathBuf, AppError> {
        if !png.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Err(AppError::Invalid("the snapshot is no PNG picture".to_owned()));
        }
        fs_err::create_dir_all(folder)?;
        let now = stamp(&self.adapters.now());
        let names = (1..).map(|n| if n == 1 { format!("Bauta {now}.png") } else { format!("Bauta {now} ({n}).png") });
        let free = names.map(|name| folder.join(name)).find(|path| !path.exists());
        let path = free.ok_or_else(|| AppError::Invalid("no free file name for the snapshot".to_owned()))?;
        bauta_files::write_whole(&path, png)?;
        Ok(path)
    }

    /// Saves frames of which the model is unsure as proposals into the open project, from now on or no longer.
    ///
    /// # Errors
    /// When no project is open, or no live view runs.
    pub fn collect_doubts(&self, on: bool, told: CollectListener) -> Result<(), AppError> {
        let not_running = || AppError::Invalid("start the live view first".to_owned());
        let live = self.live().ok_or_else(not_running)?;
        let collecting = if on {
            let project = self.project()?;
            if project.is_read_only() {
                return Err(AppError::Invalid("the project is open for looking only".to_owned()));
            }
            Some(Collecting::start(Arc::downgrade(&project), live.album.clone(), told)?)
        } else {
            None
        };
        *lock(&live.collecting) = collecting;
        Ok(())
    }
}
