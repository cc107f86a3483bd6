//! When a picture was taken, as its EXIF data say.

use std::{fs::File, io::BufReader, path::Path};

use exif::{DateTime, Exif, In, Reader, Tag, Value};

/// Seconds from the year 0 by the camera's clock, time zones left aside: for telling how far pictures are apart.
/// `None` when the file does not say, or says nonsense.
pub fn taken(path: &Path) -> Option<f64> {
    // Opening a pipe would wait for a writer for ever.
    let file = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).and_then(|_| File::open(path).ok())?;
    let exif = Reader::new().read_from_container(&mut BufReader::new(file)).ok()?;
    let pairs = [(Tag::DateTimeOriginal, Tag::SubSecTimeOriginal), (Tag::DateTimeDigitized, Tag::SubSecTimeDigitized)];
    pairs.into_iter().find_map(|(time, part)| Some(seconds(&text(&exif, time)?)? + part_of_second(&exif, part)))
}

fn text(exif: &Exif, tag: Tag) -> Option<Vec<u8>> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => lines.first().cloned(),
        _ => None,
    }
}

fn seconds(text: &[u8]) -> Option<f64> {
    let DateTime { year, month, day, hour, minute, second, .. } = DateTime::from_ascii(text).ok()?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days since the first of March of the year 0, in the Gregorian calendar: leap days come last that way.
    let (year, month) = (i64::from(year) - i64::from(month < 3), (i64::from(month) + 9) % 12);
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(day) - 1;
    let clock = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some((86_400 * days + clock) as f64)
}

/// The digits behind the point of the second; 0 when there are none.
fn part_of_second(exif: &Exif, tag: Tag) -> f64 {
    let digits = text(exif, tag).and_then(|digits| String::from_utf8(digits).ok()).unwrap_or_default();
    format!("0.{}", digits.trim()).parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use exif::{Field, experimental::Writer};

    use super::*;
    use crate::encode_jpeg;

    /// A JPEG file with these EXIF fields.
    fn file(folder: &Path, fields: &[(Tag, &str)]) -> std::path::PathBuf {
        let fields: Vec<Field> = fields
            .iter()
            .map(|(tag, text)| Field {
                tag: *tag,
                ifd_num: In::PRIMARY,
                value: Value::Ascii(vec![text.as_bytes().to_vec()]),
            })
            .collect();
        let mut writer = Writer::new();
        fields.iter().for_each(|field| writer.push_field(field));
        let mut exif = std::io::Cursor::new(Vec::new());
        writer.write(&mut exif, false).unwrap();
        let exif = exif.into_inner();
        let image = bauta_domain::RgbImage::filled(bauta_domain::ImageSize::new(8, 8), [90; 3]);
        let jpeg = encode_jpeg(&image, 90).unwrap();
        let length = u16::try_from(exif.len() + 8).unwrap().to_be_bytes();
        let segment = [&b"\xff\xe1"[..], &length, b"Exif\0\0", &exif].concat();
        let path = folder.join("picture.jpg");
        std::fs::write(&path, [&jpeg[..2], &segment, &jpeg[2..]].concat()).unwrap();
        path
    }

    #[test]
    fn time_is_read_to_the_part_of_a_second_over_months_and_leap_years() {
        let folder = tempfile::tempdir().unwrap();
        let time = |fields: &[(Tag, &str)]| taken(&file(folder.path(), fields));
        let at = |text| time(&[(Tag::DateTimeOriginal, text)]).unwrap();
        assert_eq!(at("2024:03:01 00:00:05") - at("2024:02:28 23:59:59"), 86_406.0);
        assert_eq!(at("2026:01:01 00:00:00") - at("2025:12:31 23:59:58"), 2.0);
        let exact = time(&[(Tag::DateTimeOriginal, "2024:02:28 23:59:59"), (Tag::SubSecTimeOriginal, "25")]).unwrap();
        assert!((exact - at("2024:02:28 23:59:59") - 0.25).abs() < 1e-3);
        assert_eq!(time(&[(Tag::DateTimeDigitized, "2025:12:31 23:59:58")]), Some(at("2025:12:31 23:59:58")));
    }

    #[test]
    fn files_without_a_sensible_time_have_none() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["    :  :     :  :  ", "0000:00:00 00:00:00", "yesterday", "2024:13:01 00:00:00"] {
            assert_eq!(taken(&file(folder.path(), &[(Tag::DateTimeOriginal, text)])), None, "{text}");
        }
        assert_eq!(taken(&folder.path().join("nothing.jpg")), None);
        assert_eq!(taken(folder.path()), None);
        std::fs::write(folder.path().join("text.jpg"), b"not a picture").unwrap();
        assert_eq!(taken(&folder.path().join("text.jpg")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.jpg");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(taken(&pipe)));
        assert_eq!(receiver.recv_timeout(std::time::Duration::from_secs(20)), Ok(None));
    }
}
