//! What can be known of a file without decoding it.

use std::path::Path;

use bauta_domain::FileFacts;

/// Length and time of a file, without the hash; `None` when it cannot be looked at.
pub(crate) fn file_facts(path: &Path) -> Option<FileFacts> {
    let facts = std::fs::metadata(path).ok()?;
    let modified = facts.modified().ok().map(|time| humantime::format_rfc3339_seconds(time).to_string());
    Some(FileFacts { bytes: facts.len(), modified, hash: None })
}
