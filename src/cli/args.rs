//! The commands and their options.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::thread;

use clap::builder::PossibleValuesParser;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::api::{ApiError, Field, Service};
use crate::cli::config::{Choice, Config};
use crate::cli::help_texts::{
    BUILD_CODES, BUILD_EXAMPLES, CHECK_EXAMPLES, COMPLETIONS_EXAMPLES, EXAMPLES, EXIT_CODES,
    EXPLAIN_EXAMPLES, FIX_CODES, FIX_EXAMPLES, INSPECT_CODES, INSPECT_EXAMPLES, MAN_EXAMPLES,
    PREDICT_EXAMPLES,
};
use crate::cli::inputs::{Named, Records};
use crate::cli::rule_levels::RuleLevels;
use crate::cli::template_values;
use crate::cli::template_values::Setting;
use crate::cli::terminal::When;
use crate::cli::value_parsers::{
    a_topic, days, destination, domain, file_name, format_names, identifier, jobs, time,
};
use crate::cli::value_source::ValueSource;
use crate::cli::{CliError, clock, value_source};
use crate::output::Format;
use crate::problem::Severity;
use crate::rules::Rule;
use crate::settings::Settings;
use crate::template::Value;
use crate::timestamp::Timestamp;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default());

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
    #[arg(value_name = "NAME", value_parser = a_topic(), hide_possible_values = true)]
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
    fn there_is_a_page_about_every_command() {
        let command = Arguments::command();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, COMMANDS);
    }
}
