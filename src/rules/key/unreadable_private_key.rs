//! A private key block that cannot be parsed.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::keys::{ActualStructure, KeyFault};
use crate::pem::BlockContent;
use crate::problem::{Problem, Severity};
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unreadable-private-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The DER of the private key is not a PKCS#1, PKCS#8 or SEC1 key.",
    explanation: "\
        The service tries to parse the content of the block as PKCS#1, PKCS#8 and SEC1, regardless of the \
        label. It rejects other structures, truncated keys, PKCS#1 keys with trailing data, and SEC1 keys \
        that do not name their curve or have a malformed public key.\n\n\
        Common causes:\n\
        - Lines that were lost or pasted twice\n\
        - Something other than a private key under its label\n\n\
        Copy the whole file again. To check the file, run `openssl pkey -in key.pem -noout`.",
    example: "the private key cannot be parsed: it is truncated",
    citations: &[
        Citation::ErrorTable("APIG.2106"),
        Citation::Go("crypto/tls", "X509KeyPair tries PKCS#1, PKCS#8 and SEC1"),
        Citation::Rfc(8017, "A.1.2"),
        Citation::Rfc(5958, "2"),
        Citation::Rfc(5915, "3"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::INVALID_PAIR)),
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let BlockContent::UnreadablePrivateKey(fault) = subject.block.content else { return None };
    // Other rules report keys other than the first one of a key field.
    let pair = facts.pairs.iter().find(|pair| pair.key_field == subject.field)?;
    if facts.key_block(pair)?.span != subject.block.span {
        return None;
    }
    let (what, help) = words(fault);
    let message = format!("the private key cannot be parsed: {what}");
    Some(Problem::at(subject.block.span, what, message).help(help))
}

/// The cause and the help.
const fn words(fault: KeyFault) -> (&'static str, &'static str) {
    const COPY: &str = "copy the whole private key again from its file";
    const SEND_KEY: &str = "send the private key itself";
    match fault {
        KeyFault::Truncated => ("it is truncated", COPY),
        KeyFault::TrailingBytes => ("trailing data in the private key", COPY),
        KeyFault::PublicKeyBits => {
            ("the bit string of the embedded public key has nonzero unused bits", "export the key again")
        }
        KeyFault::Structure => ("the block is not a PKCS#1, PKCS#8 or SEC1 key", COPY),
        KeyFault::NoCurve => {
            ("it is an EC key without the name of its curve", "export the key again with a named curve")
        }
        KeyFault::Other(ActualStructure::EncryptedKey) => (
            "it is encrypted but its label does not say so",
            "change the label to ENCRYPTED PRIVATE KEY, then decrypt it: \
             openssl pkey -in encrypted.pem -out key.pem",
        ),
        KeyFault::Other(ActualStructure::Signed) => {
            ("the block contains a certificate, certificate request or revocation list", SEND_KEY)
        }
        KeyFault::Other(ActualStructure::PublicKey) => ("the block contains a public key", SEND_KEY),
        KeyFault::Other(ActualStructure::Openssh) => (
            "the block contains a key in OpenSSH format",
            "change the label to OPENSSH PRIVATE KEY, then convert it: ssh-keygen -p -m PEM -f key",
        ),
        KeyFault::Other(ActualStructure::Pkcs12) => (
            "the block contains a PKCS#12 store",
            "extract the key: openssl pkcs12 -in store.p12 -nocerts -nodes -out key.pem",
        ),
    }
}
