//! What the process keeps: no key a second after the answer, and no more memory after many requests than after some.
//!
//! The memory of the process is read by another one, as in the test of the same name of apicert.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::expect_fun_call,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_collect,
    clippy::struct_field_names,
    clippy::too_many_lines,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    reason = "a test that panics has failed; and not all of the shared modules is used here"
)]

#[path = "../../../tests/memory/bodies.rs"]
mod bodies;
#[path = "../loopback/client.rs"]
mod client;
#[path = "../../../tests/memory/keys.rs"]
mod keys;
#[path = "../../../tests/memory/search.rs"]
mod search;

use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::client::{Answer, PROJECT, Server, good};
use crate::keys::Key;
use crate::search::Pieces;

/// A key that takes long texts, one in few bytes, and two that are computed with elsewhere.
const KEYS: [&str; 4] = ["rsa-2048.pkcs8", "p256.sec1", "sm2.sec1", "ed25519.pkcs8"];

fn paths() -> [(&'static str, String); 7] {
    let base = format!("/v2/{PROJECT}/apic");
    [
        ("POST", format!("{base}/certificates")),
        ("PUT", format!("{base}/certificates/0")),
        ("POST", format!("{base}/instances/0/api-groups/0/domains/0/certificate")),
        ("POST", format!("{base}/certificates/0/domains/attach")),
        ("POST", "/page/check?service=apig&call=create".to_owned()),
        ("POST", "/page/fix?service=roma&call=create&safety=unsafe".to_owned()),
        ("POST", "/nowhere".to_owned()),
    ]
}

#[test]
fn no_key_is_kept() {
    if !rustix::process::geteuid().is_root() {
        println!("SKIPPED: the memory of the process is for the superuser to read");
        return;
    }
    for name in KEYS {
        let key = Key::read(name);
        let pieces = Pieces::of(&key);
        let server = Server::start(&[]);
        let mut all = bodies::damaged(&key);
        all.push(("sound", bodies::sound(&key)));
        let paths = paths();
        for (number, (_, body)) in all.iter().enumerate() {
            // Each body to two of the paths, each path with many bodies.
            for (method, path) in [&paths[number % paths.len()], &paths[0]] {
                server.send(method, path, body.as_bytes());
            }
        }
        // A client that goes away in the middle.
        let body = bodies::sound(&key);
        let head = server.head("POST", &paths[0].1, body.len());
        let mut gone = server.connect();
        gone.write_all(format!("{head}\r\n{}", &body[..body.len() - 9]).as_bytes()).unwrap();
        sleep(Duration::from_millis(100));
        drop(gone);
        // While a request is under way, its body is there: this search would find it.
        let mut waiting = server.connect();
        waiting.write_all(format!("{head}\r\n{}", &body[..body.len() - 1]).as_bytes()).unwrap();
        sleep(Duration::from_millis(300));
        assert!(!pieces.search(server.child.id()).is_empty(), "{name}: the search finds nothing at all");
        waiting.write_all(&body.as_bytes()[body.len() - 1..]).unwrap();
        Answer::read(&mut waiting);
        drop(waiting);
        sleep(Duration::from_secs(1));
        let found = pieces.search(server.child.id());
        assert!(found.is_empty(), "{name}: {} places: {:?}", found.len(), &found[..found.len().min(6)]);
    }
}

#[test]
fn many_requests_take_no_more_memory_than_some() {
    let server = Server::start(&[]);
    let resident = || {
        let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_ascii_whitespace().nth(1).unwrap().parse::<usize>().unwrap()
    };
    let open_files = || fs::read_dir(format!("/proc/{}/fd", server.child.id())).unwrap().count();
    let idle_files = open_files();
    let broken = fs::read(client::fixtures().join("reference/request.json")).unwrap();
    let all = format!("/v2/{PROJECT}/apic/certificates");
    let load = |requests: usize| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < requests / 4 {
                        let created = server.create("apic", &good());
                        assert_eq!(created.status, 200);
                        assert_eq!(server.create("apigw", &broken).status, 400);
                        assert_eq!(
                            server.send("POST", "/page/check?service=roma&call=create", &broken).status,
                            200
                        );
                        let one = format!("{all}/{}", created.text("id"));
                        assert_eq!(server.send("DELETE", &one, b"").status, 204);
                    }
                });
            }
        });
    };
    load(400);
    let before = resident();
    load(2000);
    let after = resident();
    println!("resident: {before} kB after 400 requests, {after} kB after 2,400");
    assert!(after < before + 8 * 1024, "{before} kB, then {after} kB");
    sleep(Duration::from_millis(1200));
    assert_eq!(open_files(), idle_files);
    assert_eq!(server.send("GET", &all, b"").json()["total"], 0);
}
