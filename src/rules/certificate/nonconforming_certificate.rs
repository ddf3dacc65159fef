//! A certificate that strict parsers reject.

use crate::api::{ApiError, Rejection};
use crate::facts::{ExpectedContent, Facts};
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "nonconforming-certificate",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate violates RFC 5280 in a way that the service rejects.",
    explanation: "\
        Many tools, including OpenSSL, parse certificates leniently. The service appears to use \
        crypto/x509 of Go, which rejects a certificate if, for example, a PrintableString contains an \
        underscore, an extension is duplicated or malformed, a dNSName is not ASCII, or the signature \
        algorithms inside and outside the signed part differ. This rule reports what any release since Go \
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
    let (first, others) = certificate.nonconformities.split_first()?;
    let field = facts.body.member_at(certificate.span)?.field?;
    // The service ignores certificates in key fields; other rules report them.
    if facts.duty(field) != ExpectedContent::Certificates {
        return None;
    }
    let help: Vec<String> =
        std::iter::once("have it reissued: a signed certificate cannot be repaired".to_owned())
            .chain(others.iter().map(|other| format!("also, {other} (section {})", other.section())))
            .collect();
    let problem = Problem::at(
        certificate.span,
        format!("see RFC 5280, section {}", first.section()),
        format!("{} violates RFC 5280: {first}", title(certificate)),
    );
    Some(problem.help(help.join("; ")))
}
