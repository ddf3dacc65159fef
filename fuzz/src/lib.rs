//! What the fuzz targets do. Each takes any bytes and panics when something is wrong; libFuzzer runs
//! them (`fuzz_targets/`), and so does a plain harness that needs nothing (`examples/plain.rs`).

pub mod bodies;
pub mod canary;
pub mod certificate;
pub mod containers;
pub mod fix;
pub mod key;
pub mod lint;
pub mod material;
pub mod output;
pub mod pem;
pub mod strict;

use std::sync::LazyLock;

use apicert::api::Service;
use apicert::settings::Settings;
use apicert::timestamp::Timestamp;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// A target: its name, what it does, and what it is fed with first.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target. Each has a file of its own in `fuzz_targets/`.
pub static TARGETS: &[Target] = &[
    Target { name: "lint", run: lint::run, seeds: material::bodies_and_long_ones },
    Target { name: "bodies", run: bodies::run, seeds: material::choices },
    Target { name: "pem", run: pem::run, seeds: material::pem_texts },
    Target { name: "key", run: key::run, seeds: material::keys },
    Target { name: "containers", run: containers::run, seeds: material::containers },
    Target { name: "certificate", run: certificate::run, seeds: material::certificates },
    Target { name: "fix", run: fix::run, seeds: material::bodies },
    Target { name: "output", run: output::run, seeds: material::bodies },
    Target { name: "canary", run: canary::run, seeds: material::choices },
];

static SETTINGS: LazyLock<[Settings; 2]> = LazyLock::new(|| {
    [Service::Roma, Service::Apig].map(|service| Settings {
        service,
        now: Timestamp::from_rfc3339("2026-07-01T00:00:00Z").expect("that is a time"),
        expiry_days: Some(30),
        domains: vec!["www.example.com".to_owned()],
        known_instances: vec!["f0fa1789-3b76-433b-a787-9892951c620e".to_owned()],
    })
});

/// How an input is judged. Whose rules apply goes by its length, so that inputs stay what they are.
#[must_use]
pub fn settings(input: &[u8]) -> &'static Settings {
    &SETTINGS[input.len() % 2]
}

/// How much memory may be taken beyond what was in use before: 64 MB, and the input; of an input of more than
/// 1 MiB, 29 times that (docs/assurance.md).
fn memory_bound(input: &[u8]) -> usize {
    let times = if input.len() <= 1 << 20 { 1 } else { 29 };
    (64 << 20) + times * input.len()
}

/// Does something with an input, within the bound on memory.
pub fn within_memory<T>(input: &[u8], act: impl FnOnce() -> T) -> T {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let done = act();
    let taken = MEMORY.peak_usage().saturating_sub(before);
    assert!(taken <= memory_bound(input), "{taken} bytes taken for an input of {}", input.len());
    done
}
