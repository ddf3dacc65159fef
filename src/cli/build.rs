//! `apicert build`: a body from PEM and DER files.

use std::ffi::OsString;
use std::path::Path;

use zeroize::Zeroizing;

use crate::api::Field;
use crate::body_builder::{BodyBuilder, Part, SourceLocation};
use crate::cli::args::Build;
use crate::cli::config::Config;
use crate::cli::files::Role;
use crate::cli::read_input::MAX_BODY_BYTES;
use crate::cli::rule_levels::RuleLevels;
use crate::cli::{
    CliError, Exit, Printer, atomic_write, display_path, panic_hook, read_input, signals, terminal,
    write_unbuffered,
};
use crate::edit::{Fix, Safety};
use crate::fix::rounds::Repaired;
use crate::output::build_findings;
use crate::problem::Severity;
use crate::report::{Finding, Location, Report};
use crate::span::{Lines, Span};

/// The rules whose repairs are made although they drop something: what they drop does not belong into
/// the member that the file is for.
const LEFT_OUT: [&str; 3] = ["private-key-in-certificate", "certificate-in-private-key", "extra-block"];

/// Likewise, unless it is to be kept.
const ROOT_IN_CHAIN: &str = "root-in-chain";

pub(super) fn run(options: &Build, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, CliError> {
    let config = Config::load(&options.judging.choice, given)?;
    let settings = options.judging.settings(&config)?;
    let overrides = options.judging.overrides(&config);
    let members = members(options, given)?;
    let parts: Vec<(Field, Part<'_>)> = members.iter().map(|member| (member.field, member.part())).collect();
    let assembly = BodyBuilder::new(&parts);
    if assembly.text.len() > MAX_BODY_BYTES {
        return Err(CliError::new(format!(
            "the files make a body of more than {} MiB; name files that hold only what belongs into this body",
            MAX_BODY_BYTES >> 20
        )));
    }
    let mut repaired =
        Repaired::new(&assembly.text, &settings, &|finding, fix| is_made(finding, fix, &overrides, options));
    let places = SourceLocator::new(&assembly, &members);
    if !options.quiet {
        tell(&repaired, &places, printer);
    }
    overrides.apply(&mut repaired.report);
    let (least, _) = options.shown.least(&config, true, false);
    let Repaired { text, report, .. } = &repaired;
    let now = repaired.rounds.len();
    let locate = |place: &Location| places.name(place, repaired.origin(now, place.span));
    // That it cannot be printed is no reason to stop.
    let _ =
        build_findings::write(report, least, &locate, &terminal::of_stderr(options.color), printer.messages);
    if report.refusal.is_some() || report.count(Severity::Error) > 0 {
        refuse(report, printer);
        return Ok(Exit::Found);
    }
    deliver(text, options).map(|()| Exit::Good)
}

/// A member of the body that is to be.
struct FieldFiles<'a> {
    field: Field,
    content: Content<'a>,
}

enum Content<'a> {
    Word(&'a str),
    File {
        /// What it is called, fit to print.
        name: String,
        bytes: Zeroizing<Vec<u8>>,
    },
}

impl FieldFiles<'_> {
    fn part(&self) -> Part<'_> {
        match &self.content {
            Content::Word(word) => Part::Word(word),
            Content::File { bytes, .. } => Part::File(bytes),
        }
    }
}

/// Reads the files, and puts all members in the order of the reference page.
fn members<'a>(options: &'a Build, given: &[OsString]) -> Result<Vec<FieldFiles<'a>>, CliError> {
    let words = [
        (Field::Name, Some(&options.name)),
        (Field::Type, options.kind.as_ref()),
        (Field::InstanceId, options.instance_id.as_ref()),
        (Field::AlgorithmType, options.algorithm_type.as_ref()),
    ];
    let files = [
        (Field::CertContent, Some(&options.cert)),
        (Field::PrivateKey, Some(&options.key)),
        (Field::TrustedRootCa, options.ca.as_ref()),
        (Field::CertContentSign, options.sign_cert.as_ref()),
        (Field::PrivateKeySign, options.sign_key.as_ref()),
    ];
    if files.iter().filter(|(_, path)| path.is_some_and(|path| read_input::is_stdin(path))).count() > 1 {
        return Err(CliError::new("standard input can be named once"));
    }
    let mut members: Vec<FieldFiles<'a>> = words
        .into_iter()
        .filter_map(|(field, word)| Some(FieldFiles { field, content: Content::Word(word?) }))
        .collect();
    for (field, path) in files {
        let Some(path) = path else { continue };
        members.push(FieldFiles { field, content: read(option_of(field), path, given)? });
    }
    members.sort_by_key(|member| member.field as usize);
    Ok(members)
}

