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

/// Takes pieces of work out of what `produce` makes, has `jobs` threads do them, and hands what `work` makes
/// of them to `take`, in order.
///
/// Each thread takes the next piece out by itself, one thread at a time: what is read by the core that works
/// on it need not go from one to another, and nobody has to be woken for it. Nobody waits for the next piece
/// once `take` has enough: it may be one that never comes.
pub(super) fn run<G, R>(
    jobs: usize,
    produce: impl FnOnce(&mut dyn FnMut(G) -> ControlFlow<()>) + Send + 'static,
    work: impl Fn(G::Item) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) where
    G: Iterator + Send + 'static,
    R: Send + 'static,
{
    let workers = if jobs > 1 { jobs } else { 0 };
    let (hand_out, given) = mpsc::sync_channel::<G>(workers);
    let (promise, promised) = mpsc::sync_channel::<Receiver<R>>(AHEAD * workers);
    let work = Arc::new(work);
    let desk = Arc::new(Mutex::new(WorkQueue { given, open: None, promise: Some(promise) }));
    let started = (0..workers).filter(|_| {
        let (work, desk) = (Arc::clone(&work), Arc::clone(&desk));
        thread::Builder::new().spawn(move || toil(&desk, &*work)).is_ok()
    });
    let started = started.count();
    drop(desk);

    let produce = Arc::new(Mutex::new(Some(produce)));
    let producer = {
        let produce = Arc::clone(&produce);
        let run = move || {
            let produce = produce.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut hand_on = |work| match hand_out.send(work) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            if let Some(produce) = produce {
                produce(&mut hand_on);
            }
        };
        (started > 0).then(|| thread::Builder::new().spawn(run))
    };
    // With no thread but this one, or none to be had.
    if !matches!(producer, Some(Ok(_))) {
        let produce = produce.lock().unwrap_or_else(PoisonError::into_inner).take();
        return produce.into_iter().for_each(|produce| {
            produce(&mut |mut pieces| pieces.try_for_each(|piece| take(work(piece))));
        });
    }
    for answered in promised {
        let Ok(result) = answered.recv() else { return };
        if take(result).is_break() {
            return;
        }
    }
}

/// Where a thread gets its next piece of work.
struct WorkQueue<G, R> {
    given: Receiver<G>,
    /// What pieces are taken out of.
    open: Option<G>,
    /// Where it says that a result is to come; `None` once there is no next piece, or nobody is interested.
    promise: Option<SyncSender<Receiver<R>>>,
}

impl<G: Iterator, R> WorkQueue<G, R> {
    /// The next piece of work, and where its result goes.
    fn next(&mut self) -> Option<(G::Item, SyncSender<R>)> {
        let piece = loop {
            if let Some(piece) = self.open.as_mut().and_then(Iterator::next) {
                break piece;
            }
            self.open = Some(self.given.recv().ok()?);
        };
        let (answer, answered) = mpsc::sync_channel(1);
        self.promise.as_ref()?.send(answered).ok()?;
        Some((piece, answer))
    }
}

/// What a thread does: the next piece, until there is none.
fn toil<G: Iterator, R>(desk: &Mutex<WorkQueue<G, R>>, work: &impl Fn(G::Item) -> R) {
    loop {
        let next = {
            let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
            let next = desk.next();
            if next.is_none() {
                desk.promise = None;
            }
            next
        };
        let Some((piece, answer)) = next else { return };
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
                    for hundred in 0..10_u64 {
                        assert!(hand_on(hundred * 100..(hundred + 1) * 100).is_continue());
                        assert!(hand_on(0..0).is_continue());
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
                        if hand_on(Some(()).into_iter()).is_break() {
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
                    let _ = hand_on(Some(()).into_iter());
                }
                // As a walk waits for a disk that stays away.
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

    #[test]
    fn nobody_waits_for_a_piece_that_never_comes() {
        let (_open, never) = mpsc::channel::<()>();
        let mut taken = 0;
        run(
            2,
            move |hand_on| {
                // As a reader waits whose writer stays away.
                let pieces = (0..4).map(move |number| if number < 3 { Ok(()) } else { never.recv() });
                let _ = hand_on(pieces);
            },
            |_| (),
            |()| {
                taken += 1;
                if taken == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(taken, 3);
    }
}
