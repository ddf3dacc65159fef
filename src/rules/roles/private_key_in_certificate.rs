//! A private key beside certificates.

use crate::edit::{Fix, Safety};
use crate::facts::{ExpectedContent, Facts};
use crate::pem::PemBlock;
use crate::problem::{Problem, Severity};
use crate::rules::roles::{removal, with_others};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "private-key-in-certificate",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A certificate member holds a private key beside its certificates.",
    explanation: "\
        The service skips the key and accepts the body, but certificates are public: they are shown, \
        logged and handed on. A private key among them is handed on too. Once a key has been sent \
        this way it is wise to replace it.\n\n\
        It comes about when a combined file, as HAProxy or some mail servers want it, is sent as the \
        certificate. Leave the key out; it belongs in the key member alone.",
    example: "`cert_content` holds a private key beside its certificate",
    citations: &[Citation::Api("request body, `cert_content`"), Citation::Rfc(5280, "8")],
    fix: FixAvailability::When(Safety::Unsafe, "drops the key from the certificates"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let blocks = &field.text.blocks;
    if facts.duty(field.field) != ExpectedContent::Certificates || !field.text.has_certificate {
        return None;
    }
    let keys: Vec<_> = blocks.iter().filter(|block| block.is_private_key()).collect();
    let (first, others) = keys.split_first()?;
    let problem = Problem::at(
        first.span,
        "this is a private key",
        format!("`{}` holds a private key beside its certificate", field.field.name()),
    );
    Some(
        with_others(problem, others, "and so is this")
            .help("leave the key out: certificates are public, and so is what stands among them")
            .fix(Fix::unsafe_(
                "drop the private key from the certificates",
                removal(field.text, PemBlock::is_private_key),
            )),
    )
}
