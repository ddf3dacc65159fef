//! SM2 certificates with different subjects.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::sm2::leaves;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "pair-subject-mismatch",
    family: Family::Sm2,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The signing and the encryption certificate have different subjects.",
    explanation: "\
        The two certificates of an SM2 pair are issued together and have the same subject. Clients that \
        compare the subjects abort the handshake if they differ. Differences in character encoding are \
        ignored.\n\n\
        Common causes:\n\
        - Only one of the two certificates was renewed for another name\n\
        - One certificate belongs to another server\n\n\
        Send the two certificates that were issued together.",
    example: "the signing certificate is for “api.example.com”, the encryption certificate for “www.example.com”",
    citations: &[
        Citation::Standard("GB/T 38636 (TLCP)", "the server's signing and encryption certificates"),
        Citation::Rfc(5280, "4.1.2.6"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    let [(_, encryption), (_, signing)] = leaves(facts)?;
    if encryption.subject.attributes() == signing.subject.attributes() {
        return None;
    }
    let (of_encryption, of_signing) = (encryption.shown_name(), signing.shown_name());
    let message = if of_encryption == of_signing {
        format!(
            "the signing and the encryption certificate are both for “{of_signing}” but their subjects differ"
        )
    } else {
        format!(
            "the signing certificate is for “{of_signing}”, the encryption certificate for “{of_encryption}”"
        )
    };
    Some(
        Problem::at(signing.span, "signing certificate", message)
            .related(encryption.span, "encryption certificate")
            .help("send the two certificates that were issued together"),
    )
}
