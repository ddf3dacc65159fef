//! Members that are documented and not promised.

use crate::api::Field;
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::filled;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unsupported-feature",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Note),
    summary: "A member is used that the reference marks \"to be supported\".",
    explanation: "\
        The reference lists `algorithm_type`, `cert_content_sign` and `private_key_sign` and marks \
        them \"to be supported\": a service of this age may ignore them.\n\n\
        For RSA and ECC certificates they are not needed. For SM2 there is no other way; look at the \
        answer of the service, whose `algorithm_type` says what it made of the certificate.",
    example: "`algorithm_type` is marked \"to be supported\" in the reference",
    citations: &[Citation::Api(
        "request body, `algorithm_type`, `cert_content_sign`, `private_key_sign`: to be supported",
    )],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    // A signing pair that the service does not look at is not used: `ignored-sign-pair`.
    if !(slot.field == Field::AlgorithmType || slot.field.is_of_sign_pair()) || !facts.is_read(slot.field) {
        return None;
    }
    let member = filled(slot)?;
    let name = slot.field.name();
    let help = if slot.field == Field::AlgorithmType && says_other_than_sm2(facts) {
        "it can be left out: the service sees the algorithm in the certificate"
    } else {
        "make sure that the service at hand knows it"
    };
    Some(
        Problem::at(
            member.key(),
            "a service may not know it yet",
            format!("`{name}` is marked \"to be supported\" in the reference"),
        )
        .help(help),
    )
}

fn says_other_than_sm2(facts: &Facts<'_>) -> bool {
    facts.word(Field::AlgorithmType).is_some_and(|word| word != "SM2")
}
