//! BEGIN and END with different labels.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::DamageKind;
use crate::problem::{Problem, Severity};
use crate::rules::pem::FieldDamage;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "mismatched-labels",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "BEGIN and END of a block have different labels.",
    explanation: "\
        The service reads a block only if BEGIN and END have the same label.\n\n\
        Common causes:\n\
        - Blocks joined by hand, with a part of one missing\n\
        - A label that was changed in one line only\n\n\
        Check which label is right: the content is either a certificate or a key.",
    example: "BEGIN says CERTIFICATE but END says PRIVATE KEY",
    citations: &[Citation::Go("encoding/pem", "END must have the label of BEGIN"), Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Unsafe, "makes the labels match"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::MismatchedLabels { .. }))?;
    let DamageKind::MismatchedLabels { begin, end } = seen.kind else { return None };
    let message = match (begin.written(), end.written()) {
        (Some(begin), Some(end)) if begin != end => format!("BEGIN says {begin} but END says {end}"),
        (Some(begin), None) => format!("BEGIN says {begin} but END has another label"),
        (None, Some(end)) => format!("END says {end} but BEGIN has another label"),
        _ => "BEGIN and END have different labels".to_owned(),
    };
    let problem = seen
        .problem("the labels differ", message)
        .help("check whether two blocks were merged; if not, use the label of the content in both lines");
    Some(seen.repaired(problem, "make the labels match"))
}
