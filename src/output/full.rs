//! `full`: for people at a terminal. Each finding with its place in the masked body, what to do and
//! what the service answers; then what will become of each body.

use std::cmp::Reverse;
use std::fmt;
use std::io::{self, Write};
use std::mem::take;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};
use textwrap::{WordSeparator, WordSplitter};

use crate::api::Rejection;
use crate::output::catalogue::{cited, linked};
use crate::output::snippet::{Source, Window, located};
use crate::output::style::{Colour, Style, wrap, wrap_onto};
use crate::output::{Input, Run, Tally, counted};
use crate::problem::Severity;
use crate::report::Finding;
use crate::response::PredictedRejection;

/// How much memory is made ready for a finding, in bytes. Most take less.
const ROOM: usize = 2048;

/// What `miette` draws before each line of a message, in columns: two blanks, a sign and a blank.
const MARGIN: usize = 4;

pub(super) fn write(run: &Run, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let mut drawer = Drawer::new(style, run.verbose);
    for input in &run.inputs {
        let mut findings: Vec<&Finding> = run.shown(input).collect();
        if findings.is_empty() {
            continue;
        }
        if !run.quiet {
            verdict(input, style, to)?;
            writeln!(to)?;
        }
        let source = Source::new(&input.report.redacted);
        findings.sort_by_key(|finding| Reverse(finding.severity));
        for same in group(&findings) {
            to.write_all(drawer.draw(&input.path, &source, &same).as_bytes())?;
        }
    }
    summarize(run, style, to)
}

/// Puts findings that say the same about several fields together.
fn group<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let said = |finding: &'a Finding| (finding.rule.name, &finding.message, &finding.help, finding.severity);
    for finding in findings {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| said(first) == said(finding)))
        {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// Writes what will become of each body, and the counts.
///
/// # Errors
///
/// When it cannot be written.
pub fn summarize(run: &Run, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let tally = run.tally();
    let counts = tally.counts;
    if run.statistics {
        statistics(&tally, style, to)?;
    }
    if counts.inputs == 0 {
        return Ok(());
    }
    if run.quiet {
        return Ok(());
    }
    let notes_hidden = if run.hides_notes { counts.notes } else { 0 };
    if counts.findings() - notes_hidden + counts.rejected + counts.suppressed == 0 {
        let what = match run.inputs.as_slice() {
            [one] => format!("{} is good", one.name()),
            _ => format!("{}, all good", counted(counts.inputs, "body", "bodies")),
        };
        let notes = match notes_hidden {
            0 => "no findings".to_owned(),
            notes => format!("{} (shown with -v)", counted(notes, "note", "notes")),
        };
        let said = style.wrap_line(&format!("{what}: {notes}, the service would answer {}", tally.success));
        return writeln!(to, "{}", style.paint(Colour::Good, &said));
    }
    for input in &run.inputs {
        let counts = |finding: &Finding| !run.hides_notes || finding.severity > Severity::Note;
        let has_suppressed = !input.suppressed.is_empty();
        if !input.report.is_accepted() || has_suppressed || input.report.findings.iter().any(counts) {
            verdict(input, style, to)?;
        }
    }
    writeln!(to, "{}", style.wrap_line(&total(&tally, run.hides_notes)))
}

/// How many bodies and findings there are.
pub(super) fn total(tally: &Tally, hides_notes: bool) -> String {
    let counts = tally.counts;
    let found = format!(
        "{}, {}, {}{}",
        counted(counts.errors, "error", "errors"),
        counted(counts.warnings, "warning", "warnings"),
        counted(counts.notes, "note", "notes"),
        if hides_notes && counts.notes > 0 { " (shown with -v)" } else { "" }
    );
    let mut total = vec![match counts.inputs {
        1 => found,
        inputs => format!("{}, {} rejected: {found}", counted(inputs, "body", "bodies"), counts.rejected),
    }];
    total.extend(match (counts.fixable, counts.safely) {
        (0, _) => None,
        (all, safe) if all == safe => Some(format!("{all} fixable with `apicert fix`")),
        (all, 0) => Some(format!("{all} fixable with `apicert fix --unsafe`")),
        (all, safe) => {
            Some(format!("{safe} fixable with `apicert fix`, {} more with `--unsafe`", all - safe))
        }
    });
    if counts.suppressed > 0 {
        total.push(format!("{} suppressed", counts.suppressed));
    }
    if tally.shown < counts.findings() && !hides_notes {
        total.push(format!("{} below --min-severity not shown", counts.findings() - tally.shown));
    }
    total.join("; ")
}

/// What the service is predicted to do with a body.
fn verdict(input: &Input, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let (word, colour, answer) = match &input.report.refusal {
        Some(refused) => ("rejected", Colour::Bad, answer(refused)),
        None => ("accepted", Colour::Good, input.report.status().to_string()),
    };
    let lead = format!("{}: ", input.name());
    let said = style.wrap_line(&format!("{lead}{word}, the service would answer {answer}"));
    // The word comes right after the path, also where a line is broken between them.
    let (before, after) = said.split_at_checked(lead.len()).unwrap_or((&said, ""));
    let after = after.strip_prefix(word).unwrap_or(after);
    writeln!(to, "{before}{}{after}", style.paint(colour, word))
}

/// `400 APIG.2106 Invalid certificate or private key. (quoted-pem, inferred)`
pub(super) fn answer(refused: &PredictedRejection) -> String {
    let PredictedRejection { rule, refusal, message } = refused;
    let error = refusal.error;
    format!("{} {} {message} ({}, {})", error.status, error.code, rule.name, refusal.basis.name())
}

/// How often each rule fired.
fn statistics(tally: &Tally, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    for (name, severity, count) in tally.by_rule() {
        let word = style.paint(colour(severity), severity.name());
        let padding = " ".repeat("warning".len() - severity.name().len());
        writeln!(to, "{count:>6} {word}{padding} {name}")?;
    }
    Ok(())
}

/// Draws the findings of a run, one after the other in the same memory.
struct Drawer<'a> {
    style: &'a Style,
    verbose: bool,
    handler: GraphicalReportHandler,
    /// What `miette` has drawn.
    drawn: String,
    text: String,
}

