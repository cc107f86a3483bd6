//! `bauta demo`: the whole path once, on pictures that the program draws itself.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::Context as _;
use bauta_adapters::draw_sample;
use bauta_app::{
    Adapters, CropTarget, DetectOptions, GeneratedPicture, Project, classify_file, evaluate, live::LiveEngine,
    split_for, train,
};
use bauta_domain::{
    AnnotationState, ConfusionMatrix, Dataset, EpochFigures, ImageSize, Preset, TrainingEvent, TrainingSummary,
    ports::{CancelToken, Classifier, Detector, FrameAddress},
};
use bauta_sample::{SampleConfig, clip};

use crate::{
    arguments::Demo,
    commands::training::epoch_line,
    output::{self, Bar},
    report,
};

const SIZE: ImageSize = ImageSize::new(640, 480);
const LEARN_SEED: u64 = 1;
const UNSEEN_SEED: u64 = 2;
const CLIP_SEED: u64 = 3;
const CLIP_SECONDS: f64 = 6.0;
const CLIP_FPS: f64 = 15.0;
const DETECTOR: &str = "centerface";
/// Pictures classified one by one and shown in the report.
const SHOWN: usize = 6;

/// What the demo found, for the report.
pub(crate) struct Outcome {
    pub faces: usize,
    pub found: usize,
    pub crops: u32,
    pub epochs: Vec<EpochFigures>,
    pub summary: TrainingSummary,
    pub unseen: ConfusionMatrix,
    pub classified: Vec<report::Classified>,
    pub live: LiveOutcome,
    pub seconds: f64,
}

/// How the live engine did on the clip.
pub(crate) struct LiveOutcome {
    pub frames: u32,
    pub frames_with_face: u32,
    /// Drawn faces that were found.
    pub seen: u32,
    /// Of those, the ones that it was sure of.
    pub labelled: u32,
    /// Of those, the ones whose label was right.
    pub right: u32,
    pub seconds: f64,
}

