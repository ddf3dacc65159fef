//! An encrypted private key.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::pem::{BlockContent, Label};
use crate::problem::{Problem, Severity};
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "encrypted-private-key",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The private key is encrypted.",
    explanation: "\
        The API has no field for a password, so the service cannot use an encrypted key. This \
        applies to PKCS#8 (`ENCRYPTED PRIVATE KEY`) and to the older form with `Proc-Type: \
        4,ENCRYPTED`.\n\n\
        The key was generated or exported with a password. Decrypt it to a file that only you can \
        read, send that key, and delete the file.",
    example: "the private key is encrypted",
    citations: &[Citation::ErrorTable("APIG.2105"), Citation::Rfc(5958, "3"), Citation::Rfc(1421, "4.6.1.1")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::ENCRYPTED_KEY)),
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let block = subject.block;
    let pair = facts.pairs.iter().find(|pair| pair.key_field == subject.field)?;
    let counts = facts.key_block(pair).is_some_and(|first| first.span == block.span);
    if !counts || !matches!(block.content, BlockContent::EncryptedPrivateKey) {
        return None;
    }
    let form = match block.label {
        Label::EncryptedPrivateKey => "encrypted (PKCS#8)",
        _ => "encrypted (Proc-Type header)",
    };
    let problem = Problem::at(block.span, form, "the private key is encrypted");
    Some(problem.help(
        "decrypt it and send the result: openssl pkey -in encrypted.pem -out key.pem; or make the body again: \
         apicert build --key encrypted.pem --password env:NAME",
    ))
}
