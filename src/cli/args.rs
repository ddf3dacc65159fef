//! The options, and what is allowed in them. What is not allowed is said without repeating what was
//! given.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::thread;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::api::{ApiError, Field, Service};
use crate::cli::config::{Choice, Config};
use crate::cli::inputs::{Named, Records};
use crate::cli::rule_levels::RuleLevels;
use crate::cli::template_values;
use crate::cli::template_values::Setting;
use crate::cli::terminal::When;
use crate::cli::value_source::ValueSource;
use crate::cli::{CliError, clock, read_input, value_source};
use crate::output::{FORMATS, Format};
use crate::problem::Severity;
use crate::redact::looks_secret;
use crate::rules;
use crate::rules::{RULES, Rule};
use crate::settings::Settings;
use crate::template::Value;
use crate::timestamp::Timestamp;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default());

/// More threads than that are nobody's wish.
const MAX_JOBS: usize = 1024;

const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  nothing at or above --fail-on; for predict: the service would accept the body
  1  something is; for predict: the service would refuse it, or --against differs
  2  could not run: bad option or configuration, unreadable or missing PATH, output not writable
     (wins over 1)
  3  no body found
  4  internal fault

A PATH is a file, - for standard input, or a folder: walked with ignore files honoured, taking every
*.json whose top level is an object with a cert_content or private_key member. Without PATH: the
current folder. Files called *.ndjson or *.jsonl hold a body a line, and so does everything with
--ndjson. A body of more than 1 MiB is not read.

No network connection is ever opened, and nothing of a private key is ever printed.";

const EXAMPLES: &str = "\
Examples:
  apicert check request.json
  apicert check --service apig --domain www.example.com --format json request.json
  vault read -field=body secret/cert | apicert check -
  apicert predict request.json
  apicert explain key-mismatch

Exit codes: 0 good, 1 findings, 2 could not run, 3 no body found, 4 internal fault";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  apicert explain key-mismatch
  apicert explain APIG.2101";

const PREDICT_EXAMPLES: &str = "\
Examples:
  apicert predict request.json
  apicert predict --project-id 5019bd4b2ee24d8a9d0e2f43aa4e5a39 request.json
  apicert predict --against response.json request.json";

const FIX_EXAMPLES: &str = "\
Examples:
  apicert fix --diff request.json
  apicert fix request.json
  render-body | apicert fix - > request.json";

const FIX_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on is left
  1  something is; what could be repaired is repaired all the same
  2  could not run: bad option or configuration, unreadable or missing PATH, a file that cannot be
     replaced (wins over 1)
  3  no body found
  4  internal fault

A PATH is a file, - for standard input, or a folder: searched for bodies as by check. Files are
repaired in place: at any moment the old file or the new one is there, whole, with the same owner and
permissions. Symbolic links are followed. Files that are read-only, have several names (hard links) or
are no ordinary files are left alone. The body of standard input goes to standard output, and what is
left to standard error.

Everything else in a file stays as it is, byte for byte. Safe repairs are verified: a PEM field is
changed only if each of its blocks then decodes to what its label says, and every block that decoded
before is still there. Otherwise the whole field is left alone, line breaks included, and the findings
say what is wrong. --unsafe may also change or drop what you may have meant, but never the only
private key or the certificate that belongs to it. The format of a key is never changed.";

const BUILD_EXAMPLES: &str = "\
Examples:
  apicert build --name cert_demo --cert fullchain.pem --key privkey.pem -o request.json
  apicert build --name cert_demo --cert leaf.pem chain.pem --key server.key | apicert predict -
  apicert build --name cert_demo --cert bundle.p12 --password env:P12_PASSWORD -o request.json
  kubectl get secret my-tls -o json | apicert build --name cert_demo --cert - -o request.json
  apicert build --name cert_demo --cert all.pem --key all.pem --type instance --instance-id \
f0fa17893b76433ba7879892951c620e";

const BUILD_CODES: &str = "\
Exit codes:
  0  the body is written
  1  the service would refuse it, or it has another error: nothing is written, the findings point into
     the files
  2  could not run: bad option or configuration, unreadable file, wrong password, output not writable
  4  internal fault

The certificates are put in order. What does not belong is left out: text around the blocks, a second
copy, a private key in the file of --cert, certificates in that of --key, other blocks, a root at the
end of the chain. What was left out is said, and so are warnings and notes about the body. Keys keep
their format; encrypted ones are decrypted with the password of --password. Nothing else is guessed.

