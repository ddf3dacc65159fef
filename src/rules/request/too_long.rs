//! A field that is longer than documented.

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
        The reference documents a maximum of 8092 characters (not 8192) for these two fields and \
        none for the others. An escape sequence counts as the character it represents: `\\n` is one.\n\n\
        Three certificates usually fit, four usually do not. Remove the root certificate, which \
        clients already have, and any text between the blocks.",
    example: "`cert_content_sign` has 8093 characters, the maximum is 8092",
    citations: &[
        Citation::Api("request body, `cert_content_sign`, `private_key_sign`: maximum 8092"),
        Citation::ErrorTable("APIG.2006"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::TOO_LONG)),
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
            format!("`{name}` has {characters} characters, the maximum is {most}"),
        )
        .help("remove the root certificate and any text between the blocks"),
    )
}
