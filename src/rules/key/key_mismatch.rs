//! A private key that does not belong to the certificate.

use crate::api::{ApiError, Field, Rejection};
use crate::facts::Facts;
use crate::keys::public_key::PublicKey;
use crate::problem::{Problem, Severity};
use crate::rules::key::{unsupported, unsupported_private};
use crate::rules::{
    CertificateAndKey, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "key-mismatch",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The private key does not belong to the certificate.",
    explanation: "\
        The public key of the certificate must be the public half of the private key. Otherwise no TLS \
        handshake can succeed, and the service rejects the pair.\n\n\
        Common causes:\n\
        - A renewed certificate that was sent with the old key\n\
        - A key from another server or environment\n\n\
        Send the key that the certificate was requested with. To compare public keys, run `openssl pkey \
        -in key.pem -pubout -outform DER | sha256sum`, and `openssl x509 -in cert.pem -noout -pubkey | \
        openssl pkey -pubin -outform DER | sha256sum` for the certificate.",
    example: "the private key does not belong to the certificate",
    citations: &[
        Citation::ErrorTable("APIG.2101"),
        Citation::Go("crypto/tls", "X509KeyPair: private key does not match public key"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::KEY_MISMATCH)),
    check: Check::Pair(check),
};

fn check(couple: &CertificateAndKey<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let CertificateAndKey { pair, certificate, key } = couple;
    let wanted = &certificate.public_key;
    // A corrupt key can match by its computed or its stored public key.
    let own = key.public_key.as_ref()?;
    if own == wanted || key.stated_public_key.as_ref() == Some(wanted) {
        return None;
    }
    if unsupported(wanted).is_some() || unsupported_private(key).is_some() {
        return None;
    }
    let message = "the private key does not belong to the certificate";
    // Keys of different kinds need no digest to be told apart.
    let is_same_kind = own.describe() == wanted.describe();
    let describe = |key: &PublicKey| {
        if is_same_kind { format!("public key SHA-256 {}", key.sha256()) } else { key.describe() }
    };
    let problem = Problem::at(key.span, format!("private key: {}", describe(own)), message)
        .related(certificate.span, format!("certificate: {}", describe(wanted)));
    let others = [pair.certificate_field, Field::CertContent, Field::CertContentSign, Field::TrustedRootCa];
    let owner =
        others.into_iter().flat_map(|field| facts.certificates(field)).find(|other| other.public_key == *own);
    Some(match owner {
        Some(owner) => problem.related(owner.span, "the key belongs to this certificate").help(format!(
            "the key belongs to {}; send the key that this certificate was requested with",
            title(owner)
        )),
        None => problem.help("send the private key that this certificate was requested with"),
    })
}

fn title(certificate: &Certificate) -> String {
    let kind = if certificate.is_ca == Some(true) { "the CA" } else { "the other certificate" };
    format!("{kind} `{}`", certificate.shown_name())
}
