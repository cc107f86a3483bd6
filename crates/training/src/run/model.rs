//! The model that a training leaves: the best epoch's weights, proven on pictures.

use bauta_domain::{
    ModelManifest, TrainedWith,
    ports::{CancelToken, TrainingJob},
};
use bauta_inference::Runtime;

use super::{as_count, epochs::Run, threads};
use crate::{
    TrainingError,
    checkpoint::Best,
    data::read_one,
    export::{Proof, TrainedNetwork, export},
};

/// Training crops on which every export is compared with the trained network.
const PROOF_PICTURES: usize = 8;

impl Run<'_> {
    /// Exports the weights of `best`.
    ///
    /// # Errors
    /// When the model cannot be written, or does not do what the trained network does.
    pub fn export(&mut self, runtime: &Runtime, best: &Best) -> Result<(), TrainingError> {
        let TrainingJob { dataset, config, .. } = *self.job;
        let manifest = ModelManifest {
            format: ModelManifest::FORMAT,
            name: self.job.name.to_owned(),
            labels: dataset.labels.clone(),
            input_size: config.image_size,
            preprocessing: self.front.preprocessing(),
            averages_views: config.average_views,
            milliseconds: None,
            foreign: None,
            trained_with: Some(TrainedWith {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                config: config.clone(),
                training_samples: as_count(self.split.training.len()),
                validation_samples: as_count(self.split.validation.len()),
                best_epoch: best.figures.epoch,
                val_accuracy: best.figures.val_accuracy,
            }),
        };
        self.engine.set_weights(&best.weights);
        let proof = self.proof(runtime)?;
        let trained = TrainedNetwork {
            front: self.front,
            network: self.engine.network(),
            weights: &best.weights,
            manifest: &manifest,
        };
        export(runtime, &trained, &proof, self.job.model)
    }

    /// Some training crops at even distances, and what the trained network says of them. Features are
    /// computed anew: the kept ones are rounded.
    fn proof(&mut self, runtime: &Runtime) -> Result<Proof, TrainingError> {
        let TrainingJob { dataset, config, samples, .. } = *self.job;
        let (training, side) = (&self.split.training, config.image_size as usize);
        let count = training.len().min(PROOF_PICTURES);
        // What became unreadable since the training began must not cost the model.
        let picture = |place: usize| read_one(dataset, samples, side, training[place * training.len() / count]).ok();
        let mut pictures: Vec<_> = (0..count).filter_map(picture).collect();
        if pictures.is_empty() {
            pictures.push((0..3 * side * side).map(|at| (at * 37 % 251) as u8).collect());
        }
        let count = pictures.len();
        let averaged = if config.average_views { pictures.as_slice() } else { &[] };
        let turned: Vec<Vec<u8>> = averaged.iter().map(|picture| mirror_image(picture, side)).collect();
        let on = (runtime, threads(config.threads));
        let [plain, mirrored] = [self.front.inputs(on, &pictures, side)?, self.front.inputs(on, &turned, side)?];
        let fill = |inputs: &[Vec<f32>], place: usize, input: &mut [f32]| {
            input.copy_from_slice(&inputs[place]);
            Ok(())
        };
        let plain = |place: usize, input: &mut [f32]| fill(&plain, place, input);
        let mirrored = |place: usize, input: &mut [f32]| fill(&mirrored, place, input);
        let never = CancelToken::default();
        let probabilities = self.probabilities(count, &plain, &mirrored, &never)?;
        Ok(Proof { pictures, probabilities: probabilities.expect("nobody cancelled it") })
    }
}

fn mirror_image(picture: &[u8], side: usize) -> Vec<u8> {
    picture.chunks_exact(3 * side).flat_map(|row| row.rchunks_exact(3).flatten().copied()).collect()
}
