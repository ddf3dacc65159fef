//! Certificate and key in each other's member.

use crate::api::{ApiError, Rejection};
use crate::edit::{Edit, Fix, Safety};
use crate::facts::{Facts, Pair};
use crate::problem::{Problem, Severity};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};
use crate::span::Span;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "swapped-fields",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate stands where the private key belongs, and the private key where the certificate belongs.",
    explanation: "\
        The service looks for CERTIFICATE blocks in `cert_content` and for a private key in \
        `private_key`, finds neither, and refuses the body. The same goes for the signing pair of \
        SM2.\n\n\
        The example request of the API's own reference page has this mistake, and copies of it do. \
        Exchange the two values; the rest of this report is about the body as it is after that.",
    example: "`cert_content` holds the private key and `private_key` the certificate",
    citations: &[
        Citation::Api("request body, `cert_content` and `private_key`"),
        Citation::Go("crypto/tls", "X509KeyPair skips blocks of another type"),
    ],
    fix: FixAvailability::When(Safety::Safe, "exchanges the two values"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair =
        facts.pairs.iter().find(|pair| facts.is_swapped(pair.role) && pair.role.fields().0 == field.field)?;
    let (certificate_field, key_field) = pair.role.fields();
    let other = facts.slot(key_field).member?;
    let key = field.text.blocks.iter().find(|block| block.is_private_key())?;
    let (here, there) = (content(field.member.value()), content(other.value()));
    let fix = Fix::safe(
        "exchange the two values",
        vec![Edit::Copy { span: here, from: there }, Edit::Copy { span: there, from: here }],
    );
    let (certificates, key_name) = (certificate_field.name(), key_field.name());
    let problem = Problem::at(
        key.span,
        "this is a private key",
        format!("`{certificates}` holds the private key and `{key_name}` the certificate"),
    );
    let certificate = facts.blocks(key_field).find(|block| block.is_certificate())?;
    Some(problem.related(certificate.span, "and this a certificate").help(help(pair, facts)).fix(fix))
}

/// What to do, and what will be so when it is done.
fn help(pair: &Pair, facts: &Facts<'_>) -> String {
    let after = match (facts.leaf(pair), facts.key(pair).and_then(|key| key.public_key.as_ref())) {
        (Some(leaf), Some(public_key)) if leaf.public_key == *public_key => {
            "; once that is done the private key matches the certificate"
        }
        (Some(_), Some(_)) => "; the private key does not match the certificate even then",
        _ => "",
    };
    format!("exchange the two values{after}")
}

fn content(literal: Span) -> Span {
    Span::new(literal.start + 1, literal.end.saturating_sub(1))
}
