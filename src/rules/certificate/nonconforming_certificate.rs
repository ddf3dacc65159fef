//! A certificate that can be read, and not by the service.

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
    summary: "The certificate breaks RFC 5280 where the service's reader is strict.",
    explanation: "\
        Many tools read certificates generously, OpenSSL among them. The service is seen to use Go's \
        crypto/x509, which refuses a certificate as a whole when, for example, a PrintableString has \
        an underscore in it, an extension occurs twice or is malformed, a dNSName is not ASCII, or \
        the signature algorithm inside the signed part is not the one outside. What any release of \
        it since 1.17 refuses is reported.\n\n\
        It comes about with home-made authorities and old devices. It cannot be repaired by whoever \
        holds the certificate, for it is signed: have it issued again by an authority that keeps to \
        RFC 5280.",
    example: "the certificate `www.example.com` breaks RFC 5280: the organization of the subject name is a \
              PrintableString with characters that its type does not allow",
    citations: &[
        Citation::Rfc(5280, "4"),
        Citation::Go("crypto/x509", "ParseCertificate refuses what breaks RFC 5280"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Certificate(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let (first, others) = certificate.nonconformities.split_first()?;
    let field = facts.body.member_at(certificate.span)?.field?;
    // Beside a private key the service skips it; that it is there at all is another matter.
    if facts.duty(field) != ExpectedContent::Certificates {
        return None;
    }
    let help: Vec<String> =
        std::iter::once("have it issued again: a signed certificate cannot be repaired".to_owned())
            .chain(others.iter().map(|other| format!("besides, {other} (section {})", other.section())))
            .collect();
    let problem = Problem::at(
        certificate.span,
        format!("see RFC 5280, section {}", first.section()),
        format!("{} breaks RFC 5280: {first}", title(certificate)),
    );
    Some(problem.help(help.join("; ")))
}