A file of more than 1 MiB is not read, and no body of more than 1 MiB is written.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  apicert inspect request.json
  apicert inspect fullchain.pem privkey.pem
  apicert inspect --password env:P12_PASSWORD bundle.p12
  apicert inspect --format json certificate.der";

const INSPECT_CODES: &str = "\
Exit codes, the same in every format:
  0  a certificate or a private key was found in every PATH
  2  could not run: bad option or configuration, unreadable or missing PATH, wrong password (wins
     over 3)
  3  there is no certificate and no private key in a PATH, or none that can be read; in a folder: no
     body
  4  internal fault

A PATH is a file, - for standard input, or a folder: walked for bodies as by check. A file that
begins with a brace is taken as a body, one that begins like DER as DER, any other as PEM. Damaged
PEM is read as if repaired. PKCS#12, PKCS#7, encrypted private keys, Kubernetes Secrets and the JSON
of Vault are recognized by their content. A file of more than 1 MiB is not read.

Certificates count from 1 in text, as in the findings of check, and from 0 in JSON, as arrays do.

No network connection is ever opened, and of a private key nothing but its public half is printed.";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  apicert completions bash > ~/.local/share/bash-completion/completions/apicert
  apicert completions zsh > ~/.zfunc/_apicert    # in ~/.zshrc: fpath+=~/.zfunc; autoload -U compinit; compinit
  apicert completions fish > ~/.config/fish/completions/apicert.fish
  apicert completions powershell >> $PROFILE
  apicert completions elvish >> ~/.config/elvish/rc.elv";

const MAN_EXAMPLES: &str = "\
Examples:
  apicert man | man -l -
  apicert man check | man -l -
  apicert man --dir ~/.local/share/man/man1";

const CHECK_EXAMPLES: &str = "\
Examples:
  apicert check request.json other.json
  apicert check --format concise requests/
  apicert check --deny weak-key --allow chain-in-roma --fail-on warning
  apicert check --output json=report.json request.json
  dump-bodies | apicert check --ndjson --format ndjson - > findings.ndjson";

/// Check the body of Huawei Cloud's "create SSL certificate" call, and predict what the service
/// (ROMA Connect, API Gateway) will answer.
#[derive(Debug, Parser)]
#[command(name = "apicert", version, styles = STYLES, max_term_width = 100, after_help = EXAMPLES)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The names of the commands, for the one that has a page about each.
const COMMANDS: [&str; 9] =
    ["check", "predict", "fix", "build", "inspect", "rules", "explain", "completions", "man"];

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with bodies
    #[command(after_help = CHECK_EXAMPLES, after_long_help = format!("{CHECK_EXAMPLES}\n\n{EXIT_CODES}"))]
    Check(Check),
    /// Print the response that the service would give
    #[command(after_help = PREDICT_EXAMPLES, after_long_help = format!("{PREDICT_EXAMPLES}\n\n{EXIT_CODES}"))]
    Predict(Predict),
    /// Repair bodies in place
    #[command(after_help = FIX_EXAMPLES, after_long_help = format!("{FIX_EXAMPLES}\n\n{FIX_CODES}"))]
    Fix(Fix),
    /// Write a body from files of certificates and keys
    #[command(after_help = BUILD_EXAMPLES, after_long_help = format!("{BUILD_EXAMPLES}\n\n{BUILD_CODES}"))]
    Build(Box<Build>),
    /// Show what is in bodies and files of certificates and keys, judging nothing
    #[command(after_help = INSPECT_EXAMPLES, after_long_help = format!("{INSPECT_EXAMPLES}\n\n{INSPECT_CODES}"))]
    Inspect(Inspect),
    /// List the rules
    Rules(ListRules),
    /// Explain a rule, or an error code of the service
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Print what completes commands and options in a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Print the manual
    #[command(after_help = MAN_EXAMPLES)]
    Man(Man),
}

/// What all commands that read bodies take.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// Bodies: files, folders, or - for standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) judging: Judging,
    #[arg(
        long = "set",
        value_name = "FIELD=VALUE",
        value_parser = template_values::setting,
        help = template_values::HELP,
        long_help = template_values::LONG_HELP
    )]
    sets: Vec<Setting>,
    /// What standard input is called in reports
    #[arg(long, value_name = "NAME", value_parser = file_name, default_value = "-")]
    pub(super) stdin_filename: String,
    /// Skip named files that are no bodies (have no cert_content or private_key member), as hooks
    /// name them; refuse options that are also names of files, unless -- stands in front of these
    #[arg(long)]
    pub(super) bodies_only: bool,
    /// Take every line for a body of its own, as in files called *.ndjson or *.jsonl; in folders, take
    /// these files
    #[arg(long)]
    pub(super) ndjson: bool,
    /// How many bodies are judged at the same time [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,
}

