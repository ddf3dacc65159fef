//! An SM2 key under the object identifier of its curve.

use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::key::pair_at;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "sm2-algorithm-identifier",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Note),
    summary: "An SM2 key names the SM2 curve as its algorithm.",
    explanation: "\
        The algorithm of an SM2 key is id-ecPublicKey, with the SM2 curve (1.2.156.10197.1.301) as its parameter. \
        Some software writes the object identifier of the curve in both places. It is the same key, and OpenSSL 3 \
        and GmSSL read it; other software does not know the algorithm.\n\n\
        Common causes:\n\
        - A key from GmSSL, Tongsuo or a version of OpenSSL 3 that writes this form\n\n\
        `openssl pkey -in key.pem -out new.pem` writes the usual form of a private key. Only the CA can change a \
        certificate.",
    example: "the private key names the SM2 curve as its algorithm",
    citations: &[Citation::Standard("GB/T 35276", "section 7.1, keys of SM2"), Citation::Rfc(5480, "2.1.1")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = pair_at(slot, facts)?;
    let key = facts.key(pair).filter(|key| key.names_sm2).map(|key| key.span);
    let leaf = facts.leaf(pair).filter(|leaf| leaf.public_key.names_sm2).map(|leaf| leaf.span);
    let (span, message) = match (key, leaf) {
        (Some(key), None) => (key, "the private key names the SM2 curve as its algorithm"),
        (Some(key), Some(_)) => (key, "private key and certificate name the SM2 curve as their algorithm"),
        (None, leaf) => (leaf?, "the certificate names the SM2 curve as the algorithm of its key"),
    };
    let problem = Problem::at(span, "usually id-ecPublicKey with the SM2 curve as its parameter", message);
    Some(problem.help(match key {
        Some(_) => "it is read as an SM2 key; openssl pkey -in key.pem -out new.pem writes the usual form",
        None => "it is read as an SM2 key; other software may not know the algorithm",
    }))
}
