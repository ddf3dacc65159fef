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
        Which hosts a certificate is good for stands in its subjectAltName extension. The common \
        name, where it used to stand, has not been looked at by browsers since 2017 and by Go since \
        2020, and the service documents that it wants the extension.\n\n\
        It comes about when the certificate was made with `openssl req -x509` and no `-addext`, \
        when an authority does not copy the extensions of the request, and with certificates of \
        version 1, which have no extensions at all. Have it issued again with its names: \
        `openssl req … -addext subjectAltName=DNS:www.example.com`.",
    example: "the certificate `www.example.com` has no subject alternative name",
    citations: &[
        Citation::ErrorTable("APIG.2109"),
        Citation::Rfc(5280, "4.2.1.6"),
        Citation::Rfc(9525, "4.1"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::MISSING_SAN)),
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // Whether a malformed extension has names in it is not known.
    if !is_missing(leaf) || leaf.nonconformities.iter().any(Nonconformity::is_about_alt_names) {
        return None;
    }
    let label = match leaf.subject_alt_names {
        _ if leaf.version < 3 => "its version has no extensions",
        Some(_) => "its subjectAltName is empty",
        None => "it has no subjectAltName",
    };
    let problem = Problem::at(leaf.span, label, format!("{} has no subject alternative name", title(leaf)));
    Some(problem.help("have it issued again with the names of its hosts as subjectAltName"))
}

/// Whether there is no name in it at all.
pub(super) fn is_missing(leaf: &Certificate) -> bool {
    leaf.subject_alt_names.as_ref().is_none_or(Vec::is_empty)
}
