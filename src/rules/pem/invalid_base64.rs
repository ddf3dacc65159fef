//! Bodies that are not base64.

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
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The body of a block is not base64.",
    explanation: "\
        Base64 knows the letters, the digits, `+`, `/`, and `=` at the end, in groups of four. One \
        character that is foreign, lost or doubled makes the whole body unreadable.\n\n\
        It happens when a text is cut off or typed, when a form turns `+` into spaces, when \
        base64url with `-` and `_` is taken for base64, and when a viewer shortens long lines. No \
        tool can know what was lost: copy the block again.",
    example: "a character in the body is none of base64: an asterisk",
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
    // What is cut off before its END line is short for that reason.
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
        Base64Fault::Foreign(name) => {
            let message = format!("a character in the body is none of base64: {name}");
            ("base64 does not know this character", message, again)
        }
        Base64Fault::UrlAlphabet => (
            "`-` and `_` are of base64url",
            "the body is written in the alphabet of base64url, with `-` and `_`".to_owned(),
            "encode it with the ordinary alphabet, in which `+` and `/` stand for these",
        ),
        Base64Fault::PlusAsSpace => (
            "a space where `+` belongs",
            "spaces stand in the body where `+` belongs".to_owned(),
            "encode `+` as `%2B` where the text goes through a form or a URL",
        ),
        Base64Fault::PaddingInside => (
            "`=` stands at the end only",
            "padding stands in the middle of the body".to_owned(),
            "see whether two bodies ran together; copy the block again",
        ),
        Base64Fault::Padding { found, expected } => {
            let message = format!("the body ends in {}, where {}", signs(found), belonging(expected));
            ("the padding is wrong here", message, again)
        }
        Base64Fault::Length { odd_line: Some(line), .. } => {
            let what = if line.characters < line.others { "lost" } else { "added" };
            let message = format!(
                "characters of the body were {what}: this line has {}, the others {}",
                line.characters, line.others
            );
            ("a line of another length", message, again)
        }
        Base64Fault::Length { characters, odd_line: None } => {
            let what = "characters of the body were lost or added";
            let message = if characters % 4 == 0 {
                what.to_owned()
            } else {
                format!("{what}: it has {characters}, no multiple of four")
            };
            ("the whole body", message, again)
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

fn belonging(count: usize) -> &'static str {
    match count {
        0 => "none belongs",
        1 => "one belongs",
        _ => "two belong",
    }
}
