//! The files that nothing which is saved may take the place of: the project's own, and its pictures.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_store::{beside, is_database};

use crate::{AppError, Project, files::tidy};

/// What the store keeps beside the project's file while it is open.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-lock"];

/// What a file is to the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    Project,
    Picture,
}

/// A project's own files, by all the names they are known to have.
#[derive(Debug)]
pub(crate) struct OwnFiles {
    names: HashMap<PathBuf, Own>,
    folders: RealFolders,
}

impl OwnFiles {
    /// Those of the project at `project` with these pictures.
    pub fn new<'p>(project: &Path, pictures: impl Iterator<Item = &'p Path>) -> Self {
        let mut own = Self { names: HashMap::new(), folders: RealFolders::default() };
        for picture in pictures {
            own.add(picture, Own::Picture);
        }
        own.add(project, Own::Project);
        for suffix in BESIDE {
            own.add(&beside(project, suffix), Own::Project);
        }
        own
    }

    fn add(&mut self, path: &Path, own: Own) {
        for name in self.folders.names_of(path) {
            self.names.insert(name, own);
        }
    }

    /// Refuses to write to `target` what would take the place of one of them, under whichever name.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when it would.
    pub fn refuse(&mut self, target: &Path) -> Result<(), AppError> {
        let found = self.folders.names_of(target).iter().find_map(|name| self.names.get(name).copied());
        let what = match found {
            None => return Ok(()),
            Some(Own::Project) => "this is a file of the open project itself",
            Some(Own::Picture) => "this is a picture of the project",
        };
        Err(AppError::Invalid(format!("{}: {what}, which is never replaced; choose another name", target.display())))
    }

    /// As [`refuse`](Self::refuse), and refuses any other project too.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the target is one of ours, or a project.
    pub fn refuse_and_projects(&mut self, target: &Path) -> Result<(), AppError> {
        self.refuse(target)?;
        // What cannot be read is no reason to refuse: writing says what is wrong.
        match is_database(target) {
            true => Err(AppError::Invalid(format!(
                "{}: this is a project, which only a copy of a project replaces; choose another name",
                target.display()
            ))),
            false => Ok(()),
        }
    }
}

impl Project {
    /// The files of this project that nothing may take the place of.
    pub(crate) fn own_files(&self) -> Result<OwnFiles, AppError> {
        let images = self.store().images()?;
        Ok(OwnFiles::new(self.path(), images.iter().map(|image| Path::new(&image.record.path))))
    }
}

/// Folders by their paths without links. Asking once for each folder instead of each file makes it some thousand
/// questions less.
#[derive(Debug, Default)]
struct RealFolders(HashMap<PathBuf, PathBuf>);

impl RealFolders {
    /// The names of a file that lead to the same place: as written, through the links of its folders, and, for a
    /// link, where it leads.
    fn names_of(&mut self, path: &Path) -> Vec<PathBuf> {
        let path = tidy(path);
        let mut names = Vec::with_capacity(3);
        if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
            if !self.0.contains_key(folder) {
                self.0.insert(folder.to_owned(), folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
            }
            names.extend(self.0.get(folder).map(|real| real.join(name)));
        }
        // Where names know no case, the real one is written as the disk has it; elsewhere only links differ.
        let may_differ = !cfg!(target_os = "linux") || path.is_symlink();
        names.extend(may_differ.then(|| path.canonicalize().ok()).flatten());
        names.push(path);
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_and_its_pictures_are_refused_by_every_name_they_have() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("photos")).unwrap();
        for name in ["photos/a.jpg", "p.bauta", "free.csv", "stored.jpg"] {
            std::fs::write(at(name), "x").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("photos"), at("link")).unwrap();
            std::os::unix::fs::symlink(at("stored.jpg"), at("photos/b.jpg")).unwrap();
        }
        let pictures = [at("photos/a.jpg"), at("photos/b.jpg"), at("photos/gone.jpg")];
        let mut own = OwnFiles::new(&at("p.bauta"), pictures.iter().map(PathBuf::as_path));
        let linked = if cfg!(unix) { &["link/a.jpg", "link/gone.jpg", "stored.jpg"][..] } else { &[] };
        let plain = ["p.bauta", "p.bauta-wal", "p.bauta-shm", "p.bauta-lock", "photos/a.jpg", "photos/../p.bauta"];
        for name in plain.iter().chain(linked) {
            let error = own.refuse(&at(name)).unwrap_err().to_string();
            assert!(error.contains("never replaced; choose another name"), "{name}: {error}");
        }
        for name in ["free.csv", "new.csv", "photos/a.xml", "p.bauta.csv"] {
            own.refuse_and_projects(&at(name)).unwrap();
        }
        std::fs::write(at("other.bauta"), b"SQLite format 3\0and more").unwrap();
        own.refuse(&at("other.bauta")).unwrap();
        assert!(own.refuse_and_projects(&at("other.bauta")).unwrap_err().to_string().contains("this is a project"));
    }
}
