//! A signing pair without SM2.

use crate::api::Field;
use crate::edit::{Fix, Safety};
use crate::facts::{Facts, Pair};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{Says, filled, removal, says};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "ignored-sign-pair",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "`cert_content_sign` or `private_key_sign` is set but `algorithm_type` is not `SM2`.",
    explanation: "\
        RSA and ECC certificates use a single pair. The service ignores the second one, and apicert \
        does not check it either. Do not send a private key that nobody needs.\n\n\
        If the certificates are SM2, set `algorithm_type` to `SM2`. Otherwise remove the field.",
    example: "`cert_content_sign` is ignored because `algorithm_type` is `RSA`",
    citations: &[Citation::Api("request body, `cert_content_sign`, `private_key_sign`: for `SM2`")],
    fix: FixAvailability::When(Safety::Unsafe, "removes the field, unless the certificate is SM2"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if !slot.field.is_of_sign_pair() {
        return None;
    }
    let member = filled(slot)?;
    let why = match says(Field::AlgorithmType, facts) {
        Says::Nothing => "absent".to_owned(),
        Says::Word("SM2") | Says::Nonsense => return None,
        Says::Word(word) => format!("`{word}`"),
    };
    let name = slot.field.name();
    let problem = Problem::at(
        member.value(),
        "only used with SM2",
        format!("`{name}` is ignored because `algorithm_type` is {why}"),
    );
    // The pair is right, but `algorithm_type` is missing or wrong.
    let is_sm2 = |pair: &Pair| {
        facts.leaf(pair).is_some_and(|leaf| leaf.public_key.algorithm.api_word() == Some("SM2"))
    };
    if facts.pairs.iter().any(is_sm2) {
        return Some(problem.help("the certificate is SM2: set `algorithm_type` to `SM2`"));
    }
    Some(
        problem
            .help("remove the field")
            .fix(Fix::unsafe_(format!("remove `{name}`"), vec![removal(member, facts)])),
    )
}
