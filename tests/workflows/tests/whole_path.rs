//! From drawn photos to a live view, with the real detector, trainer and video reader.
#![allow(clippy::unwrap_used)]

use std::{path::Path, sync::Arc, time::Instant};

use bauta_adapters::{connect, draw_sample};
use bauta_app::{
    Adapters, CropTarget, DetectOptions, GeneratedPicture, Project, classify_file, evaluate, folder_dataset,
    live::LiveEngine, split_for, train,
};
use bauta_domain::{
    AnnotationChange, AnnotationId, BoundingBox, ChangeSet, Detection, ImageSize, PixelSource, Preset, RgbImage,
    TrainingConfig, TrainingEvent,
    ports::{CancelToken, Detector, FrameAddress, PortError},
};
use bauta_sample::{SampleConfig, clip};

const SIZE: ImageSize = ImageSize::new(320, 240);

fn draw(adapters: &Adapters, folder: &Path, pictures: u32) -> (Project, Vec<GeneratedPicture>) {
    let (config, never) = (SampleConfig { seed: 5, pictures, size: SIZE }, CancelToken::default());
    let photos = draw_sample(&folder.join("photos"), &config, &mut |_| {}, &never).unwrap();
    let project = Project::create(&folder.join("test.bauta"), adapters.clone()).unwrap();
    project.add_folder(&folder.join("photos")).unwrap();
    (project, photos)
}

fn quick() -> TrainingConfig {
    TrainingConfig {
        epochs: 4,
        image_size: 48,
        batch_size: 16,
        augmentation: None,
        threads: Some(2),
        ..Preset::Tiny.config()
    }
}

#[test]
fn drawn_photos_become_a_classifier_that_works_on_files_and_live() {
    let adapters = connect(&[], None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let never = CancelToken::default();
    let (project, photos) = draw(&adapters, folder.path(), 48);
    let faces: usize = photos.iter().map(|photo| photo.boxes.len()).sum();

    let options = DetectOptions::new("centerface");
    let found = project.detect_faces(None, &options, false, &mut |_| {}, &mut |_| {}, &never).unwrap();
    assert!(found.faces as usize >= faces * 8 / 10, "{} of {faces} faces", found.faces);
    project.add_generated(&photos).unwrap();

    let target = CropTarget::new(folder.path().join("crops"));
    let crops = project.save_crops(&target, &mut |_| {}, &never).unwrap();
    assert_eq!((crops.written as usize, crops.problems.len()), (faces, 0));
    let (from_crops, _) = folder_dataset(&adapters, &target.folder).unwrap();
    assert_eq!(from_crops.samples.len(), faces);
    let size = bauta_imaging::image_size(&from_crops.samples[0].source.path).unwrap();
    assert_eq!(size, ImageSize::new(240, 240));

    let dataset = project.dataset().unwrap();
    let (config, model) = (quick(), folder.path().join("model.onnx"));
    let split = split_for(&dataset, &config, &bauta_domain::Likeness::default()).unwrap();
    let mut losses = Vec::new();
    let mut listen = |event: TrainingEvent| {
        if let TrainingEvent::Epoch(figures) = event {
            losses.push(figures.loss);
        }
    };
    let place = (model.as_path(), "test", None);
    let summary = train(&adapters, (&dataset, &split), &config, place, &mut listen, &never).unwrap().unwrap();
    assert_eq!(losses.len(), 4);
    assert!(losses[3] < losses[0], "it learns: {losses:?}");

    let mut classifier = adapters.models.open_classifier(&model, 1).unwrap();
    let validation = bauta_domain::Dataset {
        labels: dataset.labels.clone(),
        samples: split.validation.iter().map(|&index| dataset.samples[index].clone()).collect(),
    };
    let again = evaluate(&adapters, classifier.as_mut(), &validation, &mut |_| {}, &never).unwrap();
    assert_eq!(again.confusion, summary.confusion, "the model file answers as the trainer did");

    let mut detector = adapters.models.open_detector("centerface", 1).unwrap();
    let regions = classify_file(&adapters, classifier.as_mut(), Some(detector.as_mut()), &photos[0].path).unwrap();
    for region in &regions {
        let source = PixelSource { path: photos[0].path.clone(), bbox: region.bbox };
        let crop = adapters.samples.read(&source, config.image_size).unwrap();
        let alone = classifier.classify(std::slice::from_ref(&crop)).unwrap();
        for (a, b) in region.classification.probabilities.iter().zip(&alone[0].probabilities) {
            assert!((a - b).abs() < 1e-4, "training, files and single crops see the same pixels");
        }
    }

    same_crop_same_answer(&adapters, &model, &photos[0].path);

    let video = folder.path().join("clip.avi");
    bauta_capture::write_clip(&video, clip(3, 1.0, 10.0, SIZE).map(|frame| frame.image), 10.0).unwrap();
    let mut source = adapters.sources.open(&FrameAddress::File(video), &CancelToken::default()).unwrap();
    let mut engine = LiveEngine::new(detector, Some(classifier), &adapters).unwrap().in_step();
    let (mut frames, mut labelled) = (0u32, 0);
    let mut alone = adapters.models.open_classifier(&model, 1).unwrap();
    while let Some(image) = source.next_frame().unwrap() {
        let image = Arc::new(image);
        let result = engine.process(&image, f64::from(frames) / 10.0, Instant::now()).unwrap();
        frames += 1;
        // What is shown of a face first is the model's answer about it, not yet a mean of several.
        for face in result.faces.iter().filter(|_| frames == 1) {
            let crop = adapters.cropper.crop(&image, &face.bbox, alone.manifest().input_size);
            let (_, confidence) = alone.classify(&[crop]).unwrap()[0].best().unwrap();
            assert!((f64::from(confidence) - face.confidence).abs() < 1e-4, "live sees the same pixels");
        }
        labelled += usize::from(result.faces.iter().any(|face| face.label.is_some()));
    }
    assert_eq!(frames, 10);
    assert!(labelled >= 8, "{labelled} of {frames} frames have a labelled face");
}

/// A detector that always says the same.
struct Fixed(Vec<Detection>);

impl Detector for Fixed {
    fn name(&self) -> &'static str {
        "fixed"
    }
    fn detect(&mut self, _: &RgbImage, _: f64) -> Result<Vec<Detection>, PortError> {
        Ok(self.0.clone())
    }
    fn default_min_score(&self) -> f64 {
        0.5
    }
}

