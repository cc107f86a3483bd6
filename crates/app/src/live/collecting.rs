//! Saves the frames of which the model is unsure, on a thread of its own: the engine does not wait for a disk.

use std::sync::{
    Arc, Weak,
    mpsc::{SyncSender, sync_channel},
};

use super::{Shown, doubt::Doubts, saving::Album};
use crate::{AppError, Project, SavedFrame};

/// Hears what was collected, or why a frame could not be.
pub type CollectListener = Box<dyn Fn(Result<SavedFrame, String>) + Send>;

/// Collecting for one project; it ends when this is dropped.
pub(crate) struct Collecting {
    doubts: Doubts,
    frames: SyncSender<(Arc<Shown>, u32)>,
}

impl Collecting {
    /// Begins. A project that is closed meanwhile ends it: this does not keep it open.
    pub fn start(project: Weak<Project>, album: Album, told: CollectListener) -> Result<Self, AppError> {
        let (frames, doubtful) = sync_channel::<(Arc<Shown>, u32)>(1);
        let work = move || {
            for (shown, track) in doubtful {
                let Some(project) = project.upgrade() else { return };
                told(album.save_doubts(&project, &shown, track).map_err(|error| error.full_message()));
            }
        };
        std::thread::Builder::new().name("live-collect".to_owned()).spawn(work)?;
        Ok(Self { doubts: Doubts::default(), frames })
    }

    /// Takes the frame if it is worth it; one that comes while another is being written is left out.
    pub fn look(&mut self, shown: &Arc<Shown>) {
        if let Some(track) = self.doubts.look(&shown.result) {
            let _ = self.frames.try_send((Arc::clone(shown), track));
        }
    }
}
