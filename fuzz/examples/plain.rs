//! Runs the targets without libFuzzer: over their seeds, then over seeds that are damaged at random
//! but always alike. For where there is no C++ compiler, and to try an input:
//!
//! ```text
//! plain [--seconds N] [TARGET…]
//! plain --input FILE TARGET…
//! ```
//!
//! In a build for release no run of `lint` may take more than a second of the processor.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use apicert_fuzz::material::{MOST, Random};
use apicert_fuzz::{TARGETS, Target};
use rustix::time::{ClockId, clock_gettime};

fn main() -> ExitCode {
    let mut seconds = 5;
    let mut wanted = Vec::new();
    let mut inputs = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(seconds),
            "--input" => inputs.extend(arguments.next()),
            "--seeds" => return write_seeds(&arguments.next().unwrap_or_default()),
            _ => wanted.push(argument),
        }
    }
    let targets: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| wanted.is_empty() || wanted.iter().any(|name| name == target.name))
        .collect();
    if targets.is_empty() {
        eprintln!("there is no such target");
        return ExitCode::FAILURE;
    }
    for target in targets {
        if inputs.is_empty() {
            if !fuzz(target, Duration::from_secs(seconds)) {
                return ExitCode::FAILURE;
            }
            continue;
        }
        for path in &inputs {
            let input = std::fs::read(path).expect("the input can be read");
            let start = Instant::now();
            (target.run)(&input);
            println!("{}: {path}, {} ms", target.name, start.elapsed().as_millis());
        }
    }
    ExitCode::SUCCESS
}

/// Writes the seeds of every target below a folder, for libFuzzer.
fn write_seeds(folder: &str) -> ExitCode {
    for target in TARGETS {
        let folder = Path::new(folder).join(target.name);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (number, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("{number:04}")), seed).expect("the seed can be written");
        }
    }
    ExitCode::SUCCESS
}

/// All seeds, and then damaged ones until the time is up. Says whether all went well.
fn fuzz(target: &Target, time: Duration) -> bool {
    let start = Instant::now();
    let seeds = (target.seeds)();
    let mut random = Random(0);
    let mut count = 0_usize;
    let (mut longest, mut longest_input) = (Duration::ZERO, 0);
    loop {
        let input = match seeds.get(count) {
            Some(seed) => seed.clone(),
            None if start.elapsed() >= time => break,
            None => damaged(&seeds, &mut random),
        };
        let before = processor_time();
        let went_well = catch_unwind(AssertUnwindSafe(|| (target.run)(&input))).is_ok();
        let taken = processor_time().saturating_sub(before);
        if taken > longest {
            (longest, longest_input) = (taken, input.len());
        }
        let is_slow = !cfg!(debug_assertions) && target.name == "lint" && taken > BOUND;
        if is_slow {
            eprintln!("{}: {} bytes took {} ms", target.name, input.len(), taken.as_millis());
        }
        if !went_well || is_slow {
            let path = format!("{}-{count}.input", target.name);
            std::fs::write(&path, &input).expect("the input can be written");
            eprintln!("{}: run {count} failed; its input is in {path}", target.name);
            return false;
        }
        count += 1;
    }
    println!(
        "{}: {count} runs, {} of them seeds, no failure; the longest took {} ms for {longest_input} bytes",
        target.name,
        seeds.len(),
        longest.as_millis()
    );
    true
}

/// What a run of `lint` may take. Inputs have 1 MB at most.
const BOUND: Duration = Duration::from_secs(1);

/// The time that this thread has had the processor: what others do on the machine does not count.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn damaged(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(input.len() + 1);
        match random.below(6) {
            0 => input.insert(at, random.next().to_le_bytes()[0]),
            1 if at < input.len() => input[at] ^= 1 << random.below(8),
            2 if at < input.len() => drop(input.remove(at)),
            3 => input.truncate(at),
            4 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let odd: [&[u8]; 6] = [b"-----", b"\\n", b"\"", b"\n", b"\xef\xbb\xbf", b"="];
                let inserted = odd[random.below(odd.len())];
                input.splice(at..at, inserted.iter().copied()).for_each(drop);
            }
        }
    }
    input.truncate(MOST);
    input
}