impl<'a> Drawer<'a> {
    fn new(style: &'a Style, verbose: bool) -> Self {
        let (drawn, text) = (String::with_capacity(ROOM), String::with_capacity(ROOM));
        Self { style, verbose, handler: handler(style), drawn, text }
    }

    /// A finding, with its snippet and a blank line.
    fn draw(&mut self, path: &str, source: &Source<'_>, same: &[&Finding]) -> &str {
        let Some((finding, others)) = same.split_first() else { return "" };
        let style = self.style;
        let headline = Headline::new(finding, style);
        let shown = Shown {
            message: headline.text,
            severity: finding.severity,
            window: Window::new(path, source, finding, style),
        };
        self.drawn.clear();
        self.text.clear();
        let is_drawn = if headline.is_broken {
            self.handler.render_report(&mut self.drawn, &shown)
        } else {
            self.handler.clone().with_wrap_lines(true).render_report(&mut self.drawn, &shown)
        };
        // Writing to a string cannot fail; were a snippet refused, the rest is still said.
        if is_drawn.is_ok() {
            for line in self.drawn.lines() {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
            }
        } else {
            self.text = format!("{}\n  {}\n", shown.message, located(path, &finding.primary));
        }
        for place in shown.window.beside() {
            self.say(if place.is_primary { "here" } else { "also" }, &place.text);
        }
        for other in others {
            self.say("also", &located(path, &other.primary));
        }
        if let Some(help) = &finding.help {
            self.say("help", help);
        }
        if let Some(fix) = &finding.fix {
            self.say("fix", &[&fix.title, " (", fix.safety.name(), ")"].concat());
        }
        if let Some(refusal) = finding.refusal {
            self.say("service answers", &describe_answer(refusal));
        }
        if self.verbose {
            for citation in finding.rule.citations {
                self.say("see", &cited(citation));
            }
        }
        if style.links {
            self.text = linked(take(&mut self.text), finding.rule, &headline.head, style);
        }
        self.text.push('\n');
        &self.text
    }

