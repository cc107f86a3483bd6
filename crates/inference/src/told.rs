//! What the metadata of other programs' models tell, and lists of labels beside them.

use std::path::Path;

use bauta_domain::{ChannelOrder, ValueRange};
use ort::session::Session;

use crate::error::guarded;

/// Keys under which programs keep labels: Ultralytics writes a Python dictionary, others JSON or commas.
const LABELS: [&str; 4] = ["names", "labels", "classes", "class_names"];

/// A list of labels is a few kilobytes.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// A model's own words.
pub(crate) struct Metadata(Vec<(&'static str, String)>);

const KEYS: [&str; 6] =
    ["names", "labels", "classes", "class_names", "Image.BitmapPixelFormat", "Image.NominalPixelRange"];

impl Metadata {
    pub(crate) fn of(session: &Session) -> Self {
        let read = |key: &'static str| {
            let text = guarded(|| session.metadata().map(|metadata| metadata.custom(key))).ok().flatten()?;
            Some((key, text))
        };
        Self(KEYS.into_iter().filter_map(read).collect())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| *found == key).map(|(_, text)| text.as_str())
    }

    /// The labels in the order of the scores.
    pub(crate) fn labels(&self) -> Option<Vec<String>> {
        LABELS.iter().filter_map(|key| self.get(key)).map(list).find(|labels| labels.len() >= 2)
    }

    /// As the standard of image metadata for ONNX has it.
    pub(crate) fn order(&self) -> Option<ChannelOrder> {
        match self.get("Image.BitmapPixelFormat")?.to_ascii_lowercase().as_str() {
            "rgb8" => Some(ChannelOrder::Rgb),
            "bgr8" => Some(ChannelOrder::Bgr),
            _ => None,
        }
    }

    pub(crate) fn range(&self) -> Option<ValueRange> {
        match self.get("Image.NominalPixelRange")? {
            "NominalRange_0_255" => Some(ValueRange::Bytes),
            "Normalized_0_1" => Some(ValueRange::Unit),
            "Normalized_1_1" => Some(ValueRange::Signed),
            _ => None,
        }
    }
}

/// The labels of a text: a JSON list, a dictionary of numbers and names as Python prints it, or commas.
fn list(text: &str) -> Vec<String> {
    let text = text.trim();
    if let Ok(labels) = serde_json::from_str(text) {
        return labels;
    }
    let inner = text.trim_start_matches(['{', '[']).trim_end_matches(['}', ']']);
    let name = |part: &str| {
        let is_number = |number: &str| !number.is_empty() && number.trim().bytes().all(|byte| byte.is_ascii_digit());
        let name = part.split_once(':').filter(|(number, _)| is_number(number)).map_or(part, |(_, name)| name);
        name.trim().trim_matches(['\'', '"']).to_owned()
    };
    inner.split(',').map(name).filter(|name| !name.is_empty()).collect()
}

/// The lines of a list of labels beside the model: `NAME.txt`, `labels.txt` or `classes.txt`.
pub(crate) fn labels_beside(model: &Path) -> Option<Vec<String>> {
    let lists = [model.with_extension("txt"), model.with_file_name("labels.txt"), model.with_file_name("classes.txt")];
    lists.into_iter().find_map(|list| {
        let facts = std::fs::metadata(&list).ok()?;
        let text =
            (facts.is_file() && facts.len() <= MAX_LIST_BYTES).then(|| std::fs::read_to_string(&list).ok())??;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        Some(lines.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_other_programs_write_them() {
        for text in ["{0: 'no mask', 1: \"ffp2\"}", "[\"no mask\", \"ffp2\"]", "no mask, ffp2", "['no mask', 'ffp2']"] {
            assert_eq!(list(text), ["no mask", "ffp2"], "{text}");
        }
    }

    #[test]
    fn metadata_of_pictures_are_understood() {
        let told = |key, text: &str| Metadata(vec![(key, text.to_owned())]);
        assert_eq!(told("Image.BitmapPixelFormat", "Bgr8").order(), Some(ChannelOrder::Bgr));
        assert_eq!(told("Image.NominalPixelRange", "NominalRange_0_255").range(), Some(ValueRange::Bytes));
        assert_eq!(told("names", "{0: 'a', 1: 'b'}").labels(), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((told("names", "a").labels(), told("names", "a").order()), (None, None));
    }
}
