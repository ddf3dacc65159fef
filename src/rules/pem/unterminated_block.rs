//! Blocks without a BEGIN or END line.

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
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A block has no END line or no BEGIN line.",
    explanation: "\
        The service ignores a block without its BEGIN or END line.\n\n\
        Common causes:\n\
        - A selection that did not include the last line\n\
        - A length limit, which may have cut off base64 too\n\n\
        Copy the whole block again.",
    example: "a block has no END line",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Unsafe, "adds the missing line"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Unterminated(_)))?;
    let DamageKind::Unterminated(missing) = seen.kind else { return None };
    let (label, message, title) = match missing {
        Missing::Begin => ("no BEGIN line before this", "a block has no BEGIN line", "add the BEGIN line"),
        Missing::End => ("no END line after this", "a block has no END line", "add the END line"),
    };
    let problem =
        seen.problem(label, message).help("copy the whole block again: more than this line may be missing");
    Some(seen.repaired(problem, title))
}
