//! BEGIN and END lines that are not written as they should be.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A BEGIN or END line is not written as it should be.",
    explanation: "\
        A boundary is five hyphens, BEGIN or END in capitals, a space, the label, five hyphens, and \
        the end of the line. The reader takes nothing else for one. Of the label of a private key it \
        looks at the end alone, ` PRIVATE KEY`: what stands before that is no matter, if it is the same \
        in both lines.\n\n\
        It happens when the lines are typed, when a hyphen gets lost in selecting, and when a \
        comment is put behind them. Dashes, case and spacing are repaired; a misspelt word, or text \
        behind the line, is changed on demand only.",
    example: "a boundary has four dashes on one side, not five",
    citations: &[READER, Citation::Rfc(7468, "3")],
    fix: FixAvailability::Either(
        "safe for dashes, case and spacing; unsafe for misspelt words and text after the boundary",
    ),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Boundary(_)))?;
    let DamageKind::Boundary(fault) = seen.kind else { return None };
    let (label, message) = described(fault);
    let problem = seen
        .problem(label, message)
        .help("write it as five hyphens, BEGIN or END, a space, the label, five hyphens, nothing else");
    let title = match seen.repair.map(|repair| repair.safety) {
        Some(Safety::Unsafe) if fault == BoundaryFault::TextAfter => "remove the text after the boundary",
        Some(Safety::Unsafe) => "write the words as they are known",
        _ => "write the boundary as it should be",
    };
    Some(seen.repaired(problem, title))
}

fn described(fault: BoundaryFault) -> (&'static str, String) {
    match fault {
        BoundaryFault::Dashes { count } => {
            let count = match count {
                0 => "no dashes".to_owned(),
                1 => "one dash".to_owned(),
                2 => "two dashes".to_owned(),
                3 => "three dashes".to_owned(),
                4 => "four dashes".to_owned(),
                6 => "six dashes".to_owned(),
                _ => format!("{count} dashes"),
            };
            ("five hyphens belong here", format!("a boundary has {count} on one side, not five"))
        }
        BoundaryFault::Case => ("capitals belong here", "a boundary is not written in capitals".to_owned()),
        BoundaryFault::Spacing => {
            ("one space parts the words", "the words of a boundary are not parted by one space".to_owned())
        }
        BoundaryFault::Misspelt(Some(word)) => {
            ("a misspelt word", format!("a boundary is misspelt: `{word}` seems to be meant"))
        }
        BoundaryFault::Misspelt(None) => ("no label", "a boundary has no label".to_owned()),
        BoundaryFault::TextAfter => {
            ("nothing belongs here", "text follows a boundary on its line".to_owned())
        }
    }
}
