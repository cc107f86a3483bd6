//! Whether a file is the cascade for frontal faces, before OpenCV opens it: OpenCV takes any other cascade as well,
//! and one with a few changed numbers, and then finds eyes, cats or nothing without a word.

/// What OpenCV's `haarcascade_frontalface_default.xml` is, since 2013.
const FRONTAL_FACE: Kind = Kind { features: "HAAR", width: 24, height: 24, stages: 25 };

/// [`fingerprint`] of its contents behind the licence.
const CONTENTS: u64 = 0x18bf_0c77_0531_43d5;

/// Where the licence ends.
const START: &str = "<opencv_storage>";

#[derive(Debug, PartialEq)]
struct Kind<'a> {
    features: &'a str,
    /// Size of the search window in pixels.
    width: u32,
    height: u32,
    stages: u32,
}

/// What is there when it is not the cascade for frontal faces.
pub(crate) fn wrong_contents(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("an empty file".to_owned());
    }
    let text = String::from_utf8_lossy(bytes);
    let Some(cascade) = text.find(START).map(|start| &text[start..]).filter(|text| text.contains("<cascade ")) else {
        let is_old = text.contains("opencv-haar-classifier");
        let found = if is_old { "a cascade in the format of OpenCV 2" } else { "a file without a cascade" };
        return Some(found.to_owned());
    };
    let Some(kind) = kind(cascade) else { return Some("a damaged cascade".to_owned()) };
    if kind != FRONTAL_FACE {
        let Kind { features, width, height, stages } = kind;
        let features = if features == "HAAR" { "Haar" } else { features };
        return Some(format!(
            "a cascade of {features} features with {stages} stages for windows of {width}×{height} pixels"
        ));
    }
    (fingerprint(cascade) != CONTENTS).then(|| "that cascade, but damaged or changed".to_owned())
}

fn kind(cascade: &str) -> Option<Kind<'_>> {
    // The first of each name is the cascade's own.
    let text = |name: &str| cascade.split_once(&format!("<{name}>"))?.1.split_once("</").map(|(text, _)| text.trim());
    let number = |name| text(name)?.parse().ok();
    let (width, height, stages) = (number("width")?, number("height")?, number("stageNum")?);
    Some(Kind { features: text("featureType")?, width, height, stages })
}

/// FNV-1a (<https://datatracker.ietf.org/doc/html/rfc9923>) of all but spaces and line ends: against bits that
/// turned over and lines that got lost, not against people.
fn fingerprint(text: &str) -> u64 {
    let bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cascade(features: &str, side: u32) -> Vec<u8> {
        let kind = format!("<featureType>{features}</featureType><height>{side}</height><width>{side}</width>");
        format!("<?xml?><opencv_storage><cascade type_id=\"x\">{kind}<stageNum>25</stageNum></cascade>").into_bytes()
    }

    #[test]
    fn what_is_there_instead_is_said() {
        for (bytes, said) in [
            (Vec::new(), "an empty file"),
            (b"\x89PNG\r\n".to_vec(), "a file without a cascade"),
            (b"<opencv_storage><face type_id=\"opencv-haar-classifier\">".to_vec(), "the format of OpenCV 2"),
            (b"<opencv_storage><cascade type_id=\"x\"><stageType>".to_vec(), "a damaged cascade"),
            (cascade("LBP", 24), "a cascade of LBP features with 25 stages for windows of 24×24 pixels"),
            (cascade("HAAR", 20), "a cascade of Haar features with 25 stages for windows of 20×20 pixels"),
            (cascade("HAAR", 24), "that cascade, but damaged or changed"),
        ] {
            let found = wrong_contents(&bytes).unwrap();
            assert!(found.contains(said), "{found:?}, expected {said:?}");
        }
    }
}
