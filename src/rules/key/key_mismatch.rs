//! A private key that is another certificate's.

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
        A server proves that a certificate is its own by signing with the private key whose public \
        half the certificate carries. When the halves differ no handshake can succeed, so the service \
        does not store such a pair.\n\n\
        It mostly happens at renewal: the new certificate was pasted over the old one and the old key \
        was kept. Send the key that the new certificate was requested with. Its fingerprint is that \
        of `openssl pkey -in key.pem -pubout -outform DER | sha256sum`.",
    example: "the private key (RSA 2048 bits, public key SHA-256 \
        6a2f8ee55dc32c58676c836f7cfa83a5dc043605e7fd85fcf7b0a3d36498c02f) does not belong to the \
        certificate (RSA 2048 bits, public key SHA-256 \
        76f087581af3dc595906b68e17287ae4576445c9fa29c60607046c773b797769)",
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
    // A damaged key is no other key: it is the certificate's by what it says, or by what follows.
    let own = key.public_key.as_ref()?;
    if own == wanted || key.stated_public_key.as_ref() == Some(wanted) {
        return None;
    }
    if unsupported(wanted).is_some() || unsupported_private(key).is_some() {
        return None;
    }
    let message = format!(
        "the private key ({}) does not belong to the certificate ({})",
        fingerprint(own),
        fingerprint(wanted)
    );
    let problem = Problem::at(key.span, own.describe(), message)
        .related(certificate.span, format!("the certificate it is sent for: {}", wanted.describe()));
    let others = [pair.certificate_field, Field::CertContent, Field::CertContentSign, Field::TrustedRootCa];
    let owner =
        others.into_iter().flat_map(|field| facts.certificates(field)).find(|other| other.public_key == *own);
    Some(match owner {
        Some(owner) => problem.related(owner.span, "the certificate that the key belongs to").help(format!(
            "the key is that of {}; send the one that the certificate was requested with",
            title(owner)
        )),
        None => problem.help("send the private key that this certificate was requested with"),
    })
}

fn fingerprint(key: &PublicKey) -> String {
    format!("{}, public key SHA-256 {}", key.describe(), key.sha256())
}

fn title(certificate: &Certificate) -> String {
    let kind = if certificate.is_ca == Some(true) { "the authority" } else { "the other certificate" };
    format!("{kind} `{}`", certificate.shown_name())
}
