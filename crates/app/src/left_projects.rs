//! Projects that another one has taken the place of, and that something in this program still has open: a job that is
//! ending, a training, a picture on its way to the window. Whoever opens one of them again means that one; its own
//! lock must not keep them out.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, Weak,
        mpsc::{Receiver, RecvTimeoutError, TryRecvError},
    },
    time::Duration,
};

use crate::{Project, workspace::lock};

/// How long closing a project may take until its lock counts as somebody else's: writing what could wait, and the
/// hash of one picture.
const CLOSING: Duration = Duration::from_secs(10);

struct Left {
    path: PathBuf,
    project: Weak<Project>,
    /// Ends when all of the project is closed, its lock too.
    closed: Receiver<()>,
}

/// The projects that were left and may still be open.
#[derive(Default)]
pub(crate) struct LeftProjects(Mutex<Vec<Left>>);

impl LeftProjects {
    /// Remembers one that is left now. One that was opened for looking keeps nobody out.
    pub(crate) fn note(&self, project: &Arc<Project>) {
        let mut left = lock(&self.0);
        left.retain(|one| one.closed.try_recv() != Err(TryRecvError::Disconnected));
        if let Some(closed) = lock(&project.closed).take().filter(|_| !project.is_read_only()) {
            left.push(Left { path: project.path().to_owned(), project: Arc::downgrade(project), closed });
        }
    }

    /// The project of this file when it was left and is still open. While one is just being closed, waits for that.
    pub(crate) fn again(&self, path: &Path) -> Option<Arc<Project>> {
        let left = {
            let mut all = lock(&self.0);
            let place = all.iter().position(|one| one.path == path)?;
            all.swap_remove(place)
        };
        if let Some(project) = left.project.upgrade() {
            *lock(&project.closed) = Some(left.closed);
            return Some(project);
        }
        if left.closed.recv_timeout(CLOSING) == Err(RecvTimeoutError::Timeout) {
            lock(&self.0).push(left);
        }
        None
    }
}
