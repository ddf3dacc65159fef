//! BEGIN and END without lines of their own.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "BEGIN and END do not stand on lines of their own.",
    explanation: "\
        The reader finds a block by its lines: BEGIN and END each begin a line and stand alone on \
        it. Where line breaks are missing, or are spaces or lone carriage returns, it finds none. \
        The body may be one line.\n\n\
        It happens in a shell that expands a variable without quotes, in forms and tables that take \
        one line, in YAML's folded style `>`, and where old Mac line ends are kept. Keep the line \
        breaks: `\"$VARIABLE\"`, `|` in YAML, `jq --rawfile` for JSON.",
    example: "BEGIN and END do not stand on lines of their own: line breaks are missing",
    citations: &[READER, Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "breaks the lines anew"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Collapsed(_)))?;
    let DamageKind::Collapsed(separator) = seen.kind else { return None };
    let cause = match separator {
        Separator::Nothing => "line breaks are missing",
        Separator::Blanks => "spaces stand where line breaks belong",
        Separator::CarriageReturns => "carriage returns alone stand where line breaks belong",
        Separator::Text => "other text is on the same line",
    };
    let problem = seen
        .problem(
            "a line break belongs here",
            format!("BEGIN and END do not stand on lines of their own: {cause}"),
        )
        .help("keep the line breaks of the PEM: quote the variable in the shell, use `|` in YAML");
    Some(seen.repaired(problem, "put the line breaks back"))
}
