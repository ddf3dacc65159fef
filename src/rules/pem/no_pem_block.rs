//! Fields that hold no PEM.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::pem::NonPemContent;
use crate::problem::{Problem, Severity};
use crate::rules::pem::READER;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "no-pem-block",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "Nothing in the value can be read as PEM.",
    explanation: "\
        The service takes certificates and keys in PEM only: base64 between BEGIN and END lines.\n\n\
        Other formats hold the same things and can be converted: `openssl pkcs12 -in FILE -nodes` \
        for PKCS#12 (`.p12`, `.pfx`), `keytool -importkeystore` with `-deststoretype pkcs12` before \
        that for a Java key store, `openssl x509 -inform DER` for binary certificates.",
    example: "this is PKCS#12, not PEM",
    citations: &[READER, Citation::Api("request parameters"), Citation::Rfc(7468, "2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let instead = field.text.instead?;
    let (what, help) = described(instead);
    let message = match instead {
        NonPemContent::Blank => "the value is white space only".to_owned(),
        NonPemContent::EmptyBlock => "the PEM block is empty".to_owned(),
        NonPemContent::Unknown => "the value holds no PEM block".to_owned(),
        _ => format!("this is {what}, not PEM"),
    };
    Some(Problem::at(field.text.span, what, message).help(help))
}

fn described(instead: NonPemContent) -> (&'static str, &'static str) {
    match instead {
        NonPemContent::Blank => ("nothing but white space", "put the PEM text here"),
        NonPemContent::EmptyBlock => {
            ("nothing between BEGIN and END", "put the base64 between the lines: copy the whole block again")
        }
        NonPemContent::Pkcs12 => ("PKCS#12", "convert it: `openssl pkcs12 -in FILE -nodes`"),
        NonPemContent::EnvelopedKey => (
            "an enveloped SM2 key (SM2EnvelopedKey, GM/T 0009)",
            "unwrap it with the private key of the signing certificate, with the tool of the CA",
        ),
        NonPemContent::JavaKeyStore => (
            "a Java key store",
            "convert it with `keytool -importkeystore -deststoretype pkcs12`, then `openssl pkcs12 -nodes`",
        ),
        NonPemContent::JsonWebKey => ("a JSON Web Key", "convert it to PEM"),
        NonPemContent::Json => ("a JSON text", "send the value of its PEM member alone"),
        NonPemContent::Putty => (
            "a private key of PuTTY",
            "convert it with `puttygen FILE -O private-openssh-new`, then `ssh-keygen -p -m PEM`",
        ),
        NonPemContent::OpensshPublicKey => {
            ("an OpenSSH public key", "send the certificate, or the private key, that is meant")
        }
        NonPemContent::Pgp => ("OpenPGP", "send an X.509 certificate and its key: OpenPGP is another system"),
        NonPemContent::BinaryDer => (
            "binary DER taken for text",
            "convert the file: `openssl x509 -inform DER`, or `openssl pkey -inform DER` for a key",
        ),
        NonPemContent::Binary => ("binary data taken for text", "convert the file to PEM first"),
        NonPemContent::Hexadecimal => (
            "hexadecimal",
            "make octets of it with `xxd -r -p`, then convert them: `openssl x509 -inform DER`",
        ),
        NonPemContent::Unknown => (
            "no BEGIN line, and no base64 of a certificate or key",
            "put the PEM text here, from its BEGIN line to its END line",
        ),
    }
}
