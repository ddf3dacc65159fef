//! Start, end, and the journal.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Output;

use serde_json::Value;

use crate::client::{Answer, PROJECT, Server, command, fixtures, good};

fn fails(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    assert_eq!((status.code(), stdout.as_slice()), (Some(2), &b""[..]), "{arguments:?}");
    String::from_utf8(stderr).unwrap()
}

#[test]
fn what_cannot_start_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let said = fails(&["--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(said, "error: --listen: address in use\n");
    for remote in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        assert!(fails(&["--listen", remote]).contains("--allow-remote"), "{remote}");
    }
    assert!(fails(&["--journal", "/nowhere/at/all"]).contains("--journal: "));
    // Values may be secret.
    for arguments in
        [["--tokens", "canary"], ["--now", "canary"], ["--listen", "canary"], ["--service", "canary"]]
    {
        let said = fails(&arguments);
        assert!(said.starts_with("error: ") && !said.contains("canary"), "{said}");
    }
    let said = fails(&["canary-canary"]);
    assert!(!said.contains("canary"), "{said}");
}

#[cfg(unix)]
#[test]
fn signals_end_it_after_the_answers_under_way() {
    use rustix::process::{Pid, Signal, kill_process};
    for signal in [Signal::INT, Signal::TERM] {
        let mut server = Server::start(&[]);
        let body = good();
        let mut stream = server.connect();
        let path = format!("/v2/{PROJECT}/apic/certificates");
        stream.write_all(format!("{}\r\n", server.head("POST", &path, body.len())).as_bytes()).unwrap();
        // One that says nothing does not count.
        let _silent = server.connect();
        std::thread::sleep(std::time::Duration::from_millis(200));
        kill_process(Pid::from_child(&server.child), signal).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(std::net::TcpStream::connect(server.address).is_err(), "nobody else is let in");
        stream.write_all(&body).unwrap();
        assert_eq!(Answer::read(&mut stream).status, 200);
        assert_eq!(server.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn the_journal_holds_metadata_alone() {
    let path = std::env::temp_dir().join(format!("apicert-serve-{}.ndjson", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let server = Server::start(&["--journal", path.to_str().unwrap()]);
    let broken = std::fs::read(fixtures().join("reference/request.json")).unwrap();
    let refused = server.create("apic", &broken);
    server.create("apic", &good());
    server.send("GET", &format!("/v2/{PROJECT}/apic/certificates/secret-path?name=secret-query"), b"");
    server.send("GET", "/secret-path", b"");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["status"], refused.status);
    assert_eq!(lines[0]["error_code"], refused.text("error_code"));
    assert_eq!(lines[0]["request_id"], refused.header("x-request-id").unwrap());
    assert_eq!(lines[0]["route"], "/v2/{project_id}/apic/certificates");
    let rules: Vec<_> =
        lines[0]["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert!(rules.contains(&&Value::from("swapped-fields")), "{rules:?}");
    assert_eq!((&lines[1]["status"], &lines[1]["error_code"]), (&Value::from(200), &Value::Null));
    assert_eq!((&lines[2]["method"], &lines[2]["status"]), (&Value::from("GET"), &Value::from(404)));
    assert_eq!(lines[3]["route"], Value::Null);
    assert!(!text.contains("secret-") && !text.contains(PROJECT) && !text.contains("BEGIN"), "{text}");
    let body: Value = serde_json::from_slice(&good()).unwrap();
    for field in ["private_key", "cert_content"] {
        for line in body[field].as_str().unwrap().lines().filter(|line| !line.starts_with('-')) {
            let piece: String = line.chars().take(16).collect();
            assert!(!text.contains(&piece), "{text}");
        }
    }
}
