//! Making, opening and using a project file.

use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{
    connection::{connect_to_read, connect_up_to_date, make_empty},
    error::{Fault, StoreError},
    files::{HeldFile, beside, publish, remove_database},
    inspect::{check_header, inspect},
    lock::ProjectLock,
    schema,
};

/// An open project. One at a time can be open on a file; the lock ends when it is dropped.
#[derive(Debug)]
pub struct Store {
    // Dropped before the lock, so nobody else opens the file while its log is merged.
    conn: Connection,
    path: PathBuf,
    // Closed after the connection: closing any handle on the file ends SQLite's own locks on it.
    file: HeldFile,
    /// Grows with every change of the contents.
    generation: u64,
    /// None when it was opened for looking only.
    lock: Option<ProjectLock>,
}

impl Store {
    /// Makes an empty project in a new file and opens it.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the name is taken, by whatever it is; [`StoreError::ReadOnly`] or
    /// [`StoreError::NoSpace`] when the folder does not take it.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        Self::create_at(&path).map_err(|fault| fault.in_file(&path))
    }

    fn create_at(path: &Path) -> Result<Self, Fault> {
        let taken = || Err(StoreError::AlreadyExists { path: path.to_owned() }.into());
        // Before the lock, so that nothing appears beside somebody else's file; and again with it.
        if std::fs::symlink_metadata(path).is_ok() {
            return taken();
        }
        let lock = ProjectLock::acquire(path)?;
        if std::fs::symlink_metadata(path).is_ok() {
            return taken();
        }
        let part = beside(path, ".part");
        if let Err(fault) = make_empty(&part).and_then(|()| Ok(publish(&part, path)?)) {
            let _ = remove_database(&part);
            return Err(fault);
        }
        match connect_up_to_date(path, schema::MIGRATIONS) {
            Ok(conn) => {
                Ok(Self { conn, path: path.to_owned(), file: HeldFile::open(path)?, generation: 0, lock: Some(lock) })
            }
            Err(fault) => {
                // Nobody else saw the project: the lock is still ours. So the name stays free for another try.
                let _ = remove_database(path);
                Err(fault)
            }
        }
    }

    /// Opens a project; one of an older version is copied to `NAME.bauta.backup-vN` and then brought up to date.
    ///
    /// # Errors
    /// What kind of file it is, if it is not a sound project of a version that this program reads, or why
    /// it cannot be used now; then neither it nor anything beside it was changed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        Self::open_at(&path, schema::MIGRATIONS).map_err(|fault| fault.in_file(&path))
    }

    fn open_at(path: &Path, migrations: &[&str]) -> Result<Self, Fault> {
        match std::fs::metadata(path) {
            Ok(facts) if facts.is_file() => {}
            Ok(_) => return Err(StoreError::NotSqlite { path: path.to_owned() }.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::Missing { path: path.to_owned() }.into());
            }
            Err(error) => return Err(error.into()),
        }
        let lock = match ProjectLock::acquire(path) {
            Ok(lock) => lock,
            Err(Fault::Io(error)) => {
                // The folder takes no lock. Only a real project deserves the advice that goes with it.
                check_header(path)?;
                return Err(error.into());
            }
            Err(fault) => return Err(fault),
        };
        inspect(path)?;
        let conn = connect_up_to_date(path, migrations)?;
        Ok(Self { conn, path: path.to_owned(), file: HeldFile::open(path)?, generation: 0, lock: Some(lock) })
    }

    /// Takes what SQLite keeps beside the file (`-wal`) into it, so that the file alone is the whole project. Closing
    /// the store does the same, unless another part of the program still holds it.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is lost then.
    pub fn fold_log(&mut self) -> Result<(), StoreError> {
        if self.is_read_only() {
            return Ok(());
        }
        let folded = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        folded.map_err(|error| Fault::from(error).in_file(&self.path))
    }

    /// Opens a project to look at it, also while another program works on it or where nothing can be
    /// written. Nothing is changed, neither in the file nor beside it but for what SQLite shares with the
    /// other program.
    ///
    /// # Errors
    /// What kind of file it is, if it is not a project of this version, or why it cannot be read. Whether
    /// every page of it is sound is not checked.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        let open = || {
            check_header(&path)?;
            let conn = connect_to_read(&path)?;
            match schema::version(&conn)? {
                schema::FORMAT => Ok((conn, HeldFile::open(&path)?)),
                found if found > schema::FORMAT => {
                    Err(StoreError::Newer { path: path.clone(), found, supported: schema::FORMAT }.into())
                }
                _ => Err(StoreError::OlderToRead { path: path.clone() }.into()),
            }
        };
        match open() {
            Ok((conn, file)) => Ok(Self { conn, path, file, generation: 0, lock: None }),
            Err(Fault::Io(error)) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing { path }),
            Err(fault) => Err(fault.in_file(&path)),
        }
    }

    /// Whether the project was opened for looking only.
    pub const fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// Absolute path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that grows whenever images, boxes, categories or destinations change.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.conn
    }

    /// As [`Self::write`], for changes that whoever remembers the contents must hear of.
    pub(crate) fn change<T>(&mut self, work: impl FnOnce(&Transaction) -> Result<T, Fault>) -> Result<T, StoreError> {
        self.generation += 1;
        self.write(work)
    }

    /// Reads. Nobody else writes, so all that one closure reads belongs together.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        work(&self.conn).map_err(|fault| fault.in_file(&self.path))
    }

    /// Does `work` in one transaction: all of it is on the disk when this returns, or nothing is kept.
    pub(crate) fn write<T>(&mut self, work: impl FnOnce(&Transaction) -> Result<T, Fault>) -> Result<T, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::OpenedToRead { path: self.path.clone() });
        }
        // SQLite writes on into a file that was deleted or moved away, and says nothing.
        if !self.file.is_at(&self.path) {
            return Err(StoreError::Gone { path: self.path.clone() });
        }
        let conn = &mut self.conn;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Fault::from);
        let done = transaction.and_then(|transaction| {
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        });
        done.map_err(|fault| fault.in_file(&self.path))
    }
}

