//! What can be known of a file without decoding it.

use std::{
    io::Read as _,
    path::{Component, Path, PathBuf},
};

use bauta_domain::{
    FileFacts, Problem,
    ports::{CancelToken, ImageReader},
};
use sha2::{Digest as _, Sha256};

use crate::{AppError, Progress};

/// Pictures, and what could not be looked into.
pub(crate) type Listed = (Vec<PathBuf>, Vec<Problem>);

/// The pictures below a folder, and what could not be looked into. `progress` hears how many entries were looked at,
/// with a total of 0: nobody knows it. `None` when it was cancelled.
pub(crate) fn listed_folder(
    images: &dyn ImageReader,
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<Option<Listed>, AppError> {
    if !folder.is_dir() {
        return Err(AppError::NoFolder(folder.to_owned()));
    }
    let listed = images.list_while(folder, &mut |seen| {
        progress(Progress { done: seen, total: 0, seconds_left: None, current: String::new() });
        !cancel.is_cancelled()
    });
    Ok((!cancel.is_cancelled()).then_some(listed))
}

/// A path that means the same from whatever working folder, and that two ways to it share: absolute, and without `..`.
/// Names of links stay as people know them, where no `..` leads through them.
///
/// # Errors
/// When there is no such file or folder, or no working folder.
pub(crate) fn settled(path: &Path) -> std::io::Result<PathBuf> {
    let leads_up = path.components().any(|part| part == Component::ParentDir);
    // On Windows, the absolute path has no `..` already, and the canonical one is no path that people know.
    if leads_up && cfg!(unix) { path.canonicalize() } else { std::path::absolute(path) }
}

/// Length and time of a file, without the hash; `None` when it cannot be looked at.
pub(crate) fn file_facts(path: &Path) -> Option<FileFacts> {
    let facts = std::fs::metadata(path).ok()?;
    let modified = facts.modified().ok().map(|time| humantime::format_rfc3339_seconds(time).to_string());
    Some(FileFacts { bytes: facts.len(), modified, hash: None })
}

/// As [`file_facts`], with the hash; `None` when it cannot be read to the end.
pub(crate) fn hashed_facts(path: &Path) -> Option<FileFacts> {
    Some(FileFacts { hash: Some(hash_of(path).ok()?), ..file_facts(path)? })
}

/// SHA-256 of a file's contents.
pub(crate) fn hash_of(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut file = fs_err::File::open(path)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// The same in hexadecimal digits.
pub(crate) fn sha256_of(path: &Path) -> std::io::Result<String> {
    Ok(in_hex(&hash_of(path)?))
}

/// SHA-256 of bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    in_hex(&Sha256::digest(bytes))
}

fn in_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
