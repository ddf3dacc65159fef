//! `apicert check`: what is wrong with bodies.

use std::ffi::OsString;
use std::sync::Arc;

use crate::cli::args;
use crate::cli::args::{Check, Destination};
use crate::cli::config;
use crate::cli::config::Config;
use crate::cli::files;
use crate::cli::files::{Role, Target};
use crate::cli::inputs;
use crate::cli::inputs::{InputBody, Item};
use crate::cli::repo_root::{FingerprintPaths, Root};
use crate::cli::rule_levels::RuleLevels;
use crate::cli::suppressions::{Scope, Suppressions};
use crate::cli::{CliError, Exit, Printer, read_input, signals, terminal, value_parsers};
use crate::output::{Each, FORMATS, Format, Input, Run, SCHEMA, Style, Tally, summarize};
use crate::problem::Severity;
use crate::settings::Settings;
use crate::template;
use crate::template::Value;

pub(super) fn run(options: &Check, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, CliError> {
    if options.print_schema {
        printer.result.extend_from_slice(SCHEMA.as_bytes());
        return Ok(Exit::Good);
    }
    if options.print_config_schema {
        printer.result.extend_from_slice(config::SCHEMA.as_bytes());
        return Ok(Exit::Good);
    }
    let common = &options.common;
    let mut config = Config::load(&common.judging.choice, given)?;
    let named = common.named(given, &config)?.verbose(options.verbose).progress(!options.quiet);
    let settings = common.judging.settings(&config)?;
    if common.bodies_only && !options.outputs.is_empty() {
        return Err(CliError::new(
            "--output cannot be used with --bodies-only, which is for hooks: hooks write no reports; run check \
             without --bodies-only for one",
        ));
    }
    let ignores = Arc::new(Suppressions::new(&mut config, settings.now));
    let format = value_parsers::format(&options.format).or(FORMATS.first());
    let formats = || format.into_iter().chain(options.outputs.iter().map(|output| output.format));
    let shows_body = formats().any(|format| format.shows_body);
    let root = formats().any(|format| format.names_sites).then(|| Arc::new(Root::find()));
    let fingerprint_paths = formats()
        .any(|format| format.has_fingerprints)
        .then(|| Arc::new(FingerprintPaths::new(config.selection.folder())));
    let judge = Judge {
        values: common.values(&named)?,
        overrides: common.judging.overrides(&config),
        ignores: Arc::clone(&ignores),
        root: root.clone(),
        fingerprint_paths: fingerprint_paths.clone(),
        shows_body,
        settings,
    };
    if !options.outputs.is_empty() {
        named.record();
        spare_files(&options.outputs)?;
    }
    // What is filled in has no placeholder to ignore any more.
    let mut scope = judge.values.is_empty().then(|| Scope::new(&named, &config));
    // What is written at once is not kept, so that there may be any number of bodies.
    let each = format.and_then(|format| format.each.as_ref()).filter(|_| options.outputs.is_empty());
    if each.is_some() {
        signals::watch();
    }
    let least = |format: &Format| options.shown.least(&config, format.is_for_people, options.verbose);
    let (min_severity, hides_notes) = format.map_or((Severity::Note, false), least);
    let mut run = Run {
        min_severity,
        hides_notes,
        statistics: options.statistics,
        quiet: options.quiet,
        verbose: options.verbose,
        ..Run::new()
    };
    let judge = move |item: Item<'_>, batch: &mut CheckBatch| match (item, each) {
        (Item::Body(body), None) => batch.inputs.push(judge.judge(body)),
        (Item::Body(body), Some(each)) => {
            let input = judge.judge(body);
            batch.tally.count(&input, min_severity);
            batch.write(|to| (each.input)(&input, min_severity, to));
        }
        (Item::Unreadable(_), None) => {}
        (Item::Unreadable(unreadable), Some(each)) => batch.write(|to| (each.unreadable)(unreadable, to)),
    };
    let found = inputs::each(
        named,
        || common.jobs(),
        printer,
        judge,
        |batch, printer| {
            run.inputs.extend(batch.inputs);
            run.past.add(&batch.tally);
            let next = printer.put(&batch.written);
            scope = scope.take().filter(|_| next.is_continue());
            next
        },
    );
    run.unreadable = found.unreadable;
    for unreadable in &mut run.unreadable {
        let path = &unreadable.path;
        unreadable.site = root.as_deref().map(|root| root.site(None, path));
        unreadable.fingerprint_path = fingerprint_paths.as_deref().map(|paths| paths.of(None, path));
    }
    spare_files(&options.outputs)?;
    run.notices = ignores.notices(scope.as_ref().filter(|_| run.unreadable.is_empty()));
    run.notices.iter().for_each(|notice| printer.say(notice));
    let is_written = write(&mut run, each, options, &least, printer);
    if found.bodies == 0 && run.unreadable.is_empty() && !common.bodies_only {
        printer.say("no body found");
    }
    let fail_on = args::fail_on(options.fail_on, &config);
    Ok(exit(&run, fail_on, common.bodies_only, is_written))
}

