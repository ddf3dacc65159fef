//! Nobody but this process has anything to do with its memory, in which keys are for a while.

/// From here on no core dump of this process is written, and nobody but the superuser may read its memory
/// or trace it. Where that cannot be had, things are as they are for any other program.
#[cfg(unix)]
pub(super) fn forbid() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    hide();
}

#[cfg(not(unix))]
pub(super) const fn forbid() {}

/// The limit does not hold for dumps that go into a pipe, as those of systemd-coredump do; this does.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn hide() {
    use rustix::process::DumpableBehavior::NotDumpable;
    if !crate::cli::panic_hook::rehearse_reading() {
        let _ = rustix::process::set_dumpable_behavior(NotDumpable);
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
const fn hide() {}
