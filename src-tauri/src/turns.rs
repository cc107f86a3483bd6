//! Whose turn it is to decode a picture. A few at a time, because thirty decoded photos would not fit into
//! memory; thumbnails apart from the picture that somebody waits for, and after it; and the latest first, because
//! what was asked for last is what is in sight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

/// A lane with room for some at a time.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Mutex<Lane>>);

struct Lane {
    places: usize,
    free: usize,
    /// Whether somebody has a place.
    busy: watch::Sender<bool>,
    waiting: Vec<oneshot::Sender<Turn>>,
}

/// A place in the lane, until it is dropped.
pub(crate) struct Turn(Turns);

impl Turns {
    /// A lane for `places` (at least one) at a time.
    pub(crate) fn new(places: usize) -> Self {
        let busy = watch::Sender::new(false);
        Self(Arc::new(Mutex::new(Lane { places: places.max(1), free: places.max(1), busy, waiting: Vec::new() })))
    }

    /// Waits until nobody has a place.
    pub(crate) async fn idle(&self) {
        let mut busy = self.lane().busy.subscribe();
        // The lane is there as long as `self` is.
        let _ = busy.wait_for(|busy| !busy).await;
    }

    /// Waits for a place; whoever came last gets the next one.
    pub(crate) async fn take(&self) -> Turn {
        let waiting = {
            let mut lane = self.lane();
            if lane.free > 0 {
                lane.free -= 1;
                lane.busy.send_replace(true);
                return Turn(self.clone());
            }
            let (sender, receiver) = oneshot::channel();
            lane.waiting.push(sender);
            receiver
        };
        waiting.await.expect("a lane that somebody waits in hands every place on")
    }

    fn lane(&self) -> MutexGuard<'_, Lane> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut lane = self.0.lane();
            let next = lane.waiting.pop();
            if next.is_none() {
                lane.free += 1;
                if lane.free == lane.places {
                    lane.busy.send_replace(false);
                }
            }
            next
        };
        // One who no longer waits hands the place on by dropping it again.
        if let Some(next) = next {
            let _ = next.send(Turn(self.0.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_is_idle_when_the_last_place_is_given_back() {
        let turns = Turns::new(2);
        turns.idle().await;
        let (first, second) = (turns.take().await, turns.take().await);
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.idle().await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(second);
        waiting.await.expect("the lane is idle");
    }

    #[tokio::test]
    async fn the_one_who_came_last_is_next_and_who_went_away_is_passed_over() {
        let turns = Turns::new(1);
        let first = turns.take().await;
        let (order, mut served) = tokio::sync::mpsc::unbounded_channel();
        let wait = |name: &'static str| {
            let (turns, order) = (turns.clone(), order.clone());
            tokio::spawn(async move {
                let _turn = turns.take().await;
                let _ = order.send(name);
            })
        };
        let mut tasks = Vec::new();
        for (place, name) in ["early", "gone", "late"].into_iter().enumerate() {
            tasks.push(wait(name));
            while turns.lane().waiting.len() <= place {
                tokio::task::yield_now().await;
            }
        }
        tasks[1].abort();
        let _ = (&mut tasks[1]).await;
        drop(first);
        assert_eq!((served.recv().await, served.recv().await), (Some("late"), Some("early")));
        while turns.lane().free == 0 {
            tokio::task::yield_now().await;
        }
    }
}
