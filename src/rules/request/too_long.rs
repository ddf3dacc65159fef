//! A member that is longer than documented.

use crate::api::{ApiError, Field, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "too-long",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`cert_content_sign` or `private_key_sign` has more than 8092 characters.",
    explanation: "\
        The reference documents at most 8092 characters (not 8192) for these two members, and no \
        length for the others. Characters are counted as they are meant: `\\n` in JSON is one.\n\n\
        Three certificates mostly fit, four mostly do not. Leave out the root, which clients have \
        anyway, and text between the blocks.",
    example: "`cert_content_sign` has 8093 characters, and at most 8092 are allowed",
    citations: &[
        Citation::Api("request body, `cert_content_sign`, `private_key_sign`: maximum 8092"),
        Citation::ErrorTable("APIG.2006"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::TOO_LONG)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    if !slot.field.is_of_sign_pair() {
        return None;
    }
    let member = slot.filled()?;
    let (characters, most) = (member.text()?.characters, Field::MAX_SIGN_CHARACTERS);
    if characters <= most {
        return None;
    }
    let name = slot.field.name();
    Some(
        Problem::at(
            member.value(),
            format!("{characters} characters"),
            format!("`{name}` has {characters} characters, and at most {most} are allowed"),
        )
        .help("leave out the root certificate and text between the blocks"),
    )
}
