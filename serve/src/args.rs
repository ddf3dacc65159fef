//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use apicert::{Service, Timestamp};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, ValueEnum};

/// Answers the certificate calls of ROMA Connect and API Gateway on this machine, for tests of their clients.
///
/// Request bodies are judged by apicert. Metadata is kept until the program ends; certificates and private keys are not
/// kept. Tokens are compared, AK/SK signatures are not verified.
#[derive(Debug, Parser)]
#[command(name = "apicert-serve", version)]
pub(crate) struct Args {
    /// The address to listen on; port 0 stands for any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Allow an address that other machines can reach, and any `Host` header
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// The service to answer as
    #[arg(long, value_name = "SERVICE", default_value = "both")]
    pub(crate) service: Services,
    /// A token to accept in `X-Auth-Token` [default: any]
    #[arg(long, value_name = "TOKEN", num_args = 1..)]
    pub(crate) token: Vec<String>,
    /// A project that exists [default: all]
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(crate) project: Vec<String>,
    /// An instance that exists [default: all]
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(crate) known_instance: Vec<String>,
    /// A domain that exists, by its ID and, after `=`, its name, which certificates must cover [default: all]
    #[arg(long, value_name = "ID[=NAME]", num_args = 1..)]
    pub(crate) known_domain: Vec<String>,
    /// How many certificates a project may have on a service
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    pub(crate) quota: usize,
    /// The time to judge by, in RFC 3339 [default: the clock]
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(crate) now: Option<Timestamp>,
    /// A file to append a line of JSON to for each request
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
}

/// The services to answer as.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Services {
    Roma,
    Apig,
    Both,
}

impl Services {
    pub(crate) const fn list(self) -> &'static [Service] {
        match self {
            Self::Roma => &[Service::Roma],
            Self::Apig => &[Service::Apig],
            Self::Both => &[Service::Roma, Service::Apig],
        }
    }
}

fn timestamp(text: &str) -> Result<Timestamp, &'static str> {
    Timestamp::from_rfc3339(text).ok_or("not RFC 3339")
}

/// What is wrong with the arguments. Their values may be secret and are not repeated.
pub(crate) fn describe(error: &clap::Error) -> String {
    let option = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        // What was given in place of an option is a value too.
        (ErrorKind::UnknownArgument, _) => None,
        (_, Some(ContextValue::String(option))) => Some(option),
        _ => None,
    };
    let option = option.map_or_else(String::new, |option| format!(" for {option}"));
    format!("{}{option}; see --help", error.kind())
}
