//! Characters in the armour that are not what they look like.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The armour holds characters that cannot be seen, or are not what they look like.",
    explanation: "\
        PEM is ASCII. A no-break space, a zero-width space, a dash that a word processor made of two \
        hyphens, or a Cyrillic letter make a line that looks right and is not: the reader finds no \
        block or no base64.\n\n\
        It happens when a PEM goes through a word processor, a chat, a web page or a PDF. Copy it \
        from the file instead. What has no glyph, and dashes, are repaired; a letter that looks like \
        another is replaced on demand only, since it was perhaps not that one.",
    example: "a character without a glyph stands in the armour",
    citations: &[READER, Citation::Rfc(7468, "3"), Citation::Rfc(4648, "3.3")],
    fix: FixAvailability::Either(
        "safe for characters without a glyph, spaces, line breaks and dashes; unsafe for look-alikes",
    ),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::InvisibleCharacters(_)))?;
    let DamageKind::InvisibleCharacters(kind) = seen.kind else { return None };
    let (label, message) = match kind {
        Invisible::NoGlyph => {
            ("a character that cannot be seen", "a character without a glyph stands in the armour")
        }
        Invisible::Space => ("not the ASCII space", "an unusual space stands in the armour"),
        Invisible::LineBreak => ("not a line feed", "an unusual line break stands in the armour"),
        Invisible::Dash => ("not the ASCII hyphen", "typographic dashes stand in the armour"),
        Invisible::LookAlike => (
            "not the ASCII character that it looks like",
            "a look-alike of an ASCII character stands in the armour",
        ),
        Invisible::Replacement => {
            ("U+FFFD", "a character of the armour was lost on the way: U+FFFD stands in its place")
        }
        Invisible::Other => ("not ASCII", "a character that is not ASCII stands in the armour"),
    };
    let problem =
        seen.problem(label, message).help("copy the text from its file, not from a document or a chat");
    let title = match seen.repair.map(|repair| repair.safety) {
        Some(Safety::Unsafe) => "put ASCII characters in the place of their look-alikes",
        _ => "remove what cannot be seen, and make dashes hyphens",
    };
    Some(seen.repaired(problem, title))
}
