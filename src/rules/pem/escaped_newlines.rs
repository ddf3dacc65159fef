//! Line breaks written as escape sequences.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Spelling};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "escaped-newlines",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "Line breaks are written as the two characters `\\` and `n`.",
    explanation: "\
        In JSON, `\\n` in a string is a line break. If the backslash itself is escaped (`\\\\n`), \
        the value contains a backslash and an `n` instead. The whole PEM is then one line, in which \
        the service's PEM parser finds no block.\n\n\
        Common causes:\n\
        - An `awk` or `sed` one-liner that joins lines, followed by JSON encoding\n\
        - A value from an environment variable or secrets manager that was escaped already\n\
        - A string pasted from another JSON text\n\
        - PHP's `json_encode`, which writes `/` as `\\/`\n\n\
        Escape the text only once.",
    example: "line breaks are written as the two characters `\\` and `n`",
    citations: &[READER, Citation::Rfc(8259, "7"), Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "replaces the escape sequences with line breaks"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::EscapedLineBreaks(_)))?;
    let DamageKind::EscapedLineBreaks(spelling) = seen.kind else { return None };
    let problem = seen
        .problem("escape sequence, not a line break", message(spelling))
        .help("escape the text only once: in JSON, a line break is one backslash and an n");
    Some(seen.repaired(problem, "replace the escape sequences with line breaks"))
}

fn message(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Newline => "line breaks are written as the two characters `\\` and `n`",
        Spelling::CarriageReturnNewline => "line breaks are written as the four characters `\\r\\n`",
        Spelling::CarriageReturn => "line breaks are written as the two characters `\\` and `r`",
        Spelling::Doubled => "line breaks are written with several backslashes before the `n`",
        Spelling::Numeric => "line breaks are written as a backslash and a number",
        Spelling::Slash => "slashes are escaped as `\\/`, as PHP's json_encode writes them",
        Spelling::Backslash => "backslashes in the PEM text, as in line continuations of a shell",
    }
}
