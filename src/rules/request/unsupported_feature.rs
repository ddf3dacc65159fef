//! Fields that the reference marks "to be supported".

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
    summary: "A field is used that the reference marks \"to be supported\".",
    explanation: "\
        The reference marks `algorithm_type`, `cert_content_sign` and `private_key_sign` as \"to be \
        supported\". The service may still ignore them.\n\n\
        RSA and ECC certificates do not need them. SM2 certificates do: check `algorithm_type` in \
        the response to see how the service read the certificate.",
    example: "`algorithm_type` is marked \"to be supported\" in the reference",
    citations: &[Citation::Api(
        "request body, `algorithm_type`, `cert_content_sign`, `private_key_sign`: to be supported",
    )],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    // `ignored-sign-pair` reports a signing pair that the service does not read.
    if !(slot.field == Field::AlgorithmType || slot.field.is_of_sign_pair()) || !facts.is_read(slot.field) {
        return None;
    }
    let member = filled(slot)?;
    let name = slot.field.name();
    let help = if slot.field == Field::AlgorithmType && says_other_than_sm2(facts) {
        "it can be omitted: the service detects the algorithm from the certificate"
    } else {
        "make sure that your service supports it"
    };
    Some(
        Problem::at(
            member.key(),
            "the service may not support it yet",
            format!("`{name}` is marked \"to be supported\" in the reference"),
        )
        .help(help),
    )
}

fn says_other_than_sm2(facts: &Facts<'_>) -> bool {
    facts.word(Field::AlgorithmType).is_some_and(|word| word != "SM2")
}
