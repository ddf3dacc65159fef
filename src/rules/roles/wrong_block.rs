//! A PEM field without a block of its kind.

use crate::api::{ApiError, Rejection};
use crate::facts::{ExpectedContent, Facts};
use crate::pem::{Binary, BlockContent, Label, PemBlock};
use crate::problem::{Problem, Severity};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "wrong-block",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The field contains PEM, but not the expected kind of block.",
    explanation: "\
        A certificate field needs a CERTIFICATE block. A key field needs a block whose label ends in \
        PRIVATE KEY and that contains PKCS#1, PKCS#8 or SEC1. The service ignores all other blocks, \
        and it cannot read OpenSSH keys.\n\n\
        Common causes:\n\
        - The certificate request instead of the certificate\n\
        - The public key instead of the private key\n\
        - A PKCS#7 bundle from the CA\n\
        - The output of `openssl x509 -trustout`\n\n\
        The help of the finding shows how to get the right block from this one, if that is possible.",
    example: "`cert_content` contains a certificate request, not a certificate",
    citations: &[
        Citation::Rfc(7468, "4"),
        Citation::Go(
            "crypto/tls",
            "X509KeyPair takes blocks labelled CERTIFICATE, and for the key those whose label ends in PRIVATE KEY",
        ),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let duty = facts.duty(field.field);
    let blocks = &field.text.blocks;
    let is_wanted = |block: &PemBlock| match duty {
        ExpectedContent::Certificates => block.is_certificate(),
        ExpectedContent::PrivateKey => block.is_private_key(),
    };
    let wrong = match blocks.iter().find(|block| is_wanted(block)) {
        None => blocks.first()?,
        // The service uses the first block that is labeled as a private key and ignores the rest.
        Some(_) if duty == ExpectedContent::PrivateKey => {
            field.text.key_block().filter(|first| matches!(first.content, BlockContent::Other))?
        }
        Some(_) => return None,
    };
    let (found, help) = match wrong.actual {
        Some(actual) if matches!(wrong.content, BlockContent::Other) => {
            (actual.describe(), next_step(actual, duty))
        }
        _ => (describe(wrong), help(wrong.label, duty)),
    };
    let wanted = match duty {
        ExpectedContent::Certificates if found.ends_with("certificate") => "a CERTIFICATE block",
        ExpectedContent::Certificates => "a certificate",
        ExpectedContent::PrivateKey if found.ends_with("private key") => {
            "a private key in PKCS#1, PKCS#8 or SEC1"
        }
        ExpectedContent::PrivateKey => "a private key",
    };
    let problem = Problem::at(
        wrong.span,
        format!("this is {found}"),
        format!("`{}` contains {found}, not {wanted}", field.field.name()),
    );
    Some(problem.help(help))
}

fn describe(block: &PemBlock) -> &'static str {
    match block.content {
        BlockContent::PrivateKey(_) | BlockContent::UnreadablePrivateKey(_) => "a private key",
        BlockContent::Certificate(_) | BlockContent::UnreadableCertificate(_) => "a certificate",
        _ => block.label.describe(),
    }
}

/// What to do about a block that holds something else than its label says.
pub(in crate::rules) fn next_step(actual: Binary, duty: ExpectedContent) -> &'static str {
    use ExpectedContent::{Certificates, PrivateKey};
    match (duty, actual) {
        (Certificates, Binary::Pkcs12) => {
            "decode the base64 (base64 -d), then: openssl pkcs12 -in store.p12 -nokeys -out certificate.pem"
        }
        (PrivateKey, Binary::Pkcs12) => {
            "decode the base64 (base64 -d), then: openssl pkcs12 -in store.p12 -nocerts -nodes -out key.pem"
        }
        (Certificates, Binary::JavaKeyStore) => {
            "decode the base64 (base64 -d), then: keytool -exportcert -rfc -keystore store.jks -alias NAME"
        }
        (PrivateKey, Binary::JavaKeyStore) => {
            "decode the base64 (base64 -d), convert it: keytool -importkeystore -deststoretype pkcs12, then: \
             openssl pkcs12 -nocerts -nodes"
        }
        (Certificates, actual) => match actual.label() {
            Some(Label::Certificate) => "change the label to CERTIFICATE in BEGIN and END",
            Some(Label::Pkcs7) => {
                "change the label to PKCS7, then extract the certificates: \
                 openssl pkcs7 -print_certs -in bundle.p7b"
            }
            Some(label) if label.is_private_key() => {
                "put the certificate here; certificates are public, so if this was sent or stored, replace the key"
            }
            label => help(label.unwrap_or(Label::Other), duty),
        },
        (PrivateKey, actual) => match actual.label() {
            Some(Label::PrivateKey) => "change the label to PRIVATE KEY in BEGIN and END",
            Some(Label::RsaPrivateKey) => "change the label to RSA PRIVATE KEY in BEGIN and END",
            Some(Label::EcPrivateKey) => "change the label to EC PRIVATE KEY in BEGIN and END",
            Some(Label::EncryptedPrivateKey) => {
                "change the label to ENCRYPTED PRIVATE KEY, then decrypt it: \
                 openssl pkey -in encrypted.pem -out key.pem"
            }
            label => help(label.unwrap_or(Label::Other), duty),
        },
    }
}

fn help(label: Label, duty: ExpectedContent) -> &'static str {
    match (duty, label) {
        (ExpectedContent::Certificates, Label::CertificateRequest) => {
            "send the certificate that the CA issued for this request"
        }
        (ExpectedContent::Certificates, Label::Pkcs7) => {
            "extract the certificates: openssl pkcs7 -print_certs -in bundle.p7b; or make the body again: \
             apicert build --name NAME --cert bundle.p7b --key key.pem"
        }
        (ExpectedContent::Certificates, Label::TrustedCertificate) => {
            "convert it: openssl x509 -in trusted.pem -out certificate.pem"
        }
        (ExpectedContent::Certificates, Label::X509Certificate) => {
            "change the label to CERTIFICATE in BEGIN and END"
        }
        (ExpectedContent::PrivateKey, Label::OpensshPrivateKey) => {
            "convert a copy to PEM: ssh-keygen -p -m PEM -f copy-of-the-key"
        }
        (ExpectedContent::PrivateKey, Label::PublicKey) => "send the private key of this public key",
        (ExpectedContent::PrivateKey, Label::EcParameters | Label::Sm2Parameters) => {
            "send the private key too: it is a separate block, usually right after the parameters"
        }
        (ExpectedContent::PrivateKey, Label::CertificateRequest) => {
            "send the private key that was used for this request"
        }
        (_, Label::AgeFile) => "decrypt it: age -d -i key.txt file.age",
        (ExpectedContent::Certificates, _) => "put the certificate here, in a CERTIFICATE block",
        (ExpectedContent::PrivateKey, _) => "put the private key here, in a PRIVATE KEY block",
    }
}
