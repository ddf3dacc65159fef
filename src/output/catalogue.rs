//! The catalogue, from the rules themselves: a table, one rule, one error code, and the page
//! `docs/rules.md`.

use std::io::{self, Write};

use serde::Serialize;

use crate::api::{ApiError, Basis, Call, CallSpec, Defect, Rejection, Service};
use crate::edit::Safety;
use crate::output::full::colour;
use crate::output::style::{Colour, Style, wrap};
use crate::problem::Severity;
use crate::rules::{Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

/// Writes one line a rule.
///
/// # Errors
///
/// When it cannot be written.
pub fn table(rules: &[&Rule], style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 4]> = rules
        .iter()
        .map(|rule| {
            [rule.name.to_owned(), severities(rule), codes(rule.refusal), fix_word(rule.fix).to_owned()]
        })
        .collect();
    let heads = ["rule", "severity", "answer", "fix"];
    let widths = [0, 1, 2, 3].map(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(String::len);
        cells.chain(heads.get(column).map(|head| head.len())).max().unwrap_or(0)
    });
    let line = |cells: [&str; 4]| {
        let [rule, severity, answer, fix] = cells;
        let [a, b, c, d] = widths;
        format!("{rule:a$}  {severity:b$}  {answer:c$}  {fix:d$}  ")
    };
    let head = format!("{}{}", line(heads), "reported when");
    writeln!(to, "{}", style.paint(Colour::Lead, &head))?;
    for (row, rule) in rows.iter().zip(rules) {
        let row = line(row.each_ref().map(String::as_str));
        let row = row.replacen(rule.name, &style.link(source(rule).as_deref(), rule.name), 1);
        writeln!(to, "{row}{}", rule.summary)?;
    }
    Ok(())
}

/// Writes all that is known of every rule, as JSON.
///
/// # Errors
///
/// When it cannot be written.
pub fn json(rules: &[&Rule], to: &mut dyn Write) -> io::Result<()> {
    let entries: Vec<Entry> = rules.iter().map(|rule| Entry::of(rule)).collect();
    serde_json::to_writer_pretty(&mut *to, &entries)?;
    writeln!(to)
}

/// Writes all that is known of a rule.
///
/// # Errors
///
/// When it cannot be written.
pub fn explain(rule: &Rule, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let name = style.paint(severity_colour(rule), rule.name);
    let name = style.link(source(rule).as_deref(), &name);
    writeln!(to, "{name}\n{}\n", wrap("", rule.summary, style.width))?;
    for paragraph in rule.explanation.split("\n\n") {
        for line in paragraph.lines() {
            let (lead, text) = line.strip_prefix("- ").map_or(("", line), |item| ("- ", item));
            writeln!(to, "{}", wrap(lead, text, style.width))?;
        }
        writeln!(to)?;
    }
    let mut say = |lead: &str, what: &str| {
        let text = wrap(&format!("{lead:<9} "), what, style.width);
        let text = text.replacen(lead, &style.paint(Colour::Lead, lead), 1);
        writeln!(to, "{}", linked(text, rule, "", style))
    };
    say("severity", &severities_in_words(rule))?;
    for answer in answers(rule.refusal) {
        say("answer", &answer)?;
    }
    say("fix", &fix_in_words(rule.fix))?;
    say("example", &example(rule))?;
    for citation in rule.citations {
        say("see", &cited(citation))?;
    }
    Ok(())
}

/// Writes an error of the service, and the rules that lead to it.
///
/// # Errors
///
/// When it cannot be written.
pub fn explain_error(error: ApiError, rules: &[&Rule], style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let head = style.paint(Colour::Bad, error.code);
    writeln!(to, "{head}\n{} {}\n", error.status, documented_message(error))?;
    writeln!(to, "{}\n", wrap("", error.meaning(), style.width))?;
    let leading: Vec<(&Rule, Rejection)> = rules
        .iter()
        .filter_map(|rule| {
            let refusal = rule.refusal.refusals().into_iter().find(|refusal| refusal.error == error)?;
            Some((*rule, refusal))
        })
        .collect();
    if leading.is_empty() {
        return writeln!(to, "No rule leads to it.");
    }
    writeln!(to, "Rules that lead to it:")?;
    let width = leading.iter().map(|(rule, _)| rule.name.len()).max().unwrap_or(0);
    for (rule, refusal) in leading {
        let lead = format!("  {:width$}  {:10}  ", rule.name, refusal.basis.name());
        writeln!(to, "{}", wrap(&lead, rule.summary, style.width))?;
    }
    Ok(())
}