/// A path that keeps its meaning when the working folder changes. A link is followed, so that two names
/// of a project share its lock, and its log is looked for where SQLite keeps it.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    let linked = std::fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink());
    let target = if linked { path.canonicalize().ok() } else { None };
    target.map_or_else(|| std::path::absolute(path), Ok).map_err(StoreError::Io)
}

#[cfg(test)]
mod tests {
    use bauta_domain::{Annotation, AnnotationId, AnnotationState, BoundingBox, Edit, ImageId, Revision, Source, Step};
    use uuid::Uuid;

    use super::*;
    use crate::{NewImage, files::has_content};

    const NOW: &str = "2030-01-02T03:04:05Z";
    const IMAGE: ImageId = ImageId::from_uuid(Uuid::from_u128(1));

    fn new_box(n: u128) -> Edit {
        let after = Annotation {
            id: AnnotationId::from_uuid(Uuid::from_u128(n)),
            bbox: BoundingBox::from_corners(0.0, 0.0, 10.0, 10.0).unwrap(),
            category: None,
            state: AnnotationState::Accepted,
            source: Source::Drawn,
            suggestion: None,
        };
        Edit::Annotation { image: IMAGE, before: None, after: Some(after) }
    }

    fn draw(store: &mut Store, boxes: std::ops::Range<u128>) -> Result<(), StoreError> {
        let edits: Vec<Edit> = boxes.map(new_box).collect();
        store.apply(Step::DrawBox, Uuid::from_u128(7), &edits, NOW).map(drop)
    }

    fn project_with_one_box(folder: &tempfile::TempDir) -> (PathBuf, Store) {
        let path = folder.path().join("p.bauta");
        let mut store = Store::create(&path).unwrap();
        store.add_images(&[NewImage { id: IMAGE, path: "/a.jpg".to_owned(), file: None }]).unwrap();
        draw(&mut store, 0..1).unwrap();
        (path, store)
    }

    fn boxes(store: &Store) -> (Revision, usize) {
        let (revision, boxes) = store.annotations(IMAGE).unwrap();
        (revision, boxes.len())
    }

