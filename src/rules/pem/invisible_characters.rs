//! Invisible and look-alike characters in PEM.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Invisible};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invisible-characters",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The PEM text contains invisible or look-alike characters.",
    explanation: "\
        PEM is ASCII. A line with a no-break space, a zero-width space, a typographic dash or a \
        Cyrillic letter looks right, but the service's PEM parser finds no block or no valid base64 \
        in it.\n\n\
        The usual cause is PEM that went through a word processor, a chat, a web page or a PDF.\n\n\
        Copy the text from its file instead. The safe fix removes invisible characters and replaces \
        spaces and dashes. Other look-alikes are replaced only with `--unsafe`, because a different \
        character may have been meant.",
    example: "an invisible character in the PEM text",
    citations: &[READER, Citation::Rfc(7468, "3"), Citation::Rfc(4648, "3.3")],
    fix: FixAvailability::Either(
        "safe for invisible characters, spaces, line breaks and dashes; unsafe for look-alikes",
    ),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::InvisibleCharacters(_)))?;
    let DamageKind::InvisibleCharacters(kind) = seen.kind else { return None };
    let (label, message) = match kind {
        Invisible::NoGlyph => ("invisible character", "an invisible character in the PEM text"),
        Invisible::Space => ("not an ASCII space", "an unusual space in the PEM text"),
        Invisible::LineBreak => ("not a line feed", "an unusual line break in the PEM text"),
        Invisible::Dash => ("not an ASCII hyphen", "typographic dashes in the PEM text"),
        Invisible::LookAlike => {
            ("not the ASCII character it looks like", "a non-ASCII look-alike character in the PEM text")
        }
        Invisible::Replacement => ("U+FFFD", "a character of the PEM text was lost and replaced with U+FFFD"),
        Invisible::Other => ("not ASCII", "a non-ASCII character in the PEM text"),
    };
    let problem =
        seen.problem(label, message).help("copy the text from its file, not from a document or chat");
    let title = match seen.repair.map(|repair| repair.safety) {
        Some(Safety::Unsafe) => "replace look-alikes with ASCII characters",
        _ => "remove invisible characters and replace dashes",
    };
    Some(seen.repaired(problem, title))
}
