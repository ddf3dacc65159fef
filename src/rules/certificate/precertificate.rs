//! A precertificate in place of the certificate.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{is_judged, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "precertificate",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate is a precertificate, which a CA makes for Certificate Transparency logs only.",
    explanation: "\
        Before a CA issues a certificate, it submits a precertificate to the logs. It has the names and the key of \
        the certificate, and a critical extension (1.3.6.1.4.1.11129.2.4.3) that makes every client refuse it. The \
        service stores it all the same.\n\n\
        Common causes:\n\
        - A download from a log search such as crt.sh, which lists both\n\n\
        Send the certificate with the same serial number that the CA issued after it.",
    example: "the certificate `www.example.com` is a precertificate",
    citations: &[
        Citation::Rfc(6962, "3.1"),
        Citation::Go("crypto/x509", "Certificate.Verify: unhandled critical extension"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Certificate(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    if !certificate.is_precertificate || !is_judged(certificate, facts) {
        return None;
    }
    let label = "critical extension 1.3.6.1.4.1.11129.2.4.3 makes every client refuse it";
    let problem = Problem::at(certificate.span, label, format!("{} is a precertificate", title(certificate)));
    Some(problem.help("send the certificate that the CA issued after it, with the same serial number"))
}
