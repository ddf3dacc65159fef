//! Base64 without BEGIN and END lines.

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
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The value is base64 of DER, without BEGIN and END lines.",
    explanation: "\
        The service's PEM parser looks for BEGIN and END lines. Base64 without them is not a block.\n\n\
        Common causes:\n\
        - A source without BEGIN and END lines, such as SAML metadata, `x5c` of a JWK, or `openssl … \
        -outform DER | base64`\n\
        - Only the lines between BEGIN and END were copied\n\n\
        Send the PEM form. The content determines the label of the lines.",
    example: "BEGIN and END lines are missing: this is base64 of a certificate",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Safe, "adds the lines if the DER is a certificate or private key"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::MissingArmour(_)))?;
    let DamageKind::MissingArmour(kind) = seen.kind else { return None };
    let what = kind.label().map_or("DER", Label::describe);
    let problem = seen
        .problem(
            "base64 without BEGIN and END lines",
            format!("BEGIN and END lines are missing: this is base64 of {what}"),
        )
        .help("send the PEM form, with BEGIN and END lines");
    Some(seen.repaired(problem, "add the BEGIN and END lines"))
}
