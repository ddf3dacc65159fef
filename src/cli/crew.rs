//! Work shared out among threads, with the results in the order of the work.
//!
//! So much is under way at a time and no more, whatever the length of the input. A thread that panics
//! ends the process (`fault`).

use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Pieces of work, for each thread, that are under way or done and not yet taken.
const AHEAD: usize = 4;

/// Hands what `produce` makes to `jobs` threads, and what `work` makes of it to `take`, in order.
/// Nobody waits for `produce` once `take` has enough: it may be waiting for input that never comes.
pub(super) fn run<W: Send + 'static, R: Send + 'static>(
    jobs: usize,
    produce: impl FnOnce(&mut dyn FnMut(W) -> ControlFlow<()>) + Send + 'static,
    work: impl Fn(W) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) {
    let (hand_out, given) = mpsc::sync_channel::<(W, SyncSender<R>)>(jobs);
    let work = Arc::new(work);
    let given = Arc::new(Mutex::new(given));
    let workers = if jobs > 1 { jobs } else { 0 };
    let started = (0..workers).filter(|_| {
        let (work, given) = (Arc::clone(&work), Arc::clone(&given));
        thread::Builder::new().spawn(move || toil(&given, &*work)).is_ok()
    });
    let started = started.count();
    drop(given);

    // With no thread but this one, or none to be had.
    if started == 0 {
        return produce(&mut |piece| take(work(piece)));
    }
    let (promise, promised) = mpsc::sync_channel::<Receiver<R>>(AHEAD * started);
    let produce = Arc::new(Mutex::new(Some(produce)));
    let producer = {
        let produce = Arc::clone(&produce);
        thread::Builder::new().spawn(move || {
            let produce = produce.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut hand_on = |piece| {
                let (answer, answered) = mpsc::sync_channel(1);
                let is_taken = promise.send(answered).is_ok() && hand_out.send((piece, answer)).is_ok();
                if is_taken { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            if let Some(produce) = produce {
                produce(&mut hand_on);
            }
        })
    };
    if producer.is_err() {
        let produce = produce.lock().unwrap_or_else(PoisonError::into_inner).take();
        return produce.into_iter().for_each(|produce| produce(&mut |piece| take(work(piece))));
    }
    for answered in promised {
        let Ok(result) = answered.recv() else { return };
        if take(result).is_break() {
            return;
        }
    }
}

/// What a thread does: the next piece, until there is none.
fn toil<W, R>(given: &Mutex<Receiver<(W, SyncSender<R>)>>, work: &impl Fn(W) -> R) {
    loop {
        let next = given.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((piece, answer)) = next else { return };
        // Nobody may be interested any more.
        let _ = answer.send(work(piece));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_work() {
        for jobs in [1, 2, 7] {
            let mut taken = Vec::new();
            run(
                jobs,
                |hand_on| {
                    for number in 0..1000_u64 {
                        assert!(hand_on(number).is_continue());
                    }
                },
                |number| {
                    if number % 7 == 0 {
                        thread::sleep(Duration::from_micros(number % 50));
                    }
                    number * 2
                },
                |number| {
                    taken.push(number);
                    ControlFlow::Continue(())
                },
            );
            assert!(taken.iter().copied().eq((0..1000).map(|number| number * 2)), "{jobs}");
        }
    }

    #[test]
    fn only_so_much_is_under_way() {
        for jobs in [1, 2, 5] {
            let made = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&made);
            let mut taken = 0;
            run(
                jobs,
                move |hand_on| {
                    for _ in 0..300 {
                        counted.fetch_add(1, Ordering::SeqCst);
                        if hand_on(()).is_break() {
                            return;
                        }
                    }
                },
                |()| (),
                |()| {
                    taken += 1;
                    thread::sleep(Duration::from_micros(100));
                    let ahead = made.load(Ordering::SeqCst) - taken;
                    assert!(ahead <= (AHEAD + 2) * jobs + 3, "{ahead} ahead with {jobs}");
                    ControlFlow::Continue(())
                },
            );
            assert_eq!(taken, 300);
        }
    }

    #[test]
    fn nobody_waits_for_more_when_there_is_enough() {
        let (_open, never) = mpsc::channel::<()>();
        let mut taken = 0;
        run(
            2,
            move |hand_on| {
                for _ in 0..3 {
                    let _ = hand_on(());
                }
                // As a reader waits whose writer stays away.
                let _ = never.recv();
            },
            |()| (),
            |()| {
                taken += 1;
                if taken == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(taken, 3);
    }
}
