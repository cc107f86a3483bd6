//! Which of several settings is best, and whether the data can show that: paired over the same divisions of the
//! pictures.
//!
//! Each contender was trained once for each seed, and a seed divides the pictures in the same way for all of them. The
//! divisions share most of their training pictures, so their scores are not independent, and an ordinary paired t-test
//! finds differences where there are none. Nadeau and Bengio's corrected resampled t-test ("Inference for the
//! Generalization Error", Machine Learning 52, 2003) widens the variance for that; Holm's rule ("A simple sequentially
//! rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979) accounts for how many were compared.

/// One of several settings, with what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Contender {
    /// What people call it.
    pub name: String,
    /// Its score for each seed, 0 to 1, in an order that all contenders share; `None` where it failed.
    pub scores: Vec<Option<f64>>,
}

/// The best against another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Duel {
    /// The other one's place among the contenders.
    pub other: usize,
    /// How much better the best is on average over the seeds that both have.
    pub difference: f64,
    /// The range that holds the true difference in 95 of 100 cases; `None` with fewer than two seeds.
    pub range: Option<(f64, f64)>,
    /// How often chance alone would show such a difference, 0 to 1, corrected for the number of duels; `None` with fewer
    /// than two seeds.
    pub p: Option<f64>,
}

/// The best, against each of the others from the next best on.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Its place among the contenders.
    pub best: usize,
    /// The others.
    pub duels: Vec<Duel>,
}

impl Contender {
    /// Mean score over the seeds that it has; `None` when it has none.
    pub fn mean(&self) -> Option<f64> {
        let scores: Vec<f64> = self.scores.iter().flatten().copied().collect();
        (!scores.is_empty()).then(|| mean(&scores))
    }

    /// Standard deviation over seeds; `None` with fewer than two.
    pub fn deviation(&self) -> Option<f64> {
        let scores: Vec<f64> = self.scores.iter().flatten().copied().collect();
        (scores.len() > 1).then(|| variance(&scores).sqrt())
    }
}

impl Duel {
    /// A difference that chance shows less often than this counts as one.
    pub const LEVEL: f64 = 0.05;

    /// Whether these data show that the best is better than this one.
    pub fn is_shown(&self) -> bool {
        self.p.is_some_and(|p| p < Self::LEVEL)
    }
}

impl Ranking {
    /// Compares the contender with the highest mean score with all others that have scores. `training` and `validation`
    /// are how many pictures each score was learned from and measured on. `None` when no contender has a score.
    pub fn of(contenders: &[Contender], training: u32, validation: u32) -> Option<Self> {
        let mut means: Vec<(usize, f64)> =
            contenders.iter().enumerate().filter_map(|(place, c)| Some((place, c.mean()?))).collect();
        // The first of equal ones stays first.
        means.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (best, _) = *means.first()?;
        let overlap = f64::from(validation) / f64::from(training.max(1));
        let duel = |&(other, _): &(usize, f64)| {
            let pairs = contenders[best].scores.iter().zip(&contenders[other].scores);
            let differences: Vec<f64> = pairs.filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
            duel(other, &differences, overlap, 1.0 / f64::from(validation.max(1)))
        };
        let mut duels: Vec<Duel> = means[1..].iter().map(duel).collect();
        holm(&mut duels);
        Some(Self { best, duels })
    }
}

/// `grain` is the least that scores can differ by: that of one picture.
fn duel(other: usize, differences: &[f64], overlap: f64, grain: f64) -> Duel {
    let n = differences.len();
    let difference = if n == 0 { 0.0 } else { mean(differences) };
    if n < 2 {
        return Duel { other, difference, range: None, p: None };
    }
    // A few seeds may differ by exactly the same, which does not mean that all would: half a picture is left open.
    let variance = variance(differences).max((grain / 2.0).powi(2));
    let spread = ((1.0 / n as f64 + overlap) * variance).sqrt();
    let freedom = n - 1;
    let half = spread * t_of(0.95, freedom);
    let p = 1.0 - within(difference / spread, freedom);
    Duel { other, difference, range: Some((difference - half, difference + half)), p: Some(p) }
}

