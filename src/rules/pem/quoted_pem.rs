//! Quotation marks around PEM.

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
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The PEM text is enclosed in quotation marks.",
    explanation: "\
        The service's PEM parser expects `-----BEGIN` at the start of a line. A quotation mark \
        before it hides the block.\n\n\
        Common causes:\n\
        - Quotes copied along from a shell command, YAML file or `.env` file\n\
        - Quotes that were added twice\n\
        - A copy of the example request in the API reference, which has this defect\n\n\
        Remove the quotation marks.",
    example: "quotation marks around the PEM text",
    citations: &[READER, Citation::Rfc(7468, "3"), Citation::Api("example request")],
    fix: FixAvailability::When(Safety::Safe, "removes the quotation marks"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Quotes))?;
    let problem = seen
        .problem("this quotation mark is part of the value", "quotation marks around the PEM text")
        .help("remove the quotes of the shell, YAML or .env file from the value");
    Some(seen.repaired(problem, "remove the quotation marks"))
}
