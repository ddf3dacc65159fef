//! A private key whose numbers contradict each other.

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
    summary: "The numbers of the private key contradict each other.",
    explanation: "\
        A private key holds more numbers than it needs: of an RSA key the primes make all the others, \
        of an EC key the private number makes the public point. When they do not agree the key makes \
        wrong signatures, some of which give the private key away, or none at all.\n\n\
        It comes about when a character of the PEM was changed to another that base64 also allows, \
        when a key was put together by hand, or in a broken conversion. Take the key from its backup, \
        or make a new one and have the certificate issued again.",
    example: "the private key is damaged: the exponent dP does not agree with its other numbers",
    citations: &[
        Citation::Rfc(8017, "3.2"),
        Citation::Standard("SEC 1", "section 3.2.1"),
        Citation::Go("crypto/rsa", "PrivateKey.Validate"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Key(check),
};

fn check(key: &PrivateKey, facts: &Facts<'_>) -> Option<Problem> {
    let KeyConsistency::Corrupt(contradiction) = key.soundness else { return None };
    let witness = CertificateAgreesWith::ask(key, facts);
    let what = words(contradiction, key, witness);
    let problem = Problem::at(key.span, what.clone(), format!("the private key is damaged: {what}"));
    let backup = "take the private key from its backup, or from where it was made";
    Some(problem.help(match story(contradiction, witness) {
        Some(story) => format!("{story}; {backup}"),
        None => backup.to_owned(),
    }))
}

/// What the certificate tells of a key that contradicts itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CertificateAgreesWith {
    /// Its key is the one that was computed.
    Computed,
    /// Its key is the one that the private key says it is.
    Stated,
    /// There is none, or its key is neither.
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
        Inconsistency::WrongNumber(number) => format!("{number} does not agree with its other numbers"),
        Inconsistency::SeveralNumbers(equation) => {
            format!("more than one of its numbers is wrong: {equation}")
        }
        Inconsistency::Impossible(number, oddity) => format!("{number} is {}", oddity.describe()),
        Inconsistency::ZeroScalar => "its private number is zero".to_owned(),
        Inconsistency::ScalarTooLarge if key.algorithm == KeyAlgorithm::Ec(Curve::Sm2) => {
            "its private number is not below the order of the curve less one".to_owned()
        }
        Inconsistency::ScalarTooLarge => "its private number is not below the order of the curve".to_owned(),
        Inconsistency::EmbeddedPublicKey if witness == CertificateAgreesWith::Stated => {
            "its private number does not make the public key inside of it".to_owned()
        }
        Inconsistency::EmbeddedPublicKey => "the public key inside of it is not its own".to_owned(),
        Inconsistency::EmbeddedPointNotOnCurve => {
            "the public key inside of it is no point of its curve".to_owned()
        }
        Inconsistency::CurveNames => "it names one curve outside and another inside".to_owned(),
    }
}

/// Which of its halves is the certificate's tells which of them is damaged.
const fn story(contradiction: Inconsistency, witness: CertificateAgreesWith) -> Option<&'static str> {
    Some(match (witness, contradiction) {
        (CertificateAgreesWith::Silent, _) => return None,
        (CertificateAgreesWith::Stated, Inconsistency::SeveralNumbers(_)) => {
            "its public numbers are the certificate's, its private ones do not fit them"
        }
        (CertificateAgreesWith::Stated, _) => {
            "what it says is its public key is the certificate's, the private number is damaged"
        }
        (CertificateAgreesWith::Computed, Inconsistency::EmbeddedPublicKey) => {
            "its private number is the certificate's, and openssl ec -in key.pem -no_public -out new.pem \
             leaves the wrong public key out"
        }
        (CertificateAgreesWith::Computed, Inconsistency::EmbeddedPointNotOnCurve) => {
            "its private number is the certificate's, only the public key inside of it is damaged"
        }
        (CertificateAgreesWith::Computed, Inconsistency::CurveNames) => {
            "on the curve that is named outside it is the certificate's key"
        }
        (CertificateAgreesWith::Computed, _) => "its other numbers are those of the certificate's key",
    })
}
