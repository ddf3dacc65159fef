//! Large, slow, broken, and foreign requests.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::client::{Answer, PROJECT, Server, good};

fn path() -> String {
    format!("/v2/{PROJECT}/apic/certificates")
}

#[test]
fn a_large_body_is_refused_without_being_read() {
    let server = Server::start(&[]);
    let megabyte = 1024 * 1024;
    // Nothing of it is sent.
    let mut stream = server.connect();
    stream.write_all(format!("{}\r\n", server.head("POST", &path(), megabyte + 1)).as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut stream).error(), (413, "APIG.0201".to_owned()));
    // A client that sends it all gets to read the answer.
    let large = vec![b' '; 3 * megabyte];
    assert_eq!(server.send("POST", &path(), &large).status, 413);
    // A client that asks first is told.
    let expect = server.send_with("POST", &path(), &["Content-Length: 9999999", "Expect: 100-continue"], b"");
    assert_eq!(expect.status, 413);
    // Without a length.
    let chunks: Vec<u8> =
        (0..20).flat_map(|_| [b"10000\r\n".to_vec(), vec![b' '; 65536], b"\r\n".to_vec()].concat()).collect();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nX-Auth-Token: t\r\nTransfer-Encoding: chunked\r\n\r\n",
        path(),
        server.address
    );
    assert_eq!(server.send_raw(&[head.as_bytes(), &chunks, b"0\r\n\r\n"].concat()).status, 413);
    assert_eq!(server.send("POST", &path(), &vec![b' '; megabyte]).error(), (400, "APIG.2000".to_owned()));
}

#[test]
fn headers_are_bounded() {
    let server = Server::start(&[]);
    assert_eq!(server.send_with("GET", &path(), &[&format!("X-A: {}", "a".repeat(15_000))], b"").status, 200);
    assert_eq!(server.send_with("GET", &path(), &[&format!("X-A: {}", "a".repeat(17_000))], b"").status, 431);
    assert_eq!(server.send("GET", &format!("{}?{}", path(), "a".repeat(17_000)), b"").status, 431);
    assert_eq!(server.send_raw(b"nonsense\r\n\r\n").status, 400);
}

#[test]
fn slow_clients_end_and_hold_up_nobody() {
    let server = Server::start(&[]);
    let started = Instant::now();
    let mut slow: Vec<_> = (0..100).map(|_| server.connect()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        match number % 2 {
            0 => stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap(),
            _ => {
                stream.write_all(format!("{}\r\n{{", server.head("POST", &path(), 1000)).as_bytes()).unwrap();
            }
        }
    }
    assert_eq!(server.create("apic", &good()).status, 200);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    // More than are served at a time: the others wait until these have ended.
    let more: Vec<_> = (0..100).map(|_| server.connect()).collect();
    assert_eq!(server.create("apic", &good()).status, 200);
    let elapsed = started.elapsed();
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    for (number, stream) in slow.iter_mut().enumerate() {
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        let is_told = text.starts_with("HTTP/1.1 408 ");
        assert_eq!(is_told, number % 2 == 1, "{number}: {text}");
    }
    drop(more);
}

#[test]
fn broken_clients_do_no_harm() {
    let server = Server::start(&[]);
    for text in ["", "G", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", "\0\0\0\0"] {
        let mut stream = server.connect();
        let _ = stream.write_all(text.as_bytes());
    }
    let mut stream = server.connect();
    stream.write_all(format!("{}\r\n{{", server.head("POST", &path(), 1000)).as_bytes()).unwrap();
    drop(stream);
    assert_eq!(server.create("apic", &good()).status, 200);
}

#[test]
fn other_sites_are_refused() {
    let server = Server::start(&[]);
    let port = server.address.port();
    let host = |host: &str| server.send_with("GET", &path(), &[&format!("Host: {host}")], b"").status;
    for name in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.8.9.1"] {
        assert_eq!(host(&format!("{name}:{port}")), 200, "{name}");
    }
    for name in
        ["evil.example", "localhost.evil.example", "192.168.0.1", "10.0.0.1", "[::2]", "127.0.0.1.nip.io", ""]
    {
        assert_eq!(host(&format!("{name}:{port}")), 421, "{name}");
    }
    for name in ["localhost", "127.0.0.1", "localhost:1", "localhost:", "[::1]", ""] {
        assert_eq!(host(name), 421, "{name}");
    }
    let origin = |method: &str, origin: &str| {
        server.send_with(method, &path(), &[&format!("Origin: {origin}")], b"{}").status
    };
    for foreign in ["https://evil.example", "null", "http://localhost:1", &format!("http://localhost:{port}")]
    {
        assert_eq!(origin("POST", foreign), 403, "{foreign}");
        assert_eq!(origin("DELETE", foreign), 403, "{foreign}");
    }
    assert_eq!(origin("POST", &format!("http://{}", server.address)), 400);
    assert_eq!(origin("OPTIONS", "https://evil.example"), 403);
    let answer = server.send("GET", "/healthz", b"");
    assert!(!answer.head.contains("access-control"), "{answer:?}");
    assert_eq!(answer.header("x-frame-options"), Some("deny"));
    assert!(
        answer.header("content-security-policy").unwrap().starts_with("default-src 'self';"),
        "{answer:?}"
    );
}
