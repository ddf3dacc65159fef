//! A signature over a digest that can be forged.

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
        For MD4, MD5 and SHA-1 two different certificates with the same digest can be made, and with them \
        a signature that an authority never gave. Browsers and current TLS libraries refuse such \
        certificates. How a root is signed does not matter, since nobody checks its own signature.\n\n\
        It comes about with old authorities, and with intermediates that were never replaced. Have \
        the certificate issued again with SHA-256, or ask the authority for its current intermediate.",
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
        "have it issued again with a signature over SHA-256"
    } else {
        "ask the authority for an intermediate certificate that is signed with SHA-256"
    }))
}
