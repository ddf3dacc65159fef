//! Extra bytes in the DER of a private key.

use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::keys::{KeyConsistency, Leftover};
use crate::problem::{Problem, Severity};
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "trailing-data",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Note),
    summary: "The DER of the private key has extra bytes.",
    explanation: "\
        The service ignores bytes after a PKCS#8 or SEC1 key and after the last field of a structure. \
        Stricter parsers reject such keys. After a PKCS#1 key the service rejects them too, which \
        `unreadable-private-key` reports.\n\n\
        Common causes:\n\
        - A tool that pads keys to a fixed length\n\
        - A line break or other bytes that were appended before the key was encoded\n\n\
        The bytes are not needed. `openssl pkey -in key.pem -out new.pem` also removes them.",
    example: "4 bytes after the end of the private key",
    citations: &[
        Citation::Go("crypto/x509", "ParsePKCS8PrivateKey and ParseECPrivateKey ignore what follows the key"),
        Citation::Rfc(5958, "2"),
        Citation::Rfc(5915, "3"),
    ],
    fix: FixAvailability::When(Safety::Safe, "removes the bytes after the end of the private key"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = facts.pairs.iter().find(|pair| pair.key_field == subject.field)?;
    let block = facts.key_block(pair).filter(|block| block.span == subject.block.span)?;
    // In a corrupt key, extra bytes are part of the damage.
    let key = block.private_key().filter(|key| !matches!(key.soundness, KeyConsistency::Corrupt(_)))?;
    let Leftover { length, after, inside } = key.leftover;
    let bytes = |count| if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
    if after > 0 {
        let what = format!("{} after the end of the private key", bytes(after));
        let edit = block.body().filter(|_| !subject.text.is_encoded());
        let edits = edit.map(|span| Edit::Trim { span, keep: length }).into_iter().collect();
        return Some(
            Problem::at(block.span, "ignored by the service", what)
                .help("remove the extra data: the service accepts the key, other software may not")
                .fix(Fix::safe("remove the bytes after the end of the private key", edits)),
        );
    }
    let what = format!("{} of trailing data inside the private key", bytes(inside));
    (inside > 0).then(|| {
        Problem::at(block.span, "ignored by the service", what).help(
            "rewrite the key, because other software may reject it: openssl pkey -in key.pem -out new.pem",
        )
    })
}
