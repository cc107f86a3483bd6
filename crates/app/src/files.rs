//! What can be known of a file without decoding it.

use std::{
    io::{self, Read as _},
    path::Path,
};

use bauta_domain::FileFacts;
use sha2::{Digest as _, Sha256};

/// Length and time of a file, without the hash; `None` when it cannot be looked at.
pub(crate) fn file_facts(path: &Path) -> Option<FileFacts> {
    let facts = std::fs::metadata(path).ok()?;
    let modified = facts.modified().ok().map(|time| humantime::format_rfc3339_seconds(time).to_string());
    Some(FileFacts { bytes: facts.len(), modified, hash: None })
}

/// SHA-256 of a file's contents, in hexadecimal digits.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = fs_err::File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(in_hex(&hash.finalize())),
            length => hash.update(&buffer[..length]),
        }
    }
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
