//! A private key that is none.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::keys::{ActualStructure, BerForm, KeyFault};
use crate::pem::BlockContent;
use crate::problem::{Problem, Severity};
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
        public key is a malformed bit string. It also refuses a key that is not in DER: with a length that \
        is not in its shortest form or is indefinite, an INTEGER with superfluous leading zeros, or a string in \
        parts. OpenSSL reads those, and writes DER: `openssl pkey -in key.pem -out new.pem`.\n\n\
        Common causes: lines of the PEM were lost or pasted twice; something else was put between the lines \
        of a private key; a tool wrote BER, or wrapped a PKCS#8 key in PKCS#8 again; the CA delivered the SM2 \
        encryption key enveloped for the signing key (GM/T 0009). Copy the whole file again; \
        `openssl pkey -in key.pem -noout` tells whether the file itself is whole.",
    example: "the private key cannot be read: it is cut short",
    citations: &[
        Citation::ErrorTable("APIG.2106"),
        Citation::Go("crypto/tls", "X509KeyPair tries PKCS#1, PKCS#8 and SEC1"),
        Citation::Rfc(8017, "A.1.2"),
        Citation::Rfc(5958, "2"),
        Citation::Rfc(5915, "3"),
        Citation::Standard("ITU-T X.690", "section 10.1 and 8.3.2"),
        Citation::Standard("GM/T 0009", "section 7.4, SM2EnvelopedKey"),
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
    let (what, help) = words(fault);
    let message = format!("the private key cannot be read: {what}");
    Some(Problem::at(subject.block.span, what, message).help(help))
}

/// How to write a key in DER.
const REWRITE: &str = "write it in DER: openssl pkey -in key.pem -out new.pem";
const EXPORT: &str = "export the key again from where it was made";

/// What is wrong, and what to do about it.
fn words(fault: KeyFault) -> (&'static str, String) {
    const COPY: &str = "copy the whole file of the private key again";
    const SEND_KEY: &str = "send the private key itself";
    let (what, help) = match fault {
        KeyFault::NotDer(form) => {
            (form.describe(), if form == BerForm::PaddedVersion { EXPORT } else { REWRITE })
        }
        KeyFault::Nested(offset) => {
            let unwrap = format!(
                "take the inner key out: openssl asn1parse -in key.pem -strparse {offset} -noout -out inner.der, then \
                 openssl pkey -inform DER -in inner.der -out new.pem"
            );
            return ("it is a PKCS#8 key inside a PKCS#8 key", unwrap);
        }
        KeyFault::Other(ActualStructure::EnvelopedKey) => (
            "it is an enveloped SM2 key (SM2EnvelopedKey, GM/T 0009)",
            "unwrap it with the private key of the signing certificate, with the tool of the CA: decrypt the \
             symmetric key in it with SM2, and with that the private key",
        ),
        KeyFault::Truncated => ("it is cut short", COPY),
        KeyFault::TrailingBytes => ("there are bytes left over after its end", COPY),
        KeyFault::PublicKeyBits => {
            ("the bit string of the public key in it has unused bits that are not zero", EXPORT)
        }
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
    };
    (what, help.to_owned())
}
