//! Certificate and private key in each other's field.

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
    summary: "The certificate and the private key are in each other's field.",
    explanation: "\
        The service looks for CERTIFICATE blocks in `cert_content` and for a private key in \
        `private_key`. It finds neither and rejects the body. The same applies to the signing pair \
        of SM2.\n\n\
        The example request in the API reference has this defect, and so do copies of it. Swap the \
        two values. The other findings describe the body after the swap.",
    example: "`cert_content` contains the private key and `private_key` the certificate",
    citations: &[
        Citation::Api("request body, `cert_content` and `private_key`"),
        Citation::Go("crypto/tls", "X509KeyPair skips blocks of another type"),
    ],
    fix: FixAvailability::When(Safety::Safe, "swaps the two values"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
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
        "swap the two values",
        vec![Edit::Copy { span: here, from: there }, Edit::Copy { span: there, from: here }],
    );
    let (certificates, key_name) = (certificate_field.name(), key_field.name());
    let problem = Problem::at(
        key.span,
        "this is a private key",
        format!("`{certificates}` contains the private key and `{key_name}` the certificate"),
    );
    let certificate = facts.blocks(key_field).find(|block| block.is_certificate())?;
    Some(problem.related(certificate.span, "this is a certificate").help(help(pair, facts)).fix(fix))
}

/// What to do, and whether the key then matches the certificate.
fn help(pair: &Pair, facts: &Facts<'_>) -> String {
    let after = match (facts.leaf(pair), facts.key(pair).and_then(|key| key.public_key.as_ref())) {
        (Some(leaf), Some(public_key)) if leaf.public_key == *public_key => {
            "; then the private key matches the certificate"
        }
        (Some(_), Some(_)) => "; even then, the private key does not match the certificate",
        _ => "",
    };
    format!("swap the two values{after}")
}

fn content(literal: Span) -> Span {
    Span::new(literal.start + 1, literal.end.saturating_sub(1))
}
