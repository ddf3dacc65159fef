//! Bytes in a private key that are no part of it.

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
    summary: "The DER of the private key has bytes that are not part of the key.",
    explanation: "\
        The service's reader takes a PKCS#8 or SEC1 key and skips the bytes after its end, and it skips the \
        bytes after the last field of a structure. Stricter readers refuse such keys, and after a PKCS#1 key \
        the service refuses them too: that is `unreadable-private-key`.\n\n\
        It comes about when a tool pads the key to a fixed length, or writes a line break or a second copy \
        of some bytes before it encodes the key. The bytes after the key are not needed; \
        `openssl pkey -in key.pem -out new.pem` leaves them out as well.",
    example: "4 bytes after the end of the private key",
    citations: &[
        Citation::Go(
            "crypto/x509",
            "ParsePKCS8PrivateKey and ParseECPrivateKey do not look at what follows the key",
        ),
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
    // What is left over in a key that contradicts itself is a part of that damage.
    let key = block.private_key().filter(|key| !matches!(key.soundness, KeyConsistency::Corrupt(_)))?;
    let Leftover { length, after, inside } = key.leftover;
    let bytes = |count| if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
    if after > 0 {
        let what = format!("{} after the end of the private key", bytes(after));
        let edit = block.body().filter(|_| !subject.text.is_encoded());
        let edits = edit.map(|span| Edit::Trim { span, keep: length }).into_iter().collect();
        return Some(
            Problem::at(block.span, "the service skips them", what)
                .help("remove them; the service accepts the key, other software may not")
                .fix(Fix::safe("remove the bytes after the end of the private key", edits)),
        );
    }
    let what = format!("{} of trailing data inside the private key", bytes(inside));
    (inside > 0).then(|| {
        Problem::at(block.span, "the service skips them", what).help(
            "write the key again: openssl pkey -in key.pem -out new.pem; the service accepts this one, other \
             software may not",
        )
    })
}
