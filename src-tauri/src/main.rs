//! The program with the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[allow(unsafe_code)]
fn main() -> anyhow::Result<()> {
    // SAFETY: no thread was started yet.
    unsafe { bauta_adapters::forbid_telemetry() };
    bauta_desktop::run(std::env::args_os().skip(1))
}
