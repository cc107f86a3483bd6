//! What a project remembers without being asked, and what therefore can wait until the user rests: the
//! image that was open last, sizes of pictures, hashes of their files. Going from image to image writes
//! nothing; it is written a moment later, with the next change, or when the project is closed.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use bauta_domain::{ImageId, ImageSize};
use bauta_store::{Store, StoreError};

use crate::files::hashed_facts;

/// Setting of a project: the image that was open last.
pub(crate) const LAST_IMAGE: &str = "last_image";

/// How long the user must rest before anything is written.
const REST: Duration = Duration::from_secs(1);

/// What is not written yet.
#[derive(Debug, Default)]
struct Pending {
    shown: Option<ImageId>,
    pictures: HashMap<ImageId, Result<ImageSize, String>>,
    unhashed: Vec<(ImageId, PathBuf)>,
}

/// Writes what can wait.
pub(crate) struct Housekeeper {
    pending: Arc<Mutex<Pending>>,
    /// A word on it means that the user did something; its end means that the project is closed.
    bell: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Housekeeper {
    /// Starts to keep house for a project; for one that is open for looking only there is nothing to do.
    pub(crate) fn start(store: &Arc<Mutex<Store>>) -> Self {
        let pending = Arc::<Mutex<Pending>>::default();
        if lock(store).is_read_only() {
            return Self { pending, bell: None, thread: None };
        }
        let (bell, rings) = channel();
        let (kept, store) = (Arc::clone(&pending), Arc::clone(store));
        let work = move || keep_house(&rings, &kept, &store);
        // Without a thread, things are written with the next change and at the end.
        let thread = std::thread::Builder::new().name("housekeeping".to_owned()).spawn(work).ok();
        Self { pending, bell: Some(bell), thread }
    }

    /// An image was opened: it is the one to start with next time.
    pub(crate) fn shown(&self, image: ImageId) {
        self.note(|pending| pending.shown = Some(image));
    }

    /// A picture was looked at.
    pub(crate) fn looked_at(&self, image: ImageId, outcome: Result<ImageSize, String>) {
        self.note(|pending| drop(pending.pictures.insert(image, outcome)));
    }

    /// The file of this image has no hash yet.
    pub(crate) fn unhashed(&self, image: ImageId, file: PathBuf) {
        self.note(|pending| pending.unhashed.push((image, file)));
    }

    /// Writes now what is not written yet, before something that relies on it.
    pub(crate) fn flush(&self, store: &mut Store) -> Result<(), StoreError> {
        if self.bell.is_none() { Ok(()) } else { write(&self.pending, store) }
    }

    fn note(&self, change: impl FnOnce(&mut Pending)) {
        let Some(bell) = &self.bell else { return };
        change(&mut lock(&self.pending));
        let _ = bell.send(());
    }
}

impl Drop for Housekeeper {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep_house(rings: &Receiver<()>, pending: &Mutex<Pending>, store: &Mutex<Store>) {
    while rings.recv().is_ok() {
        let closed = loop {
            match rings.recv_timeout(REST) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
        };
        // What cannot be written now (a full disk) is kept for the next time.
        let _ = write(pending, &mut lock(store));
        if !closed {
            hash_files(rings, pending, store);
        }
    }
}

/// Computes hashes until the user does something again.
fn hash_files(rings: &Receiver<()>, pending: &Mutex<Pending>, store: &Mutex<Store>) {
    while rings.try_recv() == Err(TryRecvError::Empty) {
        let Some((image, file)) = lock(pending).unhashed.pop() else { return };
        // A file that cannot be read is found again by name and size only.
        if let Some(facts) = hashed_facts(&file) {
            let _ = lock(store).set_file_facts(&[(image, facts)]);
        }
    }
}

fn write(pending: &Mutex<Pending>, store: &mut Store) -> Result<(), StoreError> {
    let mut pending = lock(pending);
    if !pending.pictures.is_empty() {
        let seen: Vec<_> = pending.pictures.iter().map(|(id, outcome)| (*id, outcome.clone())).collect();
        store.note_pictures(&seen)?;
        pending.pictures.clear();
    }
    if let Some(image) = pending.shown {
        store.set_setting(LAST_IMAGE, &image)?;
        pending.shown = None;
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind these locks is changed in whole steps.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
