//! A private key with a label that other software does not accept.

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
    summary: "The label of the private key block does not match its content.",
    explanation: "\
        The service reads the first block whose label ends in `PRIVATE KEY` and tries PKCS#1, PKCS#8 and \
        SEC1, regardless of the rest of the label. Other software relies on the label: it does not find \
        the key or fails to parse it.\n\n\
        Common causes:\n\
        - A label that was extended with the name of the owner\n\
        - A key that was converted without changing its label\n\n\
        Use `PRIVATE KEY` for PKCS#8, `RSA PRIVATE KEY` for PKCS#1 and `EC PRIVATE KEY` for SEC1, in both \
        BEGIN and END.",
    example: "nonstandard label for a private key",
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
        Label::OtherPrivateKey => "nonstandard label for a private key",
        Label::OpensshPrivateKey => {
            "the label is OPENSSH PRIVATE KEY but the block does not contain an OpenSSH key"
        }
        Label::EncryptedPrivateKey => "the label is ENCRYPTED PRIVATE KEY but the key is not encrypted",
        _ => return None,
    };
    let right = match key.format {
        KeyFormat::Pkcs8 => "PRIVATE KEY",
        KeyFormat::Pkcs1 => "RSA PRIVATE KEY",
        KeyFormat::Sec1 => "EC PRIVATE KEY",
        KeyFormat::Dsa => "DSA PRIVATE KEY",
    };
    Some(
        Problem::at(block.span, format!("the content is {}", key.format.name()), message)
            .help(format!("change the label to {right} in BEGIN and END")),
    )
}
