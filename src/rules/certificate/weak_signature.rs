//! A signature with a broken hash algorithm.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::{Certificate, Digest};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "weak-signature",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate, or an intermediate, is signed with MD2, MD4, MD5 or SHA-1.",
    explanation: "\
        Attackers can create two certificates with the same MD4, MD5 or SHA-1 hash, and thereby forge the \
        signature of a CA. Browsers and current TLS libraries reject such certificates. The signature of a \
        root does not matter, because nobody verifies it.\n\n\
        Common causes:\n\
        - An old CA\n\
        - An intermediate that was never replaced\n\n\
        Have the certificate reissued with SHA-256, or download the current intermediate of the CA.",
    example: "the certificate `www.example.com` is signed with SHA-1, which can be forged",
    citations: &[
        Citation::Rfc(6194, "3"),
        Citation::Rfc(6151, "2.1"),
        Citation::Rfc(6149, ""),
        Citation::Rfc(6150, ""),
        Citation::Rfc(9155, ""),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.3.2"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Certificate(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let digest = certificate.signature_algorithm.digest()?;
    if !matches!(digest, Digest::Md2 | Digest::Md4 | Digest::Md5 | Digest::Sha1) {
        return None;
    }
    let is_this = |other: &Certificate| other.span == certificate.span;
    let is_leaf = facts.pairs.iter().filter_map(|pair| facts.leaf(pair)).any(is_this);
    let is_intermediate = || {
        !certificate.is_self_issued()
            && facts.pairs.iter().flat_map(|pair| facts.intermediates(pair)).any(is_this)
    };
    if !is_leaf && !is_intermediate() {
        return None;
    }
    let message = format!("{} is signed with {}, which can be forged", title(certificate), digest.name());
    let problem = Problem::at(certificate.span, format!("signed with {}", digest.name()), message);
    Some(problem.help(if is_leaf {
        "have it reissued with SHA-256"
    } else {
        "get the current intermediate of the CA, signed with SHA-256"
    }))
}
