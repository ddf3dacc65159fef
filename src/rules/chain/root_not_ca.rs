//! A certificate in `trusted_root_ca` that is not a CA certificate.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::name_of;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "root-not-ca",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A certificate in `trusted_root_ca` is not a CA certificate.",
    explanation: "\
        `trusted_root_ca` contains the CA whose certificates are trusted. A version 3 certificate without \
        CA:TRUE, or with a key usage without keyCertSign, cannot issue certificates, so no certificate verifies with it. Certificates of version 1 \
        and 2 have no such extension and count as CA certificates.\n\n\
        Common causes:\n\
        - The certificate of the server instead of the CA\n\
        - A CA certificate that was created without extensions, for example with `openssl x509 -req` \
        without `-extfile`\n\n\
        Send the certificate of the CA.",
    example: "“www.example.com” in `trusted_root_ca` is not a CA certificate",
    citations: &[Citation::Rfc(5280, "4.2.1.9"), Citation::Api("request body, `trusted_root_ca`")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Anchor(check),
};

fn check(certificate: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    if certificate.may_issue() {
        return None;
    }
    if certificate.is_ca == Some(true) {
        let message = format!("{} in `trusted_root_ca` may not sign certificates", name_of(certificate));
        let problem = Problem::at(certificate.span, "no keyCertSign in its key usage", message);
        return Some(problem.help("send the certificate of the CA: its key usage includes keyCertSign"));
    }
    let says = match certificate.is_ca {
        Some(_) => "CA:FALSE",
        None => "no CA:TRUE",
    };
    Some(
        Problem::at(
            certificate.span,
            says,
            format!("{} in `trusted_root_ca` is not a CA certificate", name_of(certificate)),
        )
        .help("send the certificate of the CA: its basic constraints are CA:TRUE"),
    )
}