    /// A line, or as many as it takes, after a word about what it says.
    fn say(&mut self, lead: &str, what: &str) {
        self.text.push_str("  ");
        self.text.push_str(&self.style.paint(Colour::Lead, lead));
        self.text.push_str(": ");
        wrap_onto(&mut self.text, "  : ".len() + lead.len(), what, self.style.width);
        self.text.push('\n');
    }
}

/// Severity, rule and message of a finding.
struct Headline {
    text: String,
    /// Severity and rule, in their colour: what the text begins with.
    head: String,
    /// Whether the text has the lines that it is to have.
    is_broken: bool,
}

impl Headline {
    /// Lets `miette` break the text only where something about it is unusual. The lines are the same,
    /// but it takes it as long as to draw the snippet.
    fn new(finding: &Finding, style: &Style) -> Self {
        let word = [finding.severity.name(), "[", finding.rule.name, "]"].concat();
        let mut said = [&word, ": ", &finding.message].concat();
        let room = style.width.saturating_sub(MARGIN);
        // No character has more columns than bytes.
        let fits = said.len() <= room;
        // Of characters that have a column each; names stand in these quotation marks.
        let is_plain = || {
            said.chars().all(|character| matches!(character, ' '..='~' | '“' | '”'))
                && !said.contains("  ")
                && said.split(' ').all(|word| word.len() <= room)
        };
        let is_broken = fits || is_plain();
        if is_broken && !fits {
            said = wrap("", &said, room);
        }
        let head = style.paint(colour(finding.severity), &word);
        let text = [&head, said.strip_prefix(&word).unwrap_or_default()].concat();
        Self { text, head, is_broken }
    }
}

/// `400 APIG.2106 (inferred)`
pub(super) fn describe_answer(refusal: Rejection) -> String {
    [&refusal.error.status.to_string(), " ", refusal.error.code, " (", refusal.basis.name(), ")"].concat()
}

pub(super) const fn colour(severity: Severity) -> Colour {
    match severity {
        Severity::Error => Colour::Bad,
        Severity::Warning => Colour::Doubtful,
        Severity::Note => Colour::Note,
    }
}

fn handler(style: &Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width + 2)
        .with_context_lines(0)
        .with_urls(false)
        .without_cause_chain()
        .without_primary_span_start()
        .without_syntax_highlighting()
        .with_wrap_lines(false)
        // Between words, as all other lines; where Unicode allows it costs a tenth of a run.
        .with_word_separator(WordSeparator::AsciiSpace)
        .with_word_splitter(WordSplitter::NoHyphenation)
}

