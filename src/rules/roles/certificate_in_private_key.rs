//! Certificates beside a private key.

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
    summary: "A key member holds certificates beside its private key.",
    explanation: "\
        The service takes the private key and skips the certificates: they are not sent to clients, \
        as somebody may have hoped who put the chain there.\n\n\
        It comes about when a combined file is sent as the key. Leave the certificates out; they \
        belong in `cert_content` alone.",
    example: "`private_key` holds a certificate beside its key",
    citations: &[
        Citation::Api("request body, `private_key`"),
        Citation::Go("crypto/tls", "X509KeyPair skips blocks of another type"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "drops the certificates from the key"),
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
        "this is a certificate",
        format!("`{}` holds a certificate beside its key", field.field.name()),
    );
    Some(
        with_others(problem, others, "and so is this")
            .help("leave the certificates out: they are read from the certificate member alone")
            .fix(Fix::unsafe_(
                "drop the certificates from the key",
                removal(field.text, PemBlock::is_certificate),
            )),
    )
}
