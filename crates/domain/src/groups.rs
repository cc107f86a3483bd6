//! Groups of samples that belong on one side of a split.

use std::collections::HashMap;

use crate::Dataset;

/// The group of each sample as a number; samples of one group have the same. Samples share a group when
/// they have one name for it (`by_name`), or are joined by a pair, directly or over others.
pub fn groups(dataset: &Dataset, by_name: bool, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut joined = Joined::alone(dataset.samples.len());
    if by_name {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, sample) in dataset.samples.iter().enumerate() {
            if let Some(name) = &sample.group {
                joined.join(*first.entry(name).or_insert(index), index);
            }
        }
    }
    pairs.iter().for_each(|&(a, b)| joined.join(a, b));
    (0..dataset.samples.len()).map(|index| root(&mut joined.0, index)).collect()
}

/// Which of `count` things belong together, growing pair by pair.
pub(crate) struct Joined(Vec<usize>);

impl Joined {
    /// Each alone.
    pub(crate) fn alone(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// Whether two are together already.
    pub(crate) fn are_joined(&mut self, a: usize, b: usize) -> bool {
        root(&mut self.0, a) == root(&mut self.0, b)
    }

    /// Puts two, and all that each is together with, together.
    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (root(&mut self.0, a), root(&mut self.0, b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// The first sample of a group. Shortens the way there for the next time.
fn root(parent: &mut [usize], mut index: usize) -> usize {
    while parent[index] != index {
        parent[index] = parent[parent[index]];
        index = parent[index];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PixelSource, Sample};

    #[test]
    fn names_and_pairs_join_samples_over_others() {
        let sample = |group: Option<&str>| Sample {
            source: PixelSource { path: "x.png".into(), bbox: None },
            label: 0,
            group: group.map(str::to_owned),
        };
        let samples = [Some("a"), None, Some("b"), Some("a"), None, Some("b")].map(sample).to_vec();
        let dataset = Dataset { labels: vec!["l".to_owned()], samples };
        assert_eq!(groups(&dataset, true, &[]), [0, 1, 2, 0, 4, 2]);
        assert_eq!(groups(&dataset, false, &[(3, 4)]), [0, 1, 2, 3, 3, 5]);
        assert_eq!(groups(&dataset, true, &[(4, 3), (5, 4)]), [0, 1, 0, 0, 0, 0]);
    }
}
