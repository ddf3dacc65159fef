//! `apicert-serve` answers the certificate calls of ROMA Connect and API Gateway on this machine, so that their clients
//! can be tested. It judges request bodies by the library `apicert` and has no rules of its own.
//!
//! Everything that is freed is wiped first: the buffers of an HTTP library are not ours to wipe one by one.

mod answer;
mod args;
mod connections;
mod guard;
mod journal;
mod page;
mod service;
mod store;

use std::alloc::System;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use axum::routing::get;
use axum::{Router, middleware};
use clap::Parser as _;
use tokio::net::TcpListener;
use zeroizing_alloc::ZeroAlloc;

use crate::answer::Failure;
use crate::args::Args;
use crate::guard::Guard;
use crate::journal::Journal;
use crate::service::Stand;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    hide_memory();
    // The message of a panic may tell something of a body.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        complain(&format!("internal error at {place}"));
    }));
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return usage_error(&args::describe(&error)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(service::MAX_JUDGED)
        .enable_all()
        .build();
    match runtime.and_then(|runtime| runtime.block_on(run(&args))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => usage_error(&error.to_string()),
    }
}

/// Listens, and says where, until the program is asked to end.
async fn run(args: &Args) -> io::Result<()> {
    if !args.allow_remote && !args.listen.ip().is_loopback() {
        let message = "--listen: other machines can reach this address; use 127.0.0.1, or add --allow-remote";
        return Err(io::Error::other(message));
    }
    let journal = args.journal.as_deref().map(Journal::open).transpose();
    let journal = journal.map_err(|error| io::Error::other(format!("--journal: {}", error.kind())))?;
    let end = end()?;
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.map_err(|error| io::Error::other(format!("--listen: {}", error.kind())))?;
    let address = listener.local_addr()?;
    let guard = Guard { address, allow_remote: args.allow_remote, journal };
    let mut out = io::stdout();
    writeln!(out, "listening on http://{address}")?;
    out.flush()?;
    connections::serve(listener, routes(args, guard), end).await;
    Ok(())
}

fn routes(args: &Args, guard: Guard) -> Router {
    let mut routes = page::routes().route("/healthz", get(async || "ok\n"));
    for &service in args.service.list() {
        routes = routes.merge(service::routes(service));
    }
    routes
        .fallback(async || Failure::no_route())
        .layer(middleware::from_fn_with_state(Arc::new(guard), guard::guard))
        .with_state(Arc::new(Stand::new(args)))
}

/// Is ready when the program is asked to end.
#[cfg(unix)]
fn end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Writes no core dumps, and lets nobody but the superuser read the memory of this process.
fn hide_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

fn usage_error(message: &str) -> ExitCode {
    complain(&format!("error: {message}"));
    ExitCode::from(2)
}

fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}