pub(crate) fn run(adapters: &Adapters, arguments: &Demo, cancel: &CancelToken) -> anyhow::Result<()> {
    let started = Instant::now();
    let out = &arguments.out;
    prepare(out)?;
    let demo = Steps { adapters, out, cancel };

    output::line("1/7  Drawing the sample: faces with and without masks, in four categories");
    let pictures = arguments.pictures;
    let learn = demo.draw("photos", &SampleConfig { seed: LEARN_SEED, pictures, size: SIZE })?;
    let unseen = demo.draw("unseen", &SampleConfig { seed: UNSEEN_SEED, pictures: pictures / 3, size: SIZE })?;

    output::line("2/7  Finding the faces");
    let (project, faces, found) = demo.detect("sample", &learn)?;
    output::line(&format!(
        "     {found} of {faces} faces found ({:.0} %); the generator's own boxes stand in for the others",
        share(found, faces)
    ));

    output::line("3/7  Cropping them to 240×240, one folder a category");
    let target = CropTarget::new(out.join("crops"));
    let bar = Bar::new("cropping");
    let crops = project.save_crops(&target, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::problems(&crops.problems);
    output::line(&format!("     {} crops in {}", crops.written, target.folder.display()));

    output::line("4/7  Training a small network on them");
    let (epochs, summary) = demo.train(&project.dataset()?)?;

    output::line("5/7  Measuring it on pictures drawn with another seed");
    let (unseen_project, ..) = demo.detect("unseen", &unseen)?;
    let mut classifier = demo.classifier(&summary)?;
    let bar = Bar::new("evaluating");
    let dataset = unseen_project.dataset()?;
    let evaluation = evaluate(adapters, classifier.as_mut(), &dataset, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::line(&format!(
        "     {:.1} % of {} unseen faces right (balanced over the categories: {:.1} %)",
        evaluation.confusion.accuracy() * 100.0,
        evaluation.confusion.total(),
        evaluation.confusion.balanced_accuracy() * 100.0
    ));

    output::line("6/7  Classifying whole pictures");
    let classified = demo.classify(classifier.as_mut(), &unseen)?;

    output::line("7/7  Watching a drawn clip live");
    let live = demo.live(classifier)?;
    output::line(&format!(
        "     {} frames, {:.1} a second; a face in {:.0} % of them, labelled in {:.0} % and \"not sure\" in the rest; \
         {:.0} % of the labels right",
        live.frames,
        f64::from(live.frames) / live.seconds.max(1e-9),
        share(live.frames_with_face as usize, live.frames as usize),
        share(live.labelled as usize, live.seen as usize),
        share(live.right as usize, live.labelled as usize)
    ));

    let seconds = started.elapsed().as_secs_f64();
    let outcome = Outcome {
        faces,
        found,
        crops: crops.written,
        epochs,
        summary,
        unseen: evaluation.confusion,
        classified,
        live,
        seconds,
    };
    let page = out.join("report.html");
    fs_err::write(&page, report::page(adapters, &outcome, &learn)?)?;
    output::line(&format!("Done in {seconds:.0} s. The report: {}", page.display()));
    Ok(())
}

/// Makes the folder; what an earlier demo left there goes, anything else is not ours to touch.
fn prepare(out: &Path) -> anyhow::Result<()> {
    let ours = [
        "photos",
        "unseen",
        "crops",
        "sample.bauta",
        "unseen.bauta",
        "model.onnx",
        "model.json",
        "clip.avi",
        "report.html",
    ];
    fs_err::create_dir_all(out)?;
    for entry in fs_err::read_dir(out)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let from_us =
            ours.contains(&name.as_str()) || name.starts_with("sample.bauta") || name.starts_with("unseen.bauta");
        anyhow::ensure!(
            from_us,
            "{} holds {name:?}, which the demo did not make; choose another folder with --out",
            out.display()
        );
    }
    for entry in fs_err::read_dir(out)? {
        let path = entry?.path();
        if path.is_dir() { fs_err::remove_dir_all(path)? } else { fs_err::remove_file(path)? }
    }
    Ok(())
}

fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

struct Steps<'a> {
    adapters: &'a Adapters,
    out: &'a Path,
    cancel: &'a CancelToken,
}

