//! A private key block that cannot be parsed.

use crate::api::{ApiError, Rejection};
use crate::facts::{ExpectedContent, Facts};
use crate::keys::{ActualStructure, BerForm, KeyFault};
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
    summary: "The DER of the private key is not a PKCS#1, PKCS#8 or SEC1 key.",
    explanation: "\
        The service tries to parse the content of the block as PKCS#1, PKCS#8 and SEC1, regardless of the \
        label. It rejects other structures, truncated keys, PKCS#1 keys with trailing data, and SEC1 keys \
        that do not name their curve or have a malformed public key. It also rejects keys that are not in DER: \
        with a length that is indefinite or not in its shortest form, an INTEGER with superfluous leading zeros, \
        or a string in parts. OpenSSL reads these and writes DER: `openssl pkey -in key.pem -out new.pem`.\n\n\
        Common causes:\n\
        - Lines that were lost or pasted twice\n\
        - Something other than a private key under its label\n\
        - A tool that writes BER, or wraps a PKCS#8 key in PKCS#8 again\n\
        - An SM2 encryption key that the CA enveloped for the signing key (GM/T 0009)\n\n\
        Copy the whole file again. To check the file, run `openssl pkey -in key.pem -noout`.",
    example: "the private key cannot be parsed: it is truncated",
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
    // Other rules report keys other than the first one of a key field.
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
    let message = format!("the private key cannot be parsed: {what}");
    Some(Problem::at(subject.block.span, what, message).help(help))
}

/// How to write a key in DER.
const REWRITE: &str = "write it in DER: openssl pkey -in key.pem -out new.pem";

/// Whether the block contains something other than a private key.
const fn is_other(fault: KeyFault) -> bool {
    matches!(
        fault,
        KeyFault::Structure
            | KeyFault::Other(ActualStructure::Signed | ActualStructure::PublicKey | ActualStructure::Pkcs12)
    )
}

/// The cause and the help.
fn words(fault: KeyFault) -> (&'static str, String) {
    const COPY: &str = "copy the whole private key again from its file";
    const SEND_KEY: &str = "send the private key itself";
    const EXPORT: &str = "export the key again";
    let (what, help) = match fault {
        KeyFault::NotDer(form) => {
            (form.describe(), if form == BerForm::PaddedVersion { EXPORT } else { REWRITE })
        }
        KeyFault::Nested(offset) => {
            let unwrap = format!(
                "extract the inner key: openssl asn1parse -in key.pem -strparse {offset} -noout -out inner.der, \
                 then openssl pkey -inform DER -in inner.der -out new.pem"
            );
            return ("it is a PKCS#8 key inside a PKCS#8 key", unwrap);
        }
        KeyFault::Other(ActualStructure::EnvelopedKey) => (
            "it is an enveloped SM2 key (SM2EnvelopedKey, GM/T 0009)",
            "unwrap it with the private key of the signing certificate, with the tool of the CA: decrypt the \
             symmetric key in it with SM2, and with that the private key",
        ),
        KeyFault::Truncated => ("it is truncated", COPY),
        KeyFault::TrailingBytes => ("trailing data in the private key", COPY),
        KeyFault::PublicKeyBits => {
            ("the bit string of the embedded public key has nonzero unused bits", EXPORT)
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
    };
    (what, help.to_owned())
}
