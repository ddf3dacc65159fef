//! An SM2 certificate without `algorithm_type`.

use crate::api::Field;
use crate::edit::{Edit, Fix, Safety};
use crate::facts::{Facts, Pair};
use crate::json::body::Shape;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "sm2-needs-algorithm-type",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate's key is SM2 but `algorithm_type` is absent.",
    explanation: "\
        SM2 certificates are sent in two pairs, and the service reads the second one only if \
        `algorithm_type` is `SM2`. Without it, the service treats the certificate as an ordinary \
        one, and an ordinary X.509 parser cannot read it.\n\n\
        Add `\"algorithm_type\": \"SM2\"`, and the signing pair in `cert_content_sign` and \
        `private_key_sign` if it is missing.",
    example: "the certificate is SM2 but `algorithm_type` is missing",
    citations: &[Citation::Api("request body, `algorithm_type`, and what is mandatory with `SM2`")],
    fix: FixAvailability::When(Safety::Unsafe, "adds `\"algorithm_type\": \"SM2\"`"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    // `empty-field` reports one that is empty.
    if slot.field != Field::AlgorithmType || slot.member.is_some() {
        return None;
    }
    let Shape::Object { brace, ref members } = facts.body.shape else { return None };
    let is_sm2 =
        |pair: &Pair| facts.leaf(pair).filter(|leaf| leaf.public_key.algorithm.api_word() == Some("SM2"));
    let leaf = facts.pairs.iter().find_map(is_sm2)?;
    let add = Edit::insert(members.last()?.value().end, ", \"algorithm_type\": \"SM2\"");
    Some(
        Problem::missing(slot.field.name(), brace, "the certificate is SM2 but `algorithm_type` is missing")
            .related(leaf.span, "this key is SM2")
            .help("add `\"algorithm_type\": \"SM2\"`, and the signing pair if it is missing")
            .fix(Fix::unsafe_("add `\"algorithm_type\": \"SM2\"`", vec![add])),
    )
}
