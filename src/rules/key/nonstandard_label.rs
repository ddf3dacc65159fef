//! A private key under a label that other software does not read it by.

use crate::facts::Facts;
use crate::keys::KeyFormat;
use crate::pem::Label;
use crate::problem::{Problem, Severity};
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "nonstandard-label",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Note),
    summary: "The label of the private key's PEM block is not the one that its content has.",
    explanation: "\
        The service takes the first block whose label is `PRIVATE KEY` or ends in ` PRIVATE KEY`, and reads \
        what is in it as PKCS#1, PKCS#8 and SEC1, whatever stands before these words. Other software goes \
        by the label: it does not find the key, or reads it as something else.\n\n\
        It comes about when somebody marks a key by the name of its owner, or when the content of a block \
        is converted and the label is kept. Use `PRIVATE KEY` for PKCS#8, `RSA PRIVATE KEY` for PKCS#1 and \
        `EC PRIVATE KEY` for SEC1, in the BEGIN line and in the END line.",
    example: "the label of the private key is not a standard one",
    citations: &[
        Citation::Rfc(7468, "10"),
        Citation::Go("crypto/tls", "X509KeyPair takes the first block whose label ends in PRIVATE KEY"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = facts.pairs.iter().find(|pair| pair.key_field == subject.field)?;
    let block = facts.key_block(pair).filter(|block| block.span == subject.block.span)?;
    let key = block.private_key()?;
    let message = match block.label {
        Label::OtherPrivateKey => "the label of the private key is not a standard one",
        Label::OpensshPrivateKey => "the label says OPENSSH PRIVATE KEY, and the block holds no OpenSSH key",
        Label::EncryptedPrivateKey => "the label says ENCRYPTED PRIVATE KEY, and the key is not encrypted",
        _ => return None,
    };
    let right = match key.format {
        KeyFormat::Pkcs8 => "PRIVATE KEY",
        KeyFormat::Pkcs1 => "RSA PRIVATE KEY",
        KeyFormat::Sec1 => "EC PRIVATE KEY",
        KeyFormat::Dsa => "DSA PRIVATE KEY",
    };
    Some(
        Problem::at(block.span, format!("this is {} for the service", key.format.name()), message)
            .help(format!("write {right} in the BEGIN line and in the END line")),
    )
}
