//! One function for each reader: it takes any bytes, reads them, and panics when a promise of the formats does not
//! hold. `crates/formats/tests/seeds.rs` runs the same functions over the committed seeds.

use std::{io::Cursor, ops::ControlFlow};

use bauta_domain::{
    AnnotationDocument, BoundingBox, FrameChoice, ImageSize, Orientation, Picture, Placing, natural_cmp,
};
use bauta_formats::{
    CsvOptions, DETECT_BYTES, FolderCounts, FolderFiles, Format, Layout, Problems, ReadDocument, categories,
    categories::CategoryFile, coco, csv_table, decoded, detect_file, detect_folder, is_crop_manifest, labelme, neutral,
    original, paper, read_crop_manifest, read_groups, voc, write_crop_rows, xlsx, yolo,
};

/// A reader of bytes that panics when it breaks a promise.
pub type Reader = fn(&[u8]);

/// All of them, by the name of their fuzz target.
pub const ALL: [(&str, Reader); 12] = [
    ("paper", paper),
    ("coco", coco),
    ("voc", voc),
    ("yolo_labels", yolo_labels),
    ("yolo_names", yolo_names),
    ("labelme", labelme),
    ("csv", csv),
    ("xlsx", xlsx),
    ("categories", categories),
    ("detect", detect),
    ("crop_manifest", crop_manifest),
    ("groups", groups),
];

/// The paper's JSON.
pub fn paper(data: &[u8]) {
    let Ok(read) = paper::read(data) else { return };
    let document = placed(&read);
    let first = written(&document, Format::Paper);
    let again = paper::read(&first).expect("what is written can be read");
    assert_eq!(written(&again.document, Format::Paper), first, "a file of its own comes back to the byte");
}

/// COCO instances.
pub fn coco(data: &[u8]) {
    let Ok(read) = coco::read(data) else { return };
    let document = placed(&read);
    let again = coco::read(&written(&document, Format::Coco)).expect("what is written can be read");
    same_boxes(&document, &again.document);
}

/// Pascal VOC.
pub fn voc(data: &[u8]) {
    one_image(data, Format::Voc, |data, document, problems| voc::read(data, "a/b.xml", document, problems).is_ok());
}

/// labelme.
pub fn labelme(data: &[u8]) {
    one_image(data, Format::Labelme, |data, document, problems| {
        labelme::read(data, "a/b.json", document, problems).is_ok()
    });
}

/// A YOLO label file, with three classes.
pub fn yolo_labels(data: &[u8]) {
    one_image(data, Format::Yolo, |data, document, problems| {
        document.categories = yolo::read_names(b"mask\nhat\nscarf\n", &mut Problems::default());
        yolo::read(data, "labels/train/a.txt", document, problems).is_ok()
    });
}

/// YOLO's names, as `data.yaml` and as `classes.txt`.
pub fn yolo_names(data: &[u8]) {
    let plain = yolo::read_names(data, &mut Problems::default());
    let names: Vec<&str> = plain.iter().map(|category| category.name.as_str()).collect();
    let again = yolo::read_names(&yolo::write_names(&names), &mut Problems::default());
    assert!(again.len() <= plain.len() && plain.starts_with(&again), "only empty names at the end are lost");
    if let Ok(read) = yolo::read_data_yaml(data, &mut Problems::default()) {
        let names: Vec<&str> = read.iter().map(|category| category.name.as_str()).collect();
        let again = yolo::read_data_yaml(&yolo::write_data_yaml(&names), &mut Problems::default())
            .expect("what is written can be read");
        assert_eq!(again, read);
    }
}

/// A CSV table of boxes.
pub fn csv(data: &[u8]) {
    let text = decoded(data);
    assert_eq!(original(&neutral(&text)), text);
    let Ok(read) = csv_table::read(data) else { return };
    let document = placed(&read);
    if document.box_count() > 0 {
        let again = csv_table::read(&written(&document, Format::Csv)).expect("what is written can be read");
        assert_eq!(again.document.box_count(), document.box_count());
    }
}

/// A spreadsheet of boxes: as it is, or made of the texts of its parts.
pub fn xlsx(data: &[u8]) {
    if let Ok(read) = xlsx::read(&package(data)) {
        placed(&read);
    }
}

/// A list of categories; the first byte chooses JSON, CSV or XLSX.
pub fn categories(data: &[u8]) {
    let Some((&kind, data)) = data.split_first() else { return };
    let found = match kind {
        b'j' => categories::read(data, CategoryFile::Json),
        b'c' => categories::read(data, CategoryFile::Csv),
        _ => categories::read(&package(data), CategoryFile::Xlsx),
    };
    let Ok(found) = found else { return };
    for category in &found.categories {
        assert!(!category.category.name.trim().is_empty() && !category.place.is_empty());
    }
    if kind == b'j' {
        let list: Vec<_> = found.categories.iter().map(|found| (found.category.clone(), 0)).collect();
        let mut out = Cursor::new(Vec::new());
        categories::write(&list, CategoryFile::Json, &mut out).expect("memory takes everything");
        let again = categories::read(out.get_ref(), CategoryFile::Json).expect("what is written can be read");
        assert_eq!(again.categories.len(), list.len());
    }
}

