//! PEM blocks that are not base64.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::pem::{Base64Fault, DamageKind};
use crate::problem::{Problem, Severity};
use crate::rules::pem::FieldDamage;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-base64",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The content of a PEM block is not base64.",
    explanation: "\
        Base64 consists of letters, digits, `+` and `/` in groups of four, with `=` only at the end. \
        One invalid, missing or extra character makes the whole block unreadable.\n\n\
        Common causes:\n\
        - The text was cut off, or typed by hand\n\
        - A form turned `+` into spaces\n\
        - The text is base64url, with `-` and `_`\n\
        - A viewer shortened long lines\n\n\
        apicert cannot restore lost characters: copy the block again.",
    example: "invalid base64 character `*` in the PEM block",
    citations: &[
        Citation::Rfc(4648, "4"),
        Citation::Go("encoding/base64", "StdEncoding"),
        Citation::Rfc(7468, "3"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::Base64(_)))?;
    let DamageKind::Base64(fault) = seen.kind else { return None };
    // A block without an END line is cut off, so its length says nothing more.
    let is_cut_off =
        field.text.damage.iter().any(|damage| matches!(damage.kind, DamageKind::Unterminated(_)));
    if is_cut_off && matches!(fault, Base64Fault::Length { .. } | Base64Fault::Padding { .. }) {
        return None;
    }
    let (label, message, help) = described(fault);
    Some(seen.problem(label, message).help(help))
}

fn described(fault: Base64Fault) -> (&'static str, String, &'static str) {
    let again = "copy the block again from its file";
    match fault {
        Base64Fault::Foreign(character) => {
            let help = match character {
                Some('*' | '.') => {
                    "copy the block again from its file: logs mask secrets with `***`, and examples leave lines out with `...`"
                }
                _ => again,
            };
            let character = character.map(|character| format!(" `{character}`")).unwrap_or_default();
            let message = format!("invalid base64 character{character} in the PEM block");
            ("invalid base64 character", message, help)
        }
        Base64Fault::UrlAlphabet => (
            "`-` and `_` are base64url",
            "the PEM block uses base64url (`-` and `_`) instead of base64".to_owned(),
            "encode it with the standard alphabet (`+` and `/`)",
        ),
        Base64Fault::PlusAsSpace => (
            "`+` expected",
            "spaces where `+` was expected (form-decoded?)".to_owned(),
            "encode `+` as `%2B` in forms and URLs",
        ),
        Base64Fault::PaddingInside => (
            "`=` is allowed only at the end",
            "base64 padding `=` in the middle of the block".to_owned(),
            "check whether two blocks were merged; copy the block again",
        ),
        Base64Fault::Padding { found, expected } => {
            let message =
                format!("the base64 ends in {}, expected {}", signs(found), expected_signs(expected));
            ("wrong padding", message, again)
        }
        Base64Fault::Length { odd_line: Some(line), .. } => {
            let what = if line.characters < line.others { "short" } else { "long" };
            let message = format!(
                "this base64 line is too {what}: {} characters, expected {}",
                line.characters, line.others
            );
            ("different length than the other lines", message, again)
        }
        Base64Fault::Length { characters, odd_line: None } => {
            let what = "base64 characters are missing or extra";
            let message = if characters % 4 == 0 {
                what.to_owned()
            } else {
                format!("{what}: the block has {characters}, not a multiple of four")
            };
            ("the whole block", message, again)
        }
    }
}

fn signs(count: usize) -> String {
    match count {
        0 => "no `=`".to_owned(),
        1 => "one `=`".to_owned(),
        2 => "two `=`".to_owned(),
        _ => format!("{count} `=`"),
    }
}

fn expected_signs(count: usize) -> &'static str {
    match count {
        0 => "none",
        1 => "one",
        _ => "two",
    }
}
