//! Writes pictures of the sample as PNG with a `truth.csv` beside them, to look at and to measure
//! detectors on: `cargo run --release -p bauta-sample --example contact_sheet -- FOLDER COUNT SEED WIDTH HEIGHT`.

use std::{fmt::Write as _, path::Path};

use bauta_domain::ImageSize;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u32| arguments.get(place).map_or(Ok(default), |text| text.parse());
    let folder = Path::new(arguments.first().map_or("sheet", String::as_str));
    let (count, seed) = (number(1, 16)?, number(2, 1)?);
    let size = ImageSize::new(number(3, 640)?, number(4, 480)?);
    let mut truth = String::from("image,category,x1,y1,x2,y2\n");
    let started = std::time::Instant::now();
    let pictures: Vec<_> = (0..count).map(|index| bauta_sample::picture(seed.into(), index, size)).collect();
    eprintln!("{:.1} pictures a second", f64::from(count) / started.elapsed().as_secs_f64());
    for picture in pictures {
        let name = picture.name.replace(".jpg", ".png");
        bauta_imaging::write_atomically(&folder.join(&name), &bauta_imaging::encode_png(&picture.image)?)?;
        for face in &picture.faces {
            let b = face.bbox;
            writeln!(truth, "{name},{},{},{},{},{}", face.category, b.x1(), b.y1(), b.x2(), b.y2())?;
        }
    }
    bauta_imaging::write_atomically(&folder.join("truth.csv"), truth.as_bytes())?;
    Ok(())
}
