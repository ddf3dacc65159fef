//! A certificate that strict parsers reject.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::keys::public_key::KeyAlgorithm;
use crate::problem::{Problem, Severity};
use crate::redact::printable;
use crate::rules::certificate::{is_judged, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;
use crate::x509::nonconformity::Nonconformity;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "nonconforming-certificate",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The service cannot parse the certificate: it violates RFC 5280 or uses what Go does not support.",
    explanation: "\
        Many tools, including OpenSSL, parse certificates leniently. The service appears to use \
        crypto/x509 of Go, which rejects a certificate if, for example, a PrintableString contains an \
        underscore, an extension is duplicated or malformed, a dNSName is not ASCII, or the signature \
        algorithms inside and outside the signed part differ. It also rejects object identifiers with a \
        number of more than 31 bits, and CA keys on unsupported curves or with explicit parameters. This rule reports what any release since Go \
        1.17 rejects.\n\n\
        Common causes:\n\
        - A private CA\n\
        - An old device\n\n\
        A certificate is signed and cannot be repaired. Have it reissued by a CA that conforms to RFC \
        5280.",
    example: "the certificate `www.example.com` violates RFC 5280: the organization of the subject name is a PrintableString with invalid characters",
    citations: &[
        Citation::Rfc(5280, "4"),
        Citation::Go("crypto/x509", "ParseCertificate rejects violations of RFC 5280"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Certificate(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    is_judged(certificate, facts).then_some(())?;
    let Some((first, others)) = certificate.nonconformities.split_first() else {
        return unsupported_curve(certificate, facts);
    };
    let help: Vec<String> =
        std::iter::once("have it reissued: a signed certificate cannot be repaired".to_owned())
            .chain(others.iter().map(|other| format!("also, {other} (section {})", other.section())))
            .collect();
    let (label, message) = match first {
        Nonconformity::LargeIdentifier(_) => (
            "Go parses numbers of at most 31 bits".to_owned(),
            format!("the service cannot parse {}: {first}", title(certificate)),
        ),
        _ => (
            format!("see RFC 5280, section {}", first.section()),
            format!("{} violates RFC 5280: {first}", title(certificate)),
        ),
    };
    Some(Problem::at(certificate.span, label, message).help(help.join("; ")))
}

/// A key on a curve that Go does not support. `unsupported-key` reports that of a leaf.
fn unsupported_curve(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let kind = match &certificate.public_key.algorithm {
        KeyAlgorithm::OtherCurve(curve) => format!("on the curve {}", printable(curve, 64)),
        KeyAlgorithm::ExplicitCurve => "on a curve with explicit parameters".to_owned(),
        _ => return None,
    };
    let is_leaf =
        facts.pairs.iter().any(|pair| facts.leaf(pair).is_some_and(|leaf| leaf.span == certificate.span));
    if is_leaf {
        return None;
    }
    let message = format!("the service cannot parse {}: its key is {kind}", title(certificate));
    let problem =
        Problem::at(certificate.span, "Go supports the named curves P-224, P-256, P-384 and P-521", message);
    Some(problem.help("use a CA with an RSA or P-256 key, and have the certificate issued by it"))
}
