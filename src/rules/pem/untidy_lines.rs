//! Body lines that stricter readers refuse.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Note),
    summary: "Body lines are not 64 characters long, or blanks or empty lines stand among them.",
    explanation: "\
        RFC 7468 wants lines of 64 characters and nothing else in a body. The service is not strict \
        about it; other readers are.\n\n\
        It comes from tools that break lines elsewhere (`base64` at 76 characters), and from \
        editing.",
    example: "a line of the body has 76 characters, not 64",
    citations: &[
        Citation::Rfc(7468, "2"),
        Citation::Rfc(7468, "3"),
        Citation::Go("encoding/pem", "blanks and line breaks in a body are skipped"),
    ],
    fix: FixAvailability::When(Safety::Safe, "breaks the lines anew"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Untidy(_)))?;
    let DamageKind::Untidy(untidiness) = seen.kind else { return None };
    let (label, message) = match untidiness {
        Untidiness::Width { characters } => {
            ("64 characters make a line", format!("a line of the body has {characters} characters, not 64"))
        }
        Untidiness::BlankLine => ("an empty line", "an empty line stands in the body".to_owned()),
        Untidiness::Blanks => ("spaces or tabs", "spaces or tabs stand beside or between base64".to_owned()),
    };
    Some(seen.repaired(seen.problem(label, message), "break the lines at 64 characters"))
}
