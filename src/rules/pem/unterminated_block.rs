//! Blocks that lack a boundary.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Missing};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unterminated-block",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A BEGIN has no END, or an END has no BEGIN.",
    explanation: "\
        A block without one of its lines is not read.\n\n\
        The usual cause is a selection that did not reach to the last line, or a length limit on the \
        way; then part of the body may be missing too. Copy the whole again.",
    example: "a block has no END line",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Unsafe, "adds the missing line"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Unterminated(_)))?;
    let DamageKind::Unterminated(missing) = seen.kind else { return None };
    let (label, message, title) = match missing {
        Missing::Begin => ("no BEGIN stands before this", "a block has no BEGIN line", "add the BEGIN line"),
        Missing::End => ("no END follows this", "a block has no END line", "add the END line"),
    };
    let problem =
        seen.problem(label, message).help("copy the whole block again: more than the line may be missing");
    Some(seen.repaired(problem, title))
}
