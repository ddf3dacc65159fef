//! A leaf without its issuer.

use crate::api::Field;
use crate::chain::LeafIssuer;
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::{looks_secret, printable};
use crate::rules::chain::{Numbered, has_unreadable, shown_issuer};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "incomplete-chain",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Note),
    summary: "The issuer of the leaf is neither in its field nor in `trusted_root_ca`.",
    explanation: "\
        Clients usually have only root certificates, so the server must send the intermediates. Without \
        them, most browsers download or cache them, but programs and devices fail with `unable to get \
        local issuer certificate`.\n\n\
        Append the intermediates that the CA delivered, each after the certificate that it issued. If the \
        issuer is a root that clients have, the chain is complete.",
    example: "the issuer “Example RSA CA 1” of certificate 1 (“www.example.com”) is not included",
    citations: &[Citation::Rfc(5246, "7.4.2"), Citation::Rfc(8446, "4.4.2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let field = chain.pair.certificate_field;
    if chain.pair.chain.issuer != LeafIssuer::Absent
        || has_unreadable(facts, field)
        || has_unreadable(facts, Field::TrustedRootCa)
    {
        return None;
    }
    let index = chain.pair.chain.leaf?;
    let numbered = Numbered::new(facts, field);
    let leaf = numbered.certificate(index)?;
    let issuer = shown_issuer(leaf).map_or_else(String::new, |issuer| format!(" “{issuer}”"));
    let published = leaf.issuer_uris.iter().find(|uri| is_printable(uri));
    let help = match published {
        Some(uri) => format!("append the certificate of the issuer, which is published at {uri}"),
        None => {
            "append the intermediate certificate, unless the issuer is a root that clients have".to_owned()
        }
    };
    let message = format!("the issuer{issuer} of {} is not included", numbered.called(index));
    Some(Problem::at(leaf.span, "issuer missing", message).help(help))
}

/// Whether a URI can be shown as it is: an HTTP URL of ordinary length with nothing that could be a secret.
fn is_printable(uri: &str) -> bool {
    let lower = uri.to_ascii_lowercase();
    uri.len() <= 200
        && ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme))
        && uri.bytes().all(|byte| byte.is_ascii_graphic() && !br#""'<>\^`{|}"#.contains(&byte))
        && printable(uri, usize::MAX) == uri
        && !looks_secret(uri)
}
