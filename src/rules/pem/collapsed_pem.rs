//! BEGIN and END that are not on their own lines.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Separator};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "collapsed-pem",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "BEGIN and END are not on their own lines.",
    explanation: "\
        The service's PEM parser finds a block by its lines: BEGIN and END must each be alone on a \
        line. It finds no block if line breaks are missing, or are spaces or lone carriage returns. \
        The base64 may be on one line.\n\n\
        Common causes:\n\
        - A shell variable that was expanded without quotes\n\
        - A form or table with single-line fields\n\
        - The folded style `>` of YAML\n\
        - Line endings of the classic Mac OS\n\n\
        Keep the line breaks: use `\"$VARIABLE\"` in the shell, `|` in YAML, `jq --rawfile` for \
        JSON.",
    example: "BEGIN and END are not on their own lines: line breaks are missing",
    citations: &[READER, Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "restores the line breaks"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Collapsed(_)))?;
    let DamageKind::Collapsed(separator) = seen.kind else { return None };
    let cause = match separator {
        Separator::Nothing => "line breaks are missing",
        Separator::Blanks => "there are spaces instead of line breaks",
        Separator::CarriageReturns => "there are carriage returns instead of line breaks",
        Separator::Text => "other text is on the same line",
        Separator::Mark => "other text is in the place of line breaks",
    };
    let help = match separator {
        Separator::Text => {
            "remove the text beside BEGIN and END, such as the `-e` that `echo -e` prints in `sh`, a name or a prompt"
        }
        Separator::Mark => "send the PEM with its line breaks; in JSON, a line break is written as `\\n`",
        _ => "keep the line breaks of the PEM: quote the variable in the shell, use `|` in YAML",
    };
    let problem = seen
        .problem("line break expected", format!("BEGIN and END are not on their own lines: {cause}"))
        .help(help);
    Some(seen.repaired(problem, "restore the line breaks"))
}
