//! A domain that the certificate is to be bound to and is not good for.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::hosts;
use crate::rules::certificate::hosts::{CoveredHosts, Host};
use crate::rules::certificate::missing_san::is_missing;
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::span::printable;
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "domain-mismatch",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate does not cover a domain that was named with `--domain`.",
    explanation: "\
        The service binds a certificate to a custom domain name only when one of its subject \
        alternative names covers it: the same name, or a wildcard, which stands for exactly one label \
        at the left. Case and a dot at the end make no difference; an IP address needs an iPAddress.\n\n\
        It comes about when the certificate of another site is sent, or when a wildcard is believed \
        to cover the domain itself (`*.example.com` does not cover `example.com`) or two labels. \
        Have a certificate issued that names the domain.",
    example: "the certificate `www.example.com` does not cover `api.example.com`",
    citations: &[
        Citation::ErrorTable("APIG.2103"),
        Citation::Rfc(9525, "6.3"),
        Citation::Go("crypto/x509", "VerifyHostname"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::DOMAIN_MISMATCH)),
    check: Check::Leaf(check),
};

/// How many names a label shows.
const SHOWN: usize = 8;

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    if facts.settings.domains.is_empty() || is_missing(leaf) {
        return None;
    }
    let covered_hosts = CoveredHosts::of(leaf);
    let missed: Vec<String> = facts
        .settings
        .domains
        .iter()
        .enumerate()
        .map(|(index, domain)| (index, Host::read(domain)))
        .filter(|(_, host)| !covered_hosts.contains(host))
        .map(|(index, host)| describe(index, &host))
        .collect();
    let (last, others) = missed.split_last()?;
    let missed = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
    let problem = Problem::at(leaf.span, covered(leaf), format!("{} does not cover {missed}", title(leaf)));
    Some(problem.help("send the certificate of this domain, or have one issued that names it"))
}

/// A domain as it may be shown. Anything may have been pasted on the command line, so what is no
/// host name is not repeated.
fn describe(index: usize, host: &Host) -> String {
    match host {
        Host::Address(address) => format!("`{address}`"),
        Host::Name(name) if hosts::fault(name).is_none() => format!("`{}`", printable(name, 64)),
        Host::Name(_) => format!("domain {} (which is no host name)", index + 1),
    }
}

fn covered(leaf: &Certificate) -> String {
    let names: Vec<&str> = leaf.dns_names().collect();
    match names.len() {
        0 => "it names no host".to_owned(),
        count if count > SHOWN => {
            let shown = names.into_iter().take(SHOWN).map(|name| printable(name, 64)).collect::<Vec<_>>();
            format!("it names {} and {} more", shown.join(", "), count - SHOWN)
        }
        _ => format!(
            "it names {}",
            names.into_iter().map(|name| printable(name, 64)).collect::<Vec<_>>().join(", ")
        ),
    }
}
