//! A pool of worker threads that returns results in the order of the tasks.
//!
//! The number of tasks in flight is bounded, so the memory use does not depend on the length of the input. A
//! thread that panics ends the process (`panic_hook`).

use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The number of tasks per worker that are in flight: queued, running, or done and not yet taken.
const AHEAD: usize = 4;

/// A task, and where its result goes.
type Task<T, R> = (T, SyncSender<R>);

/// Runs `work` in `jobs` threads on each task that `produce` hands on, and passes the results to `take` in the
/// order of the tasks.
///
/// Returns as soon as `take` breaks. The threads are not joined: `produce` may wait for input that never comes.
pub(super) fn run<T, R, P>(
    jobs: usize,
    produce: P,
    work: impl Fn(T) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) where
    T: Send + 'static,
    R: Send + 'static,
    P: FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send + 'static,
{
    if jobs <= 1 {
        return produce(&mut |task| take(work(task)));
    }
    let work = Arc::new(work);
    let (queue, queued) = mpsc::channel::<Task<T, R>>();
    let queued = Arc::new(Mutex::new(queued));
    // The results to come, in the order of the tasks. This bound limits the queue, too.
    let (announce, announced) = mpsc::sync_channel::<Receiver<R>>(AHEAD * jobs);
    let (start, started) = mpsc::sync_channel::<P>(1);

    let workers = (0..jobs).filter(|_| {
        let (queued, work) = (Arc::clone(&queued), Arc::clone(&work));
        thread::Builder::new().spawn(move || run_tasks(&queued, &*work)).is_ok()
    });
    let workers = workers.count();
    let producer = thread::Builder::new().spawn(move || {
        let Ok(produce) = started.recv() else { return };
        produce(&mut |task| {
            let (send, receive) = mpsc::sync_channel(1);
            match announce.send(receive) {
                Ok(()) if queue.send((task, send)).is_ok() => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        });
    });
    // The system may refuse to start threads.
    if workers == 0 || producer.is_err() {
        return produce(&mut |task| take(work(task)));
    }
    // The producer waits for this.
    let _ = start.send(produce);
    for result in announced {
        let Ok(result) = result.recv() else { return };
        if take(result).is_break() {
            return;
        }
    }
}

/// Runs tasks until there are no more, or nobody takes the results.
fn run_tasks<T, R>(queued: &Mutex<Receiver<Task<T, R>>>, work: &impl Fn(T) -> R) {
    loop {
        let next = queued.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((task, result)) = next else { return };
        if result.send(work(task)).is_err() {
            return;
        }
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
                    assert!(ahead <= AHEAD * jobs + 2, "{ahead} ahead with {jobs}");
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
}
