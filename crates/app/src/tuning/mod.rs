//! The tuner: random settings, most of them trained only briefly, the best of them fully, and the very best with several
//! seeds, so that it can be said whether they are better at all.
//!
//! A trial is one training. Which trials are due is a pure function of the plan and of what the trials before came to
//! ([`Tuning::due`]), so nothing is lost when the program ends, and trials may run on any machine.

mod halving;
mod program;
mod results;
mod run;
mod space;
mod trial;

pub use halving::{TrialOutcome, Tuning};
pub use program::{cancel_when_input_ends, in_own_program, trial_file};
pub use results::{TuningResult, TuningTrial, collect, is_begun};
pub use run::{TuneEvent, plan, run_trial, run_tuning};
pub use space::SearchSpace;
pub use trial::{Trial, read_trial, write_trials};
