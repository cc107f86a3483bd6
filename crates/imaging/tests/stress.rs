//! Every awkward, broken and rotated picture of the stress set, against what its script promises and
//! against Pillow's pixels. The set is generated beside this repository's checkout; without it, or
//! without a Python that has Pillow and NumPy, the test says why it is skipped.

#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use bauta_domain::{ImageSize, RgbImage};
use bauta_imaging::{image_size, read_image, resize};

/// Side of the pictures that are compared: small enough to forgive rounding of decoders, large enough
/// to show a wrong turn, a mirrored face or swapped colours.
const SIDE: u32 = 24;

/// Prints for every entry: path (hex), expectation, width, height, and Pillow's upright pixels over
/// white (hex) where the picture must be readable.
const REFERENCE: &str = r#"
import csv, os, sys
import numpy as np
from PIL import Image, ImageOps
root, side = sys.argv[1], int(sys.argv[2])
def upright(path):
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB").resize((side, side), Image.BILINEAR)
for row in csv.DictReader(open(os.path.join(root, "expect.csv"), newline="", encoding="utf-8")):
    if row["expect"] == "skipped":
        continue
    ok = row["expect"] == "ok"
    pixels = upright(os.path.join(root, row["path"])).tobytes().hex() if ok else "-"
    print(row["path"].encode().hex(), row["expect"], row["width"] or 0, row["height"] or 0, pixels)
"#;

struct Entry {
    path: PathBuf,
    expect: String,
    size: ImageSize,
    pixels: Vec<u8>,
}

#[test]
fn the_stress_set_reads_as_promised() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/F_stress/make_F_stress.py");
    if !script.is_file() {
        return eprintln!("skipped: {} is not there", script.display());
    }
    let python = std::env::var("BAUTA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !Command::new(&python).args(["-c", "import PIL, numpy"]).output().is_ok_and(|done| done.status.success()) {
        return eprintln!("skipped: {python} has no Pillow or NumPy (BAUTA_PYTHON may name one that has)");
    }
    let folder = tempfile::tempdir().unwrap();
    run(Command::new(&python).arg(&script).arg(folder.path()).args(["-n", "16", "--mp", "0.3,2", "--bomb"]));
    let side = SIDE.to_string();
    let listing = run(Command::new(&python).args(["-c", REFERENCE]).arg(folder.path()).arg(side));
    let entries: Vec<Entry> = listing.lines().map(|line| entry(folder.path(), line)).collect();
    assert!(entries.len() > 90, "only {} entries", entries.len());
    let wrong: Vec<String> = entries.iter().filter_map(|entry| check(entry).err()).collect();
    assert!(wrong.is_empty(), "{} of {} entries are wrong:\n{}", wrong.len(), entries.len(), wrong.join("\n"));
}

fn check(entry: &Entry) -> Result<(), String> {
    let name = entry.path.display();
    let read = read_image(&entry.path);
    match (entry.expect.as_str(), read) {
        ("ok", Ok(image)) => {
            let header = image_size(&entry.path).map_err(|error| error.to_string())?;
            if image.size() != entry.size || header != entry.size {
                return Err(format!(
                    "{name}: {:?}, from the header {header:?}, expected {:?}",
                    image.size(),
                    entry.size
                ));
            }
            let (mean, highest) = difference(&image, &entry.pixels);
            let alike = mean < 2.0 && highest < 24;
            if alike { Ok(()) } else { Err(format!("{name}: pixels differ by {mean:.1}, at most {highest}")) }
        }
        ("ok", Err(error)) => Err(format!("{name}: must be read: {error}")),
        ("reject", Ok(image)) => Err(format!("{name}: must be refused, read as {image:?}")),
        ("reject", Err(error)) if !error.to_string().contains(&*entry.path.to_string_lossy()) => {
            Err(format!("{name}: the message does not name the file: {error}"))
        }
        _ => Ok(()),
    }
}

/// Mean and highest difference of the reduced picture's bytes.
fn difference(image: &RgbImage, expected: &[u8]) -> (f64, u8) {
    let small = resize(image, ImageSize::new(SIDE, SIDE));
    let differences: Vec<u8> = small.pixels().iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).collect();
    let sum: f64 = differences.iter().map(|&d| f64::from(d)).sum();
    (sum / differences.len() as f64, differences.into_iter().max().unwrap())
}

fn entry(folder: &Path, line: &str) -> Entry {
    let fields: Vec<&str> = line.split(' ').collect();
    let path = String::from_utf8(bytes_from_hex(fields[0])).unwrap();
    let size = ImageSize::new(fields[2].parse().unwrap(), fields[3].parse().unwrap());
    let pixels = if fields[4] == "-" { Vec::new() } else { bytes_from_hex(fields[4]) };
    Entry { path: folder.join(path), expect: fields[1].to_owned(), size, pixels }
}

fn bytes_from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}
