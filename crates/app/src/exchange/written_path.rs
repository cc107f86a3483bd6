//! A picture's path as some program on some system wrote it, in parts that can be compared.

use std::path::Path;

use bauta_domain::DocumentImage;
use percent_encoding::percent_decode_str;

use crate::alike::{composed, folded};

/// A path with `/` between its parts, without a scheme, in one normal form.
pub(super) struct WrittenPath {
    /// The path, from the home folder on if it was written with `~`.
    pub path: String,
    /// Its folders and its name, without what climbs out of a folder.
    pub parts: Vec<String>,
    /// The name as [`folded`] makes it.
    pub name: String,
    /// The ending of the picture is not known: the name is without it.
    pub stem_only: bool,
}

impl WrittenPath {
    /// The path of an image; `None` when it names nothing.
    pub fn of(image: &DocumentImage, home: Option<&str>) -> Option<Self> {
        let mut path = plain(&image.path);
        if let (Some(rest), Some(home)) = (path.strip_prefix("~/"), home) {
            path = format!("{}/{rest}", home.trim_end_matches('/'));
        }
        let parts = path.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "~"));
        let parts: Vec<String> = parts.map(|part| composed(part).into_owned()).collect();
        let name = folded(parts.last()?);
        Some(Self { path, parts, name, stem_only: image.stem_only })
    }

    /// How many parts, from the end, a path shares with this one; names without case, the last one perhaps without
    /// its ending.
    pub fn shared_end(&self, path: &Path) -> usize {
        let path = path.to_string_lossy();
        let mut own = path.rsplit(['/', '\\']).filter(|part| !part.is_empty());
        let Some(name) = own.next().map(folded) else { return 0 };
        let same_stem = self.stem_only && stem(&name) == stem(&self.name);
        if name != self.name && stem(&name) != self.name && !same_stem {
            return 0;
        }
        let folders = self.parts.iter().rev().skip(1);
        1 + own.zip(folders).take_while(|(own, folder)| composed(own) == folder.as_str()).count()
    }

    /// Whether all of its parts are shared.
    pub fn is_whole(&self, shared: usize) -> bool {
        shared == self.parts.len()
    }
}

/// The path with `/` between its parts, without a scheme.
pub(super) fn plain(path: &str) -> String {
    let path = path.trim();
    let url = path.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:")).map(|_| &path[5..]);
    let Some(url) = url else { return path.replace('\\', "/") };
    let decoded = percent_decode_str(url).decode_utf8_lossy().replace('\\', "/");
    // `file://localhost/…` and `file:///…` are this computer's; a drive has no slash in front.
    let rest = decoded.strip_prefix("//localhost").or_else(|| decoded.strip_prefix("//")).unwrap_or(&decoded);
    match rest.strip_prefix('/').filter(|rest| rest.get(1..3) == Some(":/")) {
        Some(drive) => drive.to_owned(),
        None => rest.to_owned(),
    }
}

/// The file name of a path of any system.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A name without its ending.
pub(super) fn stem(name: &str) -> &str {
    name.rfind('.').filter(|&dot| dot > 0).map_or(name, |dot| &name[..dot])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_a_file_is_a_path() {
        for (written, expected) in [
            ("file:///home/me/my%20photo.jpg", "/home/me/my photo.jpg"),
            ("FILE://localhost/a/%C3%BC.jpg", "/a/ü.jpg"),
            ("file:///C:/Users/me/a.jpg", "C:/Users/me/a.jpg"),
            (r"C:\Users\me\100%20.jpg", "C:/Users/me/100%20.jpg"),
            ("ü", "ü"),
        ] {
            assert_eq!(plain(written), expected, "{written}");
        }
    }

    #[test]
    fn both_normal_forms_of_a_name_are_the_same() {
        assert_eq!(folded("U\u{308}BER.jpg"), folded("über.jpg"));
    }
}
