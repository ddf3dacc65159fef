//! A template that nobody filled in.

use crate::api::{ApiError, Field, Rejection, Service};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::pem::placeholder::PlaceholderKind;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "placeholder",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A member is a template that nobody filled in.",
    explanation: "\
        `${CERT}`, `{{ cert }}`, `<your key>`, `xxx`, `REDACTED` and their like are stored or refused \
        as they stand: the service fills in nothing. Whatever else could be said of such a member is \
        left unsaid.\n\n\
        Mostly a step that fills in the values did not run, or the variable has another name there. \
        Where the file is a template on purpose, as is right in a repository, check what becomes of \
        it: `apicert check --set private_key=env:KEY --set cert_content=@cert.pem template.json` puts \
        the values in, judges the filled body and points into the template. Nothing is written.",
    example: "`private_key` is a placeholder, not a value",
    citations: &[Citation::Api("request body: members are taken as they are")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::PerMember(&[
        (Field::CertContent, None, Rejection::inferred(ApiError::INVALID_PAIR)),
        (Field::PrivateKey, None, Rejection::inferred(ApiError::INVALID_PAIR)),
        (Field::TrustedRootCa, None, Rejection::inferred(ApiError::INVALID_PAIR)),
        (Field::CertContentSign, None, Rejection::inferred(ApiError::INVALID_PAIR)),
        (Field::PrivateKeySign, None, Rejection::inferred(ApiError::INVALID_PAIR)),
        (Field::Type, None, Rejection::inferred(ApiError::INVALID_PARAMETER)),
        (Field::AlgorithmType, None, Rejection::inferred(ApiError::INVALID_PARAMETER)),
        (Field::Name, Some(Service::Apig), Rejection::sibling(ApiError::INVALID_PARAMETER)),
        (Field::InstanceId, None, Rejection::inferred(ApiError::NO_INSTANCE)),
    ]),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    let member = slot.filled()?;
    if member.text()?.stand_in != Some(PlaceholderKind::Placeholder) {
        return None;
    }
    let name = slot.field.name();
    let help = if slot.field.is_pem() {
        format!("fill in the PEM text; of a template, give it with `--set {name}=@FILE` or `=env:NAME`")
    } else {
        format!("fill in the value; of a template, give it with `--set {name}=VALUE`")
    };
    Some(
        Problem::at(
            member.value(),
            "nobody filled this in",
            format!("`{name}` is a placeholder, not a value"),
        )
        .help(help),
    )
}
