//! `sarif`: SARIF 2.1.0, of the shape that GitHub's code scanning takes. It holds no text of a body, no
//! time and no absolute path.
//!
//! Braces are written once, where the standard doubles them in case a reader fills in arguments: there
//! are none, and readers show the text as it is. What looks like a placeholder, `{0}`, is doubled.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde::Serialize;

use crate::api::{Basis, Call, Service};
use crate::escaped_json;
use crate::output::artifact_location::Site;
use crate::output::describe::said;
use crate::output::full::describe_answer;
use crate::output::{Run, Style, Suppressor, catalogue, unique};
use crate::problem::Severity;
use crate::report::{Finding, Location};
use crate::rules::{RULES, Rule};
use crate::{NAME, VERSION};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Rules about what an attacker could use, with the score by which GitHub ranks them: that of a
/// finding which is as bad as its rule allows.
const SECURITY: [(&str, &str); 5] = [
    ("published-key", "9.8"),
    ("private-key-in-certificate", "7.5"),
    ("weak-key", "7.4"),
    ("ca-as-leaf", "6.5"),
    ("weak-signature", "5.9"),
];

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "{}", escaped_json::pretty(&Log::of(run)))
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Analysis; 1],
}

impl Log {
    fn of(run: &Run) -> Self {
        Self { schema: SCHEMA, version: "2.1.0", runs: [Analysis::of(run)] }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    tool: Tool,
    automation_details: AutomationDetails,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<SarifResult>,
}

impl Analysis {
    fn of(run: &Run) -> Self {
        // Of no result or of every one it has to be said whether it is suppressed.
        let says_suppressed = run.inputs.iter().any(|input| !input.suppressed.is_empty());
        let indices = RULES.iter().enumerate().map(|(index, rule)| (rule.name, index)).collect();
        let mut seen = HashMap::new();
        let mut results = Vec::new();
        for input in &run.inputs {
            let site = input.site();
            let mut add = |finding: &Finding, suppressions| {
                let fingerprint = unique(input.fingerprint(finding), &mut seen);
                results.push(SarifResult::of(finding, &site, fingerprint, suppressions, &indices));
            };
            for finding in run.shown(input) {
                add(finding, says_suppressed.then(Vec::new));
            }
            for suppressed in input.suppressed.iter().filter(|one| one.finding.severity >= run.min_severity) {
                add(&suppressed.finding, Some(vec![Suppression::of(&suppressed.by)]));
            }
        }
        Self {
            tool: Tool { driver: Driver::of(RULES) },
            // What follows the last slash would be the run; what stands before it is the category.
            automation_details: AutomationDetails { id: "apicert/" },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation::of(run)],
            results,
        }
    }
}

