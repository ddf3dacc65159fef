//! What each stage costs, on its own: JSON, PEM, certificates, each kind of key, signatures, rules, each
//! output; and whole bodies of each kind.
//!
//! ```text
//! cargo bench --bench stages                    # all of it; ten minutes
//! cargo bench --bench stages -- key/            # what has `key/` in its name
//! cargo bench --bench stages -- --list
//! cargo bench --bench stages -- --help
//! ```
//!
//! Nothing is reached here but the public functions of the library. A stage that has none of its own is
//! met through one that does little else with what it is given: PEM by reading a text whose only block is
//! neither a certificate nor a key, keys and certificates by reading their DER as a file. Verdicts on
//! signatures are remembered from body to body; to meet the computing, thousands of certificates are
//! taken in turn that differ in the last octets of their signatures. A wrong signature takes as long as a
//! right one.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot begin is to stop")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use apicert::internals::api::Service;
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::inspect::{Contents, json};
use apicert::internals::json::body::Body;
use apicert::internals::output::{FORMATS, Input, Run, Style, response};
use apicert::internals::report::Report;
use apicert::internals::response::{AssignedValues, PredictedResponse};
use apicert::internals::rules;
use apicert::internals::rules::RULES;
use apicert::internals::settings::Settings;
use apicert::internals::timestamp::Timestamp;
use criterion::{Criterion, Throughput};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    json(&mut criterion);
    pem_texts(&mut criterion);
    certificates(&mut criterion);
    keys(&mut criterion);
    signatures(&mut criterion);
    judging(&mut criterion);
    outputs(&mut criterion);
    whole(&mut criterion);
    criterion.final_summary();
}

/// Members and their places, and nothing of their contents.
fn json(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("json");
    let pretty = accepted("roma/key-rsa-2048-pkcs8");
    let escaped = accepted("roma/json-everything-escaped");
    let many = with_unknown_members(&pretty);
    let broken = text(&pretty).replace("\\n", "\n");
    for (name, body) in [
        ("ordinary", pretty.as_slice()),
        ("everything-escaped", &escaped),
        ("thousand-unknown-members", &many),
        ("raw-line-breaks", broken.as_bytes()),
    ] {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| Body::parse_shallow(black_box(body))));
    }
    group.finish();
}

/// Armour and base64. The block is a certificate request as far as its label goes, so nobody looks inside.
fn pem_texts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pem");
    let certificate =
        text(&read("pki/certs/leaf-rsa-2048.pem")).replace("CERTIFICATE", "CERTIFICATE REQUEST");
    let collapsed = certificate.trim_end().replace('\n', " ");
    let spelled_out = certificate.replace('\n', "\\n");
    let quoted = format!("'{}'", certificate.trim_end());
    let twice = certificate.repeat(100);
    for (name, text) in [
        ("sound", &certificate),
        ("hundred-blocks", &twice),
        ("collapsed", &collapsed),
        ("spelled-out-line-breaks", &spelled_out),
        ("quoted", &quoted),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| Contents::read(black_box(text.as_bytes()))));
    }
    group.finish();
}

/// The structure of certificates, from DER, and their SHA-256.
fn certificates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("certificate");
    for name in
        ["leaf-rsa-2048", "leaf-rsa-4096", "leaf-p256", "leaf-p384", "leaf-p521", "leaf-sm2", "rsa-int"]
    {
        let variants = variants(&der(&format!("pki/certs/{name}.pem")));
        let mut next = variants.iter().cycle();
        group
            .bench_function(name, |bencher| bencher.iter(|| Contents::read(black_box(next.next().unwrap()))));
    }
    group.finish();
}

/// Private keys from DER: read, and proved sound.
fn keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key");
    for name in ["rsa-2048", "rsa-3072", "rsa-4096", "p224", "p256", "p384", "p521", "sm2", "ed25519"] {
        let key = der(&format!("pki/keys/{name}.pkcs8.pem"));
        group.bench_function(name, |bencher| bencher.iter(|| Contents::read(black_box(&key))));
    }
    for (name, form) in [("rsa-2048-pkcs1", "rsa-2048.pkcs1"), ("p256-sec1", "p256.sec1")] {
        let key = der(&format!("pki/keys/{form}.pem"));
        group.bench_function(name, |bencher| bencher.iter(|| Contents::read(black_box(&key))));
    }
    group.finish();
}

/// A certificate that signed itself, read from DER: what it costs beyond one that did not is the
/// signature. `known` is the same one again and again.
fn signatures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("signature");
    for (name, file) in [
        ("rsa-2048", "rsa-root"),
        ("rsa-2048-pss", "pss-root"),
        ("p256", "leaf-p256-self-signed"),
        ("p384", "ec-root"),
        ("sm2", "sm2-root"),
        ("sm2-standard-identity", "sm2-root-std"),
    ] {
        let certificate = der(&format!("pki/certs/{file}.pem"));
        let variants = variants(&certificate);
        let mut next = variants.iter().cycle();
        group
            .bench_function(name, |bencher| bencher.iter(|| Contents::read(black_box(next.next().unwrap()))));
        group.bench_function(format!("{name}-known"), |bencher| {
            bencher.iter(|| Contents::read(black_box(&certificate)));
        });
    }
    group.finish();
}

