//! Trains on a folder with one folder of crops a category, with the paper's settings at another size,
//! and prints what each epoch gives: `train_folder DATASET MODEL.onnx [SIZE] [EPOCHS] [ARCHITECTURE] [LOSS] [SEED] [plain]`.
//! For looking at the trainer alone; the program for users is `bauta train`.

use std::{io::Write as _, path::Path};

use bauta_domain::{
    Dataset, PixelSource, Preset, Sample, TrainingConfig, TrainingEvent,
    ports::{CancelToken, ImageReader as _, ModelTrainer as _, TrainingJob},
    split_stratified,
};
use bauta_imaging::DiskImages;
use bauta_inference::Runtime;
use bauta_training::{OnnxTrainer, engine::Computation};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, model, options @ ..] = arguments.as_slice() else {
        return Err(
            "usage: train_folder DATASET MODEL.onnx [SIZE] [EPOCHS] [ARCHITECTURE] [LOSS] [SEED] [plain]".into()
        );
    };
    let option = |index: usize| options.get(index).map(String::as_str);
    let named = |name: &str| serde_json::Value::String(name.to_owned());
    let mut config: TrainingConfig = Preset::Paper.config();
    config.image_size = option(0).map_or(Ok(96), str::parse)?;
    config.epochs = option(1).map_or(Ok(config.epochs), str::parse)?;
    if let Some(architecture) = option(2) {
        config.architecture = serde_json::from_value(named(architecture))?;
    }
    if let Some(loss) = option(3) {
        config.loss = serde_json::from_value(named(loss))?;
    }

    config.seed = option(4).map_or(Ok(config.seed), str::parse)?;
    let computation = if option(5) == Some("plain") { Computation::Plain } else { Computation::Fast };

    let dataset = dataset(Path::new(folder))?;
    dataset.check()?;
    let split = split_stratified(&dataset, config.validation_share, u64::from(config.seed))?;
    let job = TrainingJob {
        checkpoint: None,
        dataset: &dataset,
        split: &split,
        config: &config,
        samples: &DiskImages,
        model: Path::new(model),
        name: "example",
    };
    let mut out = std::io::stdout().lock();
    let mut tell = |event: TrainingEvent| {
        let told = match event {
            TrainingEvent::Epoch(e) => writeln!(
                out,
                "epoch {:2}  loss {:.4}  accuracy {:.3}  val_loss {:.4}  val_accuracy {:.3}  {:.1} s  {:.1} CPU s",
                e.epoch, e.loss, e.accuracy, e.val_loss, e.val_accuracy, e.seconds, e.cpu_seconds
            ),
            TrainingEvent::Started { .. } | TrainingEvent::Finished(_) => writeln!(out, "{event:?}"),
            _ => Ok(()),
        };
        // Nobody reads any more: the training's result is the file.
        told.unwrap_or_default();
    };
    let cache = std::env::temp_dir().join("bauta-features");
    let trainer = OnnxTrainer::new(Runtime::find()?, cache).computing(computation);
    trainer.train(&job, &mut tell, &CancelToken::default())?;
    Ok(())
}

fn dataset(folder: &Path) -> Result<Dataset, Failure> {
    let mut dataset = Dataset::default();
    let mut folders: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    folders.retain(|entry| entry.path().is_dir());
    folders.sort_by_key(std::fs::DirEntry::file_name);
    for (label, folder) in folders.iter().enumerate() {
        dataset.labels.push(folder.file_name().to_string_lossy().into_owned());
        for path in DiskImages.list(&folder.path()).0 {
            dataset.samples.push(Sample { source: PixelSource { path, bbox: None }, label, group: None });
        }
    }
    Ok(dataset)
}