#[derive(Serialize)]
struct AutomationDetails {
    id: &'static str,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

impl Driver {
    /// With every rule, those too that found nothing: a reader learns from it what was looked for, and
    /// an index stays the same from run to run.
    fn of(rules: &[&'static Rule]) -> Self {
        Self {
            name: NAME,
            semantic_version: VERSION,
            rules: rules.iter().map(|rule| Descriptor::of(rule)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

impl Descriptor {
    fn of(rule: &'static Rule) -> Self {
        let severity = rule.severity(Call::Create, Service::Roma);
        let score = SECURITY.iter().find(|(name, _)| *name == rule.name).map(|(_, score)| *score);
        let family = rule.family.title().to_ascii_lowercase().replace(' ', "-");
        Self {
            id: rule.name,
            name: rule.name,
            short_description: Text { text: rule.summary.to_owned() },
            full_description: Text { text: rule.explanation.to_owned() },
            help: Help { text: catalogue::plain(rule), markdown: catalogue::details(rule) },
            default_configuration: Configuration { level: severity.name() },
            properties: Properties {
                tags: score.map(|_| "security".to_owned()).into_iter().chain([family]).collect(),
                precision: precision(rule),
                problem_severity: match severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "recommendation",
                },
                security_severity: score,
            },
        }
    }
}

/// How sure a finding is. What is inferred of the service is not as sure as what it documents.
fn precision(rule: &Rule) -> &'static str {
    let refusals = rule.refusal.refusals();
    if refusals.iter().all(|refusal| refusal.basis == Basis::Documented) { "very-high" } else { "high" }
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
    tool_configuration_notifications: Vec<Notification>,
}

impl Invocation {
    fn of(run: &Run) -> Self {
        let unread = run.unreadable.iter().map(|unreadable| Notification {
            level: "error",
            message: Text { text: plain(&format!("{}: {}", unreadable.name(), unreadable.message)) },
            locations: vec![FileAlone::of(&unreadable.site())],
        });
        let notices = run.notices.iter().map(|notice| Notification {
            level: "warning",
            message: Text { text: plain(notice) },
            locations: Vec::new(),
        });
        Self {
            execution_successful: run.unreadable.is_empty(),
            tool_execution_notifications: unread.collect(),
            tool_configuration_notifications: notices.collect(),
        }
    }
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<FileAlone>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileAlone {
    physical_location: Physical,
}

impl FileAlone {
    fn of(site: &Site) -> Self {
        Self { physical_location: Physical { artifact_location: Artifact { uri: site.uri() }, region: None } }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: [Whereabouts; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Whereabouts>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression>>,
}

impl SarifResult {
    fn of(
        finding: &Finding,
        site: &Site,
        fingerprint: String,
        suppressions: Option<Vec<Suppression>>,
        indices: &HashMap<&'static str, usize>,
    ) -> Self {
        let related = finding.related.iter().zip(1..);
        Self {
            rule_id: finding.rule.name,
            rule_index: indices.get(finding.rule.name).copied(),
            level: finding.severity.name(),
            message: Text { text: message(finding) },
            locations: [Whereabouts::of(&finding.primary, site, None)],
            related_locations: related.map(|(place, id)| Whereabouts::of(place, site, Some(id))).collect(),
            partial_fingerprints: BTreeMap::from([("primaryLocationLineHash", fingerprint)]),
            suppressions,
        }
    }
}

/// All there is to say about a finding, in lines. The first is a summary; the last links to the related
/// places, which are shown nowhere else.
fn message(finding: &Finding) -> String {
    let mut lines = vec![plain(&said(&finding.message, &finding.primary))];
    if let Some(help) = &finding.help {
        lines.push(plain(&format!("Help: {help}")));
    }
    if let Some(fix) = &finding.fix {
        lines.push(plain(&format!("Fix: {} ({})", fix.title, fix.safety.name())));
    }
    if let Some(refusal) = finding.refusal {
        lines.push(format!("The service would answer {}", describe_answer(refusal)));
    }
    let related = finding.related.iter().zip(1..).map(|(place, id)| link(&place.text, id));
    let see: Vec<String> = related.collect();
    if !see.is_empty() {
        lines.push(format!("See {}", see.join(", ")));
    }
    lines.join(".\n")
}

/// Text in which nothing is taken for a link or a placeholder.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut pieces = text.split('{');
    plain.extend(pieces.next());
    for piece in pieces {
        let number = piece.split_once('}').map_or("", |(number, _)| number);
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            plain.push_str("{{");
            plain.push_str(&piece.replacen('}', "}}", 1));
        } else {
            plain.push('{');
            plain.push_str(piece);
        }
    }
    plain.replace("](", "] (")
}

/// A link to a related place.
fn link(text: &str, id: usize) -> String {
    let text = if text.is_empty() { "there" } else { text };
    let mut link = String::from("[");
    for character in plain(text).chars() {
        if matches!(character, '[' | ']' | '\\') {
            link.push('\\');
        }
        link.push(character);
    }
    format!("{link}]({id})")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whereabouts {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Logical; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

impl Whereabouts {
    fn of(place: &Location, site: &Site, id: Option<usize>) -> Self {
        Self {
            id,
            physical_location: Physical {
                artifact_location: Artifact { uri: site.uri() },
                region: Some(Region::of(place)),
            },
            logical_locations: Logical::of(place).map(|member| [member]),
            message: (!place.text.is_empty()).then(|| Text { text: plain(&place.text) }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Region {
    const fn of(place: &Location) -> Self {
        Self {
            start_line: place.start.line,
            start_column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

impl Logical {
    /// The member; the body as a whole has no name.
    fn of(place: &Location) -> Option<Self> {
        let name = place.pointer.strip_prefix('/')?;
        Some(Self { name: name.to_owned(), fully_qualified_name: place.pointer.clone(), kind: "property" })
    }
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

impl Suppression {
    fn of(by: &Suppressor) -> Self {
        let justification = match by {
            Suppressor::Allow => "the rule is allowed".to_owned(),
            Suppressor::Ignore { reason } => reason.clone(),
        };
        Self { kind: "external", status: "accepted", justification }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_a_link_or_a_placeholder() {
        assert_eq!(
            plain("a [b](http://c) \\u{1b} {0} {} {12} }{"),
            "a [b] (http://c) \\u{1b} {{0}} {} {{12}} }{"
        );
        assert_eq!(link("[x](2) \\", 1), "[\\[x\\] (2) \\\\](1)");
    }

    #[test]
    fn what_is_said_of_rules_is_within_the_limits() {
        for (name, score) in SECURITY {
            assert!(RULES.iter().any(|rule| rule.name == name), "{name}");
            assert!((0.1..=10.0).contains(&score.parse::<f64>().unwrap()), "{name}");
        }
        for rule in RULES {
            assert!(rule.name.len() <= 255, "{}", rule.name);
            for text in [rule.summary, rule.explanation] {
                assert!((1..=1024).contains(&text.chars().count()), "{}", rule.name);
            }
        }
    }
}
