//! Two fingers that pinch a touchpad. WebKitGTK keeps such an event from its page: neither a wheel with Ctrl, as
//! Chromium makes of it, nor a gesture event, as Safari does, arrives there. So the window tells the page itself.

use gtk::{gdk, glib::Propagation, prelude::WidgetExt as _};
use tauri::WebviewWindow;
use tauri_specta::Event as _;

use crate::events::Pinched;

/// Tells the page of every pinch over the window. Only on the window's thread.
///
/// # Errors
/// When the window is gone.
pub(crate) fn tell_page(window: &WebviewWindow) -> tauri::Result<()> {
    let app = window.clone();
    window.gtk_window()?.connect_event(move |_, event| {
        if let Some(pinch) = event.downcast_ref::<gdk::EventTouchpadPinch>() {
            let (x, y) = pinch.position();
            // The page may be gone; then there is nothing to zoom.
            let _ = Pinched { x, y, scale: pinch.scale(), begins: !pinch.is_phase() }.emit(&app);
        }
        Propagation::Proceed
    });
    Ok(())
}