/// Which format a file or folder is. What comes before a zero is the file's name.
pub fn detect(data: &[u8]) {
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (name, content) = (decoded(&data[..cut]), &data[cut..]);
    let found = detect_file(&name, &content[..content.len().min(DETECT_BYTES)]);
    assert_eq!(found, detect_file(&name, &content[..content.len().min(DETECT_BYTES)]));
    let counts = |n: usize| usize::from(data.get(n).copied().unwrap_or(0));
    let has_class_names = data.len().is_multiple_of(2);
    let counts = FolderCounts { xml: counts(0), txt: counts(1), json: counts(2), has_class_names };
    assert_eq!(detect_folder(counts).is_none(), counts.xml + counts.txt + counts.json == 0);
    assert_eq!(natural_cmp(&name, &decoded(content)), natural_cmp(&decoded(content), &name).reverse());
}

/// The manifest of a folder of crops.
pub fn crop_manifest(data: &[u8]) {
    let rows = read_crop_manifest(data);
    let bytes = write_crop_rows(&rows, true);
    assert!(is_crop_manifest(&bytes));
    assert_eq!(read_crop_manifest(&bytes).len(), rows.len());
    for row in &rows {
        let _ = row.bbox();
    }
}

/// A table of groups.
pub fn groups(data: &[u8]) {
    if let Ok(groups) = read_groups(data, "group") {
        assert!(groups.values().all(|group| !group.trim().is_empty()));
    }
}

fn one_image(data: &[u8], format: Format, read: fn(&[u8], &mut AnnotationDocument, &mut Problems) -> bool) {
    let mut found = ReadDocument::default();
    if !read(data, &mut found.document, &mut found.problems) {
        assert!(found.document.images.is_empty(), "a refused file leaves nothing behind");
        return;
    }
    let document = placed(&found);
    let file = written(&document, format);
    let mut again = ReadDocument::default();
    assert!(read(&file, &mut again.document, &mut again.problems), "what is written can be read");
    if format != Format::Yolo {
        same_boxes(&document, &again.document);
    }
    assert_eq!(again.document.box_count(), document.box_count());
}

/// Checks what every document promises, and returns it with its boxes where they belong on a picture, as an import
/// would have them.
fn placed(read: &ReadDocument) -> AnnotationDocument {
    let mut document = read.document.clone();
    for problem in read.problems.iter() {
        assert!(!problem.message.is_empty());
    }
    let layout = Layout::of(&document);
    let categories = document.categories.len();
    for (index, image) in document.images.iter_mut().enumerate() {
        let path = layout.relative_path(index);
        assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0'])));
        let orientation = Orientation::ALL[index % Orientation::ALL.len()];
        let picture = Picture { size: ImageSize::new(640, 480), orientation };
        let placing = Placing::new(image, picture, FrameChoice::Auto);
        let inside = |b: &BoundingBox| b.x1() >= 0.0 && b.y1() >= 0.0 && b.x2() <= 640.0 && b.y2() <= 480.0;
        image.boxes.retain_mut(|found| {
            assert!(found.category.is_none_or(|category| (category as usize) < categories));
            let Ok(placed) = placing.place(found) else { return false };
            assert!(inside(&placed.bbox) && placed.bbox.width() > 0.0 && placed.bbox.height() > 0.0);
            found.corners = [placed.bbox.x1(), placed.bbox.y1(), placed.bbox.x2(), placed.bbox.y2()];
            true
        });
        image.size = Some(picture.size);
    }
    document
}

/// The file of a document; of formats with one file an image, that of the last one.
fn written(document: &AnnotationDocument, format: Format) -> Vec<u8> {
    let (mut out, mut go_on) = (Vec::new(), |_| ControlFlow::Continue(()));
    let done = match format {
        Format::Paper => paper::write(document, &mut out, &mut go_on),
        Format::Coco => coco::write(document, &mut out, &mut go_on),
        Format::Csv => csv_table::write(document, CsvOptions::default(), &mut out, &mut go_on),
        _ => {
            let files = FolderFiles::of(document, format).expect("a format with one file an image");
            return files.content(files.count() - 1, &|_, image| image.to_owned());
        }
    };
    done.expect("memory takes everything");
    out
}

fn same_boxes(written: &AnnotationDocument, read: &AnnotationDocument) {
    let corners = |document: &AnnotationDocument| -> Vec<[f64; 4]> {
        document.images.iter().flat_map(|image| &image.boxes).map(|found| found.corners).collect()
    };
    assert_eq!(corners(written).len(), corners(read).len());
    for (a, b) in corners(written).iter().zip(corners(read)) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6), "{a:?} came back as {b:?}");
    }
}

/// A spreadsheet's package. Bytes that begin as one are taken as they are. Others are the texts of its parts, each
/// after a byte that says which: nobody reaches the text through the checksums of a packed file.
fn package(data: &[u8]) -> Vec<u8> {
    if data.starts_with(b"PK") {
        return data.to_vec();
    }
    const PARTS: [(&str, &str); 6] = [
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"),
        ("xl/sharedStrings.xml", "<sst/>"),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
             <sheet name=\"Annotations\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        ("xl/styles.xml", "<styleSheet/>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
             relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("[Content_Types].xml", "<Types/>"),
    ];
    let mut texts = PARTS.map(|(_, text)| text.as_bytes());
    for part in data.split(|byte| *byte == 0) {
        if let Some((which, text)) = part.split_first() {
            texts[usize::from(*which) % PARTS.len()] = text;
        }
    }
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for ((name, _), text) in PARTS.iter().zip(texts) {
        package.start_file(*name, stored).expect("memory takes everything");
        std::io::Write::write_all(&mut package, text).expect("memory takes everything");
    }
    package.finish().expect("memory takes everything").into_inner()
}
