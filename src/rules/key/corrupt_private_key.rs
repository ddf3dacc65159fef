//! A private key whose numbers contradict each other.

use super::pair_of;
use crate::api::{ApiError, Refusal};
use crate::facts::Facts;
use crate::facts::key::{Contradiction, PrivateKey, Soundness};
use crate::facts::public_key::{Curve, KeyAlgorithm};
use crate::problem::{Problem, Severity};
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
    let what = words(contradiction, key);
    let problem = Problem::at(key.span, what.clone(), format!("the private key is damaged: {what}"));
    Some(problem.help(advice(contradiction, key, facts)))
}

fn words(contradiction: Contradiction, key: &PrivateKey) -> String {
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
        Contradiction::EmbeddedPublicKey => "the public key inside of it is not its own".to_owned(),
        Contradiction::EmbeddedPointNotOnCurve => {
            "the public key inside of it is no point of its curve".to_owned()
        }
        Contradiction::CurveNames => "it names one curve outside and another inside".to_owned(),
    }
}

/// Which of its halves is the certificate's tells which of them is damaged.
fn advice(contradiction: Contradiction, key: &PrivateKey, facts: &Facts<'_>) -> String {
    let leaf = pair_of(key, facts).and_then(|pair| facts.leaf(pair)).map(|leaf| &leaf.public_key);
    let is_computed = leaf.is_some() && leaf == key.public_key.as_ref();
    let is_stated = leaf.is_some() && leaf == key.stated_public_key.as_ref();
    let story = match contradiction {
        Contradiction::WrongNumber(_) | Contradiction::Impossible(..) if is_computed => {
            "all its other numbers are those of the certificate's key"
        }
        Contradiction::EmbeddedPublicKey | Contradiction::EmbeddedPointNotOnCurve if is_computed => {
            "its private number is the certificate's, only the public key inside of it is damaged: \
             openssl ec -in key.pem -no_public -out new.pem leaves that out"
        }
        Contradiction::CurveNames if is_computed => {
            "on the curve that it names outside it is the certificate's"
        }
        _ if is_stated => "what it says of itself is the certificate's key, but its private part is not",
        _ => return "take the private key from its backup, or from where it was made".to_owned(),
    };
    format!("{story}; take the private key from its backup, or from where it was made")
}
