//! One list of items, several workers.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use bauta_domain::ports::CancelToken;

/// Does `work` on every item on as many threads as there are workers, and hands the results over as they come.
/// Items differ in size, so they are taken one by one. Stops early when `cancel` says so or `each` fails.
///
/// # Errors
/// When `each` fails.
pub(crate) fn for_each<T: Sync, W: Send, R: Send, E>(
    items: &[T],
    workers: Vec<W>,
    work: &(dyn Fn(&mut W, &T) -> R + Sync),
    cancel: &CancelToken,
    each: &mut dyn FnMut(usize, R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let stop = CancelToken::default();
    std::thread::scope(|scope| {
        // Bounded: a slow listener slows the workers down instead of filling the memory.
        let (sender, receiver) = mpsc::sync_channel::<(usize, R)>(workers.len() * 2);
        for mut worker in workers {
            let (sender, next, stop) = (sender.clone(), &next, &stop);
            scope.spawn(move || {
                while !cancel.is_cancelled() && !stop.is_cancelled() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(&mut worker, item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        // By value: workers that wait to send must wake up when it ends early.
        for (index, result) in receiver {
            if let Err(error) = each(index, result) {
                stop.cancel();
                return Err(error);
            }
        }
        Ok(())
    })
}