/// The page `docs/rules.md`.
#[must_use]
pub fn markdown(rules: &[&Rule]) -> String {
    let mut page = MARKDOWN_HEAD.to_owned();
    let mut family = None;
    for rule in rules {
        if family != Some(rule.family) {
            family = Some(rule.family);
            page.push_str(&family_head(rule.family, rules));
        }
        page.push_str(&section(rule));
    }
    page
}

const MARKDOWN_HEAD: &str = "\
<!-- Generated from the rules by `BLESS=1 cargo test --test suite catalogue`. Do not edit. -->
# Rules

The rules of `apicert check`. `apicert explain NAME` prints the same text.

**Severity**: do not send a body with an *error*; a *warning* is probably a mistake; a *note* is \
information. `--allow`, `--warn` and `--deny` change the severity of a rule.

**Answer** is the predicted response of the service: an HTTP status and an error code. `apicert explain \
APIG.2106` explains a code and lists its rules. Rules without an answer apply to bodies that the service \
accepts. An answer is *documented* in the API reference or its error table, *inferred* from the observed \
behavior of the service, or *sibling*: documented only for the other service or for a similar call.

**Fix**: a *safe* fix keeps all certificates and keys, and changes only their encoding or field. An \
*unsafe* fix changes or removes something that may be intended.
";

fn family_head(family: Family, rules: &[&Rule]) -> String {
    let mut lines = vec![
        String::new(),
        format!("## {}", family.title()),
        String::new(),
        "| rule | severity | answer | fix | reported when |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    lines.extend(rules.iter().filter(|rule| rule.family == family).map(|rule| {
        let (name, summary) = (rule.name, escaped(rule.summary).replace('|', "\\|"));
        let (severity, answer, fix) = (severities(rule), codes(rule.refusal), fix_word(rule.fix));
        format!("| [`{name}`](#{name}) | {severity} | {answer} | {fix} | {summary} |")
    }));
    lines.join("\n") + "\n"
}

fn section(rule: &Rule) -> String {
    format!("\n### {}\n\n{}\n\n{}", rule.name, escaped(rule.summary), details(rule))
}

/// What there is to say about a rule beyond its summary, as Markdown.
pub(super) fn details(rule: &Rule) -> String {
    let mut lines = Vec::new();
    for paragraph in rule.explanation.split("\n\n") {
        lines.extend([escaped(paragraph), String::new()]);
    }
    lines.push(format!("- **Severity**: {}", severities_in_words(rule)));
    lines.extend(answers(rule.refusal).iter().map(|answer| format!("- **Answer**: {}", escaped(answer))));
    lines.push(format!("- **Fix**: {}", escaped(&fix_in_words(rule.fix))));
    let (open, close) = if rule.example.contains('`') { ("`` ", " ``") } else { ("`", "`") };
    lines.push(format!("- **Example**: {open}{}{close}", example(rule)));
    lines.extend(rule.citations.iter().map(|citation| {
        let name = escaped(&citation.to_string());
        citation
            .url()
            .map_or_else(|| format!("- **See**: {name}"), |url| format!("- **See**: [{name}]({url})"))
    }));
    lines.join("\n") + "\n"
}

/// The same as plain text, paragraphs and lines unbroken.
pub(super) fn plain(rule: &Rule) -> String {
    let mut lines = vec![rule.explanation.to_owned(), String::new()];
    lines.push(format!("Severity: {}", severities_in_words(rule)));
    lines.extend(answers(rule.refusal).iter().map(|answer| format!("Answer: {answer}")));
    lines.push(format!("Fix: {}", fix_in_words(rule.fix)));
    lines.push(format!("Example: {}", example(rule)));
    lines.extend(rule.citations.iter().map(|citation| format!("See: {}", cited(citation))));
    lines.join("\n")
}

/// Text of a rule as Markdown: code spans stay, what else would be read as markup is escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            escaped.push('`');
        }
        for character in part.chars() {
            if index % 2 == 0 && matches!(character, '<' | '>' | '*' | '_' | '[' | ']' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
    }
    escaped
}

