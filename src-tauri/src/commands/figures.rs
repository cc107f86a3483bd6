//! Saving what the page has drawn or computed: a plot as a picture, a table as text. Its bytes come as the body of the
//! message and not as JSON, so these commands are not in the generated bindings.

use tauri::{
    AppHandle,
    ipc::{InvokeBody, Request},
};

use super::{ask_target, away};
use crate::{error::CommandError, messages::message};

/// Header with the name that the file is to have, percent-encoded, with its ending: csv, png or svg.
const NAME: &str = "x-bauta-name";

/// Asks where, and writes the body there. Answers with the path; `null`: the dialog was cancelled.
#[tauri::command]
pub async fn save_figure(app: AppHandle, request: Request<'_>) -> Result<Option<String>, CommandError> {
    let name = request.headers().get(NAME).map(|name| name.as_bytes().to_vec()).unwrap_or_default();
    let name = percent_encoding::percent_decode(&name).decode_utf8_lossy().into_owned();
    let body = match request.body() {
        InvokeBody::Raw(bytes) => bytes.clone(),
        // A web view that cannot send bytes sends them as a list of numbers.
        InvokeBody::Json(json) => serde_json::from_value(json.clone()).unwrap_or_default(),
    };
    away(&app, move |app, _| {
        let ending = name.rsplit_once('.').map_or("csv", |(_, ending)| ending);
        let target = ask_target(app, message("dialog.saveFigure"), message("dialog.figures"), ending, &name);
        let Some(target) = target else { return Ok(None) };
        bauta_app::write_file(&target, &body)?;
        Ok(Some(target.display().to_string()))
    })
    .await
}
