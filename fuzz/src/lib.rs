//! What the fuzz targets share.

pub mod readers;

/// Panics inside the library that reads spreadsheets are caught where it is called; all others end the program.
pub fn forgive_the_spreadsheet_library() {
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", |place| place.file());
        if !file.contains("calamine") {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}