fn example(rule: &Rule) -> String {
    format!("{}[{}] {}", default_severity(rule).name(), rule.name, rule.example)
}

/// Where a rule's first source can be read.
pub(super) fn source(rule: &Rule) -> Option<String> {
    rule.citations.iter().find_map(Citation::url)
}

/// A text about a rule with its name, as it stands in `head`, and its sources linked.
pub(super) fn linked(mut text: String, rule: &Rule, head: &str, style: &Style) -> String {
    if !style.links {
        return text;
    }
    if !head.is_empty() {
        text = text.replacen(head, &style.link(source(rule).as_deref(), head), 1);
    }
    let mut urls: Vec<String> = rule.citations.iter().filter_map(Citation::url).collect();
    urls.sort();
    urls.dedup();
    for url in urls {
        let shown = format!("<{url}>");
        text = text.replace(&shown, &style.link(Some(&url), &shown));
    }
    text
}

pub(super) fn cited(citation: &Citation) -> String {
    match citation.url() {
        Some(url) => format!("{citation} <{url}>"),
        None => citation.to_string(),
    }
}

/// `warning`, or `warning/error` where it depends on the call.
fn severities(rule: &Rule) -> String {
    match rule.severity {
        SeverityByService::Always(severity) => severity.name().to_owned(),
        SeverityByService::ErrorIfRejected { otherwise } => format!("{}/error", otherwise.name()),
    }
}

fn severities_in_words(rule: &Rule) -> String {
    match rule.severity {
        SeverityByService::Always(severity) => severity.name().to_owned(),
        SeverityByService::ErrorIfRejected { otherwise } => {
            format!("{}, or error where the service is predicted to reject the body", otherwise.name())
        }
    }
}

/// The severity for the default service and call.
fn default_severity(rule: &Rule) -> Severity {
    rule.severity(Call::Create, Service::Roma)
}

fn severity_colour(rule: &Rule) -> Colour {
    colour(default_severity(rule).max(Severity::Note))
}

/// `400 APIG.2106`, `-` where the service accepts the body; several with commas.
fn codes(answer: PredictedOutcome) -> String {
    let mut codes: Vec<String> = Vec::new();
    for refusal in answer.refusals() {
        let code = format!("{} {}", refusal.error.status, refusal.error.code);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.is_empty() { "-".to_owned() } else { codes.join(", ") }
}

/// What the service answers, a line for each case.
fn answers(answer: PredictedOutcome) -> Vec<String> {
    match answer {
        PredictedOutcome::Accepted => vec!["none: the service is predicted to accept the body".to_owned()],
        PredictedOutcome::Rejected(refusal) => vec![answer_in_words(refusal)],
        PredictedOutcome::ByCall(defect) => answer
            .refusals()
            .into_iter()
            .map(|refusal| format!("{}{}", answer_in_words(refusal), options(defect, refusal)))
            .collect(),
        PredictedOutcome::PerMember(cases) => {
            let mut lines: Vec<(String, Vec<String>)> = Vec::new();
            for (field, outcome) in cases {
                let name = format!("`{}`", field.name());
                for said in answers(*outcome) {
                    match lines.iter_mut().find(|(line, _)| *line == said) {
                        Some((_, names)) => names.push(name.clone()),
                        None => lines.push((said, vec![name.clone()])),
                    }
                }
            }
            lines.into_iter().map(|(said, names)| format!("{said}; in {}", names.join(", "))).collect()
        }
    }
}

/// The options with which a defect is rejected like that.
fn options(defect: Defect, refusal: Rejection) -> String {
    let rows = || CallSpec::all().iter().filter(|row| row.rejection(defect) == Some(refusal));
    let services = Service::ALL.into_iter().filter(|service| rows().any(|row| row.service == *service));
    let calls = Call::ALL.into_iter().filter(|call| rows().any(|row| row.call == *call));
    let mut options = Vec::new();
    for (option, words, all) in [
        ("--service", services.map(Service::name).collect::<Vec<_>>(), Service::ALL.len()),
        ("--call", calls.map(Call::name).collect(), Call::ALL.len()),
    ] {
        if words.len() < all {
            options.push(format!("{option} {}", words.join(" or ")));
        }
    }
    if options.is_empty() { String::new() } else { format!("; with {} only", options.join(" and ")) }
}

fn answer_in_words(refusal: Rejection) -> String {
    let basis = match refusal.basis {
        Basis::Documented => "documented",
        Basis::Inferred => "inferred from the observed behavior of the service",
        Basis::Sibling => "documented for similar calls, not for this one",
    };
    let error = refusal.error;
    format!("{} {} \"{}\" ({basis})", error.status, error.code, documented_message(error))
}

/// The text of an error, with `X` where the name of a member or the like stands.
fn documented_message(error: ApiError) -> String {
    error.message.replace("{}", "X")
}

/// `safe`, `unsafe`, `safe/unsafe`, or `-`.
fn fix_word(fix: FixAvailability) -> &'static str {
    match fix {
        FixAvailability::Never => "-",
        FixAvailability::When(safety, _) => safety.name(),
        FixAvailability::Either(_) => "safe/unsafe",
    }
}

