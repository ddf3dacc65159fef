//! Malformed BEGIN and END lines.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{BoundaryFault, DamageKind};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "malformed-boundary",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A BEGIN or END line is malformed.",
    explanation: "\
        A BEGIN or END line is five hyphens, BEGIN or END in capitals, a space, the label, five \
        hyphens, and nothing else. The service's PEM parser accepts no other form. For private keys, \
        it only checks that the label ends in `PRIVATE KEY` and is the same in both lines.\n\n\
        Common causes:\n\
        - A line that was typed by hand\n\
        - A hyphen that was lost when the text was selected\n\
        - A comment after the line\n\n\
        The safe fix corrects hyphens, case and spacing. Misspelled words and text after the line \
        are changed only with `--unsafe`.",
    example: "a BEGIN/END line has four hyphens on one side, expected five",
    citations: &[READER, Citation::Rfc(7468, "3")],
    fix: FixAvailability::Either(
        "safe for hyphens, case and spacing; unsafe for misspelled words and text after the line",
    ),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Boundary(_)))?;
    let DamageKind::Boundary(fault) = seen.kind else { return None };
    let (label, message) = described(fault);
    let problem = seen
        .problem(label, message)
        .help("write five hyphens, BEGIN or END, a space, the label and five hyphens, and nothing else");
    let title = match seen.repair.map(|repair| repair.safety) {
        Some(Safety::Unsafe) if fault == BoundaryFault::TextAfter => "remove the text after the line",
        Some(Safety::Unsafe) => "correct the label",
        _ => "correct the line",
    };
    Some(seen.repaired(problem, title))
}

fn described(fault: BoundaryFault) -> (&'static str, String) {
    match fault {
        BoundaryFault::Dashes { count } => {
            let count = match count {
                0 => "no hyphens".to_owned(),
                1 => "one hyphen".to_owned(),
                2 => "two hyphens".to_owned(),
                3 => "three hyphens".to_owned(),
                4 => "four hyphens".to_owned(),
                6 => "six hyphens".to_owned(),
                _ => format!("{count} hyphens"),
            };
            ("five hyphens expected", format!("a BEGIN/END line has {count} on one side, expected five"))
        }
        BoundaryFault::Case => ("capitals expected", "a BEGIN/END line is not in capitals".to_owned()),
        BoundaryFault::Spacing => {
            ("one space expected", "words in the BEGIN/END line must be separated by one space".to_owned())
        }
        BoundaryFault::Misspelt(Some(word)) => {
            ("misspelled", format!("a BEGIN/END line is misspelled: did you mean `{word}`?"))
        }
        BoundaryFault::Misspelt(None) => ("no label", "a BEGIN/END line has no label".to_owned()),
        BoundaryFault::TextAfter => ("unexpected text", "unexpected text after a BEGIN/END line".to_owned()),
    }
}
