//! What a run found, as far as an output may know it: places counted as people count them, and the
//! masked source. Nothing in a report is text of the body.

pub(crate) mod json;

use sha2::{Digest, Sha256};

use crate::api::{Field, Rejection};
use crate::edit::Fix;
use crate::facts::Facts;
use crate::internal_fault::OrFault;
use crate::json::body::{Meaning, Member, Shape};
use crate::problem::{Label, Severity};
use crate::redact::Redacted;
use crate::report::json::ReportJson;
use crate::response::PredictedRejection;
use crate::rules;
use crate::rules::{RULES, Rule, RuleMatch};
use crate::settings::Settings;
use crate::span::{Lines, Position, Span, characters_of_json};

/// Everything that was found in one body.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The HTTP status of the call's success.
    pub(crate) success: u16,
    /// In the order of their places.
    pub(crate) findings: Vec<Finding>,
    /// What the service is predicted to answer, when it is no acceptance.
    pub(crate) refusal: Option<PredictedRejection>,
    /// The body, masked; empty when there is nothing to show, or nobody shows it.
    pub(crate) redacted: Redacted,
}

/// A finding, ready to be shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub(crate) rule: &'static Rule,
    /// How much it matters.
    pub(crate) severity: Severity,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
    /// Where it is.
    pub(crate) primary: Location,
    /// Other places that explain it.
    pub(crate) related: Vec<Location>,
    /// What the service is predicted to answer for it.
    pub(crate) refusal: Option<Rejection>,
    /// A repair, as edits of the body.
    pub(crate) fix: Option<Fix>,
    /// How many findings of this rule at this pointer come before it.
    pub(crate) ordinal: usize,
}

/// A place, and what is to be seen there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Location {
    /// What is to be seen there.
    pub(crate) text: String,
    /// The member, as a JSON pointer (RFC 6901); empty for the body as a whole.
    pub(crate) pointer: String,
    /// The bytes of the body.
    pub(crate) span: Span,
    /// The first character, as counted in the file.
    pub(crate) start: Position,
    /// The place just past the last character.
    pub(crate) end: Position,
    /// Where in the PEM text it begins.
    pub(crate) pem: Option<PemPosition>,
}

/// A place inside a PEM text, as it would be counted in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PemPosition {
    /// Which block of the member, from 1.
    pub block: usize,
    /// Line of the block, from 1, the BEGIN line.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
}

impl Location {
    /// What is at the location, in a few words that never quote the body.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.text
    }

    /// The field, as a JSON pointer (RFC 6901); empty for the body as a whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The bytes of the body.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The first character.
    #[must_use]
    pub const fn start(&self) -> Position {
        self.start
    }

    /// The place just past the last character.
    #[must_use]
    pub const fn end(&self) -> Position {
        self.end
    }

    /// The place inside the PEM text of the field, if it is inside a PEM block.
    #[must_use]
    pub const fn pem(&self) -> Option<PemPosition> {
        self.pem
    }
}

impl Report {
    /// The findings, in the order of their locations.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The error that the service is predicted to answer; `None` if it accepts the body.
    #[must_use]
    pub const fn rejection(&self) -> Option<&PredictedRejection> {
        self.refusal.as_ref()
    }

