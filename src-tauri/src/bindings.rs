//! The commands and events with their types: what `ui/src/bindings.ts` is generated from.

use crate::{commands, events};

/// Everything that crosses between page and program.
pub fn bindings() -> tauri_specta::Builder<tauri::Wry> {
    tauri_specta::Builder::<tauri::Wry>::new()
        // One TypeScript type for each Rust type: nothing here reads otherwise than it writes.
        .disable_serde_phases()
        .commands(tauri_specta::collect_commands![
            commands::projects::current_project,
            commands::projects::startup,
            commands::projects::create_project,
            commands::projects::open_project,
            commands::projects::open_sample,
            commands::projects::add_folder,
            commands::projects::open_image_file,
            commands::annotations::open_image,
            commands::annotations::look_at_image,
            commands::annotations::save_annotations,
            commands::annotations::accept_proposals,
            commands::annotations::undo,
            commands::annotations::redo,
            commands::categories::add_category,
            commands::categories::change_category,
            commands::categories::reorder_categories,
            commands::categories::merge_category,
            commands::categories::remove_category,
            commands::table::annotations_table,
            commands::table::table_ids,
            commands::table::set_category_of,
            commands::table::delete_boxes,
            commands::marks::mark_background,
            commands::marks::choose_destination,
            commands::marks::set_destination,
            commands::marks::replace_destination,
            commands::marks::set_preferences,
            commands::jobs::detectors,
            commands::jobs::detect_faces,
            commands::jobs::save_crops,
            commands::jobs::classify_images,
            commands::jobs::cancel_job,
            commands::exchange::plan_import,
            commands::exchange::locate_import,
            commands::exchange::apply_import,
            commands::exchange::forget_import,
            commands::exchange::export_annotations,
            commands::exchange::plan_category_import,
            commands::exchange::apply_category_import,
            commands::exchange::export_categories,
            commands::training::preset_config,
            commands::training::choose_dataset_folder,
            commands::training::project_dataset,
            commands::training::start_training,
            commands::training::cancel_training,
            commands::training::training_log,
            commands::training::current_model,
            commands::training::load_model,
            commands::training::save_model,
            commands::live::open_live,
            commands::live::cameras,
            commands::live::choose_video,
            commands::live::start_live,
            commands::live::stop_live,
            commands::clipboard::read_clipboard,
            commands::clipboard::write_clipboard,
            commands::menus::popup_menu,
            commands::menus::set_menu_state,
            commands::menus::set_theme,
            commands::menus::set_text_size,
            commands::help::open_log_folder,
        ])
        // Travels in a header of the live: scheme, which the commands do not mention.
        .typ::<bauta_domain::LiveResult>()
        .events(tauri_specta::collect_events![
            events::MenuEvent,
            events::JobProgress,
            events::RowsChanged,
            events::TrainingProgress,
            events::ModelChanged,
            events::LiveStatus,
        ])
}
