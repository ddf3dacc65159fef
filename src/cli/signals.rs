//! Ctrl-C while lines are written one after another, or while a file is replaced: no line is left unfinished, and no
//! temporary file is left behind.
//!
//! No handler is set, so what the caller has told signals to do (`nohup`, `&`) holds. They are held back
//! in all threads, and one thread waits for them; it lets them through between two writes.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while a piece of the result is written.
static WRITING: Mutex<()> = Mutex::new(());

/// No signal that can be held off ends the process while this is held.
pub(super) fn lock_output() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while a file takes the place of another.
static REPLACING: Mutex<()> = Mutex::new(());

/// No signal that can be held off ends the process while this is held, however long that takes.
pub(super) fn hold_off_to_the_end() -> MutexGuard<'static, ()> {
    REPLACING.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) use system::{ignore_file_size_limit, watch};

#[cfg(unix)]
mod system {
    use std::sync::{Once, PoisonError, TryLockError};
    use std::thread;
    use std::time::Duration;

    use nix::sys::signal::{SigSet, Signal, raise};

    use super::REPLACING;
    use super::WRITING;
    use crate::cli::progress;

    /// How long a write is waited for: the reader may have stopped reading for good.
    const PATIENCE: u32 = 100;
    const MOMENT: Duration = Duration::from_millis(10);

    /// From here on a write beyond the limit on the size of files (`ulimit -f`) is an error and does not end the
    /// process. The signal stays blocked in all threads. To be called before any other thread is started.
    pub(in crate::cli) fn ignore_file_size_limit() {
        let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
    }

    /// From here on signals that end the process do so between two writes. To be called before any other
    /// thread is started.
    pub(in crate::cli) fn watch() {
        static WATCHED: Once = Once::new();
        WATCHED.call_once(start);
    }

    fn start() {
        let signals: SigSet = [
            Signal::SIGINT,
            Signal::SIGTERM,
            Signal::SIGHUP,
            Signal::SIGQUIT,
            Signal::SIGALRM,
            Signal::SIGUSR1,
            Signal::SIGUSR2,
            Signal::SIGXCPU,
        ]
        .into_iter()
        .collect();
        if signals.thread_block().is_err() {
            return;
        }
        let watcher = thread::Builder::new().spawn(move || {
            while let Ok(signal) = signals.wait() {
                let_through(signal, signals);
            }
        });
        if watcher.is_err() {
            let _ = signals.thread_unblock();
        }
    }

    fn let_through(signal: Signal, signals: SigSet) {
        let _replaced = REPLACING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tries = 0;
        let _between_writes = loop {
            match WRITING.try_lock() {
                Ok(held) => break Some(held),
                Err(TryLockError::Poisoned(held)) => break Some(held.into_inner()),
                Err(TryLockError::WouldBlock) if tries == PATIENCE => break None,
                Err(TryLockError::WouldBlock) => {
                    tries += 1;
                    thread::sleep(MOMENT);
                }
            }
        };
        progress::clear();
        // The process ends here, unless it was started with this signal ignored.
        if signals.thread_unblock().is_ok() {
            let _ = raise(signal);
            let _ = signals.thread_block();
        }
    }
}

#[cfg(not(unix))]
mod system {
    /// Elsewhere the process ends where it stands.
    pub(in crate::cli) const fn watch() {}

    /// There is no such limit.
    pub(in crate::cli) const fn ignore_file_size_limit() {}
}
