//! A private key whose numbers contradict each other.

use crate::api::{ApiError, Refusal};
use crate::facts::Facts;
use crate::keys::public_key::{Curve, KeyAlgorithm};
use crate::keys::{Contradiction, PrivateKey, Soundness};
use crate::problem::{Problem, Severity};
use crate::rules::key::pair_of;
use crate::rules::{Answer, Check, Citation, Family, FixAvailability, Grade, Rule};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "corrupt-private-key",
    family: Family::Key,
    severity: Grade::Always(Severity::Error),
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
    refusal: Answer::Refused(Refusal::inferred(ApiError::INVALID_PAIR)),
    check: Check::Key(check),
};

fn check(key: &PrivateKey, facts: &Facts<'_>) -> Option<Problem> {
    let Soundness::Corrupt(contradiction) = key.soundness else { return None };
    let witness = Witness::ask(key, facts);
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
enum Witness {
    /// Its key is the one that was computed.
    Computed,
    /// Its key is the one that the private key says it is.
    Stated,
    /// There is none, or its key is neither.
    Silent,
}

impl Witness {
    fn ask(key: &PrivateKey, facts: &Facts<'_>) -> Self {
        let leaf = pair_of(key, facts).and_then(|pair| facts.leaf(pair)).map(|leaf| &leaf.public_key);
        match leaf {
            Some(_) if leaf == key.public_key.as_ref() => Self::Computed,
            Some(_) if leaf == key.stated_public_key.as_ref() => Self::Stated,
            _ => Self::Silent,
        }
    }
}

fn words(contradiction: Contradiction, key: &PrivateKey, witness: Witness) -> String {
    match contradiction {
        Contradiction::WrongNumber(number) => format!("{number} does not agree with its other numbers"),
        Contradiction::SeveralNumbers(equation) => {
            format!("more than one of its numbers is wrong: {equation}")
        }
        Contradiction::Impossible(number, oddity) => format!("{number} is {}", oddity.describe()),
        Contradiction::ZeroScalar => "its private number is zero".to_owned(),
        Contradiction::ScalarTooLarge if key.algorithm == KeyAlgorithm::Ec(Curve::Sm2) => {
            "its private number is not below the order of the curve less one".to_owned()
        }
        Contradiction::ScalarTooLarge => "its private number is not below the order of the curve".to_owned(),
        Contradiction::EmbeddedPublicKey if witness == Witness::Stated => {
            "its private number does not make the public key inside of it".to_owned()
        }
        Contradiction::EmbeddedPublicKey => "the public key inside of it is not its own".to_owned(),
        Contradiction::EmbeddedPointNotOnCurve => {
            "the public key inside of it is no point of its curve".to_owned()
        }
        Contradiction::CurveNames => "it names one curve outside and another inside".to_owned(),
    }
}

/// Which of its halves is the certificate's tells which of them is damaged.
const fn story(contradiction: Contradiction, witness: Witness) -> Option<&'static str> {
    Some(match (witness, contradiction) {
        (Witness::Silent, _) => return None,
        (Witness::Stated, Contradiction::SeveralNumbers(_)) => {
            "its public numbers are the certificate's, its private ones do not fit them"
        }
        (Witness::Stated, _) => {
            "what it says is its public key is the certificate's, the private number is damaged"
        }
        (Witness::Computed, Contradiction::EmbeddedPublicKey) => {
            "its private number is the certificate's, and openssl ec -in key.pem -no_public -out new.pem \
             leaves the wrong public key out"
        }
        (Witness::Computed, Contradiction::EmbeddedPointNotOnCurve) => {
            "its private number is the certificate's, only the public key inside of it is damaged"
        }
        (Witness::Computed, Contradiction::CurveNames) => {
            "on the curve that is named outside it is the certificate's key"
        }
        (Witness::Computed, _) => "its other numbers are those of the certificate's key",
    })
}