impl Common {
    /// What is to be read.
    pub(super) fn named(&self, given: &[OsString], config: &Config) -> Result<Named, CliError> {
        let records = if self.ndjson { Records::Everywhere } else { Records::ByName };
        let named = Named::new(&self.paths, given, &self.stdin_filename)?;
        Ok(named.records(records).bodies_only(self.bodies_only).selection(config.selection.clone()))
    }

    /// What is put into bodies before they are judged.
    pub(super) fn values(&self, named: &Named) -> Result<Vec<Value>, CliError> {
        template_values::read(&self.sets, named.has_stdin())
    }

    /// Whether a value is read from standard input.
    pub(super) fn sets_by_stdin(&self) -> bool {
        self.sets.iter().any(Setting::is_stdin)
    }

    /// How many threads judge.
    pub(super) fn jobs(&self) -> usize {
        self.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from))
    }
}

/// What bodies are judged by. What is not given stands in the configuration, or is the default.
#[derive(Args, Debug, Default)]
pub(super) struct Judging {
    /// Whose rules apply [default: roma]
    #[arg(long, value_enum)]
    service: Option<ServiceName>,
    /// The time to judge by, in RFC 3339 [default: SOURCE_DATE_EPOCH, or now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Timestamp>,
    /// Report certificates that expire within this many days [default: 30, or a third of the lifetime if shorter]
    #[arg(long, value_name = "DAYS", value_parser = days, allow_negative_numbers = true)]
    expiry_days: Option<u32>,
    /// A domain that the certificates must cover; may be repeated
    #[arg(long = "domain", value_name = "NAME", value_parser = domain)]
    domains: Vec<String>,
    /// An instance that exists; may be repeated
    #[arg(long = "known-instance", value_name = "ID", value_parser = identifier)]
    known_instances: Vec<String>,
    #[command(flatten)]
    overrides: RuleLevels,
    #[command(flatten)]
    pub(super) choice: Choice,
}

impl Judging {
    /// How bodies are to be judged.
    pub(super) fn settings(&self, config: &Config) -> Result<Settings, CliError> {
        let service = self.service.map(|service| match service {
            ServiceName::Roma => Service::Roma,
            ServiceName::Apig => Service::Apig,
        });
        // A list that is given stands for the one of the configuration.
        let list = |given: &[String], configured: &[String]| {
            if given.is_empty() { configured.to_vec() } else { given.to_vec() }
        };
        Ok(Settings {
            service: service.or(config.service).unwrap_or_default(),
            now: clock::now(self.now)?,
            expiry_days: self.expiry_days.or(config.expiry_days),
            domains: list(&self.domains, &config.domains),
            known_instances: list(&self.known_instances, &config.known_instances),
        })
    }

    /// What the findings of certain rules count as.
    pub(super) fn overrides(&self, config: &Config) -> RuleLevels {
        config.overrides.clone().then(&self.overrides)
    }
}

/// Which findings are shown.
#[derive(Args, Debug, Default)]
pub(super) struct Shown {
    /// Show findings at or above this severity; others are only counted [default: warning in the
    /// formats full and concise, note with --verbose and in all other formats]
    #[arg(long, value_enum, value_name = "SEVERITY", overrides_with = "min_severity")]
    min_severity: Option<SeverityName>,
}

impl Shown {
    /// The least severity that a format shows, and whether it hides notes only by default.
    pub(super) fn least(&self, config: &Config, is_for_people: bool, is_verbose: bool) -> (Severity, bool) {
        match self.min_severity.or(config.min_severity) {
            Some(SeverityName::Error) => (Severity::Error, false),
            Some(SeverityName::Warning) => (Severity::Warning, false),
            None if is_for_people && !is_verbose => (Severity::Warning, true),
            Some(SeverityName::Note) | None => (Severity::Note, false),
        }
    }
}

