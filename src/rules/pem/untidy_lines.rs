//! Base64 lines that stricter parsers reject.

use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Untidiness};
use crate::problem::{Problem, Severity};
use crate::rules::pem::FieldDamage;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "untidy-lines",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Note),
    summary: "Base64 lines are not 64 characters long, or contain whitespace or blank lines.",
    explanation: "\
        RFC 7468 requires base64 lines of 64 characters and nothing else in a block. The service is \
        lenient about this; other parsers are not.\n\n\
        Common causes:\n\
        - A tool with a different line length, such as `base64` with 76 characters\n\
        - A text that was edited by hand\n\n\
        Wrap the base64 at 64 characters.",
    example: "a base64 line has 76 characters, expected 64",
    citations: &[
        Citation::Rfc(7468, "2"),
        Citation::Rfc(7468, "3"),
        Citation::Go("encoding/pem", "whitespace in base64 is skipped"),
    ],
    fix: FixAvailability::When(Safety::Safe, "rewraps the lines"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Untidy(_)))?;
    let DamageKind::Untidy(untidiness) = seen.kind else { return None };
    let (label, message) = match untidiness {
        Untidiness::Width { characters } => {
            ("expected 64 characters", format!("a base64 line has {characters} characters, expected 64"))
        }
        Untidiness::BlankLine => ("blank line", "blank line inside the base64".to_owned()),
        Untidiness::Blanks => ("spaces or tabs", "whitespace inside the base64".to_owned()),
    };
    Some(seen.repaired(seen.problem(label, message), "wrap the base64 at 64 characters"))
}
