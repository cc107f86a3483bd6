//! What figures mean, in plain words.

use bauta_domain::{ConfusionMatrix, Contender, Duel, EpochFigures, Interval, Ranking};

use super::RecordedRun;

const SMALL: [&str; 13] =
    ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

fn number(n: u64) -> String {
    usize::try_from(n).ok().and_then(|n| SMALL.get(n)).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// A share, 0 to 1, as a fraction that people can picture: `one case out of eight`.
pub fn one_in(share: f64) -> String {
    if share <= 0.0 {
        return "no case".to_owned();
    }
    if share >= 0.995 {
        return "every case".to_owned();
    }
    if share > 0.55 {
        return match (share * 10.0).round() as u64 {
            10 => "nearly every case".to_owned(),
            tenths => format!("{} cases out of ten", number(tenths)),
        };
    }
    format!("one case out of {}", number((1.0 / share).round() as u64))
}

/// `1 seed`, `3 seeds`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A share, 0 to 1, in percent with one digit.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// What a confusion says: the mistake that is made most, and what is found best.
pub(super) fn of_confusion(confusion: &ConfusionMatrix) -> String {
    let mistakes = confusion.counts.iter().enumerate().flat_map(|(truth, row)| {
        let total: u32 = row.iter().sum();
        let others = row.iter().enumerate().filter(move |(called, count)| *called != truth && **count > 0);
        others.map(move |(called, count)| (truth, called, *count, f64::from(*count) / f64::from(total)))
    });
    // The largest share; of equal ones, the one with more pictures behind it.
    let most = mistakes.max_by(|a, b| a.3.total_cmp(&b.3).then(a.2.cmp(&b.2)));
    match most {
        None if confusion.total() == 0 => "No picture was checked.".to_owned(),
        None => "It makes no mistake on these pictures.".to_owned(),
        Some((truth, called, count, share)) => {
            let [truth, called] = [truth, called].map(|label| &confusion.labels[label]);
            format!(
                "It confuses {truth} with {called} in {} ({}); no other mistake is more common.",
                one_in(share),
                counted(count as usize, "picture")
            )
        }
    }
}

/// What a classification report says: which label is found worst.
pub(super) fn of_classes(confusion: &ConfusionMatrix) -> String {
    let reports = (0..confusion.labels.len()).map(|label| (label, confusion.report(label)));
    let checked: Vec<_> = reports.filter(|(_, report)| report.support > 0).collect();
    let Some((worst, report)) = checked.iter().min_by(|a, b| a.1.recall.total_cmp(&b.1.recall)) else {
        return "No picture was checked.".to_owned();
    };
    let (label, missed) = (&confusion.labels[*worst], 1.0 - report.recall);
    let few = if report.support < 30 {
        format!(" With only {} pictures of it, that may be chance.", report.support)
    } else {
        String::new()
    };
    if missed <= 0.0 {
        return "Every label is recognised every time on these pictures.".to_owned();
    }
    format!("{label} is recognised least: it is missed in {}.{few}", one_in(missed))
}

/// What an accuracy says of other pictures.
pub(super) fn of_accuracy(confusion: &ConfusionMatrix) -> String {
    let (share, total) = (confusion.accuracy(), confusion.total());
    let open = match confusion.accuracy_interval() {
        Some(Interval { low, high }) => format!(
            " On other pictures like them it is probably right in {} to {} of 100, for so few were checked.",
            (low * 100.0).floor(),
            (high * 100.0).ceil()
        ),
        None => String::new(),
    };
    let wrong =
        if share >= 1.0 { "none is wrong".to_owned() } else { format!("it is wrong in {}", one_in(1.0 - share)) };
    format!("It calls {} of {total} pictures right that it did not learn from: {wrong}.{open}", percent(share))
}

/// What the accuracy curves of one training say: its best epoch, and whether it learns by heart.
pub(super) fn of_accuracies(run: &RecordedRun) -> String {
    let Some(best) = run.best() else { return "No epoch has ended.".to_owned() };
    let gap = best.accuracy - best.val_accuracy;
    let by_heart = if gap > 0.1 {
        format!(
            " It does {:.0} points better on the pictures that it learned from: it knows some of them by heart. More pictures, or stronger changes of them, help.",
            gap * 100.0
        )
    } else if best.epoch == run.figures.len() as u32 && run.figures.len() > 1 {
        " That is the last one: it might get better still with more epochs.".to_owned()
    } else {
        String::new()
    };
    format!(
        "On the pictures kept to check with it is best in epoch {}, {} right.{by_heart}",
        best.epoch,
        percent(best.val_accuracy)
    )
}

/// What the loss curves of one training say: when the validation side stopped getting better.
pub(super) fn of_losses(figures: &[EpochFigures]) -> String {
    let lowest = figures.iter().min_by(|a, b| a.val_loss.total_cmp(&b.val_loss));
    let (Some(lowest), Some(last)) = (lowest, figures.last()) else { return "No epoch has ended.".to_owned() };
    let rises = last.epoch > lowest.epoch && last.val_loss > 1.2 * lowest.val_loss;
    let then = if rises { " and rises again: from there on it learns by heart" } else { "" };
    format!(
        "The loss on the pictures kept to check with is lowest in epoch {} ({:.4}){then}.",
        lowest.epoch, lowest.val_loss
    )
}

/// Which of several trainings is best on the pictures each was checked with, and whether that means anything.
pub(super) fn of_several(runs: &[(&str, &RecordedRun)]) -> String {
    let mut known: Vec<_> =
        runs.iter().filter_map(|(name, run)| run.val_accuracy().map(|share| (*name, *run, share))).collect();
    known.sort_by(|a, b| b.2.total_cmp(&a.2));
    let (Some(first), Some(second)) = (known.first(), known.get(1)) else {
        return "There are not two of them with a finished epoch to compare.".to_owned();
    };
    let interval = |run: &RecordedRun| run.summary.as_ref().and_then(|summary| summary.val_accuracy_interval);
    let apart = match (interval(first.1), interval(second.1)) {
        (Some(best), Some(next)) if best.low > next.high => "",
        _ => " The ranges that so few pictures leave open overlap: one training each shows no difference between them.",
    };
    format!("{} is right most often ({}), then {} ({}).{apart}", first.0, percent(first.2), second.0, percent(second.2))
}

/// Which of several settings is best over seeds, and whether these data can show that.
pub fn of_ranking(contenders: &[Contender], ranking: Option<&Ranking>) -> String {
    let Some(Ranking { best, duels }) = ranking else { return "No training of these is finished yet.".to_owned() };
    let of = |place: usize| {
        let contender = &contenders[place];
        let spread = contender.deviation().map_or_else(String::new, |d| format!(" ± {:.1}", d * 100.0));
        format!("{} ({:.1}{spread} % right)", contender.name, contender.mean().unwrap_or_default() * 100.0)
    };
    let best = of(*best);
    if duels.is_empty() {
        return format!("Only {best} is finished: there is nothing to compare it with.");
    }
    if duels.iter().all(|duel| duel.p.is_none()) {
        return format!("{best} is highest, but one seed each can show no difference; train more seeds.");
    }
    let names = |shown: bool| {
        let of_kind: Vec<&str> = duels
            .iter()
            .filter(|duel| duel.is_shown() == shown)
            .map(|Duel { other, .. }| contenders[*other].name.as_str())
            .collect();
        of_kind.join(", ")
    };
    match (names(true), names(false)) {
        (better, open) if better.is_empty() => {
            format!("{best} is highest on average, but there is no difference to {open} that these data can show.")
        }
        (better, open) if open.is_empty() => format!("{best} is better than {better}: chance would hardly show that."),
        (better, _) => format!(
            "{best} is better than {better}: chance would hardly show that. Of the lead over {} these data cannot show that it is more than chance; more seeds might.",
            leads(contenders, duels)
        ),
    }
}

/// Whom the best leads by how much where that may be chance: a lead that is larger than a shown one can be among them.
fn leads(contenders: &[Contender], duels: &[Duel]) -> String {
    let open = duels.iter().filter(|duel| !duel.is_shown());
    let lead = |duel: &Duel| format!("{} ({:.1} points)", contenders[duel.other].name, duel.difference * 100.0);
    open.map(lead).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_that_may_be_chance_is_told_with_its_size_beside_one_that_is_shown() {
        let contender = |name: &str| Contender { name: name.to_owned(), scores: vec![Some(0.8); 3] };
        let contenders = ["30 epochs", "15 epochs", "5 epochs"].map(contender);
        let duel = |other: usize, difference: f64, p: f64| Duel { other, difference, range: None, p: Some(p) };
        let ranking = Ranking { best: 0, duels: vec![duel(1, 0.03, 0.01), duel(2, 0.086, 0.06)] };
        let said = of_ranking(&contenders, Some(&ranking));
        assert!(said.contains("better than 15 epochs: chance would hardly"), "{said}");
        assert!(said.contains("the lead over 5 epochs (8.6 points) these data cannot show"), "{said}");
    }

    #[test]
    fn shares_become_fractions_that_people_can_picture() {
        let cases = [
            (0.0, "no case"),
            (0.125, "one case out of eight"),
            (0.5, "one case out of two"),
            (0.36, "one case out of three"),
            (0.72, "seven cases out of ten"),
            (0.97, "nearly every case"),
            (1.0, "every case"),
            (0.004, "one case out of 250"),
        ];
        for (share, expected) in cases {
            assert_eq!(one_in(share), expected, "{share}");
        }
    }

    #[test]
    fn the_mistake_that_is_made_most_is_named() {
        let labels = ["ffp2", "op_mask", "none"].map(str::to_owned).to_vec();
        let confusion = ConfusionMatrix { labels, counts: vec![vec![14, 2, 0], vec![1, 99, 0], vec![0, 0, 5]] };
        assert_eq!(
            of_confusion(&confusion),
            "It confuses ffp2 with op_mask in one case out of eight (2 pictures); no other mistake is more common."
        );
        assert!(
            of_classes(&confusion)
                .starts_with("ffp2 is recognised least: it is missed in one case out of eight. With only 16")
        );
        let right = ConfusionMatrix { counts: vec![vec![3, 0, 0], vec![0; 3], vec![0; 3]], ..confusion.clone() };
        assert_eq!(of_confusion(&right), "It makes no mistake on these pictures.");
        assert_eq!(of_confusion(&ConfusionMatrix::new(confusion.labels)), "No picture was checked.");
    }
}