    #[test]
    fn a_full_disk_keeps_nothing_of_the_step_and_the_step_works_when_there_is_space() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut store) = project_with_one_box(&folder);
        let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let limit = |store: &Store, pages: i64| {
            store.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        };
        limit(&store, pages);
        let error = draw(&mut store, 1..2000).unwrap_err();
        assert!(matches!(error, StoreError::NoSpace { .. }), "{error:?}");
        assert!(error.to_string().starts_with("there is no space left on the disk of "), "{error}");
        assert_eq!(boxes(&store), (Revision(1), 1));
        limit(&store, i64::from(u32::MAX - 1));
        draw(&mut store, 1..2000).unwrap();
        drop(store);
        assert_eq!(boxes(&Store::open(&path).unwrap()), (Revision(2), 2000));
    }

    #[test]
    fn a_project_that_becomes_read_only_says_so_and_keeps_nothing_of_the_step() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut store) = project_with_one_box(&folder);
        store.conn.pragma_update(None, "query_only", true).unwrap();
        let error = draw(&mut store, 1..2).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
        store.conn.pragma_update(None, "query_only", false).unwrap();
        assert_eq!(boxes(&store), (Revision(1), 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_project_whose_file_is_gone_says_so_keeps_nothing_and_can_be_saved_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut store) = project_with_one_box(&folder);
        let (moved, copy) = (folder.path().join("moved.bauta"), folder.path().join("copy.bauta"));
        std::fs::rename(&path, &moved).unwrap();
        let gone = |error: StoreError| assert!(matches!(error, StoreError::Gone { .. }), "{error:?}");
        gone(draw(&mut store, 1..2).unwrap_err());
        std::fs::write(&path, "somebody else's").unwrap();
        gone(draw(&mut store, 1..2).unwrap_err());
        assert_eq!(boxes(&store), (Revision(1), 1));
        assert!(store.back_up_to(&copy, &mut |_, _| true).unwrap());
        assert_eq!(boxes(&Store::open(&copy).unwrap()), (Revision(1), 1));
        std::fs::rename(&moved, &path).unwrap();
        draw(&mut store, 1..2).unwrap();
        assert_eq!(boxes(&store), (Revision(2), 2));
    }

    #[test]
    fn every_commit_is_synced_and_references_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let (_, store) = project_with_one_box(&folder);
        let pragma = |name| store.conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(
            (pragma("synchronous"), pragma("foreign_keys"), pragma("user_version")),
            (2, 1, i64::from(schema::FORMAT))
        );
    }

    #[test]
    fn a_statement_is_not_prepared_again_for_each_value() {
        let folder = tempfile::tempdir().unwrap();
        let (path, store) = project_with_one_box(&folder);
        drop(store);
        for store in [Store::open_to_read(&path).unwrap(), Store::open(&path).unwrap()] {
            // The index of proposals is a partial one: the planner asks whether the value fits it.
            let sql = "SELECT count(*) FROM annotations a WHERE a.image = ?1 AND a.accepted = ?2";
            for value in 0..5 {
                let mut statement = store.conn.prepare_cached(sql).unwrap();
                statement.query_row([value, value % 2], |row| row.get::<_, i64>(0)).unwrap();
            }
            let statement = store.conn.prepare_cached(sql).unwrap();
            assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
        }
    }

    #[test]
    fn an_older_project_is_copied_and_then_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let (path, store) = project_with_one_box(&folder);
        drop(store);
        let old = std::fs::read(&path).unwrap();
        let mut migrations = schema::MIGRATIONS.to_vec();
        migrations.push("ALTER TABLE images ADD COLUMN taken TEXT; UPDATE images SET taken = 'then'");
        let store = Store::open_at(&path, &migrations).unwrap();
        let taken: String = store.conn.query_row("SELECT taken FROM images", [], |row| row.get(0)).unwrap();
        assert_eq!((taken.as_str(), boxes(&store)), ("then", (Revision(1), 1)));
        assert_eq!(schema::version(&store.conn).unwrap(), schema::FORMAT + 1);
        drop(store);

        let backup = schema::backup_path(&path, schema::FORMAT);
        assert!(std::fs::read(&backup).unwrap() == old, "the backup is the old file");
        assert_eq!(boxes(&Store::open(&backup).unwrap()), (Revision(1), 1));
        let newer = Store::open(&path).unwrap_err();
        assert!(matches!(newer, StoreError::Newer { .. }), "{newer:?}");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_project_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (path, store) = project_with_one_box(&folder);
        drop(store);
        let mut migrations = schema::MIGRATIONS.to_vec();
        migrations.push("DELETE FROM annotations; SELECT * FROM no_such_table");
        assert!(Store::open_at(&path, &migrations).is_err());
        assert!(!has_content(&beside(&path, "-wal")));
        assert_eq!(boxes(&Store::open(&path).unwrap()), (Revision(1), 1));
    }
}
