//! Quotation marks around the armour.

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
    name: "quoted-pem",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "Quotation marks stand around the armour.",
    explanation: "\
        The reader looks for `-----BEGIN` at the start of a line. A quotation mark in front of it is \
        a part of that line, so no block is found.\n\n\
        It comes from a shell, a YAML file or an `.env` file whose quotes were copied along, or were \
        put in twice. The example of the API reference has it too. Leave the quotes out.",
    example: "quotation marks stand around the armour",
    citations: &[READER, Citation::Rfc(7468, "3"), Citation::Api("example request")],
    fix: FixAvailability::When(Safety::Safe, "removes the quotation marks"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Quotes))?;
    let problem = seen
        .problem("a quotation mark that is part of the text", "quotation marks stand around the armour")
        .help("leave the quotes of the shell, YAML or environment file out of the value");
    Some(seen.repaired(problem, "remove the quotation marks"))
}
