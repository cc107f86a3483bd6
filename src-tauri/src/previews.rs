//! The pictures that the page is shown, made when they are asked for and kept for a while.

use std::sync::Arc;

use bauta_app::Workspace;
use bauta_domain::ImageId;
use bauta_imaging::PicturePart;
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;

use crate::{
    events::RowsChanged,
    turns::{Turn, Turns},
};

/// Longest side of what counts as a thumbnail.
const THUMBNAIL: u32 = 256;
/// Longest side of the picture that the canvas shows first, and that boxes of a list are cut from: as
/// `PREVIEW_SIDE` in the page.
const PREVIEW: u32 = 2048;

/// Previews that were made already, up to 96 MiB, and the lanes in which they are made.
pub(crate) struct PreviewCache {
    made: quick_cache::sync::Cache<Key, Arc<Vec<u8>>, ByWeight>,
    pictures: Turns,
    /// Leaves a core to the picture that somebody waits for, and begins nothing while one is being made.
    thumbnails: Turns,
}

/// What a picture is made for.
#[derive(Clone, Copy)]
enum Lane {
    /// The canvas, now or next.
    Pictures,
    /// Lists.
    Thumbnails,
}

/// Image, longest side, and which part in its query's words.
type Key = (ImageId, u32, Option<String>);

#[derive(Clone)]
struct ByWeight;

impl quick_cache::Weighter<Key, Arc<Vec<u8>>> for ByWeight {
    fn weight(&self, _: &Key, bytes: &Arc<Vec<u8>>) -> u64 {
        bytes.len() as u64
    }
}

impl Default for PreviewCache {
    fn default() -> Self {
        let cores = bauta_app::cores();
        let made = quick_cache::sync::Cache::with_weighter(2000, 96 << 20, ByWeight);
        Self { made, pictures: Turns::new(cores), thumbnails: Turns::new(cores.saturating_sub(1)) }
    }
}

impl PreviewCache {
    async fn turn(&self, lane: Lane) -> Turn {
        match lane {
            Lane::Pictures => self.pictures.take().await,
            Lane::Thumbnails => {
                let turn = self.thumbnails.take().await;
                self.pictures.idle().await;
                turn
            }
        }
    }
}

/// The upright picture as JPEG, no side longer than `max` pixels.
pub(crate) async fn picture(app: &AppHandle, id: ImageId, max: u32) -> Result<Arc<Vec<u8>>, String> {
    let lane = if max <= THUMBNAIL { Lane::Thumbnails } else { Lane::Pictures };
    let told = app.clone();
    kept(app, lane, (id, max, None), move |workspace| make(&told, workspace, id, max)).await
}

/// Makes the pictures that the canvas will ask for, one after the other, while the page is still loading.
pub(crate) fn make_ahead(app: &AppHandle, ids: Vec<ImageId>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        for id in ids {
            let _ = picture(&app, id, PREVIEW).await;
        }
    });
}

/// A part of the upright picture, no side longer than `max` pixels.
pub(crate) async fn part(app: &AppHandle, id: ImageId, part: &str, max: u32) -> Result<Arc<Vec<u8>>, String> {
    let wanted = PicturePart::parse(part).ok_or("not a part of a picture")?;
    let cache = app.state::<PreviewCache>();
    let key = (id, max, Some(part.to_owned()));
    if let Some(made) = cache.made.get(&key) {
        return Ok(made);
    }
    // Boxes of one photo come together: the first decodes it, and the others wait for that one.
    let told = app.clone();
    let whole = kept(app, Lane::Thumbnails, (id, PREVIEW, None), move |workspace| make(&told, workspace, id, PREVIEW));
    let whole = whole.await?;
    kept(app, Lane::Thumbnails, key, move |_| {
        bauta_imaging::part_of_preview(&whole, wanted, max).map_err(|error| error.to_string())
    })
    .await
}

fn make(app: &AppHandle, workspace: &Workspace, id: ImageId, max: u32) -> Result<Vec<u8>, String> {
    let project = workspace.project().map_err(|error| error.to_string())?;
    let path = project.image_path(id).map_err(|error| error.to_string())?;
    let made = bauta_imaging::preview(&path, max);
    // The strip says why there is no picture, for as long as there is none.
    let news = match &made {
        Ok(_) => project.note_readable(id),
        Err(error) => project.note_unreadable(id, error),
    };
    if news.unwrap_or(false) {
        RowsChanged::tell(app, &project, id);
    }
    made.map_err(|error| error.to_string())
}

async fn kept(
    app: &AppHandle,
    lane: Lane,
    key: Key,
    make: impl FnOnce(&Workspace) -> Result<Vec<u8>, String> + Send + 'static,
) -> Result<Arc<Vec<u8>>, String> {
    let cache = app.state::<PreviewCache>();
    let workspace = Arc::clone(&app.state::<Arc<Workspace>>());
    // Who asks for the same while it is being made waits for it.
    let making = async {
        let _turn = cache.turn(lane).await;
        let make = move || make(&workspace);
        let made = match lane {
            Lane::Pictures => tauri::async_runtime::spawn_blocking(make).await.map_err(|error| error.to_string())?,
            Lane::Thumbnails => in_background(make).await?,
        };
        Ok(Arc::new(made?))
    };
    cache.made.get_or_insert_async(&key, making).await
}

/// Runs `work` on a thread that leaves the processor to all others: a list that is scrolled stays smooth while its
/// pictures are made. Such a thread cannot be made a usual one again, so it is of no further use.
pub(crate) async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (sender, receiver) = oneshot::channel();
    let run = move || {
        lpt::lpt();
        let _ = sender.send(work());
    };
    std::thread::Builder::new().name("thumbnail".to_owned()).spawn(run).map_err(|error| error.to_string())?;
    receiver.await.map_err(|_| "making the picture ended early".to_owned())
}
