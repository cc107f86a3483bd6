//! Which trials are due: successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
//! Hyperparameter Optimization", 2016) in thirds, then the best with several seeds.

use std::collections::HashMap;

use bauta_domain::TrainingConfig;
use serde::{Deserialize, Serialize};

use super::{SearchSpace, Trial};

/// What a tuning was asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tuning {
    /// Version of this document; this program writes and reads [`Tuning::FORMAT`].
    pub format: u32,
    /// Where the pictures are.
    pub dataset: String,
    /// What identifies them.
    pub fingerprint: String,
    /// What is tried.
    pub space: SearchSpace,
    /// How many settings are tried, at least 1.
    pub trials: u32,
    /// Minutes that all trainings together may take; what is under way is done to its end. `None` for no limit.
    pub minutes: Option<u32>,
    /// How many seeds the best are trained with, at least 1.
    pub seeds: u32,
}

/// What a trial came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrialOutcome {
    /// Share of validation pictures called right, 0 to 1; `None` when it failed.
    pub accuracy: Option<f64>,
    /// Seconds that it took.
    pub seconds: f64,
}

/// Share of the full epochs, and of the minutes, for each round of the search; the rest is for the finals.
const ROUNDS: [(f64, f64); 3] = [(1.0 / 9.0, 0.25), (1.0 / 3.0, 0.2), (1.0, 0.2)];
const FINALS: f64 = 0.35;
/// One of this many goes on to the next round.
const KEEP_ONE_OF: usize = 3;
/// How many of the search are in the finals, beside the usual settings.
const FINALISTS: usize = 2;

impl Tuning {
    /// The version that this program writes and reads.
    pub const FORMAT: u32 = 1;
    /// How many settings are tried when nobody says: with a limit of time as many as it lets.
    pub const fn usual_trials(minutes: Option<u32>) -> u32 {
        if minutes.is_some() { 81 } else { 27 }
    }

    /// Which stage the finals are: the rounds before are 1 to 3.
    pub const FINAL_STAGE: u32 = ROUNDS.len() as u32 + 1;

    /// The trials that may be done now, in any order and anywhere, given what those before came to; none when all is
    /// done.
    pub fn due(&self, outcomes: &HashMap<String, TrialOutcome>) -> Vec<Trial> {
        let (ranked, open) = self.search(outcomes);
        if !open.is_empty() {
            return open;
        }
        let trials = self.finals(&ranked);
        self.left(&trials, FINALS, 2 * (FINALISTS + 1), outcomes)
    }

    /// The settings in the finals, the best of the search first; empty before the search has ended.
    pub fn finalists(&self, outcomes: &HashMap<String, TrialOutcome>) -> Vec<u32> {
        let (ranked, open) = self.search(outcomes);
        if open.is_empty() { finalists(&ranked) } else { Vec::new() }
    }

    /// The trial of the settings with this number in the finals, with this seed of them, from 0.
    pub fn final_trial(&self, number: u32, seed: u32) -> Trial {
        // Seeds that the search did not see: what was lucky with its seed is not lucky with these.
        let seed = self.space.seed.wrapping_add(1 + seed);
        self.trial(number, 1.0, seed, Self::FINAL_STAGE)
    }

    /// Settings from the best to the worst as far as the search went, and the trials that are due in it.
    fn search(&self, outcomes: &HashMap<String, TrialOutcome>) -> (Vec<u32>, Vec<Trial>) {
        let mut going: Vec<u32> = (0..self.trials).collect();
        let mut behind: Vec<u32> = Vec::new();
        for (round, (epochs, minutes)) in ROUNDS.into_iter().enumerate() {
            let trials: Vec<Trial> =
                going.iter().map(|number| self.trial(*number, epochs, self.space.seed, round as u32 + 1)).collect();
            let left = self.left(&trials, minutes, 1, outcomes);
            if !left.is_empty() {
                return (Vec::new(), left);
            }
            let mut scored: Vec<(u32, f64)> =
                trials.iter().filter_map(|trial| Some((trial.number, outcomes.get(&trial.id)?.accuracy?))).collect();
            scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let is_last = round + 1 == ROUNDS.len();
            let keep = if is_last { scored.len() } else { scored.len().div_ceil(KEEP_ONE_OF) };
            let out = scored.split_off(keep);
            behind.splice(0..0, out.into_iter().map(|(number, _)| number));
            going = scored.into_iter().map(|(number, _)| number).collect();
        }
        (going.into_iter().chain(behind).collect(), Vec::new())
    }

    fn finals(&self, ranked: &[u32]) -> Vec<Trial> {
        let finalists = finalists(ranked);
        // Seed by seed: when the time is over, all have as many.
        (0..self.seeds).flat_map(|seed| finalists.iter().map(move |number| self.final_trial(*number, seed))).collect()
    }

