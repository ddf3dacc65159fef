//! Blanks before armour lines.

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
    name: "indented-pem",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "Spaces or tabs stand before armour lines.",
    explanation: "\
        The reader looks for BEGIN and END at the start of a line. Blanks before them hide the \
        block; blanks before body lines alone do no harm.\n\n\
        It happens when a PEM is taken out of an indented place, as a YAML file, a here-document or \
        source code, together with its indentation.",
    example: "armour lines are indented",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Safe, "removes the indentation"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Indented))?;
    let problem = seen
        .problem("blanks before the line", "armour lines are indented")
        .help("let every line begin in its first column");
    Some(seen.repaired(problem, "remove the indentation"))
}
