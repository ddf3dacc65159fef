//! Line breaks spelled out.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "Line breaks are spelled out, as the two characters `\\` and `n`.",
    explanation: "\
        In JSON a line break in a string is written `\\n`. Where the backslash itself was escaped the \
        value holds a backslash and an `n`, and the whole PEM is one line, which the reader does not \
        take for a block.\n\n\
        It happens when a text that was escaped already is escaped once more: `awk` or `sed` one- \
        liners that make one line of a file, values from environment variables and secrets managers, \
        a string pasted from other JSON. Escape it once.",
    example: "line breaks are spelled out as the two characters `\\` and `n`",
    citations: &[READER, Citation::Rfc(8259, "7"), Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "puts line breaks in their place"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::EscapedLineBreaks(_)))?;
    let DamageKind::EscapedLineBreaks(spelling) = seen.kind else { return None };
    let problem = seen
        .problem("an escape sequence, not a line break", message(spelling))
        .help("escape the text once: in the JSON a line break is one backslash and an n");
    Some(seen.repaired(problem, "put line breaks in the place of escape sequences"))
}

fn message(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Newline => "line breaks are spelled out as the two characters `\\` and `n`",
        Spelling::CarriageReturnNewline => "line breaks are spelled out as the four characters `\\r\\n`",
        Spelling::CarriageReturn => "line breaks are spelled out as the two characters `\\` and `r`",
        Spelling::Doubled => "line breaks are spelled out, with several backslashes before the `n`",
        Spelling::Numeric => "line breaks are spelled out as a number after a backslash",
        Spelling::Slash => "slashes are escaped as `\\/`, as PHP's json_encode writes them",
        Spelling::Backslash => "backslashes stand in the armour, as before a line break in a shell",
    }
}