/// One box of a photo through the trainer's reader, through a file that is classified, through a project's
/// suggestions, and through the live view: the same probabilities to 1e-4. (What the trainer itself computes is
/// compared with the model's file when that is written.)
fn same_crop_same_answer(adapters: &Adapters, model: &Path, photo: &Path) {
    let open = || adapters.models.open_classifier(model, 1).unwrap();
    let mut classifier = open();
    let (side, labels) = (classifier.manifest().input_size, classifier.manifest().labels.clone());
    // Off the pixel grid, and over an edge once it has grown to a square.
    let bbox = BoundingBox::from_corners(3.3, 20.6, 90.1, 150.4).unwrap();
    let source = PixelSource { path: photo.to_owned(), bbox: Some(bbox) };
    let crop = adapters.samples.read(&source, side).unwrap();
    let answer = classifier.classify(std::slice::from_ref(&crop)).unwrap().remove(0);
    let (best, confidence) = answer.best().unwrap();

    let mut fixed = Fixed(vec![Detection { bbox, score: 0.9 }]);
    let regions = classify_file(adapters, classifier.as_mut(), Some(&mut fixed), photo).unwrap();
    assert_eq!(regions.len(), 1);
    for (file, training) in regions[0].classification.probabilities.iter().zip(&answer.probabilities) {
        assert!((file - training).abs() < 1e-4, "a file: {file}, training: {training}");
    }

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(photo.file_name().unwrap());
    std::fs::copy(photo, &copy).unwrap();
    let project = Project::create(&folder.path().join("one.bauta"), adapters.clone()).unwrap();
    let image = project.add_folder(folder.path()).unwrap().project.images[0].id;
    let draw = AnnotationChange::Add { id: AnnotationId::from_uuid(uuid::Uuid::from_u128(1)), bbox, category: None };
    let revision = project.open_image(image).unwrap().revision;
    project.save_annotations(image, revision, &ChangeSet(vec![draw])).unwrap();
    let never = CancelToken::default();
    project.classify_images(None, vec![open()], &mut |_| {}, &mut |_| {}, &never).unwrap();
    let suggestion = project.open_image(image).unwrap().annotations.remove(0).suggestion.unwrap();
    assert_eq!(suggestion.label, labels[best]);
    assert!((suggestion.confidence - f64::from(confidence)).abs() < 1e-4, "{suggestion:?}, training: {confidence}");

    let mut engine = LiveEngine::new(Box::new(fixed), Some(open()), adapters).unwrap().in_step();
    let frame = Arc::new(adapters.images.read(photo).unwrap());
    let face = engine.process(&frame, 0.0, Instant::now()).unwrap().faces.remove(0);
    assert_eq!(face.label.as_ref(), Some(&labels[best]));
    assert!((face.confidence - f64::from(confidence)).abs() < 1e-4, "{face:?}, training: {confidence}");
}

#[test]
fn bad_files_in_a_folder_are_listed_and_the_rest_goes_on() {
    let adapters = connect(&[], None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (project, _) = draw(&adapters, folder.path(), 2);
    let photos = folder.path().join("photos");
    std::fs::write(photos.join("empty.jpg"), b"").unwrap();
    std::fs::write(photos.join("text.png"), b"not a picture at all").unwrap();
    let added = project.add_folder(&photos).unwrap();
    assert_eq!(added.project.images.len(), 4);
    let options = DetectOptions::new("centerface");
    let summary =
        project.detect_faces(None, &options, false, &mut |_| {}, &mut |_| {}, &CancelToken::default()).unwrap();
    assert_eq!((summary.images, summary.problems.len()), (4, 2));
    let empty = summary.problems.iter().find(|problem| problem.place.ends_with("empty.jpg")).unwrap();
    assert!(empty.message.contains("0 bytes"), "{}", empty.message);
    let rows = project.view().unwrap().images;
    assert_eq!(rows.iter().filter(|row| row.problem.is_some()).count(), 2);
}
