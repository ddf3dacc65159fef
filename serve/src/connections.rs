//! Connections and their bounds. HTTP itself is hyper's.
//!
//! A connection serves one request: so no buffer that held a private key is kept for a next one.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many connections are served at the same time. Others wait.
const MAX_CONNECTIONS: usize = 128;
/// The most bytes of a request line and headers.
const MAX_HEADERS: usize = 16 * 1024;
/// How long request line and headers may take.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may take in all.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);
/// How long and how much is read of what a client goes on sending after the answer, so that it gets to read it.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 4 * 1024 * 1024;
/// How long answers under way may take once the program is to end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves connections until `end` is ready, and then the answers under way.
pub(crate) async fn serve(listener: TcpListener, routes: Router, end: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut end = pin!(end);
    loop {
        let accept = async {
            // The semaphore is never closed.
            let slot = slots.clone().acquire_owned().await.ok();
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accept => accepted,
            () = &mut end => break,
        };
        let Ok((stream, _)) = accepted else {
            // No file descriptor is left, for example.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let (routes, stopping) = (routes.clone(), stopping.clone());
        connections.spawn(async move {
            let _slot = slot;
            let _ = timeout(CONNECTION_TIMEOUT, serve_one(stream, routes, stopping)).await;
        });
    }
    drop(listener);
    let _ = stop.send(true);
    let _ = timeout(SHUTDOWN_TIMEOUT, async { while connections.join_next().await.is_some() {} }).await;
}

async fn serve_one(stream: TcpStream, routes: Router, mut stopping: watch::Receiver<bool>) {
    let service = TowerToHyperService::new(routes);
    let mut connection = http1::Builder::new()
        .keep_alive(false)
        .max_header_size(MAX_HEADERS)
        .max_buf_size(2 * MAX_HEADERS)
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut is_stopping = false;
    let served = loop {
        let served = tokio::select! {
            served = poll_fn(|context| connection.poll_without_shutdown(context)) => Some(served),
            _ = stopping.wait_for(|stop| *stop), if !is_stopping => None,
        };
        match served {
            Some(served) => break served,
            None => Pin::new(&mut connection).graceful_shutdown(),
        }
        is_stopping = true;
    };
    if served.is_ok() {
        let stream = connection.into_parts().io.into_inner();
        let _ = timeout(LINGER, linger(stream)).await;
    }
}

/// Closes a connection in a way that lets the client read the answer: one that is still sending would otherwise be
/// told that the connection was reset.
async fn linger(mut stream: TcpStream) -> std::io::Result<()> {
    stream.shutdown().await?;
    let mut unread = vec![0; 8 * 1024];
    let mut total = 0;
    while total < LINGER_BYTES {
        match stream.read(&mut unread).await? {
            0 => break,
            count => total += count,
        }
    }
    Ok(())
}
