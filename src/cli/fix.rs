//! `apicert fix`: bodies repaired in place, or on standard output.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::cli::args;
use crate::cli::args::Fix;
use crate::cli::config::Config;
use crate::cli::inputs;
use crate::cli::inputs::{InputBody, Item, RecordPosition};
use crate::cli::rule_levels::RuleLevels;
use crate::cli::suppressions::{Scope, Suppressions};
use crate::cli::{
    CliError, Exit, NO_BODY, Printer, atomic_write, ndjson, progress, read_input, signals, terminal,
};
use crate::edit;
use crate::edit::{Edit, Safety};
use crate::fix::rounds::Repaired;
use crate::internal_fault::OrFault;
use crate::output::{FORMATS, Input, Run, Style, diff};
use crate::report::Finding;
use crate::settings::Settings;
use crate::span::Lines;
use crate::template;
use crate::template::Value;

pub(super) fn run(options: &Fix, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, CliError> {
    // A file with many bodies is put back as a whole.
    let common = &options.common;
    let mut config = Config::load(&common.judging.choice, given)?;
    let named = common.named(given, &config)?.verbose(options.verbose).progress(!options.quiet).whole();
    if options.stdout && !named.is_one_file() {
        return Err(CliError::new("--stdout prints one file: name one, or - for standard input"));
    }
    let style = terminal::of_stdout(options.color);
    let is_stdout_taken = options.diff || options.stdout || named.has_stdin();
    // Files are replaced one after the other.
    let replaces_files = !options.diff && !options.stdout && named.has_files();
    let jobs = || if replaces_files { 1 } else { common.jobs() };
    signals::watch();
    let settings = common.judging.settings(&config)?;
    let ignores = Arc::new(Suppressions::new(&mut config, settings.now));
    let workshop = Fixer {
        values: common.values(&named)?,
        overrides: common.judging.overrides(&config),
        ignores: Arc::clone(&ignores),
        settings,
        least: if options.unsafe_too { Safety::Unsafe } else { Safety::Safe },
        is_diff: options.diff,
        is_stdout: options.stdout,
        is_quiet: options.quiet,
        is_verbose: options.verbose,
        style,
    };
    let mut scope = workshop.values.is_empty().then(|| Scope::new(&named, &config));
    let (min_severity, hides_notes) = options.shown.least(&config, true, options.verbose);
    let (quiet, verbose) = (options.quiet, options.verbose);
    let mut run = Run { min_severity, hides_notes, quiet, verbose, ..Run::new() };
    let mut is_written = true;
    let mut would_change = false;
    let judge = move |item: Item<'_>, batch: &mut FixBatch| {
        if let Item::Body(body) = item {
            workshop.work_on(body, batch);
        }
    };
    let found = inputs::each(named, jobs, printer, judge, |batch, printer| {
        batch.said.iter().for_each(|message| printer.say(message));
        is_written &= !batch.has_failed;
        would_change |= batch.is_changed;
        run.inputs.extend(batch.inputs);
        let next = printer.put(&batch.written);
        scope = scope.take().filter(|_| next.is_continue());
        next
    });
    run.unreadable = found.unreadable;
    run.notices = ignores.notices(scope.as_ref().filter(|_| run.unreadable.is_empty()));
    run.notices.iter().for_each(|notice| printer.say(notice));
    report(&run, &style, is_stdout_taken, options, printer)
        .map_err(|error| CliError::new(read_input::reason(&error)))?;
    Ok(if !run.unreadable.is_empty() || !is_written {
        Exit::CouldNotRun
    } else if run.inputs.is_empty() && !common.bodies_only {
        printer.say(NO_BODY);
        Exit::NoBody
    } else if would_change
        || args::fail_on(options.fail_on, &config).is_some_and(|severity| run.counts().at_least(severity) > 0)
    {
        Exit::Found
    } else {
        Exit::Good
    })
}

/// What is needed to repair bodies.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct Fixer {
    settings: Settings,
    values: Vec<Value>,
    ignores: Arc<Suppressions>,
    overrides: RuleLevels,
    least: Safety,
    is_diff: bool,
    is_stdout: bool,
    is_quiet: bool,
    is_verbose: bool,
    style: Style,
}

/// What became of some bodies.
#[derive(Default)]
struct FixBatch {
    inputs: Vec<Input>,
    said: Vec<String>,
    /// What goes to stdout: bodies, or what would change.
    written: Zeroizing<Vec<u8>>,
    has_failed: bool,
    /// Whether something was repaired, or would be with `--diff`.
    is_changed: bool,
}

