//! Certificates next to a private key.

use crate::edit::{Fix, Safety};
use crate::facts::{ExpectedContent, Facts};
use crate::pem::PemBlock;
use crate::problem::{Problem, Severity};
use crate::rules::roles::{removal, with_others};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "certificate-in-private-key",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A private key field also contains certificates.",
    explanation: "\
        The service uses the private key and ignores the certificates. Clients do not receive them, \
        even if they are meant as the chain.\n\n\
        The usual cause is a combined file that was sent as the key. Remove the certificates from \
        the key field; they belong in `cert_content`.",
    example: "`private_key` also contains a certificate",
    citations: &[
        Citation::Api("request body, `private_key`"),
        Citation::Go("crypto/tls", "X509KeyPair skips blocks of another type"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "removes the certificates from the key field"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let blocks = &field.text.blocks;
    if facts.duty(field.field) != ExpectedContent::PrivateKey || !field.text.has_private_key {
        return None;
    }
    let certificates: Vec<_> = blocks.iter().filter(|block| block.is_certificate()).collect();
    let (first, others) = certificates.split_first()?;
    let problem = Problem::at(
        first.span,
        "certificate",
        format!("`{}` also contains a certificate", field.field.name()),
    );
    Some(
        with_others(problem, others, "another certificate")
            .help("remove the certificates: the service reads them only from the certificate field")
            .fix(Fix::unsafe_(
                "remove the certificates from the key field",
                removal(field.text, PemBlock::is_certificate),
            )),
    )
}
