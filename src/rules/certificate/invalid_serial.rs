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
        RFC 5280 requires a positive serial number of at most 20 octets. Some parsers reject others: Go \
        1.23 and later reject negative ones, in every certificate. The service rejects them too once it is \
        built with such a release.\n\n\
        Common causes:\n\
        - A private CA that starts counting at zero\n\
        - Random bytes whose highest bit is set, which are a negative number\n\n\
        Have the certificate reissued with a positive serial number of at most 159 bits.",
    example: "the certificate `www.example.com` has a negative serial number",
    citations: &[
        Citation::Rfc(5280, "4.1.2.2"),
        Citation::Go("crypto/x509", "ParseCertificate rejects negative serial numbers since 1.23"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Certificate(check),
};

const MAX_OCTETS: usize = 20;
const HELP: &str = "have it reissued with a positive serial number of at most 20 octets";

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    is_judged(certificate, facts).then_some(())?;
    let fault = match &certificate.serial {
        serial if serial.is_zero() => "serial number zero".to_owned(),
        serial if serial.is_negative() => "a negative serial number".to_owned(),
        serial if serial.octets > MAX_OCTETS => format!("a serial number of {} octets", serial.octets),
        _ => return None,
    };
    let problem = Problem::at(
        certificate.span,
        "serial numbers must be positive and at most 20 octets long",
        format!("{} has {fault}", title(certificate)),
    );
    Some(if certificate.serial.is_negative() {
        problem.help(format!("{HELP}; Go 1.23 and later reject negative ones"))
    } else {
        problem.help(HELP)
    })
}
