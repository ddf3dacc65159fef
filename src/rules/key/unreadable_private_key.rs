//! A private key that is none.

use crate::api::{ApiError, Rejection};
use crate::facts::{ExpectedContent, Facts};
use crate::keys::{ActualStructure, KeyFault};
use crate::pem::BlockContent;
use crate::problem::{Problem, Severity};
use crate::rules::roles::wrong_block::next_step;
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unreadable-private-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The private key's DER is not a PKCS#1, PKCS#8 or SEC1 key.",
    explanation: "\
        A PEM block is a wrapping; what counts is the DER structure in it. The service tries PKCS#1, \
        PKCS#8 and SEC1 in turn, whatever the label says, and refuses what is none of them, is cut \
        short, is PKCS#1 with bytes behind it, or is a SEC1 key that does not name its curve or whose \
        public key is a malformed bit string.\n\n\
        It mostly comes about when lines of the PEM were lost or pasted twice, or when something else \
        was put between the lines of a private key. Copy the whole file again; \
        `openssl pkey -in key.pem -noout` tells whether the file itself is whole.",
    example: "the private key cannot be read: it is cut short",
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
    // The first key of a key field counts; one further on, or elsewhere, is another rule's.
    let pair = facts.pairs.iter().find(|pair| pair.key_field == subject.field)?;
    if facts.key_block(pair)?.span != subject.block.span {
        return None;
    }
    if let Some(actual) = subject.block.actual.filter(|_| is_other(fault)) {
        let found = actual.describe();
        let message = format!("the private key cannot be read: the block contains {found}");
        let help = next_step(actual, ExpectedContent::PrivateKey);
        return Some(Problem::at(subject.block.span, format!("this is {found}"), message).help(help));
    }
    let (what, help) = words(fault);
    let message = format!("the private key cannot be read: {what}");
    Some(Problem::at(subject.block.span, what, message).help(help))
}

/// Whether the fault is that the block holds something else than a private key.
const fn is_other(fault: KeyFault) -> bool {
    matches!(
        fault,
        KeyFault::Structure
            | KeyFault::Other(
                ActualStructure::Signed | ActualStructure::PublicKey | ActualStructure::Pkcs12
            )
    )
}

/// What is wrong, and what to do about it.
const fn words(fault: KeyFault) -> (&'static str, &'static str) {
    const COPY: &str = "copy the whole file of the private key again";
    const SEND_KEY: &str = "send the private key itself";
    match fault {
        KeyFault::Truncated => ("it is cut short", COPY),
        KeyFault::TrailingBytes => ("there are bytes left over after its end", COPY),
        KeyFault::PublicKeyBits => (
            "the bit string of the public key in it has unused bits that are not zero",
            "export the key again from where it was made",
        ),
        KeyFault::Structure => ("what is in the block is no PKCS#1, PKCS#8 or SEC1 key", COPY),
        KeyFault::NoCurve => (
            "it is an EC key that does not name its curve",
            "export the key again from where it was made, with its curve named",
        ),
        KeyFault::Other(ActualStructure::EncryptedKey) => (
            "it is encrypted, though its label does not say so",
            "decrypt it, and send the result: correct the label to ENCRYPTED PRIVATE KEY, then \
             openssl pkey -in encrypted.pem -out key.pem",
        ),
        KeyFault::Other(ActualStructure::Signed) => {
            ("what is in the block is a certificate, certificate request or revocation list", SEND_KEY)
        }
        KeyFault::Other(ActualStructure::PublicKey) => ("what is in the block is a public key", SEND_KEY),
        KeyFault::Other(ActualStructure::Openssh) => (
            "what is in the block is a key in the format of OpenSSH",
            "convert it: correct the label to OPENSSH PRIVATE KEY, then ssh-keygen -p -m PEM -f key",
        ),
        KeyFault::Other(ActualStructure::Pkcs12) => (
            "what is in the block is a PKCS#12 store",
            "take the key out of it: openssl pkcs12 -in store.p12 -nocerts -nodes -out key.pem",
        ),
    }
}
