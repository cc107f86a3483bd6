//! What a face is, steadily: answers of a classifier over time become one label that changes only when the evidence
//! holds, and "not sure" where there is too little of it. Pure: times come from outside.

use bauta_domain::Classification;

/// Time in which an old answer loses 63 % of its weight, in seconds: long enough to outlast a turned head or a blurred
/// frame, short enough that a mask put on is seen within half a second.
const MEMORY_SECONDS: f64 = 0.4;
/// How much more probable another label must be than the shown one to take its place.
const MARGIN: f32 = 0.2;
/// A label that was sure stays so until it is this much below the limit, so that one at the limit does not flicker.
const SLACK: f64 = 0.08;

/// What is to be shown of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    /// Index of the label.
    pub label: usize,
    /// Its probability over the last answers, 0 to 1.
    pub confidence: f64,
    /// Whether that is enough to say it.
    pub sure: bool,
}

/// The answers about one face so far.
#[derive(Clone, Debug, Default)]
pub(super) struct SteadyLabel {
    /// Weighted mean of the answers; empty before the first.
    mean: Vec<f32>,
    answers: u32,
    /// Time of the last answer, in seconds.
    last: f64,
    shown: Option<usize>,
    sure: bool,
    /// Whether the last answer was the shown label.
    agreed: bool,
}

impl SteadyLabel {
    /// Takes in an answer of this time (in seconds). One of another number of labels begins anew.
    pub fn learn(&mut self, answer: &Classification, time: f64) {
        if self.mean.len() != answer.probabilities.len() {
            *self = Self { mean: vec![0.0; answer.probabilities.len()], ..Self::default() };
        }
        self.answers += 1;
        let decayed = 1.0 - (-(time - self.last).max(0.0) / MEMORY_SECONDS).exp();
        // The first answers count alike: the very first may be of a face that comes into the picture.
        let weight = (1.0 / f64::from(self.answers)).max(decayed) as f32;
        self.last = time;
        for (mean, new) in self.mean.iter_mut().zip(&answer.probabilities) {
            *mean += (new - *mean) * weight;
        }
        self.choose();
        self.agreed = answer.best().map(|(label, _)| label) == self.shown;
    }

    /// Shows the newest answer as it is, without memory: what smoothing is compared with.
    pub fn replace(&mut self, answer: &Classification, time: f64) {
        self.mean.clone_from(&answer.probabilities);
        self.last = time;
        self.shown = answer.best().map(|(label, _)| label);
    }

    fn choose(&mut self) {
        let best = Classification { probabilities: self.mean.clone() }.best();
        let Some((best, probability)) = best else { return };
        match self.shown {
            Some(shown) if shown == best || probability < self.mean[shown] + MARGIN => {}
            // Another label has to earn its certainty anew.
            _ => (self.shown, self.sure) = (Some(best), false),
        }
    }

    /// The label to show; sure from `min_confidence` (0 to 1) on. `None` before the first answer.
    pub fn verdict(&mut self, min_confidence: f64) -> Option<Verdict> {
        let label = self.shown?;
        let confidence = f64::from(*self.mean.get(label)?);
        self.sure = confidence >= if self.sure { min_confidence - SLACK } else { min_confidence };
        Some(Verdict { label, confidence, sure: self.sure })
    }

    /// Whether more answers would help: another label is close, or it is not sure of this one.
    pub fn is_settled(&self) -> bool {
        let shown = self.shown.map_or(0.0, |shown| self.mean[shown]);
        let others = self.mean.iter().enumerate().filter(|&(label, _)| Some(label) != self.shown);
        let next = others.map(|(_, &p)| p).fold(0.0, f32::max);
        self.answers >= 3 && self.sure && self.agreed && shown - next > 2.0 * MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(p: f32) -> Classification {
        Classification { probabilities: vec![p, 1.0 - p] }
    }

    /// The shown label after each of these probabilities of label 0, a tenth of a second apart.
    fn labels(answers: &[f32]) -> Vec<usize> {
        let mut label = SteadyLabel::default();
        let mut time = 0.0;
        let mut shown = Vec::new();
        for &p in answers {
            label.learn(&answer(p), time);
            shown.push(label.verdict(0.5).unwrap().label);
            time += 0.1;
        }
        shown
    }

    #[test]
    fn one_odd_answer_does_not_turn_the_label_and_lasting_ones_do() {
        assert_eq!(labels(&[0.9, 0.9, 0.1, 0.9, 0.9]), [0; 5]);
        let turned = labels(&[0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
        assert_eq!((turned[4], turned[9]), (0, 1), "{turned:?}");
        assert_eq!(turned.windows(2).filter(|pair| pair[0] != pair[1]).count(), 1);
    }

    #[test]
    fn a_label_at_the_limit_of_another_does_not_flicker() {
        let shown = labels(&[0.6, 0.45, 0.55, 0.44, 0.56, 0.43, 0.57, 0.45, 0.55, 0.44]);
        assert_eq!(shown, [0; 10]);
    }

    #[test]
    fn it_is_sure_from_the_limit_on_and_stays_so_a_little_below_it() {
        for (first, second, expected) in [
            (0.75, 0.75, [true, true]),
            (0.65, 0.65, [false, false]),
            (0.75, 0.64, [true, true]),
            (0.75, 0.55, [true, false]),
        ] {
            let mut label = SteadyLabel::default();
            label.learn(&answer(first), 0.0);
            let before = label.verdict(0.7).unwrap().sure;
            label.learn(&answer(second), 10.0);
            assert_eq!([before, label.verdict(0.7).unwrap().sure], expected, "{first} then {second}");
        }
    }

    #[test]
    fn without_an_answer_there_is_no_verdict_and_another_model_begins_anew() {
        let mut label = SteadyLabel::default();
        assert_eq!(label.verdict(0.5), None);
        label.learn(&answer(0.9), 0.0);
        label.learn(&Classification { probabilities: vec![0.1, 0.1, 0.8] }, 0.1);
        assert_eq!(label.verdict(0.5).unwrap().label, 2);
    }

    #[test]
    fn it_settles_when_answers_agree_and_not_while_they_differ() {
        let mut label = SteadyLabel::default();
        for step in 0..4 {
            assert!(!label.is_settled() || step == 3);
            label.learn(&answer(0.95), f64::from(step) * 0.1);
            label.verdict(0.6);
        }
        assert!(label.is_settled());
        label.learn(&answer(0.1), 0.4);
        label.verdict(0.6);
        assert!(!label.is_settled());
    }
}