impl Steps<'_> {
    fn draw(&self, folder: &str, config: &SampleConfig) -> anyhow::Result<Vec<GeneratedPicture>> {
        let bar = Bar::new("drawing");
        Ok(draw_sample(&self.out.join(folder), config, &mut |progress| bar.show(&progress), self.cancel)?)
    }

    /// A project of the pictures: faces detected, then labelled with what the generator knows. Returns the
    /// number of faces, and of those that the detector found.
    fn detect(&self, name: &str, pictures: &[GeneratedPicture]) -> anyhow::Result<(Project, usize, usize)> {
        let project = Project::create(&self.out.join(format!("{name}.bauta")), self.adapters.clone())?;
        let folder = pictures.first().and_then(|picture| picture.path.parent()).context("the sample is empty")?;
        project.add_folder(folder)?;
        let bar = Bar::new("detecting");
        let options = DetectOptions::new(DETECTOR);
        project.detect_faces(None, &options, false, &mut |progress| bar.show(&progress), &mut |_| {}, self.cancel)?;
        drop(bar);
        super::commands::not_cancelled(self.cancel)?;
        project.add_generated(pictures)?;
        let faces = pictures.iter().map(|picture| picture.boxes.len()).sum();
        let mut drawn = 0;
        for row in project.view()?.images {
            let annotations = project.open_image(row.id)?.annotations;
            let by_us = annotations
                .iter()
                .filter(|a| a.state == AnnotationState::Accepted && a.source == bauta_domain::Source::Generated);
            drawn += by_us.count();
        }
        Ok((project, faces, faces - drawn))
    }

    fn train(&self, dataset: &Dataset) -> anyhow::Result<(Vec<EpochFigures>, TrainingSummary)> {
        let config = Preset::Tiny.config();
        let split = split_for(dataset, &config, &bauta_domain::Likeness::default())?;
        let model = self.out.join("model.onnx");
        let mut epochs = Vec::new();
        let bar = Bar::new("training");
        let mut listen = |event: TrainingEvent| match event {
            TrainingEvent::Epoch(figures) => {
                bar.println(&format!("     {}", epoch_line(&figures)));
                epochs.push(figures);
            }
            TrainingEvent::Step { epoch, step, steps, .. } => bar.set(step, steps, format!("epoch {epoch}")),
            _ => {}
        };
        let place = (model.as_path(), "demo", None);
        let summary = train(self.adapters, (dataset, &split), &config, place, &mut listen, self.cancel)?;
        Ok((epochs, summary.context("stopped before the first epoch ended")?))
    }

    fn classifier(&self, summary: &TrainingSummary) -> anyhow::Result<Box<dyn Classifier>> {
        let model = PathBuf::from(&summary.model);
        self.adapters.models.open_classifier(&model, threads()).map_err(anyhow::Error::from_boxed)
    }

    fn detector(&self) -> anyhow::Result<Box<dyn Detector>> {
        self.adapters.models.open_detector(DETECTOR, threads()).map_err(anyhow::Error::from_boxed)
    }

    fn classify(
        &self,
        classifier: &mut dyn Classifier,
        pictures: &[GeneratedPicture],
    ) -> anyhow::Result<Vec<report::Classified>> {
        let mut detector = self.detector()?;
        let labels = classifier.manifest().labels.clone();
        let mut shown = Vec::new();
        for picture in pictures.iter().take(SHOWN) {
            let regions = classify_file(self.adapters, classifier, Some(detector.as_mut()), &picture.path)?;
            let words: Vec<String> = regions
                .iter()
                .filter_map(|region| region.classification.best())
                .map(|(best, p)| format!("{} ({:.0} %)", labels[best], p * 100.0))
                .collect();
            let name = picture.path.file_name().unwrap_or_default().to_string_lossy();
            output::line(&format!(
                "     {name}: {}",
                if words.is_empty() { "no face found".to_owned() } else { words.join(", ") }
            ));
            shown.push(report::Classified {
                path: picture.path.clone(),
                truth: picture.boxes.clone(),
                regions,
                labels: labels.clone(),
            });
        }
        Ok(shown)
    }

    fn live(&self, classifier: Box<dyn Classifier>) -> anyhow::Result<LiveOutcome> {
        let file = self.out.join("clip.avi");
        let (mut truth, mut frames) = (Vec::new(), Vec::new());
        for frame in clip(CLIP_SEED, CLIP_SECONDS, CLIP_FPS, SIZE) {
            truth.push(frame.faces);
            frames.push(frame.image);
        }
        bauta_capture::write_clip(&file, frames, CLIP_FPS)?;
        let mut source = self
            .adapters
            .sources
            .open(&FrameAddress::File(file), &CancelToken::default())
            .map_err(anyhow::Error::from_boxed)?;
        let mut engine = LiveEngine::new(self.detector()?, Some(classifier), self.adapters)?.in_step();
        let mut outcome = LiveOutcome { frames: 0, frames_with_face: 0, seen: 0, labelled: 0, right: 0, seconds: 0.0 };
        let started = Instant::now();
        while let Some(image) = source.next_frame().map_err(anyhow::Error::from_boxed)? {
            let result = engine.process(&Arc::new(image), f64::from(outcome.frames) / CLIP_FPS, Instant::now())?;
            let drawn = truth.get(outcome.frames as usize);
            outcome.frames += 1;
            outcome.frames_with_face += u32::from(!result.faces.is_empty());
            for face in drawn.into_iter().flatten() {
                let Some(seen) = result.faces.iter().find(|seen| seen.bbox.iou(&face.bbox) >= 0.4) else { continue };
                outcome.seen += 1;
                outcome.labelled += u32::from(seen.sure);
                outcome.right += u32::from(seen.sure && seen.label.as_deref() == Some(face.category));
            }
        }
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

fn threads() -> usize {
    bauta_app::cores()
}
