//! CRLF line endings.

use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::DamageKind;
use crate::problem::{Problem, Severity};
use crate::rules::pem::FieldDamage;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "carriage-returns",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Note),
    summary: "Lines end in CRLF.",
    explanation: "\
        The service accepts CRLF. Some other parsers do not, and the text differs from the original \
        when it is compared or hashed.\n\n\
        The usual cause is a file that was edited on Windows.",
    example: "lines end in CRLF",
    citations: &[Citation::Rfc(7468, "2"), Citation::Go("encoding/pem", "CRLF ends a line")],
    fix: FixAvailability::When(Safety::Safe, "converts line endings to LF"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::CarriageReturns))?;
    let problem = seen.problem("carriage return", "lines end in CRLF");
    Some(seen.repaired(problem, "convert the line endings to LF"))
}