impl Fixer {
    fn work_on(&self, body: InputBody<'_>, batch: &mut FixBatch) {
        if !body.is_many {
            let (repaired, text) = self.repair(body, batch);
            return self.hand_out(body, repaired.is_changed(), &text, batch);
        }
        let mut text = Zeroizing::new(Vec::with_capacity(body.bytes.len()));
        let mut is_changed = false;
        let mut end = 0;
        for record in ndjson::records(body.bytes, 1, 0) {
            let place = RecordPosition { line: record.line, offset: record.offset };
            let line = InputBody { record: Some(place), is_many: false, bytes: record.bytes, ..body };
            let (repaired, repaired_line) = self.repair(line, batch);
            is_changed |= repaired.is_changed();
            append(&mut text, body.bytes.get(end..record.offset).or_fault());
            append(&mut text, &repaired_line);
            end = record.offset + record.bytes.len();
            progress::count(1, record.bytes.len() + 1);
        }
        append(&mut text, body.bytes.get(end..).or_fault());
        self.hand_out(body, is_changed, &text, batch);
    }

    /// Repairs a body, and says what was done. What is allowed to be as it is stays as it is.
    fn repair(&self, body: InputBody<'_>, batch: &mut FixBatch) -> (Repaired, Zeroizing<Vec<u8>>) {
        let ignores = self.ignores.at(body.at);
        let name = match body.record {
            Some(place) => Cow::Owned(format!("{}:{}", body.path, place.line)),
            None => Cow::Borrowed(body.path),
        };
        let wanted = |finding: &Finding, fix: &edit::Fix| {
            // Lines of a file in UTF-16 cannot be converted one by one.
            let is_part_of_utf16 =
                body.record.is_some() && fix.edits.iter().any(|edit| matches!(edit, Edit::Utf16 { .. }));
            fix.safety >= self.least
                && !is_part_of_utf16
                && !self.overrides.allow(finding.rule.name)
                && ignores.reason(finding).is_none()
        };
        let mut repaired = template::repair(body.bytes, &self.values, &self.settings, &wanted);
        if self.is_diff {
            if repaired.is_changed() {
                batch.is_changed = true;
                let mut changes = Vec::new();
                // Writing to memory does not fail.
                let _ = diff::write(&name, &Lines::new(body.bytes), &repaired, &self.style, &mut changes);
                append(&mut batch.written, &changes);
            }
        } else {
            self.tell(&name, &repaired, body.record.is_some(), batch);
        }
        let mut text = std::mem::take(&mut repaired.text);
        let mut report = std::mem::take(&mut repaired.report);
        let line = body.record.map(|place| place.line);
        if let Some(place) = body.record {
            // A body of one line stays one: what breaks lines in JSON outside of strings is a blank.
            text.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
            report.offset_by(place.line - 1, place.offset);
        }
        let mut suppressed = self.ignores.apply(body.at, &mut report);
        suppressed.extend(self.overrides.apply(&mut report));
        batch.inputs.push(Input { line, suppressed, ..Input::new(body.path.to_owned(), report) });
        (repaired, text)
    }

    /// Puts a repaired text where it belongs.
    fn hand_out(&self, body: InputBody<'_>, is_changed: bool, text: &[u8], batch: &mut FixBatch) {
        if self.is_diff {
            return;
        }
        let Some(file) = body.file.filter(|_| !self.is_stdout) else {
            append(&mut batch.written, text);
            if body.record.is_some() {
                append(&mut batch.written, b"\n");
            }
            return;
        };
        if let Err(message) = put_back(file, is_changed, body.bytes, text) {
            batch.has_failed = true;
            batch.said.push(format!("{}: {message}", body.path));
        }
    }

    /// Says what was done.
    fn tell(&self, name: &str, repaired: &Repaired, is_record: bool, batch: &mut FixBatch) {
        if self.is_quiet {
            return;
        }
        let count = repaired.repairs().count();
        if self.is_verbose {
            for (finding, fix) in repaired.repairs() {
                let at = match finding.primary.pointer.as_str() {
                    "" => String::new(),
                    member => format!(" in {member}"),
                };
                let (title, rule, safety) = (&fix.title, finding.rule.name, fix.safety.name());
                batch.said.push(format!("{name}: {title}{at} ({rule}, {safety})"));
            }
        }
        batch.said.push(match count {
            0 if is_record => return,
            0 => format!("{name}: nothing to repair"),
            1 => format!("{name}: 1 repair"),
            _ => format!("{name}: {count} repairs"),
        });
    }
}

/// Appends to a text that may hold keys: what it outgrows is wiped.
fn append(to: &mut Zeroizing<Vec<u8>>, text: &[u8]) {
    let length = to.len() + text.len();
    if length > to.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.max(2 * to.capacity())));
        larger.extend_from_slice(to);
        *to = larger;
    }
    to.extend_from_slice(text);
}

fn put_back(file: &Path, is_changed: bool, before: &[u8], text: &[u8]) -> Result<(), String> {
    if is_changed { atomic_write::replace(file, before, text) } else { Ok(()) }
}

/// Prints what is left: where the result goes, or, when the body goes there, beside it.
fn report(
    run: &Run,
    style: &Style,
    is_stdout_taken: bool,
    options: &Fix,
    printer: &mut Printer<'_>,
) -> std::io::Result<()> {
    let Some(format) = FORMATS.first() else { return Ok(()) };
    if is_stdout_taken {
        let style = terminal::of_stderr(options.color);
        (format.write)(run, &style, printer.messages)
    } else {
        (format.write)(run, style, &mut printer.result)
    }
}
