//! A block that is labelled as a certificate and holds none.

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
    summary: "A block is labelled CERTIFICATE and holds no X.509 certificate.",
    explanation: "\
        Between the lines of the armour stands the DER encoding of a certificate: nested elements \
        that each say how long they are. When they do not have the shape of a certificate, end too \
        early, or leave bytes over, nobody can read them, the service neither.\n\n\
        A certificate that is cut off has lost lines when it was copied, or in a field that was too \
        short for it. Bytes that are left over, or no certificate at all, come about when armour was \
        put around the wrong file by hand. Take the file that the authority sent, and let \
        `openssl x509 -in FILE -noout -text` show it before you send it.",
    example: "a certificate is cut off: it is shorter than it says",
    citations: &[
        Citation::ErrorTable("APIG.2106"),
        Citation::Rfc(5280, "4.1"),
        Citation::Go("crypto/x509", "ParseCertificate refuses what is malformed, and trailing data"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::INVALID_PAIR)),
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let BlockContent::UnreadableCertificate(fault) = subject.block.content else { return None };
    // Beside a private key the service skips it; that it is there at all is another matter.
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
            "its end is missing",
            "a certificate is cut off: it is shorter than it says",
            "copy the whole certificate again: lines of it are missing",
        ),
        CertificateFault::TrailingBytes => (
            "a certificate, and more bytes behind it",
            "bytes are left over behind a certificate",
            "put each certificate in a block of its own, and nothing else in it",
        ),
        CertificateFault::Structure => (
            "this is no X.509 certificate",
            "a block is labelled as a certificate and holds none",
            "send the certificate as the authority issued it; see what this is with: openssl asn1parse -in FILE",
        ),
    };
    Some(Problem::at(subject.block.span, label, message).help(help))
}
