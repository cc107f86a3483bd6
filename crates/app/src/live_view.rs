//! The live view of the program: at most one, on a camera, a file or a stream.

use std::{path::PathBuf, sync::Arc};

use bauta_domain::ports::FrameAddress;

use crate::{
    AppError, Workspace,
    adapters::cores,
    live::{LiveEngine, LiveEvent, LiveSession},
    workspace::lock,
};

impl Workspace {
    /// Remembers a video file for the live view; returns its name.
    pub fn choose_video(&self, file: PathBuf) -> String {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        *lock(&self.video) = Some(file);
        name
    }

    /// The video file that was chosen last.
    ///
    /// # Errors
    /// When none was chosen.
    pub fn video(&self) -> Result<FrameAddress, AppError> {
        let file = lock(&self.video).clone();
        file.map(FrameAddress::File).ok_or_else(|| AppError::Invalid("choose a video file first".to_owned()))
    }

    /// Starts the live view on a source, in place of the one that runs. Without a model it shows faces only.
    ///
    /// # Errors
    /// When the source or a model cannot be opened.
    pub fn start_live(
        &self,
        address: &FrameAddress,
        detector: &str,
        events: Arc<dyn Fn(LiveEvent) + Send + Sync>,
    ) -> Result<(), AppError> {
        self.stop_live();
        let threads = cores();
        let detector = self.adapters.models.open_detector(detector, threads).map_err(AppError::Adapter)?;
        let classifier = match self.open_classifier(threads) {
            Ok(classifier) => Some(classifier),
            Err(AppError::NoModel) => None,
            Err(error) => return Err(error),
        };
        let source = self.adapters.sources.open(address).map_err(AppError::Source)?;
        let engine = LiveEngine::new(detector, classifier, Arc::clone(&self.adapters.cropper));
        *lock(&self.live) = Some(Arc::new(LiveSession::start(source, engine, events)));
        Ok(())
    }

    /// Stops the live view, if it runs, and waits until its source is closed.
    pub fn stop_live(&self) {
        let running = lock(&self.live).take();
        drop(running);
    }

    /// The running live view.
    pub fn live(&self) -> Option<Arc<LiveSession>> {
        lock(&self.live).clone()
    }
}