fn read<'a>(option: &str, path: &Path, given: &[OsString]) -> Result<Content<'a>, CliError> {
    let is_stdin = read_input::is_stdin(path);
    let name = if is_stdin { "standard input".to_owned() } else { display_path::of(path, given) };
    let bytes = if is_stdin {
        read_input::read_stdin(Role::Material)
    } else {
        read_input::read_file(path, Role::Material)
    };
    let bytes = bytes.map_err(|message| CliError::new(format!("{name} ({option}): {message}")))?;
    panic_hook::rehearse(&bytes);
    Ok(Content::File { name, bytes })
}

/// Whether a repair is made: those that keep every certificate and key, and those that leave out what
/// does not belong where it stands.
fn is_made(finding: &Finding, fix: &Fix, overrides: &RuleLevels, options: &Build) -> bool {
    let rule = finding.rule.name;
    !overrides.allow(rule)
        && (fix.safety == Safety::Safe
            || LEFT_OUT.contains(&rule)
            || (rule == ROOT_IN_CHAIN && !options.keep_root))
}

/// Names places by the files that they come from.
struct SourceLocator<'a> {
    assembly: &'a BodyBuilder,
    /// Each member, and the lines of its file.
    members: Vec<(&'a FieldFiles<'a>, Lines<'a>)>,
}

impl<'a> SourceLocator<'a> {
    fn new(assembly: &'a BodyBuilder, members: &'a [FieldFiles<'a>]) -> Self {
        let lines = |member: &'a FieldFiles<'a>| match &member.content {
            Content::File { bytes, .. } => Lines::new(bytes),
            Content::Word(_) => Lines::new(&[]),
        };
        Self { assembly, members: members.iter().map(|member| (member, lines(member))).collect() }
    }

    /// The name of a place; `span` is where it stood in the body that was put together.
    fn name(&self, place: &Location, span: Span) -> String {
        let Some(SourceLocation { field, offset, is_binary }) = self.assembly.source(span) else {
            let missing = place.pointer.strip_prefix('/').and_then(Field::by_name);
            return missing.map_or_else(|| "the body".to_owned(), |field| option_of(field).to_owned());
        };
        let Some((member, lines)) = self.members.iter().find(|(member, _)| member.field == field) else {
            return option_of(field).to_owned();
        };
        match (&member.content, offset) {
            (Content::File { name, .. }, Some(0)) if is_binary => name.clone(),
            (Content::File { name, .. }, Some(offset)) if is_binary => {
                format!("{name}, from byte {offset} on")
            }
            (Content::File { name, .. }, Some(offset)) => {
                let at = lines.position(offset);
                format!("{name}:{}:{}", at.line, at.column)
            }
            (Content::File { name, .. }, None) => name.clone(),
            (Content::Word(_), _) => option_of(field).to_owned(),
        }
    }
}

const fn option_of(field: Field) -> &'static str {
    match field {
        Field::Name => "--name",
        Field::CertContent => "--cert",
        Field::PrivateKey => "--key",
        Field::Type => "--type",
        Field::InstanceId => "--instance-id",
        Field::TrustedRootCa => "--ca",
        Field::AlgorithmType => "--algorithm-type",
        Field::CertContentSign => "--sign-cert",
        Field::PrivateKeySign => "--sign-key",
    }
}

/// Says what was repaired and left out.
fn tell(repaired: &Repaired, places: &SourceLocator<'_>, printer: &mut Printer<'_>) {
    for (number, round) in repaired.rounds.iter().enumerate() {
        for (finding, fix) in round.repairs() {
            let place = places.name(&finding.primary, repaired.origin(number, finding.primary.span));
            printer.say(&format!("{place}: {} ({})", fix.title, finding.rule.name));
        }
    }
}

/// Says why nothing is written.
fn refuse(report: &Report, printer: &mut Printer<'_>) {
    let why = match &report.refusal {
        Some(refused) => {
            let error = refused.refusal.error;
            format!(
                "the service would answer {} {} {} ({}, {})",
                error.status,
                error.code,
                refused.message,
                refused.rule.name,
                refused.refusal.basis.name()
            )
        }
        None => "an error is left; --allow RULE lets it pass".to_owned(),
    };
    printer.say(&format!("no body is written: {why}"));
}

fn deliver(text: &[u8], options: &Build) -> Result<(), CliError> {
    match options.output.as_ref().filter(|path| !read_input::is_stdin(path)) {
        None => write_unbuffered(text).map(|_| ()).map_err(|error| {
            CliError::new(format!("standard output cannot be written: {}", read_input::reason(&error)))
        }),
        Some(path) => {
            signals::watch();
            atomic_write::create(path, text, options.force).map_err(|message| {
                CliError::new(format!("the file of --output cannot be written: {message}"))
            })
        }
    }
}
