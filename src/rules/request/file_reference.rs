//! A file name instead of the content of the file.

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
    summary: "A PEM field holds a path, a URL or the name of a secret instead of the content.",
    explanation: "\
        The service does not open files or follow links. The body must contain the PEM text itself.\n\n\
        Common causes:\n\
        - The syntax of curl, such as `@key.pem`\n\
        - The syntax of Terraform, such as `file(\"key.pem\")`\n\
        - An ARN, ID or path of a secret store that was not resolved\n\n\
        `apicert build --name cert_demo --cert cert.pem --key key.pem` writes a body from files.",
    example: "`private_key` is a path or URL, not a PEM text",
    citations: &[
        Citation::Api("request body, `cert_content`: certificate content; `private_key`: private key"),
        Citation::ErrorTable("APIG.2106"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
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
            (kind.name, format!("`{name}` is {}, not a PEM text", kind.name), kind.help)
        }
        PlaceholderKind::Placeholder => return None,
    };
    Some(Problem::at(member.value(), label, message).help(help))
}