/// The least severity that makes the exit code 1; `None` when nothing does.
pub(super) fn fail_on(given: Option<FailOn>, config: &Config) -> Option<Severity> {
    given.or(config.fail_on).unwrap_or(FailOn::Error).severity()
}

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) common: Common,
    /// What to print
    #[arg(long, value_parser = PossibleValuesParser::new(format_names()), default_value = "full")]
    pub(super) format: String,
    /// Write a format to a file as well; may be repeated
    #[arg(long = "output", value_name = "FORMAT=PATH", value_parser = destination)]
    pub(super) outputs: Vec<Destination>,
    /// The least severity that makes the exit code 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY", overrides_with = "fail_on")]
    pub(super) fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(super) shown: Shown,
    /// Count the findings of each rule
    #[arg(long)]
    pub(super) statistics: bool,
    /// Use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,
    /// Say only what is wrong
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Cite the sources of each finding, and name the files that are looked at
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Print the JSON Schema of the format json, and nothing else
    #[arg(long)]
    pub(super) print_schema: bool,
    /// Print the JSON Schema of apicert.toml, and nothing else
    #[arg(long)]
    pub(super) print_config_schema: bool,
}

#[derive(Args, Debug)]
pub(super) struct Predict {
    #[command(flatten)]
    pub(super) common: Common,
    /// What to print: the response's body, or a line with what is known about it as well
    #[arg(long, value_enum, default_value = "body")]
    pub(super) format: PredictFormat,
    /// The project_id in the response [default: left out]
    #[arg(long, value_name = "ID", value_parser = identifier)]
    pub(super) project_id: Option<String>,
    /// The id in the response [default: 32 zeros]
    #[arg(long, value_name = "ID", value_parser = identifier)]
    pub(super) id: Option<String>,
    /// Compare with a response that the service has given (members that it assigns aside), and print
    /// what differs; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(super) against: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Fix {
    #[command(flatten)]
    pub(super) common: Common,
    /// Also apply repairs that change or drop something you may have meant
    #[arg(long = "unsafe")]
    pub(super) unsafe_too: bool,
    /// Print what would change, masked, and write nothing
    #[arg(long, conflicts_with = "stdout")]
    pub(super) diff: bool,
    /// Print the repaired body of one file, and leave the file alone
    #[arg(long)]
    pub(super) stdout: bool,
    /// The least severity of what is left that makes the exit code 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY", overrides_with = "fail_on")]
    pub(super) fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(super) shown: Shown,
    /// Use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,
    /// Say only what is wrong
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Name each repair, cite the sources of each finding, and name the files that are looked at
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Args)]
pub(super) struct Build {
    /// The name of the certificate on the service
    #[arg(long, value_name = "NAME")]
    pub(super) name: String,
    /// The certificate and its intermediates, in any order: PEM, DER, PKCS#12, PKCS#7, a Kubernetes Secret or the
    /// JSON of Vault; - for standard input; may be repeated
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub(super) cert: Vec<PathBuf>,
    /// The private key, in the same formats [default: the one in the files of --cert]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) key: Vec<PathBuf>,
    /// The CA that clients' certificates are verified with: trusted_root_ca
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) ca: Vec<PathBuf>,
    #[arg(
        long = "password",
        value_name = "env:NAME|@FILE",
        value_parser = value_source::password,
        help = value_source::PASSWORD_HELP
    )]
    pub(super) passwords: Vec<ValueSource>,
    /// Where the certificate is seen [default: left out, which means global]
    #[arg(long = "type", value_name = "TYPE", value_parser = PossibleValuesParser::new(Field::Type.words()))]
    pub(super) kind: Option<String>,
    /// The instance that it is for
    #[arg(long, value_name = "ID")]
    pub(super) instance_id: Option<String>,
    /// The algorithm of the key; needed for SM2 [default: left out]
    #[arg(
        long,
        value_name = "ALGORITHM",
        value_parser = PossibleValuesParser::new(Field::AlgorithmType.words())
    )]
    pub(super) algorithm_type: Option<String>,
    /// SM2: the signing certificate; --cert and --key are the encryption pair then
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) sign_cert: Vec<PathBuf>,
    /// SM2: its private key [default: the one in the files of --sign-cert]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) sign_key: Vec<PathBuf>,
    /// Keep a root at the end of the chain
    #[arg(long)]
    pub(super) keep_root: bool,
    /// Write the body to this file, which only its owner may read [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace the file of --output if it is there
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) judging: Judging,
    #[command(flatten)]
    pub(super) shown: Shown,
    /// Use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,
    /// Say only what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl fmt::Debug for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A key may have been pasted where a name or a path belongs.
        f.write_str("Build")
    }
}

