//! How long a training still takes, from what it took so far.

/// Measured times of steps and checks.
#[derive(Clone, Debug)]
pub struct Progress {
    steps_left: u64,
    checks_left: u64,
    steps: Times,
    checks: Times,
    /// Pictures that one check looks at for each picture of one step, at a third of the cost: there is
    /// no backward pass, which takes twice the time of the forward one. Used until a check was measured.
    check_per_step: f64,
}

/// A sum of times and their number.
#[derive(Clone, Debug, Default)]
struct Times {
    seconds: f64,
    count: u64,
}

impl Times {
    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.seconds / self.count as f64)
    }
}

impl Progress {
    /// For this many epochs of this many steps; `validation` pictures are checked after each.
    pub fn new(epochs: u32, steps: usize, batch_size: usize, validation: usize) -> Self {
        Self {
            steps_left: u64::from(epochs) * steps as u64,
            checks_left: u64::from(epochs),
            steps: Times::default(),
            checks: Times::default(),
            check_per_step: validation as f64 / batch_size as f64 / 3.0,
        }
    }

    /// A step took this long.
    pub fn step_took(&mut self, seconds: f64) {
        self.steps_left -= 1;
        // The first step pays for the memory that later ones use again.
        if self.steps.count == 1 && self.steps.seconds > 2.0 * seconds {
            self.steps = Times::default();
        }
        self.steps.seconds += seconds;
        self.steps.count += 1;
    }

    /// A check took this long.
    pub fn check_took(&mut self, seconds: f64) {
        self.checks_left -= 1;
        self.checks.seconds += seconds;
        self.checks.count += 1;
    }

    /// Estimated seconds until the last check is done; 0 before the first step.
    pub fn seconds_left(&self) -> f64 {
        let step = self.steps.mean().unwrap_or(0.0);
        let check = self.checks.mean().unwrap_or(step * self.check_per_step);
        self.steps_left as f64 * step + self.checks_left as f64 * check
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_counts_steps_and_checks_and_ends_at_zero() {
        let mut progress = Progress::new(2, 2, 10, 30);
        progress.step_took(1.0);
        // Three steps of 1 s, and two checks of as many pictures as three steps, guessed at 1 s each.
        assert!((progress.seconds_left() - 5.0).abs() < 1e-9);
        progress.step_took(1.0);
        progress.check_took(4.0);
        assert!((progress.seconds_left() - 6.0).abs() < 1e-9);
        progress.step_took(1.0);
        progress.step_took(1.0);
        progress.check_took(4.0);
        assert!(progress.seconds_left().abs() < 1e-9);
    }
}