fn fix_in_words(fix: FixAvailability) -> String {
    match fix {
        FixAvailability::Never => "none".to_owned(),
        FixAvailability::When(safety, what) => format!("{}: {what}", safety.name()),
        FixAvailability::Either(what) => format!("safe or unsafe: {what}"),
    }
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    family: &'static str,
    severity: PerService,
    summary: &'static str,
    explanation: &'static str,
    example: &'static str,
    refusals: Vec<EntryRefusal>,
    fix: Option<EntryFix>,
    citations: Vec<EntryCitation>,
}

#[derive(Serialize)]
struct PerService {
    roma: &'static str,
    apig: &'static str,
}

#[derive(Serialize)]
struct EntryRefusal {
    status: u16,
    error_code: &'static str,
    basis: &'static str,
}

#[derive(Serialize)]
struct EntryFix {
    safety: &'static [&'static str],
    title: &'static str,
}

#[derive(Serialize)]
struct EntryCitation {
    text: String,
    url: Option<String>,
}

impl Entry {
    fn of(rule: &Rule) -> Self {
        Self {
            name: rule.name,
            family: rule.family.title(),
            severity: PerService {
                roma: default_severity(rule).name(),
                apig: rule.severity(Call::Create, Service::Apig).name(),
            },
            summary: rule.summary,
            explanation: rule.explanation,
            example: rule.example,
            refusals: rule
                .refusal
                .refusals()
                .into_iter()
                .map(|refusal| EntryRefusal {
                    status: refusal.error.status,
                    error_code: refusal.error.code,
                    basis: refusal.basis.name(),
                })
                .collect(),
            fix: match rule.fix {
                FixAvailability::Never => None,
                FixAvailability::When(Safety::Safe, title) => Some(EntryFix { safety: &["safe"], title }),
                FixAvailability::When(Safety::Unsafe, title) => Some(EntryFix { safety: &["unsafe"], title }),
                FixAvailability::Either(title) => Some(EntryFix { safety: &["safe", "unsafe"], title }),
            },
            citations: rule
                .citations
                .iter()
                .map(|citation| EntryCitation { text: citation.to_string(), url: citation.url() })
                .collect(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::api::Field;
    use crate::output::testing::{NOTED, QUOTED};

    fn text(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> String {
        let mut text = Vec::new();
        write(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn the_table_is_aligned() {
        assert_eq!(
            text(|to| table(&[&NOTED, &QUOTED], &Style::PLAIN, to)),
            "rule        severity  answer         fix  reported when\n\
             noted       note      -              -    Something | is <noted>.\n\
             quoted-pem  error     400 APIG.2106  -    A quote stands before the PEM.\n"
        );
    }

    #[test]
    fn a_rule_is_explained_in_full() {
        assert_eq!(
            text(|to| explain(&QUOTED, &Style::PLAIN, to)),
            "quoted-pem\n\
             A quote stands before the PEM.\n\n\
             The service's reader does not take it.\n\n\
             Common causes:\n\
             - A shell script or a configuration file that keeps the quotation marks around the value of a\n  \
             variable\n\
             - YAML\n\n\
             severity  error\n\
             answer    400 APIG.2106 \"Invalid certificate or private key.\" (inferred from the observed behavior\n          of the service)\n\
             fix       none\n\
             example   error[quoted-pem] the value starts with a quote\n\
             see       RFC 7468, section 2 <https://www.rfc-editor.org/rfc/rfc7468#section-2>\n"
        );
        let noted = text(|to| explain(&NOTED, &Style::PLAIN, to));
        assert!(noted.contains("severity  note\n"), "{noted}");
        assert!(noted.contains("answer    none: the service is predicted to accept the body\n"), "{noted}");
    }

    #[test]
    fn an_error_code_names_the_rules_that_lead_to_it() {
        let said = text(|to| explain_error(ApiError::INVALID_PAIR, &[&NOTED, &QUOTED], &Style::PLAIN, to));
        assert!(said.starts_with("APIG.2106\n400 Invalid certificate or private key.\n"), "{said}");
        assert!(said.contains("  quoted-pem  inferred    A quote stands before the PEM.\n"), "{said}");
        assert!(!said.contains("noted "), "{said}");
        let none = text(|to| explain_error(ApiError::NO_INSTANCE, &[&NOTED], &Style::PLAIN, to));
        assert!(
            none.contains("The instance does not exist;id:X") && none.ends_with("No rule leads to it.\n")
        );
    }

    #[test]
    fn every_error_has_a_meaning() {
        for error in ApiError::ALL {
            assert!(error.meaning().ends_with('.'), "{}", error.code);
        }
    }

    #[test]
    fn answers_that_depend_on_the_member_are_listed() {
        static CASES: [(Field, PredictedOutcome); 3] = [
            (Field::CertContent, PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR))),
            (Field::PrivateKey, PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR))),
            (Field::Name, PredictedOutcome::ByCall(Defect::Name)),
        ];
        let lines = answers(PredictedOutcome::PerMember(&CASES));
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines.first().unwrap().ends_with("; in `cert_content`, `private_key`"));
        assert!(
            lines
                .get(1)
                .unwrap()
                .ends_with("; with --service apig and --call create or update only; in `name`"),
            "{lines:?}"
        );
        assert!(
            lines.last().unwrap().ends_with("(documented); with --call bind only; in `name`"),
            "{lines:?}"
        );
        let after_2038 = answers(PredictedOutcome::ByCall(Defect::ExpiresAfter2038));
        assert!(after_2038.first().unwrap().ends_with("(documented); with --service apig only"));
        // What `options` says of services and calls is true of each pair of them.
        for defect in [Defect::Name, Defect::ExpiresAfter2038, Defect::KeyUsage] {
            for refusal in PredictedOutcome::ByCall(defect).refusals() {
                let rows = || CallSpec::all().iter().filter(|row| row.rejection(defect) == Some(refusal));
                let count = |is_in: &dyn Fn(&CallSpec) -> bool| usize::from(rows().any(is_in));
                let services: usize = Service::ALL.map(|it| count(&|row| row.service == it)).iter().sum();
                let calls: usize = Call::ALL.map(|it| count(&|row| row.call == it)).iter().sum();
                assert_eq!(rows().count(), services * calls, "{defect:?}");
            }
        }
    }

    #[test]
    fn markdown_survives_what_rules_say() {
        let page = markdown(&[&NOTED, &QUOTED]);
        assert!(
            page.contains("| [`noted`](#noted) | note | - | - | Something \\| is \\<noted\\>. |"),
            "{page}"
        );
        assert!(page.contains("It is \\*good\\* to know."), "{page}");
        assert!(page.contains("- **Example**: `` note[noted] `name` is noted ``"), "{page}");
        assert!(page.contains("\n## Request\n") && page.contains("\n## PEM encoding\n"), "{page}");
        assert_eq!(escaped("a_b `c_d` <e>"), "a\\_b `c_d` \\<e\\>");
    }

    #[test]
    fn json_holds_everything() {
        let json: serde_json::Value = serde_json::from_str(&text(|to| json(&[&NOTED, &QUOTED], to))).unwrap();
        let quoted = json.get(1).unwrap();
        assert_eq!(quoted.get("name").unwrap(), "quoted-pem");
        assert_eq!(quoted.pointer("/refusals/0/error_code").unwrap(), "APIG.2106");
        assert_eq!(quoted.pointer("/citations/0/text").unwrap(), "RFC 7468, section 2");
        assert_eq!(json.pointer("/0/severity/apig").unwrap(), "note");
    }
}
