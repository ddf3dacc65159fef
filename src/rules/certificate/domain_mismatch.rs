//! A domain that the certificate does not cover.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::{looks_secret, printable};
use crate::rules::certificate::hosts;
use crate::rules::certificate::hosts::{CoveredHosts, Host};
use crate::rules::certificate::missing_san::is_missing;
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "domain-mismatch",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate does not cover a domain given with `--domain`.",
    explanation: "\
        The service binds a certificate to a custom domain name only if one of its subject alternative \
        names (SANs) covers the domain: the same name, or a wildcard, which matches exactly one label. \
        Case and a trailing dot are ignored. An IP address needs an iPAddress entry.\n\n\
        Common causes:\n\
        - The certificate of another site\n\
        - A wildcard that was expected to cover the domain itself or two labels: `*.example.com` covers \
        neither `example.com` nor `a.b.example.com`\n\n\
        Send the certificate of the domain, or have one issued for it.",
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

/// The maximum number of names in a label.
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
        .map(|(index, domain)| (index, domain, Host::read(domain)))
        .filter(|(_, _, host)| !covered_hosts.contains(host))
        .map(|(index, domain, host)| describe(index, domain, &host))
        .collect();
    let (last, others) = missed.split_last()?;
    let missed = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
    let problem = Problem::at(leaf.span, covered(leaf), format!("{} does not cover {missed}", title(leaf)));
    Some(problem.help("send the certificate of this domain, or have one issued for it"))
}

/// A domain for display. The command line may contain secrets by mistake, so anything that is not a
/// host name or looks like a key is not repeated.
fn describe(index: usize, domain: &str, host: &Host) -> String {
    match host {
        Host::Address(address) => format!("`{address}`"),
        Host::Name(name) if hosts::fault(name).is_some() => {
            format!("domain {} (not a valid host name)", index + 1)
        }
        Host::Name(_) if looks_secret(domain) => format!("domain {} (looks like a key)", index + 1),
        Host::Name(name) => format!("`{}`", printable(name, 64)),
    }
}

fn covered(leaf: &Certificate) -> String {
    let names: Vec<&str> = leaf.dns_names().collect();
    match names.len() {
        0 => "it has no DNS names".to_owned(),
        count if count > SHOWN => {
            let shown = names.into_iter().take(SHOWN).map(|name| printable(name, 64)).collect::<Vec<_>>();
            format!("it covers {} and {} more", shown.join(", "), count - SHOWN)
        }
        _ => format!(
            "it covers {}",
            names.into_iter().map(|name| printable(name, 64)).collect::<Vec<_>>().join(", ")
        ),
    }
}
