//! Faults of this program itself: what is said when it panics. A panic's message may hold pieces of
//! the input (a slice out of bounds prints the string), so only the place is printed.

use std::io::Write;

use crate::VERSION;
use crate::cli::progress;

/// From here on a panic, in whatever thread, prints where it happened and the version, and ends the
/// process with exit code 4.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(|panic| {
        progress::clear();
        let mut stderr = std::io::stderr();
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        let _ = writeln!(
            stderr,
            "apicert: internal fault{place}, version {VERSION}; please report this line, and nothing of the input"
        );
        end();
    }));
}

#[allow(clippy::exit, reason = "a panic of any thread ends the process, with the code that says so")]
fn end() -> ! {
    std::process::exit(crate::cli::Exit::Fault as i32)
}

/// Lets the tests see a panic whose message holds the input. Builds for release know nothing of it.
#[cfg(debug_assertions)]
#[allow(clippy::panic, reason = "that is what it is for")]
pub(super) fn rehearse(input: &[u8]) {
    let fault = || panic!("{}", String::from_utf8_lossy(input));
    match std::env::var("APICERT_REHEARSE_FAULT").as_deref() {
        Ok("main") => fault(),
        Ok("thread") => std::thread::scope(|scope| {
            scope.spawn(fault);
        }),
        _ => {}
    }
}

#[cfg(not(debug_assertions))]
pub(super) const fn rehearse(_: &[u8]) {}

/// Lets the tests read the memory of this process without being the superuser. Builds for release know
/// nothing of it.
#[cfg(all(debug_assertions, any(target_os = "linux", target_os = "android")))]
pub(super) fn rehearse_reading() -> bool {
    std::env::var("APICERT_REHEARSE_FAULT").as_deref() == Ok("reading")
}

#[cfg(all(not(debug_assertions), any(target_os = "linux", target_os = "android")))]
pub(super) const fn rehearse_reading() -> bool {
    false
}
