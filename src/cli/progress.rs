//! How far a long run has come: one line on a terminal, above which everything else is printed.
//!
//! Those who judge count; one thread looks at the counts some times a second, and only when somebody is
//! to see them. No name of a file is shown, and nothing of what is read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::signals;

/// What ends sooner is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is drawn, and how long one waits for it to go.
const MOMENT: Duration = Duration::from_millis(100);

/// With ASCII alone, which every terminal shows.
const KNOWN: &str = "[{bar:30}] {percent}%, {bodies}, {eta} left";
const UNKNOWN: &str = "{bodies}, {elapsed}";

static BODIES: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// The line, which is hidden until there is something to show.
static LINE: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// So many bodies were judged, which are so long.
pub(super) fn count(bodies: usize, bytes: usize) {
    BODIES.fetch_add(bodies as u64, Ordering::Relaxed);
    BYTES.fetch_add(bytes as u64, Ordering::Relaxed);
}

/// Shows how far the run has come, until the value is dropped. `length` says how many bytes there are to
/// read, if that is known. To be called before any other thread is started.
pub(super) fn show(length: impl FnOnce() -> Option<u64> + Send + 'static) -> Shown {
    // So that the line goes before the process does.
    signals::watch();
    let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let (end, ended) = mpsc::sync_channel(0);
    *LINE.lock().unwrap_or_else(PoisonError::into_inner) = Some(line.clone());
    let drawer = thread::Builder::new().spawn(move || draw(&line, length, &ended)).ok();
    Shown { end: Some(end), drawer }
}

/// That there is such a line, or may be.
pub(super) struct Shown {
    /// It is taken when there is nothing more to show.
    end: Option<SyncSender<()>>,
    drawer: Option<JoinHandle<()>>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.end = None;
        if let Some(drawer) = self.drawer.take() {
            let _ = drawer.join();
        }
        *LINE.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Prints something on what may be the same terminal: the line makes room for it.
pub(super) fn above<T>(print: impl FnOnce() -> T) -> T {
    match line() {
        Some(line) => line.suspend(print),
        None => print(),
    }
}

/// Takes the line away because the process is about to end. It is not waited for long: whoever draws
/// may be stuck.
pub(super) fn clear() {
    let Some(line) = LINE.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    let (done, gone) = mpsc::sync_channel(1);
    let remover = thread::Builder::new().spawn(move || {
        line.finish_and_clear();
        let _ = done.send(());
    });
    if remover.is_ok() {
        let _ = gone.recv_timeout(MOMENT);
    }
}

fn line() -> Option<ProgressBar> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn draw(line: &ProgressBar, length: impl FnOnce() -> Option<u64>, ended: &Receiver<()>) {
    let mut length = Some(length);
    let mut wait = PATIENCE;
    while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        wait = MOMENT;
        // Whoever is to give us the first body may be asking for a password on this terminal.
        if BODIES.load(Ordering::Relaxed) == 0 {
            continue;
        }
        if let Some(length) = length.take().map(|length| length()) {
            line.set_style(style(if length.is_some() { KNOWN } else { UNKNOWN }));
            if let Some(length) = length {
                line.set_length(length);
            }
            line.set_draw_target(ProgressDrawTarget::stderr());
        }
        line.set_position(BYTES.load(Ordering::Relaxed));
    }
    line.finish_and_clear();
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
        .with_key("bodies", |_: &indicatif::ProgressState, to: &mut dyn std::fmt::Write| {
            let bodies = BODIES.load(Ordering::Relaxed);
            let noun = if bodies == 1 { "body" } else { "bodies" };
            // What cannot be written into memory is left out.
            let _ = write!(to, "{} {noun}", HumanCount(bodies));
        })
}
