//! A leaf without subject alternative names.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;
use crate::x509::nonconformity::Nonconformity;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-san",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate has no subject alternative name.",
    explanation: "\
        The subjectAltName extension lists the hosts that a certificate covers. Browsers have ignored the \
        common name since 2017 and Go since 2020, and the service documents that it requires the \
        extension.\n\n\
        Common causes:\n\
        - `openssl req -x509` without `-addext`\n\
        - A CA that does not copy the extensions of the request\n\
        - A certificate of version 1, which has no extensions\n\n\
        Have the certificate reissued with its names: `openssl req … -addext \
        subjectAltName=DNS:www.example.com`.",
    example: "the certificate `www.example.com` has no subject alternative name",
    citations: &[
        Citation::ErrorTable("APIG.2109"),
        Citation::Rfc(5280, "4.2.1.6"),
        Citation::Rfc(9525, "4.1"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::MISSING_SAN)),
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // A malformed extension may contain names.
    if !is_missing(leaf) || leaf.nonconformities.iter().any(Nonconformity::is_about_alt_names) {
        return None;
    }
    let label = match leaf.subject_alt_names {
        _ if leaf.version < 3 => "this version has no extensions",
        Some(_) => "empty subjectAltName",
        None => "no subjectAltName",
    };
    let problem = Problem::at(leaf.span, label, format!("{} has no subject alternative name", title(leaf)));
    Some(problem.help(
        "have it reissued with its host names: openssl req … -addext subjectAltName=DNS:www.example.com",
    ))
}

/// Whether the certificate has no subject alternative names.
pub(super) fn is_missing(leaf: &Certificate) -> bool {
    leaf.subject_alt_names.as_ref().is_none_or(Vec::is_empty)
}
