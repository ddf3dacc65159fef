//! Two certificates of a pair about different subjects.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::sm2::leaves;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "pair-subject-mismatch",
    family: Family::Sm2,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The signing and the encryption certificate name different subjects.",
    explanation: "\
        The two certificates of an SM2 pair are issued together for one holder and carry the same \
        subject. A client that compares them breaks off when they differ.\n\n\
        It comes about when one of the two was renewed for another name, or was taken from another \
        server's pair. Names that differ only in how their characters are encoded count as the same.",
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
        format!("the subjects of the signing and the encryption certificate differ, both for “{of_signing}”")
    } else {
        format!(
            "the signing certificate is for “{of_signing}”, the encryption certificate for “{of_encryption}”"
        )
    };
    Some(
        Problem::at(signing.span, "the signing certificate", message)
            .related(encryption.span, "the encryption certificate")
            .help("send the two certificates that were issued together"),
    )
}
