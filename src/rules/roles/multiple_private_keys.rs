//! More than one private key.

use crate::facts::{ExpectedContent, Facts};
use crate::pem::PemBlock;
use crate::problem::{Problem, Severity};
use crate::rules::roles::with_others;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "multiple-private-keys",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A private key field contains more than one private key.",
    explanation: "\
        The service uses the first key and ignores the others. apicert cannot tell which one you \
        meant, so this is an error even if the first one matches. The other rules check the first \
        key.\n\n\
        The usual cause is a new key that was appended to the file of the old one. Send only the key \
        that matches the certificate.",
    example: "`private_key` contains 2 private keys",
    citations: &[
        Citation::Api("request body, `private_key`"),
        Citation::Go("crypto/tls", "X509KeyPair takes the first block whose label ends in PRIVATE KEY"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if facts.duty(field.field) != ExpectedContent::PrivateKey {
        return None;
    }
    let keys: Vec<&PemBlock> = field.text.blocks.iter().filter(|block| block.is_private_key()).collect();
    let [first, second, others @ ..] = keys.as_slice() else { return None };
    let problem = Problem::at(
        second.span,
        "ignored by the service",
        format!("`{}` contains {} private keys", field.field.name(), keys.len()),
    );
    Some(
        with_others(
            problem.related(first.span, "the service uses this one"),
            others,
            "ignored by the service",
        )
        .help("send only the key that matches the certificate"),
    )
}
