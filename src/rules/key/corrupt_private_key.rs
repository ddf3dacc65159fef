//! A private key whose components are inconsistent.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::keys::public_key::{Curve, KeyAlgorithm};
use crate::keys::{Inconsistency, KeyConsistency, PrivateKey};
use crate::problem::{Problem, Severity};
use crate::rules::key::pair_of;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "corrupt-private-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The components of the private key are inconsistent.",
    explanation: "\
        A private key contains redundant components: the primes of an RSA key determine the others, and \
        the private scalar of an EC key determines the public point. If they are inconsistent, the key \
        creates invalid signatures, some of which reveal the private key, or no signatures at all.\n\n\
        Common causes:\n\
        - A base64 character that was replaced with another one\n\
        - A key that was assembled by hand\n\
        - A faulty conversion\n\n\
        Restore the key from a backup, or create a new key and have the certificate reissued.",
    example: "the private key is corrupt: the exponent dP does not match its other components",
    citations: &[
        Citation::Rfc(8017, "3.2"),
        Citation::Standard("SEC 1", "section 3.2.1"),
        Citation::Go("crypto/rsa", "PrivateKey.Validate"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Key(check),
};

fn check(key: &PrivateKey, facts: &Facts<'_>) -> Option<Problem> {
    let KeyConsistency::Corrupt(contradiction) = key.soundness else { return None };
    let witness = CertificateAgreesWith::ask(key, facts);
    let what = words(contradiction, key, witness);
    let problem = Problem::at(key.span, what.clone(), format!("the private key is corrupt: {what}"));
    let backup = "restore the private key from a backup, or export it again";
    Some(problem.help(match story(contradiction, witness) {
        Some(story) => format!("{story}; {backup}"),
        None => backup.to_owned(),
    }))
}

/// The part of an inconsistent key that the certificate confirms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CertificateAgreesWith {
    /// Its key is the computed public key.
    Computed,
    /// Its key is the public key stored in the private key.
    Stated,
    /// Its key is neither, or there is no certificate.
    Silent,
}

impl CertificateAgreesWith {
    fn ask(key: &PrivateKey, facts: &Facts<'_>) -> Self {
        let leaf = pair_of(key, facts).and_then(|pair| facts.leaf(pair)).map(|leaf| &leaf.public_key);
        match leaf {
            Some(_) if leaf == key.public_key.as_ref() => Self::Computed,
            Some(_) if leaf == key.stated_public_key.as_ref() => Self::Stated,
            _ => Self::Silent,
        }
    }
}

fn words(contradiction: Inconsistency, key: &PrivateKey, witness: CertificateAgreesWith) -> String {
    match contradiction {
        Inconsistency::WrongNumber(number) => format!("{number} does not match its other components"),
        Inconsistency::SeveralNumbers(equation) => {
            format!("several components are wrong: {equation}")
        }
        Inconsistency::Impossible(number, oddity) => format!("{number} is {}", oddity.describe()),
        Inconsistency::ZeroScalar => "the private scalar is zero".to_owned(),
        Inconsistency::ScalarTooLarge if key.algorithm == KeyAlgorithm::Ec(Curve::Sm2) => {
            "the private scalar is not less than the order of the curve minus one".to_owned()
        }
        Inconsistency::ScalarTooLarge => {
            "the private scalar is not less than the order of the curve".to_owned()
        }
        Inconsistency::EmbeddedPublicKey if witness == CertificateAgreesWith::Stated => {
            "the embedded public key does not match the private scalar".to_owned()
        }
        Inconsistency::EmbeddedPublicKey => {
            "the embedded public key does not match the private scalar".to_owned()
        }
        Inconsistency::EmbeddedPointNotOnCurve => {
            "the embedded public key is not a point on the curve".to_owned()
        }
        Inconsistency::CurveNames => "PKCS#8 and the inner SEC1 structure name different curves".to_owned(),
    }
}

/// What the certificate says about which part is corrupt.
const fn story(contradiction: Inconsistency, witness: CertificateAgreesWith) -> Option<&'static str> {
    Some(match (witness, contradiction) {
        (CertificateAgreesWith::Silent, _) => return None,
        (CertificateAgreesWith::Stated, Inconsistency::SeveralNumbers(_)) => {
            "the public components match the certificate, the private ones do not"
        }
        (CertificateAgreesWith::Stated, _) => {
            "the stored public key matches the certificate, so the private part is corrupt"
        }
        (CertificateAgreesWith::Computed, Inconsistency::EmbeddedPublicKey) => {
            "the private scalar matches the certificate; remove the wrong public key: \
             openssl ec -in key.pem -no_public -out new.pem"
        }
        (CertificateAgreesWith::Computed, Inconsistency::EmbeddedPointNotOnCurve) => {
            "the private scalar matches the certificate, only the embedded public key is corrupt"
        }
        (CertificateAgreesWith::Computed, Inconsistency::CurveNames) => {
            "with the outer curve it matches the certificate"
        }
        (CertificateAgreesWith::Computed, _) => "its other components match the certificate",
    })
}