/// Refuses outputs that would take the place of something: a report may replace the last one, but neither a file
/// that this run reads, nor a body, which may hold the only copy of a key, nor the report of another format.
///
/// Before the run this speaks of what is named; after it, of everything that was read.
fn spare_files(outputs: &[Destination]) -> Result<(), CliError> {
    let mut targets = Vec::with_capacity(outputs.len());
    for Destination { format, path } in outputs {
        let Some(target) = Target::of(path) else { continue };
        let objection = if let Some(role) = target.role() {
            role.objection()
        } else if read_input::holds_body(path) {
            "there is a body in it; name another file"
        } else if targets.contains(&target) {
            Role::Written.objection()
        } else {
            targets.push(target);
            continue;
        };
        return Err(CliError::new(format!(
            "the file of --output {}=… is not written: {objection}",
            format.name
        )));
    }
    Ok(())
}

/// What was found in some bodies.
#[derive(Default)]
struct CheckBatch {
    inputs: Vec<Input>,
    /// What was found in those that are written and not kept.
    tally: Tally,
    written: Vec<u8>,
}

impl CheckBatch {
    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) {
        // Writing to memory does not fail.
        let _ = write(&mut self.written);
    }
}

/// How bodies are judged.
struct Judge {
    settings: Settings,
    values: Vec<Value>,
    ignores: Arc<Suppressions>,
    overrides: RuleLevels,
    /// From where sites are counted, for formats that name them.
    root: Option<Arc<Root>>,
    /// For formats that hold fingerprints.
    fingerprint_paths: Option<Arc<FingerprintPaths>>,
    /// Whether a format shows the masked body.
    shows_body: bool,
}

impl Judge {
    fn judge(&self, body: InputBody<'_>) -> Input {
        let judge = if self.shows_body { template::lint } else { template::lint_unshown };
        let mut report = judge(body.bytes, &self.values, &self.settings);
        let mut line = None;
        if let Some(place) = body.record {
            report.offset_by(place.line - 1, place.offset);
            line = Some(place.line);
        }
        let mut suppressed = self.ignores.apply(body.at, &mut report);
        suppressed.extend(self.overrides.apply(&mut report));
        let site = self.root.as_deref().map(|root| root.site(body.file, body.path));
        let fingerprint_path = self.fingerprint_paths.as_deref().map(|paths| paths.of(body.file, body.path));
        Input { path: body.path.to_owned(), line, report, suppressed, site, fingerprint_path }
    }
}

/// Writes the formats that were asked for, where that is not done already; says whether all could be
/// written.
fn write(
    run: &mut Run,
    each: Option<&Each>,
    options: &Check,
    least: &dyn Fn(&Format) -> (Severity, bool),
    printer: &mut Printer<'_>,
) -> bool {
    let format = value_parsers::format(&options.format).or(FORMATS.first());
    let mut is_written = format.is_some_and(|format| {
        let style = terminal::of_stdout(options.color);
        each.is_some() || (format.write)(run, &style, &mut printer.result).is_ok()
    });
    if format.is_some_and(|format| !format.holds_summary) {
        let style = terminal::of_stderr(options.color);
        let _ = summarize(run, &style, printer.messages);
    }
    for destination in &options.outputs {
        (run.min_severity, run.hides_notes) = least(destination.format);
        if let Err(message) = write_file(run, destination.format, &destination.path) {
            is_written = false;
            let format = destination.format.name;
            printer.say(&format!("the file of --output {format}=… cannot be written: {message}"));
        }
    }
    is_written
}

fn write_file(run: &Run, format: &Format, path: &std::path::Path) -> Result<(), String> {
    let mut text = Vec::new();
    (format.write)(run, &Style::PLAIN, &mut text).map_err(|error| read_input::reason(&error))?;
    files::write(path, &text)
}

fn exit(run: &Run, fail_on: Option<Severity>, bodies_only: bool, is_written: bool) -> Exit {
    let counts = run.counts();
    if !run.unreadable.is_empty() || !is_written {
        Exit::CouldNotRun
    } else if counts.inputs == 0 && !bodies_only {
        // A hook names files that are no bodies every day; that is no failure.
        Exit::NoBody
    } else if fail_on.is_some_and(|severity| counts.at_least(severity) > 0) {
        Exit::Found
    } else {
        Exit::Good
    }
}
