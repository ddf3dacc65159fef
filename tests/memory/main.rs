//! No private key is left in memory once its body is judged: another process looks.
//!
//! A process that searched its own memory would find what it searches for. So each case is a process of
//! its own, which is given a body, does its work and waits; this one reads its memory
//! (`/proc/PID/mem`) and looks for the key: the base64 text, the DER, and each private number in both
//! orders of its bytes and as limbs, in windows of sixteen. That it would find them is shown with
//! processes that keep them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::use_debug,
    clippy::format_collect,
    clippy::struct_field_names,
    clippy::too_many_lines,
    missing_docs,
    reason = "a test that panics has failed, which is what it is for; and it is a program of its own, which prints"
)]

#[cfg(target_os = "linux")]
mod bodies;
#[cfg(target_os = "linux")]
mod cases;
#[cfg(target_os = "linux")]
mod keys;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod search;

#[cfg(target_os = "linux")]
fn main() {
    match std::env::var("APICERT_MEMORY_ROLE") {
        Ok(role) => process::play(&role),
        Err(_) => cases::run(),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("memory: read on Linux alone");
}
