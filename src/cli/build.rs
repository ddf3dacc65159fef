//! `apicert build`: a body from files of certificates and keys.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::api::Field;
use crate::body_builder::{BodyBuilder, Part, SourceLocation};
use crate::cli::args::Build;
use crate::cli::config::Config;
use crate::cli::files::Role;
use crate::cli::read_input::MAX_BODY_BYTES;
use crate::cli::rule_levels::RuleLevels;
use crate::cli::value_source::read_passwords;
use crate::cli::{
    CliError, Exit, Printer, atomic_write, display_path, panic_hook, read_input, signals, terminal,
    write_unbuffered,
};
use crate::containers;
use crate::containers::{Container, Fault, Item, ItemKind, Opened, Passwords};
use crate::edit::{Fix, Safety};
use crate::fix::rounds::Repaired;
use crate::output::build_findings;
use crate::pem::Label;
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
    for FieldPart { field, .. } in &members {
        if !settings.spec().fields.contains(field) {
            return Err(CliError::new(format!(
                "{}: the call {} of {} has no field {}; leave the option out",
                option_of(*field),
                settings.call().name(),
                settings.service().title(),
                field.name()
            )));
        }
    }
    let parts: Vec<(Field, Part<'_>)> = members.iter().map(|member| (member.field, member.part())).collect();
    let assembly = BodyBuilder::new(&parts);
    if assembly.text.len() > MAX_BODY_BYTES {
        return Err(CliError::new(format!(
            "the body would have more than {} MiB; name files that contain only what belongs in this body",
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

/// A member of the body that is to be, or a part of one.
struct FieldPart<'a> {
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

impl FieldPart<'_> {
    fn part(&self) -> Part<'_> {
        match &self.content {
            Content::Word(word) => Part::Word(word),
            Content::File { bytes, .. } => Part::File(bytes),
        }
    }
}

/// A file that was read.
struct SourceFile {
    field: Field,
    /// What it is called, fit to print.
    name: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// Reads the files, and puts all members in the order of the reference page.
fn members<'a>(options: &'a Build, given: &[OsString]) -> Result<Vec<FieldPart<'a>>, CliError> {
    let words = [
        (Field::Name, Some(&options.name)),
        (Field::Type, options.kind.as_ref()),
        (Field::InstanceId, options.instance_id.as_ref()),
        (Field::AlgorithmType, options.algorithm_type.as_ref()),
    ];
    let mut members: Vec<FieldPart<'a>> = words
        .into_iter()
        .filter_map(|(field, word)| Some(FieldPart { field, content: Content::Word(word?) }))
        .collect();
    let files = [
        (Field::CertContent, &options.cert),
        (Field::PrivateKey, &options.key),
        (Field::TrustedRootCa, &options.ca),
        (Field::CertContentSign, &options.sign_cert),
        (Field::PrivateKeySign, &options.sign_key),
    ];
    let is_stdin = |path: &&PathBuf| read_input::is_stdin(path);
    let named = files.iter().flat_map(|(_, paths)| *paths).filter(is_stdin).count();
    if named > 1 {
        return Err(CliError::stdin_twice());
    }
    let passwords = Passwords::new(read_passwords(&options.passwords, named > 0)?);
    let mut sources = Vec::new();
    for (field, paths) in files {
        for path in paths {
            sources.push(read(field, path, given)?);
        }
    }
    for source in &sources {
        members.extend(parts(source, source.field, &passwords)?);
    }
    for (certificate, key) in
        [(Field::CertContent, Field::PrivateKey), (Field::CertContentSign, Field::PrivateKeySign)]
    {
        let of = |field| sources.iter().filter(move |source: &&SourceFile| source.field == field);
        if of(key).next().is_none() {
            for source in of(certificate) {
                members.extend(key_beside_certificate(source, key, &passwords)?);
            }
        }
    }
    if !members.iter().any(|member| member.field == Field::PrivateKey) {
        return Err(CliError::new("no private key in the files of --cert; name its file with --key"));
    }
    members.sort_by_key(|member| member.field as usize);
    Ok(members)
}

fn read(field: Field, path: &Path, given: &[OsString]) -> Result<SourceFile, CliError> {
    let is_stdin = read_input::is_stdin(path);
    let name = if is_stdin { "standard input".to_owned() } else { display_path::of(path, given) };
    let bytes = if is_stdin {
        read_input::read_stdin(Role::Material)
    } else {
        read_input::read_file(path, Role::Material)
    };
    let bytes =
        bytes.map_err(|message| CliError::new(format!("{name} ({}): {message}", option_of(field))))?;
    panic_hook::rehearse(&bytes);
    Ok(SourceFile { field, name, bytes })
}

/// What a file gives for a field.
fn parts(
    source: &SourceFile,
    field: Field,
    passwords: &Passwords,
) -> Result<Vec<FieldPart<'static>>, CliError> {
    let said =
        |message: String| CliError::new(format!("{} ({}): {message}", source.name, option_of(source.field)));
    let as_it_is = || {
        let content = Content::File { name: source.name.clone(), bytes: source.bytes.clone() };
        vec![FieldPart { field, content }]
    };
    let Some(opened) = containers::open(&source.bytes, passwords).map_err(|fault| said(fault.to_string()))?
    else {
        return Ok(as_it_is());
    };
    let container = opened.container;
    let (wanted, what) = match field {
        Field::PrivateKey | Field::PrivateKeySign => (ItemKind::PrivateKey, "private key"),
        Field::TrustedRootCa if opened.items.iter().any(|item| item.kind == ItemKind::Ca) => {
            (ItemKind::Ca, "certificate")
        }
        _ => (ItemKind::Certificate, "certificate"),
    };
    let items = match select(opened, wanted) {
        Ok(items) => items,
        // There is a finding for that.
        Err(Fault::NeedsPassword) if matches!(container, Container::Pem | Container::EncryptedKey) => {
            return Ok(as_it_is());
        }
        Err(fault) => return Err(said(format!("the {what} {fault}"))),
    };
    if items.is_empty() && container == Container::EncryptedKey {
        return Ok(as_it_is());
    }
    if items.is_empty() && container != Container::Pem {
        return Err(said(format!("this {} holds no {what}", container.name())));
    }
    let part = |item: Item| {
        let name = if item.name.is_empty() {
            source.name.clone()
        } else {
            format!("{}, {}", source.name, item.name)
        };
        FieldPart { field, content: Content::File { name, bytes: item.bytes } }
    };
    Ok(items.into_iter().map(part).collect())
}

/// The items of a kind, and text.
fn select(opened: Opened, wanted: ItemKind) -> Result<Vec<Item>, Fault> {
    let Opened { mut items, locked, .. } = opened;
    let has_any = items.iter().any(|item| item.kind == wanted);
    // Where no key is found, it may be in what is locked, whatever that is said to be.
    let is_wanted = |kind| kind == wanted || (!has_any && wanted == ItemKind::PrivateKey);
    if let Some((_, fault)) = locked.into_iter().find(|(kind, _)| is_wanted(*kind)) {
        return Err(fault);
    }
    items.retain(|item| item.kind == wanted || item.kind == ItemKind::Text);
    Ok(items)
}

/// The private key in a file of certificates, if there is one.
fn key_beside_certificate(
    source: &SourceFile,
    field: Field,
    passwords: &Passwords,
) -> Result<Vec<FieldPart<'static>>, CliError> {
    let holds_key = |bytes: &[u8]| {
        memchr::memmem::find(bytes, b"PRIVATE KEY").is_some()
            || Label::of_der(bytes).is_some_and(|label| label.ends_with("PRIVATE KEY"))
    };
    let is_opened = matches!(containers::open(&source.bytes, passwords), Ok(Some(opened))
        if opened.items.iter().any(|item| item.kind == ItemKind::PrivateKey) || !opened.locked.is_empty());
    let mut found =
        if is_opened || holds_key(&source.bytes) { parts(source, field, passwords)? } else { Vec::new() };
    found.retain(|part| matches!(&part.content, Content::File { bytes, .. } if holds_key(bytes)));
    Ok(found)
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
    /// Each part, and the lines of its file.
    members: Vec<(&'a FieldPart<'a>, Lines<'a>)>,
}

impl<'a> SourceLocator<'a> {
    fn new(assembly: &'a BodyBuilder, members: &'a [FieldPart<'a>]) -> Self {
        let lines = |member: &'a FieldPart<'a>| match &member.content {
            Content::File { bytes, .. } => Lines::new(bytes),
            Content::Word(_) => Lines::new(&[]),
        };
        Self { assembly, members: members.iter().map(|member| (member, lines(member))).collect() }
    }

    /// The name of a place; `span` is where it stood in the body that was put together.
    fn name(&self, place: &Location, span: Span) -> String {
        let Some(SourceLocation { part, offset, is_binary }) = self.assembly.source(span) else {
            let missing = place.pointer.strip_prefix('/').and_then(Field::by_name);
            return missing.map_or_else(|| "the body".to_owned(), |field| option_of(field).to_owned());
        };
        let Some((member, lines)) = self.members.get(part) else { return "the body".to_owned() };
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
            (Content::Word(_), _) => option_of(member.field).to_owned(),
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
        None => "an error remains; fix it, or accept it with --allow RULE".to_owned(),
    };
    printer.say(&format!("no body written: {why}"));
}

fn deliver(text: &[u8], options: &Build) -> Result<(), CliError> {
    match options.output.as_ref().filter(|path| !read_input::is_stdin(path)) {
        None => write_unbuffered(text).map(|_| ()).map_err(|error| {
            CliError::new(format!("cannot write to standard output: {}", read_input::reason(&error)))
        }),
        Some(path) => {
            signals::watch();
            atomic_write::create(path, text, options.force).map_err(|message| {
                CliError::new(format!(
                    "cannot write the file of --output: {}{message}",
                    display_path::in_option(path)
                ))
            })
        }
    }
}
