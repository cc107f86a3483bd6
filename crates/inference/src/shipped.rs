//! Whether a file of the installation's models is the one that set-up put there, by the checksums of
//! `models/models.toml`. Bits that turned over on a disk still make a network, one that answers rubbish.

use std::{
    collections::HashMap,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use sha2::{Digest as _, Sha256};

/// As it was when the program was built, which is what set-up fetched for it.
const MODELS: &str = include_str!("../../../models/models.toml");

/// Hashing seven megabytes once is nothing, once for each session it is not.
static CHECKED: Mutex<Option<HashMap<Seen, bool>>> = Mutex::new(None);

/// A file as it was when it was hashed.
type Seen = (PathBuf, u64, Option<SystemTime>);

/// Whether the file has the contents that its name has in `models.toml`; one that is not named there is the user's
/// own, and one that cannot be read is for whoever opens it to complain of.
pub(crate) fn is_as_shipped(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (Some(expected), Ok(facts)) = (checksum(MODELS, name), std::fs::metadata(file)) else { return true };
    let seen = (file.to_owned(), facts.len(), facts.modified().ok());
    let mut checked = CHECKED.lock().unwrap_or_else(PoisonError::into_inner);
    let answers = checked.get_or_insert_default();
    *answers.entry(seen).or_insert_with(|| sha256_of(file).is_none_or(|found| found == expected))
}

/// The checksum of `files/<name>`: the line `sha256 = "…"` behind its path.
fn checksum<'a>(models: &'a str, name: &str) -> Option<&'a str> {
    let path = format!("path = \"files/{name}\"");
    let mut entry =
        models.lines().map(str::trim).skip_while(|line| *line != path).take_while(|line| *line != "[[file]]");
    entry.find_map(|line| line.strip_prefix("sha256 = \"")?.strip_suffix('"'))
}

fn sha256_of(file: &Path) -> Option<String> {
    let (mut file, mut hasher, mut piece) = (std::fs::File::open(file).ok()?, Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece).ok()? {
            0 => return Some(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hasher.update(&piece[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_detector_that_ships_has_its_checksum() {
        assert_eq!(checksum(MODELS, "centerface.onnx").map(str::len), Some(64));
        assert_eq!(checksum(MODELS, "yunet.onnx"), None);
        let next = "path = \"files/a\"\n[[file]]\npath = \"files/b\"\nsha256 = \"00\"";
        assert_eq!((checksum(next, "a"), checksum(next, "b")), (None, Some("00")));
    }

    #[test]
    fn a_file_that_ships_is_known_by_its_contents_and_another_is_the_users_own() {
        let folder = tempfile::tempdir().unwrap();
        for (name, is_ours) in [("centerface.onnx", false), ("centerface-mine.onnx", true)] {
            let file = folder.path().join(name);
            std::fs::write(&file, b"bits").unwrap();
            assert_eq!(is_as_shipped(&file), is_ours, "{name}");
        }
    }
}
