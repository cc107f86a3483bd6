//! The live view on clips with known faces, fed in real time at 30 frames a second, as the window is fed: frames shown a
//! second, milliseconds from a frame to its boxes, processor cores (the reading of the video included), share of the true
//! faces that were shown, and how often labels flip. Then every frame as fast as it goes, with and without smoothing.
//!
//! ```text
//! npm run bench -- live [--model FILE.onnx] [--clips NAME,…] [--detector ID] [--soak MINUTES]
//! ```
//!
//! The clips are those of `../shared/data/D_video`, at 640×480 and 1280×720, one face and four (the clip four times in
//! one picture, each a part of a second apart). Without `--model`, MobileNetV2 at 160 px is trained on the shared
//! pictures first, once, into `target/`. `--soak` plays a stream for so long and says how memory grew.

#[path = "live_support/clips.rs"]
mod clips;
#[path = "live_support/figures.rs"]
mod figures;
#[path = "live_support/soak.rs"]
mod soak;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::Instant,
};

use bauta_app::{
    Adapters, cores,
    live::{LiveEngine, LiveEvent, LiveListener, LiveSession},
};
use bauta_domain::{
    ImageSize, LiveResult,
    ports::{CancelToken, FrameAddress},
};
use clips::{Clip, FPS};
use figures::{Figures, cpu_seconds};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SIZES: [ImageSize; 2] = [ImageSize::new(640, 480), ImageSize::new(1280, 720)];

struct Options {
    model: Option<PathBuf>,
    clips: Vec<String>,
    detector: String,
    soak: Option<f64>,
}

fn main() -> Result<(), Failure> {
    let options = options()?;
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !shared.join("D_video").is_dir() {
        return say(&format!("skipped: {} is not there", shared.join("D_video").display()));
    }
    let model = match &options.model {
        Some(model) => model.clone(),
        None => trained(&shared.join("B_real_types"))?,
    };
    let adapters = bauta_adapters::connect(&[], None)?;
    let bench = Bench { adapters, model, detector: options.detector };
    if let Some(minutes) = options.soak {
        let clip = Clip::read(&bench.adapters, &shared.join("D_video"), "cam_man_headpose", SIZES[0], 1)?;
        return soak::run(&bench, &clip, minutes);
    }
    say(&format!("{} cores, detector {}, model {}", cores(), bench.detector, bench.model.display()))?;
    for (size, faces) in [(SIZES[0], 1), (SIZES[0], 4), (SIZES[1], 1), (SIZES[1], 4)] {
        for name in &options.clips {
            let clip = Clip::read(&bench.adapters, &shared.join("D_video"), name, size, faces)?;
            bench.measure(&clip)?;
        }
    }
    Ok(())
}

fn options() -> Result<Options, Failure> {
    let clips = ["cam_man_headpose", "cam_man_signing", "reel_real_photos"].map(str::to_owned).to_vec();
    let mut options = Options { model: None, clips, detector: "centerface".to_owned(), soak: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        // Cargo's own.
        if word == "--bench" {
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--model" => options.model = Some(value.into()),
            "--clips" => options.clips = value.split(',').map(str::to_owned).collect(),
            "--detector" => options.detector = value,
            "--soak" => options.soak = Some(value.parse()?),
            _ => return Err(format!("{word} is no option of this bench").into()),
        }
    }
    Ok(options)
}

/// The model of the figures: MobileNetV2 at 160 px.
fn trained(pictures: &Path) -> Result<PathBuf, Failure> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-bench");
    let model = folder.join("model.onnx");
    if !model.is_file() {
        say("training MobileNetV2 at 160 px, once")?;
        let words = ["--preset", "quick", "--arch", "mobilenet-v2", "--size", "160"];
        let mut train = Command::new(env!("CARGO_BIN_EXE_bauta"));
        let done = train.arg("train").arg(pictures).arg("--out").arg(&folder).args(words).status()?;
        if !done.success() || !model.is_file() {
            return Err(format!("the training ended with {done} and {} is not there", model.display()).into());
        }
    }
    Ok(model)
}

/// What every run is made with.
pub struct Bench {
    adapters: Adapters,
    model: PathBuf,
    detector: String,
}

impl Bench {
    fn engine(&self) -> Result<LiveEngine, Failure> {
        let threads = cores().div_ceil(2);
        let classifier = self.adapters.models.open_classifier(&self.model, threads)?;
        let detector = self.adapters.models.open_detector(&self.detector, threads)?;
        Ok(LiveEngine::new(detector, Some(classifier), &self.adapters)?)
    }

    fn measure(&self, clip: &Clip) -> Result<(), Failure> {
        let live = self.in_real_time(clip)?;
        let (fast, rate) = self.as_fast_as_possible(clip, true)?;
        let (raw, _) = self.as_fast_as_possible(clip, false)?;
        say(&format!("\n{} ({} frames)", clip.name, clip.frames()))?;
        say(&format!("  in real time: {}", live.in_words(clip)))?;
        say(&format!("  every frame, as fast as it goes: {rate:.1} fps; {}", fast.in_words(clip)))?;
        say(&format!("  the same without smoothing: {}", raw.in_words(clip)))
    }

    /// As the window plays it; frames that the engine cannot take are dropped.
    fn in_real_time(&self, clip: &Clip) -> Result<Figures, Failure> {
        let engine = self.engine()?;
        let (sender, events) = mpsc::channel();
        let sender = Mutex::new(sender);
        let listener: LiveListener = Arc::new(move |event| {
            // The bench may have given up already.
            let _ = sender.lock().unwrap_or_else(PoisonError::into_inner).send(event);
        });
        let results: Arc<Mutex<Vec<LiveResult>>> = Arc::default();
        let seen = Arc::clone(&results);
        let watch = move |shown: &Arc<bauta_app::live::Shown>| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(shown.result.clone());
        };
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let address = FrameAddress::File(clip.path.clone());
        let sources = Arc::clone(&self.adapters.sources);
        let session = LiveSession::start(sources, address, engine, &listener, Box::new(watch));
        loop {
            match events.recv()? {
                LiveEvent::Ended => break,
                LiveEvent::Failed(message) => return Err(message.into()),
                _ => {}
            }
        }
        let wall = begun.elapsed().as_secs_f64();
        // The program that read the video counts once it has ended.
        drop(session);
        let results = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Figures::of(&results, clip, Some((cpu_seconds() - cpu) / wall)))
    }

    fn as_fast_as_possible(&self, clip: &Clip, smooth: bool) -> Result<(Figures, f64), Failure> {
        let engine = self.engine()?.in_step();
        let mut engine = if smooth { engine } else { engine.without_smoothing() };
        let address = FrameAddress::File(clip.path.clone());
        let mut source = self.adapters.sources.open(&address, &CancelToken::default())?;
        let mut results = Vec::new();
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        while let Some(image) = source.next_frame()? {
            results.push(engine.process(&Arc::new(image), results.len() as f64 / FPS, Instant::now())?);
        }
        let wall = begun.elapsed().as_secs_f64();
        drop(source);
        let cores = (cpu_seconds() - cpu) / wall;
        let rate = results.len() as f64 / wall;
        Ok((Figures::of(&results, clip, Some(cores)), rate))
    }
}

pub(crate) fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
