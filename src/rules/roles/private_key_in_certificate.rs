//! A private key next to certificates.

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
    summary: "A certificate field also contains a private key.",
    explanation: "\
        The service ignores the key and accepts the body. But certificates are public: they are \
        displayed, logged and passed on, and a private key among them is passed on too. Replace a \
        key that was sent this way.\n\n\
        The usual cause is a combined file, such as HAProxy and some mail servers use. Remove the \
        key from the certificate field; it belongs only in the key field.",
    example: "`cert_content` also contains a private key",
    citations: &[Citation::Api("request body, `cert_content`"), Citation::Rfc(5280, "8")],
    fix: FixAvailability::When(Safety::Unsafe, "removes the key from the certificate field"),
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
        "private key",
        format!("`{}` also contains a private key", field.field.name()),
    );
    Some(
        with_others(problem, others, "another private key")
            .help("remove the key: certificates are public, and so is everything in this field")
            .fix(Fix::unsafe_(
                "remove the private key from the certificate field",
                removal(field.text, PemBlock::is_private_key),
            )),
    )
}
