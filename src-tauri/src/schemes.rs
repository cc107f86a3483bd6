//! Pixels for the page: `img:` for pictures of the open project, `live:` for frames.

#![allow(clippy::needless_pass_by_value, reason = "Tauri hands requests over by value")]

use std::sync::Arc;

use bauta_app::{DatasetChoice, Workspace};
use bauta_domain::{ImageId, RunId, TrainingConfig};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tauri::{
    AppHandle, Manager as _, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Request, Response, StatusCode, Uri, header},
};

use crate::previews;

/// Longest side of a picture that is shown without `max`.
const FULL: u32 = 16_384;
/// Longer side of the live frames that the page is shown: those of 4K would take longer to pack and unpack than the time
/// between two of them. Boxes stay in pixels of the frame.
const FRAME_SIDE: u32 = 1920;
/// Longest side of a training's picture.
const SAMPLE_SIDE: u32 = 512;
/// JPEG quality of what the page is shown.
const FRAME_QUALITY: u8 = 85;

/// `img://localhost/run/<run id>/<sample>?max=<side>`: a picture of a training's dataset as its network sees it;
/// `img://localhost/changes?source=<project or folder>&config=<settings as JSON>`: what the network will see of the
/// dataset that is chosen now; and
/// `img://localhost/<image id>?max=<longest side>&part=<left,top,right,bottom>`: the upright picture, or a part of
/// it in shares of its sides, as JPEG. Only images of the open project can be named, so the page cannot reach any
/// other file.
pub(crate) fn images(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let found = image_bytes(&app, request.uri()).await;
        responder.respond(match found {
            Ok(bytes) => answer(StatusCode::OK, "image/jpeg", bytes.to_vec()),
            Err(message) => answer(StatusCode::NOT_FOUND, "text/plain", message.into_bytes()),
        });
    });
}

async fn image_bytes(app: &AppHandle, uri: &Uri) -> Result<Arc<Vec<u8>>, String> {
    let path = uri.path().trim_start_matches('/');
    if let Some(sample) = path.strip_prefix("run/") {
        return Ok(Arc::new(sample_bytes(app, sample, max_of(uri)).await?));
    }
    if path == "changes" {
        return Ok(Arc::new(changes_bytes(app, uri).await?));
    }
    let id: ImageId = uri.path().trim_start_matches('/').parse().map_err(|_| "not the id of an image".to_owned())?;
    let max = max_of(uri);
    match query(uri, "part") {
        Some(part) => previews::part(app, id, part, max).await,
        None => previews::picture(app, id, max).await,
    }
}

fn max_of(uri: &Uri) -> u32 {
    query(uri, "max").and_then(|max| max.parse().ok()).unwrap_or(FULL).clamp(16, FULL)
}

/// A picture of a training's dataset: `<run id>/<sample>`.
async fn sample_bytes(app: &AppHandle, sample: &str, side: u32) -> Result<Vec<u8>, String> {
    let (run, sample) = sample.split_once('/').ok_or("expected a training and a number")?;
    let run: RunId = run.parse().map_err(|_| "not the id of a training".to_owned())?;
    let sample: usize = sample.parse().map_err(|_| "not the number of a picture".to_owned())?;
    let workspace = Arc::clone(&app.state::<Arc<Workspace>>());
    let make = move || {
        let picture =
            workspace.sample_picture(run, sample, side.min(SAMPLE_SIDE)).map_err(|error| error.full_message())?;
        bauta_imaging::encode_jpeg(&picture, FRAME_QUALITY).map_err(|error| error.to_string())
    };
    previews::in_background(make).await?
}

/// What the network will see of the dataset that is chosen now.
async fn changes_bytes(app: &AppHandle, uri: &Uri) -> Result<Vec<u8>, String> {
    let said = |key| query(uri, key).map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned());
    let config = said("config").ok_or("which settings?")?;
    let config: TrainingConfig = serde_json::from_str(&config).map_err(|error| error.to_string())?;
    let source =
        if said("source").as_deref() == Some("folder") { DatasetChoice::Folder } else { DatasetChoice::Project };
    let workspace = Arc::clone(&app.state::<Arc<Workspace>>());
    let make = move || {
        let sheet = workspace.preview_changes(source, &config).map_err(|error| error.full_message())?;
        bauta_imaging::encode_jpeg(&sheet, FRAME_QUALITY).map_err(|error| error.to_string())
    };
    previews::in_background(make).await?
}

/// `live://localhost/frame?after=<number>`: the newest frame after that number as JPEG, with its boxes in
/// the header `x-bauta-result` as percent-encoded JSON; 204 when there is none within half a second.
pub(crate) fn live(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let after = query(request.uri(), "after").and_then(|after| after.parse().ok()).unwrap_or(0);
        let live = app.state::<Arc<Workspace>>().live();
        let Some(shown) = live.and_then(|live| live.session().newest(after)) else {
            responder.respond(answer(StatusCode::NO_CONTENT, "text/plain", Vec::new()));
            return;
        };
        let result = serde_json::to_string(&shown.result).unwrap_or_default();
        let picture = &shown.image;
        let jpeg = if picture.size().width.max(picture.size().height) > FRAME_SIDE {
            bauta_imaging::encode_jpeg(&bauta_imaging::resize_to_fit(picture, FRAME_SIDE), FRAME_QUALITY)
        } else {
            bauta_imaging::encode_jpeg(picture, FRAME_QUALITY)
        };
        let mut response = match jpeg {
            Ok(jpeg) => answer(StatusCode::OK, "image/jpeg", jpeg),
            Err(error) => answer(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", error.to_string().into_bytes()),
        };
        let encoded = utf8_percent_encode(&result, NON_ALPHANUMERIC).to_string();
        if let Ok(value) = encoded.parse() {
            response.headers_mut().insert("x-bauta-result", value);
        }
        responder.respond(response);
    });
}

fn answer(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    // The page's own origin differs from the scheme's on every system.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, header::HeaderValue::from_static("x-bauta-result"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

fn query<'a>(uri: &'a Uri, key: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}
