//! What a classifier got right and wrong.

use serde::{Deserialize, Serialize};

/// Counts of (truth, prediction).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConfusionMatrix {
    /// Label of each row and column.
    pub labels: Vec<String>,
    /// `counts[truth][predicted]`.
    pub counts: Vec<Vec<u32>>,
}

/// Precision, recall and F1 of one label, each 0 to 1, and 0 where nothing was there to count
/// (the convention of scikit-learn's `classification_report`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ClassReport {
    /// Of those called so, the share that are.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub precision: f64,
    /// Of those that are, the share called so.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub recall: f64,
    /// Harmonic mean of the two.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub f1: f64,
    /// How many there are.
    pub support: u32,
}

/// A range that holds the true share in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Interval {
    /// From, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub low: f64,
    /// To, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub high: f64,
}

impl Interval {
    /// What `right` of `total` independent pictures say of all others, by Wilson's score interval (1927);
    /// `None` when there are none. Pictures of one group are not independent: the truth is wider then.
    pub fn of_share(right: u32, total: u32) -> Option<Self> {
        if total == 0 {
            return None;
        }
        // The normal distribution's two-sided 95 %.
        let z = 1.959_963_984_540_054_f64;
        let (n, share) = (f64::from(total), f64::from(right) / f64::from(total));
        let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Some(Self { low: (centre - half).max(0.0), high: (centre + half).min(1.0) })
    }
}

impl ConfusionMatrix {
    /// An empty matrix for these labels.
    pub fn new(labels: Vec<String>) -> Self {
        let counts = vec![vec![0; labels.len()]; labels.len()];
        Self { labels, counts }
    }

    /// Counts one sample.
    pub fn add(&mut self, truth: usize, predicted: usize) {
        self.counts[truth][predicted] += 1;
    }

    /// Counts what `other` counted; it has the same labels.
    pub fn add_all(&mut self, other: &Self) {
        let pairs = self.counts.iter_mut().flatten().zip(other.counts.iter().flatten());
        pairs.for_each(|(count, more)| *count += more);
    }

    /// Number of samples counted.
    pub fn total(&self) -> u32 {
        self.counts.iter().flatten().sum()
    }

    /// Share of samples called right, 0 to 1; 0 when there are none.
    pub fn accuracy(&self) -> f64 {
        let right: u32 = (0..self.labels.len()).map(|l| self.counts[l][l]).sum();
        ratio(right, self.total())
    }

    /// Where the accuracy on other pictures of the same kind probably lies; `None` when nothing was counted.
    pub fn accuracy_interval(&self) -> Option<Interval> {
        let right: u32 = (0..self.labels.len()).map(|l| self.counts[l][l]).sum();
        Interval::of_share(right, self.total())
    }

    /// Mean recall over the labels that have samples, 0 to 1.
    pub fn balanced_accuracy(&self) -> f64 {
        let reports = (0..self.labels.len()).map(|l| self.report(l));
        let recalls: Vec<f64> = reports.filter(|r| r.support > 0).map(|r| r.recall).collect();
        if recalls.is_empty() { 0.0 } else { recalls.iter().sum::<f64>() / recalls.len() as f64 }
    }

    /// Figures of one label.
    pub fn report(&self, label: usize) -> ClassReport {
        let right = self.counts[label][label];
        let support = self.counts[label].iter().sum();
        let called = self.counts.iter().map(|row| row[label]).sum();
        let (precision, recall) = (ratio(right, called), ratio(right, support));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        ClassReport { precision, recall, f1, support }
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pictures_say_little() {
        let close = |right, total, low: f64, high: f64| {
            let found = Interval::of_share(right, total).unwrap();
            assert!(
                (found.low - low).abs() < 1e-3 && (found.high - high).abs() < 1e-3,
                "{right} of {total}: {found:?}"
            );
        };
        // statsmodels' proportion_confint(method="wilson").
        close(3, 4, 0.301, 0.954);
        close(0, 10, 0.0, 0.278);
        close(10, 10, 0.722, 1.0);
        close(950, 1000, 0.935, 0.962);
        assert_eq!(Interval::of_share(0, 0), None);
    }

    #[test]
    fn figures_follow_the_textbook() {
        let mut matrix = ConfusionMatrix::new(vec!["a".into(), "b".into(), "never seen".into()]);
        for (truth, predicted, times) in [(0, 0, 8), (0, 1, 2), (1, 0, 1), (1, 1, 3)] {
            (0..times).for_each(|_| matrix.add(truth, predicted));
        }
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(matrix.accuracy(), 11.0 / 14.0);
        close(matrix.balanced_accuracy(), f64::midpoint(0.8, 0.75));
        let a = matrix.report(0);
        close(a.precision, 8.0 / 9.0);
        close(a.recall, 0.8);
        close(a.f1, 2.0 * 8.0 / 19.0);
        assert_eq!(matrix.report(2), ClassReport { precision: 0.0, recall: 0.0, f1: 0.0, support: 0 });
    }
}
