//! An SM2 certificate, and nothing that says so.

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
    summary: "The certificate's key is SM2 and `algorithm_type` is absent.",
    explanation: "\
        SM2 certificates are sent in two pairs, and the service looks at the second one only when \
        `algorithm_type` is `SM2`. Without it the certificate is taken for an ordinary one, which an \
        ordinary reader cannot read.\n\n\
        Add `\"algorithm_type\": \"SM2\"`, and the signing pair in `cert_content_sign` and \
        `private_key_sign` if it is not there.",
    example: "the certificate is SM2 and `algorithm_type` is missing",
    citations: &[Citation::Api("request body, `algorithm_type`, and what is mandatory with `SM2`")],
    fix: FixAvailability::When(Safety::Unsafe, "adds `\"algorithm_type\": \"SM2\"`"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    // One that is there and empty is `empty-field`.
    if slot.field != Field::AlgorithmType || slot.member.is_some() {
        return None;
    }
    let Shape::Object { brace, ref members } = facts.body.shape else { return None };
    let is_sm2 =
        |pair: &Pair| facts.leaf(pair).filter(|leaf| leaf.public_key.algorithm.api_word() == Some("SM2"));
    let leaf = facts.pairs.iter().find_map(is_sm2)?;
    let add = Edit::insert(members.last()?.value().end, ", \"algorithm_type\": \"SM2\"");
    Some(
        Problem::missing(slot.field.name(), brace, "the certificate is SM2 and `algorithm_type` is missing")
            .related(leaf.span, "its key is SM2")
            .help("add `\"algorithm_type\": \"SM2\"`, and the signing pair if it is not there")
            .fix(Fix::unsafe_("add `\"algorithm_type\": \"SM2\"`", vec![add])),
    )
}
