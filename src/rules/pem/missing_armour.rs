//! Base64 without BEGIN and END.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Label};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-armour",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The value is base64 of DER, without BEGIN and END lines.",
    explanation: "\
        The reader looks for BEGIN and END. Base64 alone is text to it, and no block.\n\n\
        It happens when the value comes from a place that keeps no armour, as SAML metadata, a JWK's \
        `x5c`, or `openssl … -outform DER | base64`, and when only the lines between are copied. \
        What it encodes tells which lines belong around it.",
    example: "BEGIN and END lines are missing: this is base64 of a certificate",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(
        Safety::Safe,
        "adds the lines, when the DER is a certificate or a private key",
    ),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::MissingArmour(_)))?;
    let DamageKind::MissingArmour(kind) = seen.kind else { return None };
    let what = kind.label().map_or("DER", Label::describe);
    let problem = seen
        .problem(
            "base64 without armour",
            format!("BEGIN and END lines are missing: this is base64 of {what}"),
        )
        .help("send the PEM form, with its BEGIN and END lines");
    Some(seen.repaired(problem, "add the BEGIN and END lines"))
}