    /// Those of `trials` that are to be done: none when their part of the time is used up, but the first `least` always.
    fn left(&self, trials: &[Trial], part: f64, least: usize, outcomes: &HashMap<String, TrialOutcome>) -> Vec<Trial> {
        let spent: f64 = trials.iter().filter_map(|trial| outcomes.get(&trial.id)).map(|outcome| outcome.seconds).sum();
        let is_over = self.minutes.is_some_and(|minutes| spent >= f64::from(minutes) * 60.0 * part);
        let considered = if is_over { trials.len().min(least) } else { trials.len() };
        trials[..considered].iter().filter(|trial| !outcomes.contains_key(&trial.id)).cloned().collect()
    }

    fn trial(&self, number: u32, share: f64, seed: u32, stage: u32) -> Trial {
        let full = self.space.settings(number);
        let epochs = ((f64::from(full.epochs) * share).round() as u32).max(1);
        let config = TrainingConfig { epochs, seed, ..full };
        Trial {
            format: Trial::FORMAT,
            id: format!("t{number:03}-{epochs}ep-seed{seed}"),
            number,
            stage,
            dataset: self.dataset.clone(),
            fingerprint: self.fingerprint.clone(),
            config,
        }
    }
}

fn finalists(ranked: &[u32]) -> Vec<u32> {
    let mut all: Vec<u32> = ranked.iter().copied().take(FINALISTS).collect();
    // The usual settings: a search is worth something when it beats them.
    if !ranked.is_empty() && !all.contains(&0) {
        all.push(0);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::space::tests::space;

    fn tuning(trials: u32, minutes: Option<u32>) -> Tuning {
        let (dataset, fingerprint) = ("data".to_owned(), "f".to_owned());
        Tuning { format: 1, dataset, fingerprint, space: space(), trials, minutes, seeds: 3 }
    }

    /// Does what is due until nothing is; gives how many trials each stage had.
    fn done(
        tuning: &Tuning,
        of: impl Fn(&Trial) -> Option<f64>,
        seconds: f64,
    ) -> (HashMap<String, TrialOutcome>, [usize; 4]) {
        let (mut outcomes, mut stages) = (HashMap::new(), [0; 4]);
        // One at a time, as a program does that may end after each.
        while let Some(trial) = tuning.due(&outcomes).into_iter().next() {
            stages[trial.stage as usize - 1] += 1;
            assert!(
                outcomes.insert(trial.id.clone(), TrialOutcome { accuracy: of(&trial), seconds }).is_none(),
                "{trial:?}"
            );
        }
        (outcomes, stages)
    }

    #[test]
    fn a_third_goes_on_and_the_best_are_repeated_beside_the_usual_settings() {
        let tuning = Tuning {
            space: SearchSpace { architectures: vec![bauta_domain::Architecture::Tiny], ..space() },
            ..tuning(27, None)
        };
        let (outcomes, stages) = done(&tuning, |trial| Some(f64::from(trial.number) / 100.0), 1.0);
        assert_eq!(stages, [27, 9, 3, 9]);
        assert_eq!(tuning.finalists(&outcomes), [26, 25, 0]);
        let final_seeds: Vec<u32> = (0..3).map(|seed| tuning.final_trial(26, seed).config.seed).collect();
        assert_eq!(final_seeds, [43, 44, 45], "none is that of the search");
    }

    #[test]
    fn trials_that_failed_never_go_on_and_the_others_do() {
        let tuning = tuning(9, None);
        let (outcomes, stages) = done(&tuning, |trial| (trial.number % 2 == 1).then_some(0.5), 1.0);
        assert_eq!(tuning.finalists(&outcomes), [1, 3, 0]);
        assert!(stages[0] == 9 && stages[3] == 9, "{stages:?}");
        let (outcomes, stages) = done(&tuning, |_| None, 1.0);
        assert_eq!((tuning.finalists(&outcomes), stages), (vec![], [9, 0, 0, 0]));
    }

    #[test]
    fn when_the_time_of_a_round_is_over_the_rest_of_it_is_left_out() {
        let tuning = tuning(27, Some(1));
        let (outcomes, stages) = done(&tuning, |_| Some(0.5), 5.0);
        assert!(stages[0] == 3, "a quarter of sixty seconds: {stages:?}");
        assert_eq!(tuning.finalists(&outcomes).len(), 2);
        assert!(outcomes.len() < 15, "{}", outcomes.len());
    }

    #[test]
    fn what_is_due_can_be_done_in_any_order() {
        let tuning = tuning(9, None);
        let all = tuning.due(&HashMap::new());
        let mut outcomes = HashMap::new();
        for trial in all.iter().rev() {
            outcomes.insert(trial.id.clone(), TrialOutcome { accuracy: Some(f64::from(trial.number)), seconds: 1.0 });
        }
        assert_eq!(tuning.due(&outcomes).iter().map(|trial| trial.number).collect::<Vec<_>>(), [8, 7, 6]);
    }
}