    /// The HTTP status that the service is predicted to answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.refusal.as_ref().map_or(self.success, |refusal| refusal.error().status())
    }

    /// The body with everything masked that may be secret; empty if nothing was found.
    #[must_use]
    pub const fn redacted(&self) -> &Redacted {
        &self.redacted
    }

    /// The report as JSON in one line: an object of the format `ndjson`, and of `inputs` of the format `json`.
    ///
    /// `path` names the body in the report, and is part of the fingerprints of its findings.
    #[must_use]
    pub fn to_json(&self, path: &str) -> String {
        let mut line = ReportJson::new(path, None, path, self, self.findings.iter()).to_line();
        line.truncate(line.trim_end().len());
        line
    }

    /// Everything that is to be said about a body.
    #[must_use]
    pub fn of(input: &[u8], settings: &Settings) -> Self {
        let facts = Facts::analyze(input, settings);
        let findings = rules::judge(RULES, &facts);
        Self::new(input, &facts, findings)
    }

    /// Everything that is to be said about a body, without the body to show it in.
    #[must_use]
    pub fn without_body(input: &[u8], settings: &Settings) -> Self {
        let facts = Facts::analyze(input, settings);
        let findings = rules::judge(RULES, &facts);
        Self::of_findings(input, &facts, findings)
    }

    /// Puts findings and facts of `input` into a form that may be shown.
    #[must_use]
    pub fn new(input: &[u8], facts: &Facts<'_>, findings: Vec<RuleMatch>) -> Self {
        let report = Self::of_findings(input, facts, findings);
        if report.findings.is_empty() { report } else { Self { redacted: redact(input, facts), ..report } }
    }

    fn of_findings(input: &[u8], facts: &Facts<'_>, findings: Vec<RuleMatch>) -> Self {
        let refusal = PredictedRejection::of(facts, &findings);
        let success = facts.settings.spec().success;
        if findings.is_empty() {
            return Self { success, findings: Vec::new(), refusal, redacted: Redacted::default() };
        }
        let places = Locator { input, lines: Lines::new(input), facts };
        let mut reported: Vec<Finding> = Vec::with_capacity(findings.len());
        let mut counts = std::collections::HashMap::with_capacity(findings.len());
        for finding in findings {
            let problem = finding.problem;
            let primary = places.place(problem.primary);
            let count = counts.entry((finding.rule.name, primary.pointer.clone())).or_insert(0);
            let ordinal = *count;
            *count += 1;
            reported.push(Finding {
                rule: finding.rule,
                severity: finding.severity,
                message: problem.message,
                help: problem.help,
                primary,
                related: problem.related.into_iter().map(|label| places.place(label)).collect(),
                refusal: finding.refusal,
                fix: problem.fix,
                ordinal,
            });
        }
        Self { success, findings: reported, refusal, redacted: Redacted::default() }
    }

    /// Counts all places as in a file in which so many lines and bytes come before the body.
    pub fn offset_by(&mut self, lines: usize, bytes: usize) {
        for finding in &mut self.findings {
            for place in std::iter::once(&mut finding.primary).chain(&mut finding.related) {
                for position in [&mut place.start, &mut place.end] {
                    position.line += lines;
                    position.offset += bytes;
                }
            }
        }
    }

    /// Removes the finding at `index`, for callers that suppress findings. The prediction stays.
    ///
    /// # Panics
    ///
    /// Panics if there is no such finding.
    pub fn suppress(&mut self, index: usize) -> Finding {
        self.findings.remove(index)
    }

    /// Whether the service is predicted to accept the body.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.refusal.is_none()
    }

    /// How many findings have a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

impl Finding {
    /// The rule that reports it.
    #[must_use]
    pub const fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The severity on the service of the settings.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong, in one sentence that never quotes the body.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Where the defect is.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.primary
    }

    /// Other locations that explain it.
    #[must_use]
    pub fn related(&self) -> &[Location] {
        &self.related
    }

    /// What the service is predicted to answer because of this finding; `None` if it accepts it.
    #[must_use]
    pub const fn rejection(&self) -> Option<Rejection> {
        self.refusal
    }

    /// A repair, as edits of the body.
    #[must_use]
    pub const fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// How many findings of this rule at this pointer come before it.
    #[must_use]
    pub const fn ordinal(&self) -> usize {
        self.ordinal
    }

    /// What tells this finding from all others of a run and stays the same when the body's contents
    /// change: from rule, path, pointer and position among equals, in hexadecimal.
    ///
    /// The path should be the same wherever a tool is started: that from the root of the repository on, with forward
    /// slashes.
    #[must_use]
    pub fn fingerprint(&self, path: &str) -> String {
        let mut hash = Sha256::new();
        for part in [self.rule.name, path, &self.primary.pointer, &self.ordinal.to_string()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest = hash.finalize();
        let half: [u8; 16] = std::array::from_fn(|at| digest.get(at).copied().or_fault());
        format!("{:032x}", u128::from_be_bytes(half))
    }
}

struct Locator<'a> {
    input: &'a [u8],
    lines: Lines<'a>,
    facts: &'a Facts<'a>,
}

impl Locator<'_> {
    fn place(&self, label: Label) -> Location {
        let Label { span, text, missing } = label;
        let member = self.facts.body.member_at(span);
        let pointer = match missing {
            Some(missing) => ["/", missing].concat(),
            None => member.map_or_else(String::new, |member| ["/", &member.shown_name()].concat()),
        };
        Location {
            text,
            pointer,
            span,
            start: self.lines.position(span.start),
            end: self.lines.position(span.end),
            pem: member.and_then(|member| self.pem_position(member, span.start)),
        }
    }

    fn pem_position(&self, member: &Member, offset: usize) -> Option<PemPosition> {
        let Meaning::Pem(text) = &member.text()?.meaning else { return None };
        let block = text.blocks.partition_point(|block| block.span.start <= offset);
        let found = text.blocks.get(block.checked_sub(1)?).filter(|found| offset <= found.span.end)?;
        let line = found.lines.partition_point(|&start| start as usize <= offset);
        let start = *found.lines.get(line.checked_sub(1)?)? as usize;
        let before = self.input.get(start..offset)?;
        Some(PemPosition { block, line, column: 1 + characters_of_json(before) })
    }
}

