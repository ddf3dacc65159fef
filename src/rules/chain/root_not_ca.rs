//! A trust anchor that is no authority.

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
    summary: "A certificate in `trusted_root_ca` is no authority.",
    explanation: "\
        `trusted_root_ca` holds the authority whose certificates are trusted. A certificate of version \
        3 that does not say CA:TRUE, or whose key usage lacks keyCertSign, cannot have issued any, so nothing \
        would ever verify with it. One \
        of version 1 or 2 cannot say so, and counts as an authority.\n\n\
        It comes about when the server's own certificate is put there, a self-signed one for instance, \
        or one that was made without the extensions for an authority (`openssl x509 -req` without \
        `-extfile`). Send the certificate of the authority that issued the others.",
    example: "“www.example.com” in `trusted_root_ca` is no authority",
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
        let problem = Problem::at(certificate.span, "keyCertSign is not in its key usage", message);
        return Some(problem.help("send the certificate of a CA that has keyCertSign in its key usage"));
    }
    let says = match certificate.is_ca {
        Some(_) => "it says CA:FALSE",
        None => "it does not say CA:TRUE",
    };
    Some(
        Problem::at(
            certificate.span,
            says,
            format!("{} in `trusted_root_ca` is no authority", name_of(certificate)),
        )
        .help("send the certificate of the authority, whose basic constraints say CA:TRUE"),
    )
}
