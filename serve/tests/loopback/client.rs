//! The server as a process of its own, and a client without any leniency.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

pub(crate) const NOW: &str = "2026-07-01T00:00:00Z";
pub(crate) const PROJECT: &str = "5019bd4b2ee24d8a9d0e2f43aa4e5a39";

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apicert-serve"));
    command.args(arguments).stdin(Stdio::null());
    command
}

pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child =
            command(&["--now", NOW]).args(arguments).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://").expect(&line).parse().unwrap();
        Self { child, address }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// The head of a request, with a token.
    pub(crate) fn head(&self, method: &str, path: &str, length: usize) -> String {
        let host = self.address;
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: t\r\nContent-Length: {length}\r\n")
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.send_with(method, path, &[], body)
    }

    pub(crate) fn send_with(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut head = self.head(method, path, body.len());
        for header in headers {
            let name = header.split(':').next().unwrap();
            let lines = head.split_inclusive("\r\n").filter(|line| !line.starts_with(&format!("{name}:")));
            head = lines.collect();
            if !header.ends_with(':') {
                head.push_str(header);
                head.push_str("\r\n");
            }
        }
        self.send_raw(&[head.as_bytes(), b"\r\n", body].concat())
    }

    pub(crate) fn send_raw(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        // It may be answered before it is read whole.
        let _ = stream.write_all(request);
        Answer::read(&mut stream)
    }

    pub(crate) fn create(&self, service: &str, body: &[u8]) -> Answer {
        self.send("POST", &format!("/v2/{PROJECT}/{service}/certificates"), body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn read(stream: &mut TcpStream) -> Self {
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_default().to_owned()
    }

    /// Status and error code; of any answer that has an identifier.
    pub(crate) fn error(&self) -> (u16, String) {
        let id = self.header("x-request-id").expect("an identifier");
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        (self.status, if self.body.is_empty() { String::new() } else { self.text("error_code") })
    }
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The example of the reference, repaired.
pub(crate) fn good() -> Vec<u8> {
    std::fs::read(fixtures().join("reference/repaired.json")).unwrap()
}

/// The same body with other values of some fields.
pub(crate) fn good_with(fields: &Value) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&good()).unwrap();
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body.to_string().into_bytes()
}
