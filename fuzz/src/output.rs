//! Every output of a body parses as what it is, and holds no character that a terminal or a log would
//! act upon.

use std::io::Write;

use apicert::internals::edit::Safety;
use apicert::internals::inspect::{Contents, json};
use apicert::internals::output::{
    FORMATS, Input, Run, Style, Suppressed, Suppressor, Unreadable, diff, inspect, printable_path, response,
};
use apicert::internals::problem::Severity;
use apicert::internals::span::Lines;
use serde_json::Value;

use crate::material::Random;
use crate::{bodies, fix, settings, within_memory};

pub fn run(input: &[u8]) {
    let made;
    let body = if fix::looks_like_a_body(input) {
        input
    } else {
        made = bodies::make(input, &mut |u| bodies::piece(u));
        &made
    };
    within_memory(body, || {
        let mut random = Random(body.iter().fold(0, |sum, &byte| sum * 31 % 0xffff_ffff + u64::from(byte)));
        for (name, text) in every_output(body, &odd_path(&mut random), &mut random) {
            check(&name, &text);
        }
    });
}

/// Paths that no format may stumble over.
fn odd_path(random: &mut Random) -> String {
    let paths = [
        "request.json",
        "a b,c:d%25.json",
        "::error::x",
        "ü/\u{1b}[31m\r\n::warning::y",
        "<a href=\"x\">&'|`*_[]()</a>",
        "\u{202e}gnp.json",
        "]]>\u{0}\u{ffff}",
        "..\\..\\x.json",
    ];
    printable_path(paths[random.below(paths.len())])
}

/// Everything that is printed of a body, by a name for it.
pub fn every_output(body: &[u8], path: &str, random: &mut Random) -> Vec<(String, String)> {
    let settings = settings(body);
    let mut report = apicert::lint(body, settings);
    let mut run = Run::new();
    run.statistics = random.below(2) == 0;
    run.quiet = random.below(4) == 0;
    run.verbose = random.below(2) == 0;
    run.min_severity = [Severity::Note, Severity::Warning, Severity::Error][random.below(3)];
    let mut suppressed = Vec::new();
    while random.below(3) == 0 && !report.findings().is_empty() {
        let finding = report.suppress(random.below(report.findings().len()));
        let by = match random.below(2) {
            0 => Suppressor::Allow,
            _ => Suppressor::Ignore { reason: printable_path("a <reason> & \"more\" ::error::") },
        };
        suppressed.push(Suppressed { finding, by });
    }
    if random.below(4) == 0 {
        run.unreadable.push(Unreadable::new(path.to_owned(), None, "permission denied".to_owned()));
        run.notices.push("an ignore matches nothing".to_owned());
    }
    let count = [1, 1, 1, 0, 2][random.below(5)];
    for _ in 0..count {
        let suppressed = std::mem::take(&mut suppressed);
        run.inputs.push(Input { suppressed, ..Input::new(path.to_owned(), report.clone()) });
    }
    let mut outputs: Vec<(String, String)> = FORMATS
        .iter()
        .map(|format| (format.name.to_owned(), written(|to| (format.write)(&run, &Style::PLAIN, to))))
        .collect();
    let contents = Contents::read(body);
    let answer = apicert::predict(body, settings);
    outputs.push(("inspect".into(), written(|to| inspect::text(path, &contents, to))));
    outputs.push(("inspect in JSON".into(), json::line(path, &contents)));
    outputs.push(("absence".into(), inspect::absence(&contents).unwrap_or_default()));
    outputs.push(("predict".into(), written(|to| response::body(&answer, to))));
    outputs.push(("predict in JSON".into(), written(|to| response::line(path, None, &answer, to))));
    outputs.push(("remark".into(), response::remark(path, &answer)));
    for least in [Safety::Safe, Safety::Unsafe] {
        let repaired = apicert::fix(body, settings, least);
        let lines = Lines::new(body);
        outputs.push(("diff".into(), written(|to| diff::write(path, &lines, &repaired, &Style::PLAIN, to))));
    }
    outputs
}

fn written(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).expect("memory can be written to");
    String::from_utf8(text).expect("an output is UTF-8")
}

/// Whether an output is what it says it is.
fn check(name: &str, text: &str) {
    harmless(name, text);
    let json =
        |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| panic!("{name} is no JSON"));
    match name {
        "full" | "concise" | "inspect" | "absence" | "remark" | "diff" => {}
        "json" | "predict" => assert!(json(text).is_object()),
        "ndjson" | "inspect in JSON" | "predict in JSON" => {
            assert!(text.lines().all(|line| json(line).is_object()));
        }
        "sarif" => {
            let sarif = json(text);
            assert_eq!(sarif["version"], "2.1.0");
            assert!(sarif["runs"][0]["results"].is_array());
        }
        "gitlab" => assert!(json(text).is_array()),
        "junit" => {
            let document = roxmltree::Document::parse(text).expect("junit is no XML");
            assert_eq!(document.root_element().tag_name().name(), "testsuites");
        }
        "github" => {
            for line in text.lines().filter(|line| line.starts_with("::")) {
                let begins =
                    ["::error ", "::warning ", "::notice "].iter().any(|known| line.starts_with(known));
                assert!(begins, "a command that is none of ours");
            }
        }
        "markdown" => {
            for (at, _) in text.match_indices('<') {
                let rest = &text[at + 1..];
                let ours = ["details>", "/details>", "summary>", "/summary>", "br>", "code>", "/code>"];
                let is_ours = ours.iter().any(|tag| rest.starts_with(tag));
                let is_escaped =
                    text[..at].ends_with('\\') || !rest.starts_with(|c: char| c.is_ascii_alphabetic());
                assert!(is_ours || is_escaped || in_code(text, at), "HTML that is none of ours");
            }
        }
        other => panic!("nobody knows what {other} is to be"),
    }
}

/// Whether a place stands in code of its line: after a run of backticks that comes again, as long, behind
/// it. A backtick that is escaped begins none.
fn in_code(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let run = |from: usize| line.as_bytes()[from..].iter().take_while(|&&byte| byte == b'`').count();
    let mut here = 0;
    while here < at - start {
        match line.as_bytes()[here] {
            b'\\' => here += 2,
            b'`' => {
                let fence = run(here);
                let mut end = here + fence;
                while end < line.len() && (line.as_bytes()[end] != b'`' || run(end) != fence) {
                    end += run(end).max(1);
                }
                if end < line.len() && end > at - start {
                    return true;
                }
                here = if end < line.len() { end + fence } else { here + fence };
            }
            _ => here += 1,
        }
    }
    false
}

/// No character that a terminal, a log or a reader's eye would stumble over.
pub fn harmless(name: &str, text: &str) {
    let odd = text.chars().find(|&character| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    });
    if let Some(odd) = odd {
        panic!("{name} holds U+{:04X} as it is", u32::from(odd));
    }
}
