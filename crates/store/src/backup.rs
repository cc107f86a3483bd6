//! A project copied to another file, page by page.

use std::path::Path;

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use crate::{
    Store,
    error::{Fault, StoreError},
    files::{beside, publish, remove_beside, remove_database},
    lock::ProjectLock,
    store::absolute,
};

/// 8 MiB: some hundredths of a second.
const PAGES_AT_ONCE: i32 = 2048;

impl Store {
    /// Writes the whole project as it is now to another file, which appears complete or not at all; a
    /// project that is there already is replaced. `told` hears the pages done and to do, and says whether
    /// to go on. Returns whether it went to the end.
    ///
    /// # Errors
    /// When the target is this project, is open in another program, or cannot be written.
    pub fn back_up_to(&self, target: &Path, told: &mut dyn FnMut(usize, usize) -> bool) -> Result<bool, StoreError> {
        let target = absolute(target)?;
        if target == self.path() {
            return Err(StoreError::AlreadyExists { path: target });
        }
        self.back_up_at(&target, told).map_err(|fault| fault.in_file(&target))
    }

    fn back_up_at(&self, target: &Path, told: &mut dyn FnMut(usize, usize) -> bool) -> Result<bool, Fault> {
        let _lock = ProjectLock::acquire(target)?;
        let part = beside(target, ".part");
        remove_database(&part)?;
        let outcome = copy_pages(self.connection(), &part, told).and_then(|whole| {
            if whole {
                // The log of a project that is replaced must not be taken for that of the new one.
                remove_beside(target)?;
                publish(&part, target)?;
            }
            Ok(whole)
        });
        if !matches!(outcome, Ok(true)) {
            let _ = remove_database(&part);
        }
        outcome
    }
}

/// Copies the database page by page; `false` when `told` stopped it.
fn copy_pages(from: &Connection, to: &Path, told: &mut dyn FnMut(usize, usize) -> bool) -> Result<bool, Fault> {
    let mut copy = Connection::open(to)?;
    let backup = Backup::new(from, &mut copy)?;
    loop {
        let step = backup.step(PAGES_AT_ONCE)?;
        let progress = backup.progress();
        let (total, left) = (progress.pagecount.unsigned_abs() as usize, progress.remaining.unsigned_abs() as usize);
        let go_on = told(total.saturating_sub(left), total);
        match step {
            StepResult::Done => break,
            _ if !go_on => return Ok(false),
            _ => {}
        }
    }
    drop(backup);
    copy.close().map_err(|(_, error)| error)?;
    Ok(true)
}
