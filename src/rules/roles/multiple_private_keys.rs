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
    summary: "A key member holds more than one private key.",
    explanation: "\
        The service takes the first one and stops reading. Whether that is the one that was meant \
        cannot be told from the text, so this is an error even where the first one matches; the \
        other rules judge the first.\n\n\
        It comes about when the new key was appended to the file of the old one. Send the one key \
        that belongs to the certificate.",
    example: "`private_key` holds 2 private keys",
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
        "this one is not looked at",
        format!("`{}` holds {} private keys", field.field.name(), keys.len()),
    );
    Some(
        with_others(problem.related(first.span, "the service takes this one"), others, "nor is this one")
            .help("send the one key that belongs to the certificate"),
    )
}