/// Corrects for the number of comparisons.
fn holm(duels: &mut [Duel]) {
    let mut order: Vec<usize> = (0..duels.len()).filter(|place| duels[*place].p.is_some()).collect();
    order.sort_by(|a, b| duels[*a].p.unwrap_or(1.0).total_cmp(&duels[*b].p.unwrap_or(1.0)));
    let mut least = 0.0_f64;
    let count = order.len();
    for (done, place) in order.into_iter().enumerate() {
        let p = duels[place].p.unwrap_or(1.0) * (count - done) as f64;
        least = least.max(p.min(1.0));
        duels[place].p = Some(least);
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

/// The share of Student's t distribution within ± `t`, for a whole number of degrees of freedom, at least 1: Abramowitz
/// and Stegun 26.7.3 and 26.7.4.
fn within(t: f64, freedom: usize) -> f64 {
    let angle = (t.abs() / (freedom as f64).sqrt()).atan();
    let (sin, cos) = angle.sin_cos();
    let is_odd = freedom % 2 == 1;
    if freedom == 1 {
        return angle * std::f64::consts::FRAC_2_PI;
    }
    let mut term = if is_odd { cos } else { 1.0 };
    let mut sum = term;
    let mut factor = if is_odd { 2.0 } else { 1.0 };
    while factor + 2.0 <= freedom as f64 - 1.0 {
        term *= factor / (factor + 1.0) * cos * cos;
        sum += term;
        factor += 2.0;
    }
    if is_odd { std::f64::consts::FRAC_2_PI * (angle + sin * sum) } else { sin * sum }
}

/// The t within whose ± the share `share` of the distribution lies.
fn t_of(share: f64, freedom: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1000.0);
    // Each round halves the range: after a hundred it is as narrow as numbers are.
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if within(middle, freedom) < share { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_distribution_is_that_of_the_tables() {
        let cases = [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (10, 2.228), (29, 2.045)];
        for (freedom, t) in cases {
            assert!((t_of(0.95, freedom) - t).abs() < 1e-3, "{freedom}: {}", t_of(0.95, freedom));
            assert!((within(t, freedom) - 0.95).abs() < 1e-4, "{freedom}: {}", within(t, freedom));
        }
    }

    fn contender(name: &str, scores: &[f64]) -> Contender {
        Contender { name: name.to_owned(), scores: scores.iter().copied().map(Some).collect() }
    }

    #[test]
    fn a_large_and_steady_difference_is_shown_and_a_small_or_unsteady_one_is_not() {
        let contenders = [
            contender("steady", &[0.90, 0.92, 0.91, 0.93, 0.90]),
            contender("near", &[0.91, 0.90, 0.92, 0.92, 0.90]),
            contender("far", &[0.70, 0.73, 0.71, 0.72, 0.70]),
            contender("unsteady", &[0.95, 0.60, 0.93, 0.61, 0.95]),
        ];
        let ranking = Ranking::of(&contenders, 800, 200).unwrap();
        let shown: Vec<(usize, bool)> = ranking.duels.iter().map(|duel| (duel.other, duel.is_shown())).collect();
        assert_eq!((ranking.best, shown), (0, vec![(1, false), (3, false), (2, true)]));
        let range = ranking.duels[2].range.unwrap();
        assert!(range.0 > 0.15 && range.1 < 0.25, "{range:?}");
    }

    /// Worked by hand: differences .02, .04, .06 have mean .04 and variance .0004; (1/3 + 1/4) · .0004 = .000233.
    #[test]
    fn the_variance_is_widened_for_divisions_that_overlap() {
        let contenders = [contender("a", &[0.82, 0.84, 0.86]), contender("b", &[0.80, 0.80, 0.80])];
        let duel = &Ranking::of(&contenders, 800, 200).unwrap().duels[0];
        let t: f64 = 0.04 / (0.0004_f64 * (1.0 / 3.0 + 0.25)).sqrt();
        let p = 1.0 - t / (2.0 + t * t).sqrt();
        assert!((duel.p.unwrap() - p).abs() < 1e-9, "{:?} {p}", duel.p);
        assert!(!duel.is_shown(), "an ordinary paired test would be less careful");
    }

    #[test]
    fn more_comparisons_need_more_evidence() {
        let duels = [0.01, 0.04, 0.03].map(|p| Duel { other: 0, difference: 0.1, range: None, p: Some(p) });
        let mut corrected = duels.to_vec();
        holm(&mut corrected);
        let found: Vec<f64> = corrected.iter().filter_map(|duel| duel.p).collect();
        let expected = [0.03, 0.06, 0.06];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn one_seed_shows_nothing_and_what_failed_everywhere_is_left_out() {
        let failed = Contender { name: "failed".to_owned(), scores: vec![None] };
        let contenders = [contender("a", &[0.5]), contender("b", &[0.9]), failed.clone()];
        let ranking = Ranking::of(&contenders, 80, 20).unwrap();
        assert_eq!((ranking.best, ranking.duels.len(), ranking.duels[0].p), (1, 1, None));
        assert_eq!(Ranking::of(&[failed], 80, 20), None);
        let same = [contender("a", &[0.9, 0.9]), contender("b", &[0.85, 0.85])];
        assert!(!Ranking::of(&same, 80, 20).unwrap().duels[0].is_shown(), "two seeds that agree by chance");
    }
}
