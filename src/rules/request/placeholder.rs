//! A template placeholder that was not filled in.

use crate::api::{ApiError, Defect, Field, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::pem::placeholder::PlaceholderKind;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

const INVALID_PAIR: PredictedOutcome =
    PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR));
const INVALID_PARAMETER: PredictedOutcome =
    PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PARAMETER));

pub(in crate::rules) static RULE: Rule = Rule {
    name: "placeholder",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A field is a template placeholder that was not filled in.",
    explanation: "\
        The service does not fill in placeholders such as `${CERT}`, `{{ cert }}`, `<your key>`, \
        `xxx` or `REDACTED`. It stores or rejects them as they are. apicert reports nothing else \
        about such a value.\n\n\
        Common causes:\n\
        - The step that fills in the values did not run\n\
        - The variable has a different name\n\
        - A missing or hidden value was printed as text: `null`, `undefined`, `(sensitive value)`\n\n\
        To check a template before it is filled in, pass the values to apicert: `apicert check --set \
        private_key=env:KEY --set cert_content=@cert.pem template.json` checks the filled body and \
        points into the template. Nothing is written.",
    example: "`private_key` is a placeholder, not a value",
    citations: &[Citation::Api("request body: values are used as they are")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::PerMember(&[
        (Field::CertContent, INVALID_PAIR),
        (Field::PrivateKey, INVALID_PAIR),
        (Field::TrustedRootCa, INVALID_PAIR),
        (Field::CertContentSign, INVALID_PAIR),
        (Field::PrivateKeySign, INVALID_PAIR),
        (Field::Type, INVALID_PARAMETER),
        (Field::AlgorithmType, INVALID_PARAMETER),
        (Field::Name, PredictedOutcome::ByCall(Defect::Name)),
        (Field::InstanceId, PredictedOutcome::Rejected(Rejection::inferred(ApiError::NO_INSTANCE))),
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
        format!("fill in the PEM text; to check a template, use `--set {name}=@FILE` or `=env:NAME`")
    } else {
        format!("fill in the value; to check a template, use `--set {name}=VALUE`")
    };
    Some(
        Problem::at(member.value(), "not filled in", format!("`{name}` is a placeholder, not a value"))
            .help(help),
    )
}
