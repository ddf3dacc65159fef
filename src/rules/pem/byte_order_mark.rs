//! U+FEFF before the armour.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A byte-order mark stands before the armour.",
    explanation: "\
        The mark cannot be seen, and is a part of the line that BEGIN has to stand on alone. The \
        reader finds no block.\n\n\
        Editors on Windows and PowerShell's `Out-File` write it at the start of a file; files that \
        are joined bring theirs into the middle. Save the file as UTF-8 without it.",
    example: "a byte-order mark stands before the armour",
    citations: &[READER, Citation::Rfc(3629, "6"), Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "removes it"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::ByteOrderMark))?;
    let problem = seen
        .problem("U+FEFF, which cannot be seen", "a byte-order mark stands before the armour")
        .help("save the file as UTF-8 without a byte-order mark");
    Some(seen.repaired(problem, "remove the byte-order mark"))
}
