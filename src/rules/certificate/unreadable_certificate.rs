//! A CERTIFICATE block without a certificate.

use crate::api::{ApiError, Rejection};
use crate::facts::{ExpectedContent, Facts};
use crate::pem::BlockContent;
use crate::problem::{Problem, Severity};
use crate::rules::roles::wrong_block::next_step;
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};
use crate::x509::CertificateFault;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unreadable-certificate",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A CERTIFICATE block does not contain an X.509 certificate.",
    explanation: "\
        The base64 of the block must decode to one DER-encoded certificate. The service rejects a block \
        that is truncated, has trailing data, or contains something else.\n\n\
        Common causes:\n\
        - Lines that were lost when the certificate was copied, or a length limit\n\
        - BEGIN and END lines that were put around another file\n\n\
        Use the file that the CA sent. To check it, run `openssl x509 -in FILE -noout -text`.",
    example: "truncated certificate",
    citations: &[
        Citation::ErrorTable("APIG.2106"),
        Citation::Rfc(5280, "4.1"),
        Citation::Go("crypto/x509", "ParseCertificate rejects malformed and trailing data"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::INVALID_PAIR)),
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let BlockContent::UnreadableCertificate(fault) = subject.block.content else { return None };
    // The service ignores certificates in key fields; other rules report them.
    if facts.duty(subject.field) != ExpectedContent::Certificates {
        return None;
    }
    if let Some(actual) = subject.block.actual {
        let found = actual.describe();
        let message = format!("a CERTIFICATE block contains {found}, not a certificate");
        let help = next_step(actual, ExpectedContent::Certificates);
        return Some(Problem::at(subject.block.span, format!("this is {found}"), message).help(help));
    }
    let (label, message, help) = match fault {
        CertificateFault::Truncated => (
            "the end is missing",
            "truncated certificate",
            "copy the whole certificate again: lines are missing",
        ),
        CertificateFault::TrailingBytes => (
            "more data than one certificate",
            "trailing data after the certificate",
            "put each certificate in its own block without other data",
        ),
        CertificateFault::Structure => (
            "not an X.509 certificate",
            "a CERTIFICATE block does not contain a certificate",
            "send the certificate that the CA issued; to see what this is, run openssl asn1parse -in FILE",
        ),
    };
    Some(Problem::at(subject.block.span, label, message).help(help))
}