/// The rules over facts, and what is made of their findings.
fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules");
    let settings = settings(Service::Roma);
    for (name, body) in bodies() {
        let facts = Facts::analyze(&body, &settings);
        let findings = rules::judge(RULES, &facts);
        group.bench_function(name, |bencher| bencher.iter(|| rules::judge(RULES, black_box(&facts))));
        group.bench_function(format!("{name}-report"), |bencher| {
            bencher.iter(|| Report::new(black_box(&body), &facts, findings.clone()));
        });
        group.bench_function(format!("{name}-response"), |bencher| {
            bencher.iter(|| PredictedResponse::new(&facts, black_box(&findings), &AssignedValues::default()));
        });
    }
    group.finish();
}

/// Every format of `check`, over a body without findings, one with a few, and one with a thousand; and
/// what the other commands print.
fn outputs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("output");
    let settings = settings(Service::Roma);
    for (name, body) in bodies() {
        let mut run = Run::new();
        run.inputs.push(Input::new("request.json".to_owned(), apicert::lint(&body, &settings)));
        for format in FORMATS {
            group.bench_function(format!("{}/{name}", format.name), |bencher| {
                bencher.iter(|| {
                    let mut text = Vec::new();
                    (format.write)(black_box(&run), &Style::PLAIN, &mut text).unwrap();
                    text
                });
            });
        }
    }
    let body = accepted("roma/key-rsa-2048-pkcs8");
    let predicted = apicert::predict(&body, &settings);
    group.bench_function("predict", |bencher| {
        bencher.iter(|| {
            let mut text = Vec::new();
            response::line("request.json", None, black_box(&predicted), &mut text).unwrap();
            text
        });
    });
    let contents = Contents::read(&body);
    group.bench_function("inspect", |bencher| {
        bencher.iter(|| json::line("request.json", black_box(&contents)));
    });
    group.finish();
}

/// Bodies of each kind, from bytes to a report, as `check` does it.
fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("body");
    for (name, file) in [
        ("rsa-2048", "roma/key-rsa-2048-pkcs8"),
        ("rsa-4096", "roma/key-rsa-4096-pkcs1"),
        ("p256", "roma/key-p256-pkcs8"),
        ("p384", "roma/key-p384-pkcs8"),
        ("p521", "roma/key-p521-pkcs8"),
        ("sm2", "with-notes/roma/sm2-openssl-identity-pkcs8"),
        ("chain", "apig/chain-two-intermediates"),
    ] {
        let body = accepted(file);
        let service = if file.starts_with("apig") { Service::Apig } else { Service::Roma };
        let settings = settings(service);
        group.bench_function(name, |bencher| bencher.iter(|| apicert::lint(black_box(&body), &settings)));
    }
    let settings = settings(Service::Roma);
    let reference = read("reference/request.json");
    group.bench_function("reference", |bencher| {
        bencher.iter(|| apicert::lint(black_box(&reference), &settings));
    });
    group.bench_function("reference-repaired", |bencher| {
        bencher.iter(|| apicert::fix(black_box(&reference), &settings, Safety::Safe));
    });
    group.finish();
}

/// A body without findings, one with a few, and one with a thousand.
fn bodies() -> [(&'static str, Vec<u8>); 3] {
    let clean = accepted("roma/key-rsa-2048-pkcs8");
    let many = with_unknown_members(&clean);
    [("clean", clean), ("reference", read("reference/request.json")), ("thousand", many)]
}

/// The body, with a thousand members in front that nobody knows.
fn with_unknown_members(body: &[u8]) -> Vec<u8> {
    let mut more = "{".to_owned();
    for number in 0..1000 {
        writeln!(more, "\"unknown_{number}\": {number},").unwrap();
    }
    more.push_str(text(body).trim_start().trim_start_matches('{'));
    more.into_bytes()
}

/// A certificate with other last octets of its signature, so many times that no verdict on one is still
/// known when its turn comes again.
fn variants(certificate: &[u8]) -> Vec<Vec<u8>> {
    (0..8192_u16)
        .map(|number| {
            let mut variant = certificate.to_vec();
            for (octet, other) in variant.iter_mut().rev().zip(number.to_le_bytes()) {
                *octet ^= other;
            }
            variant
        })
        .collect()
}

fn settings(service: Service) -> Settings {
    Settings::at(Timestamp::from_rfc3339("2026-07-01T00:00:00Z").unwrap()).with_service(service)
}

fn accepted(name: &str) -> Vec<u8> {
    read(&format!("accepted/{name}.json"))
}

fn der(name: &str) -> Vec<u8> {
    pem::parse(read(name)).unwrap().into_contents()
}

fn read(name: &str) -> Vec<u8> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
