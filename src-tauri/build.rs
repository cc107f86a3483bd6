//! Generates what Tauri needs from `tauri.conf.json` and the capabilities.

fn main() {
    tauri_build::build();
}
