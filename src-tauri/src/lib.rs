//! The desktop window: builds the adapters, registers commands, windows, menus and schemes. It makes no
//! decisions; those are in `bauta-app`, where a test can reach them without a window.

mod arguments;
mod bindings;
mod commands;
mod error;
mod events;
mod leaving;
mod log_file;
mod memory;
mod menu;
mod menu_bar;
mod messages;
#[cfg(target_os = "linux")]
mod pinch;
mod previews;
mod schemes;
mod shortcuts;
mod trials;
mod turns;
mod windows;

use std::{ffi::OsString, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use bauta_app::Workspace;
use tauri::{AppHandle, Manager as _};

pub use bindings::bindings;

/// Runs the program until its main window is closed. `arguments` are those of the command line without
/// the program's name: nothing, a photo, a folder or a project to open, or `--sample`.
///
/// # Errors
/// When the system gives no window, or the ONNX Runtime library is missing.
pub fn run(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<()> {
    memory::give_large_blocks_back();
    let start = match arguments::Task::parse(arguments)? {
        arguments::Task::Window(start) => start,
        arguments::Task::Trial { file, resources } => {
            trials::run(&file, &resources);
            return Ok(());
        }
    };
    let bindings = bindings();
    let known = bindings.invoke_handler();
    // Takes bytes, which the bindings have no word for.
    let bytes: fn(tauri::ipc::Invoke<tauri::Wry>) -> bool = tauri::generate_handler![commands::figures::save_figure];
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(move |invoke| match invoke.message.command() {
            "save_figure" => bytes(invoke),
            _ => known(invoke),
        })
        .register_asynchronous_uri_scheme_protocol("img", schemes::images)
        .register_asynchronous_uri_scheme_protocol("live", schemes::live)
        .on_menu_event(|app, event| menu::dispatch(app, event.id().as_ref()))
        .setup(move |app| {
            bindings.mount_events(app);
            let handle = app.handle().clone();
            let preparing = std::thread::spawn(move || prepare(&handle, start));
            // The system starts the page's process with the window; until this function returns, nothing that the
            // page asks for is answered.
            windows::open_main(app.handle())?;
            preparing.join().map_err(|_| "the preparation of the program ended early; see the log")??;
            windows::give_menu(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window system did not start; is a display connected?")?;
    app.run(|app, event| {
        if let tauri::RunEvent::Exit = event {
            let workspace = app.state::<Arc<Workspace>>();
            // The camera must be free before the process ends, and the project whole in its file.
            workspace.stop_live();
            workspace.close_project();
        }
    });
    Ok(())
}

/// Connects the adapters, begins to open what the program was started with, and hands all that commands need over to
/// the program's state. Loading the ONNX Runtime takes a while, so it is done while the window builds itself up.
fn prepare(app: &AppHandle, start: arguments::Start) -> tauri::Result<()> {
    let data = app.path().app_local_data_dir()?;
    let logs = app.path().app_log_dir()?;
    log_file::start(&logs);
    app.manage(log_file::LogFolder(logs));
    let resources = resource_folders(app);
    let adapters =
        bauta_adapters::connect(&resources, Some(data.join("models"))).unwrap_or_else(|error| give_up(&*error));
    let program = trials::program(std::env::current_exe()?, resources);
    let workspace = Arc::new(Workspace::new(adapters, data).with_trial_program(program));
    app.manage(Arc::clone(&workspace));
    app.manage(previews::PreviewCache::default());
    app.manage(windows::TextSize::default());
    app.manage(leaving::Leaving::default());
    app.manage(commands::project_files::PlannedMoves::default());
    app.manage(commands::clipboard::Clipboard::default());
    app.manage(bauta_app::ImportDesk::default());
    let handle = app.clone();
    let shown = move |first| previews::make_ahead(&handle, first);
    app.manage(start.open(workspace, shown));
    Ok(())
}

/// Ends the program with a plain message. An error returned from the set-up hook would be a panic with a
/// backtrace, which tells nobody what to do.
fn give_up(error: &dyn std::error::Error) -> ! {
    eprintln!("bauta-app: {error}");
    std::process::exit(1)
}

/// Folders that may hold `models/`: the bundle's resources first.
fn resource_folders(app: &AppHandle) -> Vec<PathBuf> {
    app.path().resource_dir().map(|folder| folder.join("models")).into_iter().collect()
}
