//! A certificate that is not part of the chain of the leaf.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::api::{ApiError, Rejection};
use crate::chain::Chain;
use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::printable;
use crate::rules::chain::{Numbered, has_unreadable, removal, shown_issuer};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unrelated-certificate",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A certificate is not part of the chain of the leaf.",
    explanation: "\
        The leaf must be followed by its issuer, the issuer of that, and so on. The service rejects a \
        chain with other certificates. A root is unrelated too if the intermediate before it is missing, \
        and so is an intermediate with the right name that did not sign, if another one did.\n\n\
        Common causes:\n\
        - The chain of another certificate or another CA\n\
        - An old certificate or chain that was kept after a renewal\n\
        - An RSA and an EC certificate for the same names, of which a request takes one\n\
        - A missing intermediate\n\n\
        Of two certificates for the same names, keep the newer one that matches the private key. Otherwise, \
        remove the certificate or add the missing intermediate.",
    example: "certificate 3 (“Other Root”) is not part of the chain of certificate 1 (“www.example.com”)",
    citations: &[Citation::ErrorTable("APIG.2104"), Citation::Rfc(5246, "7.4.2")],
    fix: FixAvailability::When(
        Safety::Unsafe,
        "removes the certificate, but none that is newer than the leaf and for the same names",
    ),
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::CHAIN_MISMATCH)),
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let field = chain.pair.certificate_field;
    let Chain { leaf: Some(leaf), strangers, path, .. } = &chain.pair.chain else { return None };
    let (&first, others) = strangers.split_first()?;
    if has_unreadable(facts, field) {
        return None;
    }
    let numbered = Numbered::new(facts, field);
    let leaf_of = numbered.certificate(*leaf)?;
    let sibling = |&index: &usize| Some((index, Sibling::of(numbered.certificate(index)?, leaf_of)?));
    let siblings: Vec<(usize, Sibling)> = strangers.iter().filter_map(sibling).collect();
    if !siblings.is_empty() {
        return sibling_problem(chain, facts, &numbered, &siblings);
    }
    let (who, verb, title) = if others.is_empty() {
        (numbered.called(first), "is", "remove the certificate")
    } else {
        (numbered.listed(strangers), "are", "remove the certificates")
    };
    let mut problem = Problem::at(
        numbered.span(first)?,
        "not part of the chain",
        format!("{who} {verb} not part of the chain of {}", numbered.called(*leaf)),
    );
    for &other in others {
        problem = problem.related(numbered.span(other)?, "not part of the chain either");
    }
    let last = *path.last()?;
    let ends = chain.pair.chain.links.iter().all(|link| link.subject != last);
    let missing = numbered
        .certificate(last)
        .filter(|certificate| ends && !certificate.is_self_issued())
        .and_then(shown_issuer);
    let help = match missing {
        Some(issuer) => format!(
            "remove {}, or add the missing intermediate: the chain ends at {}, issued by “{issuer}”",
            if others.is_empty() { "it" } else { "them" },
            numbered.called(last),
        ),
        None => format!("remove {}", if others.is_empty() { "it" } else { "them" }),
    };
    Some(problem.help(help).fix(Fix::unsafe_(title, removal(facts, field, strangers))))
}

/// A certificate of the server, beside the leaf.
#[derive(Clone, Copy)]
struct Sibling {
    /// Whether it has the key of the leaf.
    has_same_key: bool,
    /// Whether it is valid for longer than the leaf.
    age: Ordering,
}

impl Sibling {
    /// What an end-entity certificate is to the leaf; `None` when it is for other names.
    fn of(other: &Certificate, leaf: &Certificate) -> Option<Self> {
        let names = |certificate: &Certificate| -> BTreeSet<String> {
            certificate.dns_names().map(str::to_ascii_lowercase).collect()
        };
        let is_same = match (names(other), names(leaf)) {
            (other_names, names) if other_names.is_empty() && names.is_empty() => {
                other.subject.matches(&leaf.subject)
            }
            (other_names, names) => other_names == names,
        };
        (is_same && other.is_ca != Some(true)).then(|| Self {
            has_same_key: other.public_key == leaf.public_key,
            age: (other.not_after, other.not_before).cmp(&(leaf.not_after, leaf.not_before)),
        })
    }
}

/// Which of the certificates of a server to keep.
fn sibling_problem(
    chain: &ChainOf<'_>,
    facts: &Facts<'_>,
    numbered: &Numbered<'_>,
    siblings: &[(usize, Sibling)],
) -> Option<Problem> {
    let &(index, sibling) = siblings.first()?;
    let Chain { leaf: Some(leaf), strangers, .. } = &chain.pair.chain else { return None };
    let (other, of_leaf) = (numbered.certificate(index)?, numbered.certificate(*leaf)?);
    let now = facts.settings.now;
    let state = |certificate: &Certificate| match () {
        () if certificate.not_after < now => format!("expired on {}", certificate.not_after.date()),
        () if certificate.not_before > now => format!("valid from {}", certificate.not_before.date()),
        () => format!("valid until {}", certificate.not_after.date()),
    };
    let (who, whom) = (numbered.called(index), numbered.called(*leaf));
    let age = match sibling.age {
        Ordering::Less => "an older",
        Ordering::Equal => "another",
        Ordering::Greater => "a newer",
    };
    let key = if sibling.has_same_key {
        "the same key".to_owned()
    } else {
        format!("another key ({})", printable(&other.public_key.describe(), 64))
    };
    let message = format!("{who} is {age} certificate for the same names as {whom}, with {key}");
    let mut problem = Problem::at(other.span, state(other), message).related(of_leaf.span, state(of_leaf));
    for &stranger in strangers.iter().filter(|&&stranger| stranger != index) {
        problem = problem.related(numbered.span(stranger)?, "not part of the chain either");
    }
    // A newer one stays. The leaf goes only if the newer one replaces it with the same key.
    let is_later = sibling.age == Ordering::Greater;
    let is_replaced = sibling.has_same_key && is_later && other.not_before <= now;
    let is_newer = |index: usize| {
        siblings.iter().any(|&(other, sibling)| other == index && sibling.age == Ordering::Greater)
    };
    let mut drop: Vec<usize> = strangers.iter().copied().filter(|&stranger| !is_newer(stranger)).collect();
    let help = match (sibling.has_same_key, is_later) {
        (true, true) if is_replaced => {
            drop = vec![*leaf];
            format!("keep {who}, and remove {whom}")
        }
        (true, true) => format!("send one of the two: {who} once it is valid"),
        (false, true) if of_leaf.not_after < now => {
            format!("send {who} with its own private key, and remove {whom}")
        }
        (false, true) => format!("send {who} with its own private key, or {whom} with this one"),
        (_, false) => format!("keep {whom}, and remove {who}"),
    };
    let field = chain.pair.certificate_field;
    let problem = problem.help(help);
    let edits = removal(facts, field, &drop);
    if edits.is_empty() {
        return Some(problem);
    }
    let title = if drop.len() == 1 { "remove the certificate" } else { "remove the certificates" };
    Some(problem.fix(Fix::unsafe_(title, edits)))
}