/// A finding as `miette` takes it.
#[derive(Debug)]
struct Shown<'a> {
    message: String,
    severity: Severity,
    window: Window<'a>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.labels()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::output::testing::{NOTED, body, finding, quoted, run};
    use crate::output::{Suppressed, Suppressor};
    use crate::problem::Problem;
    use crate::span::Span;

    fn text(run: &Run, style: &Style) -> String {
        let mut text = Vec::new();
        write(run, style, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_finding_reads_well() {
        let body = body();
        let (first, last) = (body.find('\'').unwrap(), body.rfind('\'').unwrap());
        let run = run("request.json", &body, vec![quoted(first, last)]);
        assert_eq!(
            text(&run, &Style::PLAIN),
            r#"request.json: rejected, the service would answer 400 APIG.2106 Invalid certificate or private key. (quoted-pem, inferred)

  x error[quoted-pem]: the value starts with a quote
   ,-[request.json:3:19 (/private_key)]
 3 |   "private_key": "*-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----****",
   :                   |                                                                |
   :                   |                                                                `-| and
   :                   |                                                                  | this
   :                   |                                                                  | one
   :                   `-- this quote
   `----
  help: send the PEM without the quotes around it
  fix: remove the quotes (safe)
  service answers: 400 APIG.2106 (inferred)

request.json: rejected, the service would answer 400 APIG.2106 Invalid certificate or private key. (quoted-pem, inferred)
1 error, 0 warnings, 0 notes; 1 fixable with `apicert fix`
"#
        );
    }

    #[test]
    fn errors_come_first() {
        let note = finding(&NOTED, Problem::at(Span::at(0), "", "noted"));
        let said = text(&run("a.json", &body(), vec![note, quoted(5, 6)]), &Style::PLAIN);
        assert!(said.find("error[quoted-pem]").unwrap() < said.find("note[noted]").unwrap(), "{said}");
    }

    #[test]
    fn a_narrow_terminal_gets_narrow_text() {
        let body = body();
        let (first, last) = (body.find('\'').unwrap(), body.rfind('\'').unwrap());
        let problem = Problem::at(
            Span::new(first, last),
            "this whole text",
            "the key is a long and winding story that does not fit into one line of this terminal",
        )
        .related(Span::new(3, 9), "and this is a label that has to be broken into several lines to be read");
        let run = run("request.json", &body, vec![finding(&NOTED, problem)]);
        let style = Style { colour: false, unicode: true, links: false, width: 70, wraps_all: true };
        assert_eq!(
            text(&run, &style),
            r#"request.json: accepted, the service would answer 200

  ☞ note[noted]: the key is a long and winding story that does not fit
  │ into one line of this terminal
   ╭─[request.json:3:19 (/private_key)]
 2 │   "name": "*********",
   ·  ───┬──
   ·     ╰─┤ and this is a label that has to be broken into several
   ·       │ lines to be read
 3 │   "private_key": "*-----BEGIN PRIVATE … PRIVATE KEY-----****",
   ·                   ────────────────────┬────────────────────
   ·                                       ╰── this whole text
   ╰────

request.json: accepted, the service would answer 200
0 errors, 0 warnings, 1 note
"#
        );
    }

    #[test]
    fn messages_are_broken_as_miette_breaks_them() {
        let messages = [
            "short".to_owned(),
            "the certificate “www.example.com” is one of “many, too many” to be counted on a line ".repeat(2),
            format!("{}ends in a word of {} and more", "a ".repeat(40), "x".repeat(46)),
            "x".repeat(80),
            "证书 is wider than it is long, and two  blanks stay two  blanks ".repeat(3),
        ];
        let mut broken = 0;
        for (message, width) in messages.iter().flat_map(|one| (50..=120).map(move |width| (one, width))) {
            let run = run("a.json", "{}", vec![finding(&NOTED, Problem::at(Span::at(0), "", message))]);
            let report = &run.inputs.first().unwrap().report;
            let (source, finding) = (Source::new(&report.redacted), report.findings.first().unwrap());
            let style = Style { width, unicode: true, colour: width % 2 == 0, links: false, wraps_all: true };
            let draw = |message: String, wraps: bool| {
                let window = Window::new("a.json", &source, finding, &style);
                let shown = Shown { message, severity: finding.severity, window };
                let mut drawn = String::new();
                handler(&style).with_wrap_lines(wraps).render_report(&mut drawn, &shown).unwrap();
                drawn
            };
            let headline = Headline::new(finding, &style);
            let whole = format!("{}: {message}", headline.head);
            if headline.is_broken {
                assert_eq!(draw(headline.text, false), draw(whole, true), "{message} {width}");
                broken += 1;
            } else {
                assert_eq!(headline.text, whole);
            }
        }
        // The first three in all widths, the fourth where its word fits into a line.
        assert_eq!(broken, 3 * 71 + 37);
    }

    #[test]
    fn places_beyond_those_that_are_drawn_are_listed() {
        let body = body();
        let many = (0..40).fold(Problem::at(Span::new(2, 3), "", "many"), |problem, at| {
            problem.related(Span::new(100 + at, 101 + at), format!("place {at}!"))
        });
        let said = text(&run("a.json", &body, vec![finding(&NOTED, many)]), &Style::PLAIN);
        let listed = (0..40).filter(|at| said.contains(&format!("place {at}!"))).count();
        let more =
            said.lines().find_map(|line| line.trim().strip_prefix("also: ")?.strip_suffix(" more places"));
        assert_eq!(listed + more.unwrap().parse::<usize>().unwrap(), 40, "{said}");
    }

    #[test]
    fn every_place_of_every_text_can_be_drawn() {
        let body = body();
        for input in ["", "\n", "x", "\r\n\r\n", "{\"\u{e9}\": \"\u{1f600}\"}", "[\n1,\n\n2]", &body] {
            for start in 0..=input.len().min(200) {
                for end in [start, start + 1, input.len(), input.len() + 5] {
                    let problem = Problem::at(Span::new(start, end), "here", "something")
                        .related(Span::at(input.len()), "and the end");
                    let run = run("a.json", input, vec![finding(&NOTED, problem)]);
                    for width in [20, 100] {
                        let said = text(&run, &Style { width, ..Style::PLAIN });
                        assert!(
                            said.contains("here") && said.contains("and the end"),
                            "{start} {end}: {said}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn notes_are_counted_and_the_same_is_said_once() {
        let note = finding(&NOTED, Problem::at(Span::at(0), "", "noted"));
        let mut run = run("a.json", &body(), vec![note.clone()]);
        (run.min_severity, run.hides_notes) = (Severity::Warning, true);
        assert_eq!(
            text(&run, &Style::PLAIN),
            "a.json is good: 1 note (shown with -v), the service would answer 200\n"
        );
        let body = body();
        let (first, last) = (body.find('\'').unwrap(), body.rfind('\'').unwrap());
        let twice = vec![note, quoted(first, last), quoted(last, last)];
        run = super::super::testing::run("a.json", &body, twice);
        (run.min_severity, run.hides_notes) = (Severity::Warning, true);
        let said = text(&run, &Style::PLAIN);
        assert_eq!(said.matches("error[quoted-pem]").count(), 1, "{said}");
        assert!(said.contains("  also: a.json:3:"), "{said}");
        assert!(
            said.ends_with("2 errors, 0 warnings, 1 note (shown with -v); 2 fixable with `apicert fix`\n")
        );
    }

    #[test]
    fn colours_are_used_only_when_asked_for() {
        let run = run("e.json", "", vec![finding(&NOTED, Problem::at(Span::at(0), "nothing", "empty"))]);
        assert!(!text(&run, &Style::PLAIN).contains('\u{1b}'));
        assert!(
            text(&run, &Style { colour: true, ..Style::PLAIN }).contains("\u{1b}[1;34mnote[noted]\u{1b}[0m")
        );
    }

    #[test]
    fn nothing_found_is_one_line() {
        let mut run = run("a.json", "{}", Vec::new());
        assert_eq!(text(&run, &Style::PLAIN), "a.json is good: no findings, the service would answer 200\n");
        run.inputs.extend(crate::output::testing::run("b.json", "{}", Vec::new()).inputs);
        assert_eq!(
            text(&run, &Style::PLAIN),
            "2 bodies, all good: no findings, the service would answer 200\n"
        );
        run.quiet = true;
        assert_eq!(text(&run, &Style::PLAIN), "");
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let mut run = run("a.json", &body(), vec![finding(&NOTED, Problem::at(Span::at(0), "x", "noted"))]);
        run.min_severity = Severity::Error;
        assert_eq!(
            text(&run, &Style::PLAIN),
            "a.json: accepted, the service would answer 200\n\
             0 errors, 0 warnings, 1 note; 1 below --min-severity not shown\n"
        );
        run.statistics = true;
        assert!(text(&run, &Style::PLAIN).starts_with("     1 note    noted\n"));
        let input = run.inputs.first_mut().unwrap();
        let suppress = |finding| Suppressed { finding, by: Suppressor::Allow };
        input.suppressed = input.report.findings.drain(..).map(suppress).collect();
        assert!(text(&run, &Style::PLAIN).ends_with("0 errors, 0 warnings, 0 notes; 1 suppressed\n"));
    }
}
