//! How far a job is.

use std::time::{Duration, Instant};

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Items done.
    pub done: usize,
    /// Items in all.
    pub total: usize,
    /// Estimated seconds until the end, once there is something to estimate from.
    pub seconds_left: Option<f64>,
    /// What is being worked on: a file name, or empty.
    pub current: String,
}

/// Tells a listener how far a job is, at most twenty times a second, and always at the end.
pub struct Meter<'a> {
    report: &'a mut dyn FnMut(Progress),
    total: usize,
    done: usize,
    started: Instant,
    last: Option<Instant>,
}

impl<'a> Meter<'a> {
    const INTERVAL: Duration = Duration::from_millis(50);

    /// Begins a job of `total` items, and says so.
    pub fn new(total: usize, report: &'a mut dyn FnMut(Progress)) -> Self {
        let mut meter = Self { report, total, done: 0, started: Instant::now(), last: None };
        meter.tell("");
        meter
    }

    /// One more item is done.
    pub fn step(&mut self, current: &str) {
        self.advance(1, current);
    }

    /// So many more items are done.
    pub fn advance(&mut self, items: usize, current: &str) {
        self.done += items;
        let due = self.last.is_none_or(|last| last.elapsed() >= Self::INTERVAL);
        if due || self.done == self.total {
            self.tell(current);
        }
    }

    /// So many items are done by now.
    pub fn reach(&mut self, done: usize, current: &str) {
        self.done = done.saturating_sub(1);
        self.step(current);
    }

    fn tell(&mut self, current: &str) {
        self.last = Some(Instant::now());
        let each = self.started.elapsed().as_secs_f64() / self.done.max(1) as f64;
        let left = self.total.saturating_sub(self.done) as f64;
        (self.report)(Progress {
            done: self.done,
            total: self.total,
            seconds_left: (self.done > 0).then_some(each * left),
            current: current.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_item_are_always_told() {
        let mut told = Vec::new();
        let mut report = |p: Progress| told.push(p.done);
        let mut meter = Meter::new(1000, &mut report);
        (0..1000).for_each(|_| meter.step("x"));
        assert_eq!((told[0], told[told.len() - 1]), (0, 1000));
        assert!(told.len() < 1000, "a fast job must not flood its listener");
    }
}
