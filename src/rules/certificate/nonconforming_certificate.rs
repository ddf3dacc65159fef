//! A certificate that can be read, and not by the service.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::keys::public_key::KeyAlgorithm;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{is_judged, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::span::printable;
use crate::x509::Certificate;
use crate::x509::nonconformity::Nonconformity;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "nonconforming-certificate",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The service cannot read the certificate: it breaks RFC 5280, or uses what Go does not support.",
    explanation: "\
        Many tools read certificates generously, OpenSSL among them. The service is seen to use Go's \
        crypto/x509, which refuses a certificate as a whole when, for example, a PrintableString has \
        an underscore in it, an extension occurs twice or is malformed, a dNSName is not ASCII, or \
        the signature algorithm inside the signed part is not the one outside. It also refuses object \
        identifiers with a number of more than 31 bits, and keys of a CA on other curves than P-224, P-256, P-384, \
        P-521 and SM2, or with the parameters of the curve written out. What any release of \
        it since 1.17 refuses is reported.\n\n\
        Common causes: a private CA, or an old device. A signed certificate cannot be repaired: have it issued \
        again by a CA that keeps to RFC 5280.",
    example: "the certificate `www.example.com` breaks RFC 5280: the organization of the subject name is a \
              PrintableString with characters that its type does not allow",
    citations: &[
        Citation::Rfc(5280, "4"),
        Citation::Go("crypto/x509", "ParseCertificate refuses what breaks RFC 5280"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Certificate(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    is_judged(certificate, facts).then_some(())?;
    let Some((first, others)) = certificate.nonconformities.split_first() else {
        return unreadable_curve(certificate, facts);
    };
    let help: Vec<String> =
        std::iter::once("have it issued again: a signed certificate cannot be repaired".to_owned())
            .chain(others.iter().map(|other| format!("besides, {other} (section {})", other.section())))
            .collect();
    let (label, message) = match first {
        Nonconformity::LargeIdentifier(_) => (
            "Go reads numbers of at most 31 bits there".to_owned(),
            format!("the service cannot read {}: {first}", title(certificate)),
        ),
        _ => (
            format!("see RFC 5280, section {}", first.section()),
            format!("{} breaks RFC 5280: {first}", title(certificate)),
        ),
    };
    Some(Problem::at(certificate.span, label, message).help(help.join("; ")))
}

/// A key on a curve that Go does not know, or on one that is written out. Of a leaf `unsupported-key` says so.
fn unreadable_curve(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let key = &certificate.public_key;
    let is_leaf =
        facts.pairs.iter().any(|pair| facts.leaf(pair).is_some_and(|leaf| leaf.span == certificate.span));
    if is_leaf || !matches!(key.algorithm, KeyAlgorithm::OtherCurve(_) | KeyAlgorithm::ExplicitCurve) {
        return None;
    }
    let kind = printable(&key.describe(), 64);
    let message = format!("the service cannot read {}: its key is {kind}", title(certificate));
    let problem =
        Problem::at(certificate.span, "Go reads P-224, P-256, P-384 and P-521, by name only", message);
    Some(problem.help("use a CA whose key is RSA or on P-256, and have the certificate issued by it"))
}