#[derive(Args, Debug)]
pub(super) struct Inspect {
    /// Bodies, files of certificates and keys (PEM, DER, PKCS#12, PKCS#7, Kubernetes Secrets, the JSON of
    /// Vault), folders, or - for standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: InspectFormat,
    #[arg(
        long = "password",
        value_name = "env:NAME|@FILE",
        value_parser = value_source::password,
        help = value_source::PASSWORD_HELP
    )]
    pub(super) passwords: Vec<ValueSource>,
    /// What standard input is called in reports
    #[arg(long, value_name = "NAME", value_parser = file_name, default_value = "-")]
    pub(super) stdin_filename: String,
    #[command(flatten)]
    pub(super) choice: Choice,
}

#[derive(Args, Debug)]
pub(super) struct ListRules {
    /// What to print
    #[arg(long, value_enum, default_value = "table")]
    pub(super) format: RulesFormat,
    /// Use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    /// The name of a rule, or an error code such as APIG.2101
    #[arg(value_name = "NAME", value_parser = Completed(topic, topics), hide_possible_values = true)]
    pub(super) topic: Topic,
    /// Use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,
}

#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(super) shell: Shell,
}

#[derive(Args, Debug)]
pub(super) struct Man {
    /// The command that the page is about [default: apicert itself]
    #[arg(value_name = "COMMAND", value_parser = PossibleValuesParser::new(COMMANDS))]
    pub(super) command: Option<String>,
    /// Write every page to this folder, which must be there: apicert.1, apicert-check.1, ...
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ServiceName {
    /// ROMA Connect
    Roma,
    /// API Gateway, and Open Telekom Cloud's
    Apig,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityName {
    Error,
    Warning,
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PredictFormat {
    /// The body of the response; with several inputs as json
    Body,
    /// One line of JSON an input: path, status, body, server_assigned, rule, basis
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InspectFormat {
    /// A paragraph for each certificate and each key
    Text,
    /// One line of JSON an input: path, certificates, keys
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// One rule a line
    Table,
    /// All that is known of every rule
    Json,
}

/// What `explain` explains.
#[derive(Clone, Copy, Debug)]
pub(super) enum Topic {
    Rule(&'static Rule),
    Error(ApiError),
}

/// A format, and the file that it goes to.
#[derive(Clone)]
pub(super) struct Destination {
    pub(super) format: &'static Format,
    pub(super) path: PathBuf,
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format.name)
    }
}

/// What an option takes, for the message about a value that it does not take.
#[derive(Debug)]
pub(super) struct Expected(pub(super) String);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Expected {}

fn expected<T>(what: &str) -> Result<T, Expected> {
    Err(Expected(what.to_owned()))
}

fn format_names() -> impl Iterator<Item = PossibleValue> {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about))
}

/// The format of a name.
pub(super) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

fn time(text: &str) -> Result<Timestamp, Expected> {
    Timestamp::from_rfc3339(text)
        .map_or_else(|| expected("takes a time in RFC 3339, such as 2026-07-01T00:00:00Z"), Ok)
}

pub(super) fn days(text: &str) -> Result<u32, Expected> {
    match text.parse() {
        Ok(days) if days <= 36_500 => Ok(days),
        _ => expected("takes a number of days, at most 36500"),
    }
}

fn jobs(text: &str) -> Result<usize, Expected> {
    match text.parse() {
        Ok(jobs) if (1..=MAX_JOBS).contains(&jobs) => Ok(jobs),
        _ => expected(&format!("takes a number from 1 to {MAX_JOBS}")),
    }
}

/// A host name. Messages name it, so nothing else gets in.
pub(super) fn domain(text: &str) -> Result<String, Expected> {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    let bare = name.strip_prefix("*.").unwrap_or(name);
    if bare.len() <= 253 && bare.contains('.') && bare.split('.').all(is_label) {
        Ok(name.to_owned())
    } else {
        expected("takes a host name such as www.example.com (international ones in their xn-- form)")
    }
}

/// An identifier. The predicted response holds it, so nothing that looks like a key gets in.
pub(super) fn identifier(text: &str) -> Result<String, Expected> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=36).contains(&text.len()) && text.bytes().all(is_allowed) && !looks_secret(text) {
        Ok(text.to_owned())
    } else {
        expected("takes 1 to 36 letters, digits, hyphens and underscores, such as 32 hexadecimal digits")
    }
}

