//! A certificate that is in no path from the leaf.

use crate::api::{ApiError, Rejection};
use crate::chain::Chain;
use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, has_unreadable, removal, shown_issuer};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unrelated-certificate",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A certificate is in no path from the leaf.",
    explanation: "\
        Behind the leaf belong the authority that issued it, the one that issued that, and so on. A \
        certificate that nothing before it leads to helps no client to verify the leaf, and the \
        service refuses the chain. A root counts as such when the intermediate between is missing, \
        and so does an intermediate of the right name whose key did not sign, when another one's \
        did.\n\n\
        It comes about when the chain of another certificate or of another authority was appended, \
        the old chain was kept at renewal, or a link was left out. Leave the certificate out, or put \
        in what is missing between.",
    example: "certificate 3 (“Other Root”) is in no path from certificate 1 (“www.example.com”)",
    citations: &[Citation::ErrorTable("APIG.2104"), Citation::Rfc(5246, "7.4.2")],
    fix: FixAvailability::When(Safety::Unsafe, "drops the certificate"),
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::CHAIN_MISMATCH)),
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
    let (who, verb, drop) = if others.is_empty() {
        (numbered.called(first), "is", "drop the certificate")
    } else {
        (numbered.listed(strangers), "are", "drop the certificates")
    };
    let mut problem = Problem::at(
        numbered.span(first)?,
        "no path leads here",
        format!("{who} {verb} in no path from {}", numbered.called(*leaf)),
    );
    for &other in others {
        problem = problem.related(numbered.span(other)?, "nor here");
    }
    let last = *path.last()?;
    let ends = chain.pair.chain.links.iter().all(|link| link.subject != last);
    let missing = numbered
        .certificate(last)
        .filter(|certificate| ends && !certificate.is_self_issued())
        .and_then(shown_issuer);
    let help = match missing {
        Some(issuer) => format!(
            "leave {} out, or put in what is missing between: the path ends with {}, issued by “{issuer}”",
            if others.is_empty() { "it" } else { "them" },
            numbered.called(last),
        ),
        None => format!("leave {} out", if others.is_empty() { "it" } else { "them" }),
    };
    Some(problem.help(help).fix(Fix::unsafe_(drop, removal(facts, field, strangers))))
}
