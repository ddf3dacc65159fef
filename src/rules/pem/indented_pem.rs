//! Spaces or tabs before BEGIN or END.

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
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "BEGIN and END lines are indented.",
    explanation: "\
        The service's PEM parser looks for BEGIN and END at the start of a line. Spaces or tabs \
        before them hide the block. Spaces or tabs before base64 lines alone are harmless.\n\n\
        The usual cause is PEM that was copied with its indentation from a YAML file, a \
        here-document or source code.",
    example: "the lines of the PEM block are indented",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Safe, "removes the indentation"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Indented))?;
    let problem = seen
        .problem("leading whitespace", "the lines of the PEM block are indented")
        .help("remove the indentation");
    Some(seen.repaired(problem, "remove the indentation"))
}
