//! A certificate that is not part of the chain of the leaf.

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
    summary: "A certificate is not part of the chain of the leaf.",
    explanation: "\
        The leaf must be followed by its issuer, the issuer of that, and so on. The service rejects a \
        chain with other certificates. A root is unrelated too if the intermediate before it is missing, \
        and so is an intermediate with the right name that did not sign, if another one did.\n\n\
        Common causes:\n\
        - The chain of another certificate or another CA\n\
        - An old chain that was kept after a renewal\n\
        - A missing intermediate\n\n\
        Remove the certificate or add the missing intermediate.",
    example: "certificate 3 (“Other Root”) is not part of the chain of certificate 1 (“www.example.com”)",
    citations: &[Citation::ErrorTable("APIG.2104"), Citation::Rfc(5246, "7.4.2")],
    fix: FixAvailability::When(Safety::Unsafe, "removes the certificate"),
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