/// A body, masked.
pub(crate) fn redact(input: &[u8], facts: &Facts<'_>) -> Redacted {
    Redacted::new(input, |show| shown(input, facts, show))
}

/// The allow-list of what may be shown of a body: its structure, names of members, the words that
/// the API defines, armour lines of known labels, and line ends.
fn shown(input: &[u8], facts: &Facts<'_>, show: &mut dyn FnMut(Span)) {
    let Shape::Object { members, .. } = &facts.body.shape else { return show_field_names(input, show) };
    let mut end = 0;
    for member in members {
        show(Span::new(end, member.key().start));
        show(Span::new(member.key().end, member.value().start));
        end = member.value().end;
        if member.has_shown_name() {
            show(member.key());
        } else {
            quotes(member.key()).into_iter().for_each(&mut *show);
        }
        show_value(input, member, show);
    }
    show(Span::new(end, input.len()));
}

/// Of a text that is not an object: the names of documented fields before a colon, and quotes, brackets, commas, and
/// blanks around them and at both ends of lines. None of these characters is in a key.
fn show_field_names(input: &[u8], show: &mut dyn FnMut(Span)) {
    let is_bracket = |byte: &u8| b" \t\r{}[],".contains(byte);
    let is_mark = |byte: &u8| is_bracket(byte) || b"\"'\\".contains(byte);
    let mut start = 0;
    for line in input.split(|&byte| byte == b'\n') {
        let indent = line.iter().take_while(|byte| is_bracket(byte)).count();
        let ending = line.iter().rev().take_while(|byte| is_mark(byte)).count();
        show(Span::new(start, start + indent));
        show(Span::new(start + line.len() - ending, start + line.len()));
        for field in Field::ALL {
            for at in memchr::memmem::find_iter(line, field.name()) {
                let (before, rest) = line.split_at(at);
                let after = rest.get(field.name().len()..).unwrap_or_default();
                let opening = before.iter().rev().take_while(|byte| is_mark(byte)).count();
                let closing = after.iter().take_while(|byte| is_mark(byte)).count();
                let (_, value) = after.split_at_checked(closing + 1).unwrap_or_default();
                let is_whole =
                    !before.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
                if is_whole && after.get(closing) == Some(&b':') {
                    let marks = value.iter().take_while(|byte| is_mark(byte)).count();
                    let end = at + field.name().len() + closing + 1 + marks;
                    show(Span::new(start + at - opening, start + end));
                }
            }
        }
        start += line.len() + 1;
    }
}

fn show_value(input: &[u8], member: &Member, show: &mut dyn FnMut(Span)) {
    use crate::json::body::{Content, InstanceId, JsonKind, Word};
    let text = match &member.content {
        Content::Null | Content::Empty | Content::WrongType(JsonKind::Boolean) => {
            return show(member.value());
        }
        Content::WrongType(_) => return,
        Content::Text(text) => text,
    };
    quotes(member.value()).into_iter().for_each(&mut *show);
    match &text.meaning {
        Meaning::Word(Word::Exact(_) | Word::Resembles(_))
        | Meaning::InstanceId(InstanceId::Common | InstanceId::WellFormed(_)) => show(member.value()),
        Meaning::Pem(text) => {
            for block in &text.blocks {
                let lines = block.lines.iter().map(|&line| line as usize);
                let begin = armour(input, block.span.start, "-----BEGIN ");
                let end = block.lines.last().and_then(|&line| armour(input, line as usize, "-----END "));
                let ends_of_lines = lines.filter_map(|line| line_end(input, line));
                begin.into_iter().chain(ends_of_lines).chain(end).for_each(&mut *show);
            }
        }
        _ => {}
    }
}

fn quotes(literal: Span) -> [Span; 2] {
    [
        Span::new(literal.start, literal.start + 1),
        Span::new(literal.end.saturating_sub(1).max(literal.start + 1), literal.end),
    ]
}

/// The armour line at `start`, when it is written just as it ought to be and has a known label.
fn armour(input: &[u8], start: usize, opening: &str) -> Option<Span> {
    let rest = input.get(start..)?.strip_prefix(opening.as_bytes())?;
    crate::pem::Label::WRITTEN.iter().find_map(|(label, _)| {
        let closed = rest.strip_prefix(label.as_bytes())?.starts_with(b"-----");
        closed.then(|| Span::new(start, start + opening.len() + label.len() + 5))
    })
}

/// The written line break that ends just before `line`.
fn line_end(input: &[u8], line: usize) -> Option<Span> {
    [r"\\r\\n", r"\\n", r"\r\n", r"\n"].iter().find_map(|written| {
        let start = line.checked_sub(written.len())?;
        (input.get(start..line)? == written.as_bytes()).then(|| Span::new(start, line))
    })
}
