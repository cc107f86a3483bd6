//! Pixels for the page: `img:` for pictures of the open project, `live:` for frames.

#![allow(clippy::needless_pass_by_value, reason = "Tauri hands requests over by value")]

use std::sync::Arc;

use bauta_app::Workspace;
use bauta_domain::ImageId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tauri::{
    AppHandle, Manager as _, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Request, Response, StatusCode, Uri, header},
};

use crate::turns::Turns;

/// Longest side of a picture that is shown without `max`.
const FULL: u32 = 16_384;
/// JPEG quality of what the page is shown.
const FRAME_QUALITY: u8 = 85;

/// Longest side of what counts as a thumbnail.
const THUMBNAIL: u32 = 256;

/// Previews that were made already, up to 96 MiB, and the lanes in which they are made.
pub(crate) struct PreviewCache {
    made: quick_cache::sync::Cache<(ImageId, u32), Arc<Vec<u8>>, ByWeight>,
    pictures: Turns,
    /// Leaves a core to the picture that somebody waits for.
    thumbnails: Turns,
}

#[derive(Clone)]
struct ByWeight;

impl quick_cache::Weighter<(ImageId, u32), Arc<Vec<u8>>> for ByWeight {
    fn weight(&self, _: &(ImageId, u32), bytes: &Arc<Vec<u8>>) -> u64 {
        bytes.len() as u64
    }
}

impl Default for PreviewCache {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let made = quick_cache::sync::Cache::with_weighter(2000, 96 << 20, ByWeight);
        Self { made, pictures: Turns::new(cores), thumbnails: Turns::new(cores.saturating_sub(1)) }
    }
}

/// `img://localhost/<image id>?max=<longest side>`: the upright picture as JPEG. Only images of the open
/// project can be named, so the page cannot reach any other file.
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
    let id: ImageId = uri.path().trim_start_matches('/').parse().map_err(|_| "not the id of an image".to_owned())?;
    let max = query(uri, "max").and_then(|max| max.parse().ok()).unwrap_or(FULL).clamp(16, FULL);
    let cache = app.state::<PreviewCache>();
    if let Some(made) = cache.made.get(&(id, max)) {
        return Ok(made);
    }
    let _turn = if max <= THUMBNAIL { &cache.thumbnails } else { &cache.pictures }.take().await;
    if let Some(made) = cache.made.get(&(id, max)) {
        return Ok(made);
    }
    let workspace = Arc::clone(&app.state::<Arc<Workspace>>());
    let make = move || {
        let path = workspace.project().and_then(|project| project.image_path(id)).map_err(|error| error.to_string())?;
        bauta_imaging::preview(&path, max).map_err(|error| error.to_string())
    };
    let made = tauri::async_runtime::spawn_blocking(make).await.map_err(|error| error.to_string())??;
    let made = Arc::new(made);
    cache.made.insert((id, max), Arc::clone(&made));
    Ok(made)
}

/// `live://localhost/frame?after=<number>`: the newest frame after that number as JPEG, with its boxes in
/// the header `x-bauta-result` as percent-encoded JSON; 204 when there is none within half a second.
pub(crate) fn live(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let after = query(request.uri(), "after").and_then(|after| after.parse().ok()).unwrap_or(0);
        let session = app.state::<Arc<Workspace>>().live();
        let Some(shown) = session.and_then(|session| session.newest(after)) else {
            responder.respond(answer(StatusCode::NO_CONTENT, "text/plain", Vec::new()));
            return;
        };
        let result = serde_json::to_string(&shown.result).unwrap_or_default();
        let jpeg = bauta_imaging::encode_jpeg(&shown.image, FRAME_QUALITY);
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
