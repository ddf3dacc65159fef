//! Nobody but this process has anything to do with its memory, in which keys are for a while.

/// From here on no core dump of this process is written, and nobody but the superuser may read its memory
/// or trace it. Where that cannot be had, things are as they are for any other program.
#[cfg(unix)]
pub(super) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    hide();
}

#[cfg(not(unix))]
pub(super) const fn forbid() {}

/// The limit does not hold for dumps that go into a pipe, as those of systemd-coredump do; this does.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn hide() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    if !super::fault::rehearse_reading() {
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
const fn hide() {}
