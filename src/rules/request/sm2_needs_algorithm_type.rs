//! An SM2 certificate without `algorithm_type`.

use crate::api::{Call, CallSpec, Field};
use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::json::body::Shape;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

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
        `private_key_sign` if it is missing. The call that binds a certificate to a domain name has none of \
        these fields: create the certificate first, and attach the domain name to it.",
    example: "the certificate is SM2 but `algorithm_type` is missing",
    citations: &[
        Citation::Api("request body, `algorithm_type`, and what is mandatory with `SM2`"),
        Citation::CallApi(Call::Bind, "request body, table of parameters"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "adds `\"algorithm_type\": \"SM2\"`"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let field = Field::AlgorithmType;
    let CallSpec { call, fields, .. } = facts.settings.spec();
    if leaf.public_key.algorithm.api_word() != Some("SM2") {
        return None;
    }
    if !fields.contains(&field) {
        let message = format!("the call `{}` has no field for SM2 certificates", call.name());
        let problem = Problem::at(leaf.span, "this key is SM2", message);
        return Some(problem.help(
            "create the certificate with `algorithm_type` and both pairs, then attach the domain name to it",
        ));
    }
    // `empty-field` reports one that is empty.
    if facts.slot(field).member.is_some() {
        return None;
    }
    let Shape::Object { brace, ref members } = facts.body.shape else { return None };
    let add = Edit::insert(members.last()?.value().end, ", \"algorithm_type\": \"SM2\"");
    Some(
        Problem::missing(field.name(), brace, "the certificate is SM2 but `algorithm_type` is missing")
            .related(leaf.span, "this key is SM2")
            .help("add `\"algorithm_type\": \"SM2\"`, and the signing pair if it is missing")
            .fix(Fix::unsafe_("add `\"algorithm_type\": \"SM2\"`", vec![add])),
    )
}
