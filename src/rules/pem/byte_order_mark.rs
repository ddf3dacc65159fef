//! A byte order mark before a BEGIN line.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::DamageKind;
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "byte-order-mark",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A byte order mark precedes the PEM text.",
    explanation: "\
        A byte order mark (U+FEFF) is invisible but part of its line, and a BEGIN line must not \
        contain anything else. The service's PEM parser finds no block.\n\n\
        Common causes:\n\
        - A file written by PowerShell's `Out-File` or a Windows editor\n\
        - Files joined into one, each with its own byte order mark\n\n\
        Save the file as UTF-8 without a byte order mark.",
    example: "byte order mark before the PEM text",
    citations: &[READER, Citation::Rfc(3629, "6"), Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "removes it"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::ByteOrderMark))?;
    let problem = seen
        .problem("U+FEFF (invisible)", "byte order mark before the PEM text")
        .help("save the file as UTF-8 without a byte order mark");
    Some(seen.repaired(problem, "remove the byte order mark"))
}
