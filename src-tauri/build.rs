//! Generates what Tauri needs from `tauri.conf.json` and the capabilities.

fn main() {
    // The window links the system's libjpeg too, through WebKitGTK, whose calls must not end in ours.
    if std::env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|system| system == "linux") {
        println!("cargo:rustc-link-arg=-Wl,--exclude-libs,ALL");
    }
    tauri_build::build();
}