fn file_name(text: &str) -> Result<String, Expected> {
    if (1..=1024).contains(&text.len()) && !looks_secret(text) {
        Ok(crate::output::printable_path(text))
    } else {
        expected("takes the name of a file")
    }
}

fn destination(text: &str) -> Result<Destination, Expected> {
    let found = text
        .split_once('=')
        .and_then(|(name, path)| Some((format(name)?, path)))
        .filter(|(_, path)| !path.is_empty());
    if let Some((format, path)) = found {
        if read_input::is_stdin(Path::new(path)) {
            return expected("takes a file after the equals sign; --format is for standard output");
        }
        return Ok(Destination { format, path: PathBuf::from(path) });
    }
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    expected(&format!("takes FORMAT=PATH, where FORMAT is one of {}", names.join(", ")))
}

/// A parser, and the values that a shell may offer.
#[derive(Clone)]
pub(super) struct Completed<P>(P, fn() -> Vec<&'static str>);

impl<P: TypedValueParser> TypedValueParser for Completed<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        self.0.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.1().into_iter().map(PossibleValue::new)))
    }
}

/// The parser of a rule's name.
pub(super) fn a_rule() -> impl TypedValueParser<Value = &'static Rule> {
    Completed(rule, || RULES.iter().map(|rule| rule.name).collect())
}

fn topics() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.name).chain(ApiError::ALL.iter().map(|error| error.code)).collect()
}

/// A rule by its name.
pub(super) fn rule(text: &str) -> Result<&'static Rule, Expected> {
    rules::by_name(text).map_or_else(
        || expected(&format!("takes the name of a rule, one of `apicert rules`{}", suggestion(text))),
        Ok,
    )
}

fn topic(text: &str) -> Result<Topic, Expected> {
    if let Some(rule) = rules::by_name(text) {
        return Ok(Topic::Rule(rule));
    }
    ApiError::by_code(&text.to_ascii_uppercase()).map_or_else(
        || expected(&format!("is neither a rule nor an error code of this call{}", suggestion(text))),
        |error| Ok(Topic::Error(error)),
    )
}

/// The rule whose name is nearest to what was given, if one is near.
fn suggestion(text: &str) -> String {
    did_you_mean(text, RULES.iter().map(|rule| rule.name))
}

/// The name that is nearest to what was given, if one is near. Of what was given it tells nothing but
/// that.
pub(super) fn did_you_mean<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    if text.len() > 64 {
        return String::new();
    }
    names
        .into_iter()
        .map(|name| (distance(text, name), name))
        .filter(|(distance, name)| *distance <= 3 && *distance * 2 < name.len())
        .min()
        .map_or_else(String::new, |(_, name)| format!(" (did you mean {name}?)"))
}

/// How many characters have to be put in, left out or changed to make one word the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, here) in one.chars().enumerate() {
        let mut next = vec![index + 1];
        for ((&there, &above_left), &above) in other.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above_left + usize::from(here != there)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_limit_in_the_help_is_the_one_that_holds() {
        assert_eq!(crate::cli::MAX_BODY_BYTES, 1024 * 1024);
        for text in [EXIT_CODES, BUILD_CODES, INSPECT_CODES] {
            assert!(text.contains("more than 1 MiB"));
        }
    }

    #[test]
    fn distances() {
        assert_eq!(distance("key-mismatch", "key-mismatch"), 0);
        assert_eq!(distance("key-missmatch", "key-mismatch"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn there_is_a_page_about_every_command() {
        let command = Arguments::command();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn a_rule_that_is_misspelt_is_suggested() {
        let name = RULES.first().unwrap().name;
        let misspelt = format!("{name}x");
        assert!(rule(&misspelt).unwrap_err().0.contains(name));
        assert!(!rule(&misspelt).unwrap_err().0.contains(&misspelt));
        assert!(!rule("MIIEvQIBADANBgkqhkiG9w0").unwrap_err().0.contains("did you mean"));
    }

    #[test]
    fn domains_are_host_names() {
        assert_eq!(domain("WWW.example.com.").unwrap(), "WWW.example.com");
        assert_eq!(domain("*.example.com").unwrap(), "*.example.com");
        for bad in ["", "localhost", "*", "a.*.com", "a..b", "https://x.y", "a b.c", "MIIEvQ+IBAD.x", "é.fr"]
        {
            assert!(domain(bad).is_err(), "{bad}");
        }
    }
}
