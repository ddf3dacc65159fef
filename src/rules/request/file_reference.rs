//! The name of a file instead of its content.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::pem::placeholder::PlaceholderKind;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "file-reference",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A PEM member holds a path or URL instead of the content.",
    explanation: "\
        The service opens no files and follows no links: the PEM text itself has to stand in the \
        body.\n\n\
        It comes about when the syntax of another tool is used here, such as curl's `@key.pem` or \
        Terraform's `file(…)`. `apicert build --name cert_demo --cert cert.pem --key key.pem` \
        writes a body from files.",
    example: "`private_key` names a file instead of holding its content",
    citations: &[
        Citation::Api("request body, `cert_content`: certificate content; `private_key`: private key"),
        Citation::ErrorTable("APIG.2106"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    let member = slot.filled()?;
    let name = slot.field.name();
    let (label, message, help) = match member.text()?.stand_in? {
        PlaceholderKind::FileReference => (
            "path or URL",
            format!("`{name}` is a path or URL, not a PEM text"),
            "put the content of the file here, with each line break as `\\n`, or use `apicert build`",
        ),
        PlaceholderKind::SecretReference(kind) => {
            (kind.name, format!("`{name}` refers to a PEM text: this is {}", kind.name), kind.help)
        }
        PlaceholderKind::Placeholder => return None,
    };
    Some(Problem::at(member.value(), label, message).help(help))
}
