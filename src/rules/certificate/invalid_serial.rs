//! A serial number that RFC 5280 does not allow.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{is_judged, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-serial",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The serial number is zero, negative, or longer than 20 octets.",
    explanation: "\
        A serial number must be positive and at most 20 octets long, so that every reader can hold \
        it. Go cannot read a certificate with a negative one since release 1.23: once the service is built with \
        it, it refuses the certificate, and clients written in Go do so today.\n\n\
        Common causes: a private CA whose tool starts with zero, or takes random bytes whose highest bit is \
        set, which makes a negative number. Have the certificate issued again with a positive number of up \
        to 159 bits.",
    example: "the certificate `www.example.com` has a negative serial number",
    citations: &[
        Citation::Rfc(5280, "4.1.2.2"),
        Citation::Go("crypto/x509", "ParseCertificate refuses negative serial numbers since 1.23"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Certificate(check),
};

const MAX_OCTETS: usize = 20;

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    is_judged(certificate, facts).then_some(())?;
    let fault = match &certificate.serial {
        serial if serial.is_zero() => "the serial number zero".to_owned(),
        serial if serial.is_negative() => "a negative serial number".to_owned(),
        serial if serial.octets > MAX_OCTETS => format!("a serial number of {} octets", serial.octets),
        _ => return None,
    };
    let problem = Problem::at(
        certificate.span,
        "serial numbers are positive and at most 20 octets long",
        format!("{} has {fault}", title(certificate)),
    );
    const HELP: &str = "have it issued again with a positive serial number of at most 20 octets";
    Some(if certificate.serial.is_negative() {
        problem.help(format!("{HELP}: Go cannot read a certificate with a negative one since release 1.23"))
    } else {
        problem.help(HELP)
    })
}
