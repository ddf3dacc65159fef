//! A CA that is limited, and issued what it may not.

use crate::chain::Chain;
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::printable;
use crate::rules::chain::Numbered;
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};
use crate::x509::{Certificate, GeneralName, NameConstraints};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "constraint-violation",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A CA of the chain issued what its own certificate does not allow.",
    explanation: "\
        The certificate of a CA can limit what it issues: the names (name constraints), how many CAs may follow it \
        (path length), and the purposes (extended key usage). The service does not look at these limits; clients \
        refuse a chain that breaks one. In Go the error is `CANotAuthorizedForThisName`, `TooManyIntermediates` or \
        `IncompatibleUsage`, in OpenSSL 47, 25 or 26.\n\n\
        Common causes:\n\
        - A CA for clients or mail that issued a certificate for a server\n\
        - A CA that is limited to other domains\n\
        - A CA with path length 0 that issued another CA\n\n\
        Have the certificate issued by a CA that may issue it.",
    example: "certificate 2 (“Example RSA CA 1”) may not issue for servers: its extended key usage is clientAuth",
    citations: &[
        Citation::Rfc(5280, "4.2.1.9"),
        Citation::Rfc(5280, "4.2.1.10"),
        Citation::Rfc(5280, "4.2.1.12"),
        Citation::Go("crypto/x509", "Certificate.Verify"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let numbered = Numbered::new(facts, chain.pair.certificate_field);
    let path = only_path(&chain.pair.chain, &numbered);
    let leaf = numbered.certificate(*path.first()?)?;
    // CAs between the leaf and the one that is looked at.
    let mut between = 0;
    path.iter().skip(1).find_map(|&index| {
        let ca = numbered.certificate(index)?;
        let who = numbered.called(index);
        let found = violation(ca, leaf, between);
        between += u64::from(!ca.is_self_issued());
        let (label, what) = found?;
        let problem = Problem::at(ca.span, label, format!("{who} {what}")).related(leaf.span, "the leaf");
        Some(problem.help("clients refuse this chain: have the certificate issued by a CA that may issue it"))
    })
}

/// The leaf and its issuers, as far as there is one way only: a client takes any way that is good.
fn only_path(chain: &Chain, numbered: &Numbered<'_>) -> Vec<usize> {
    let mut path: Vec<usize> = chain.leaf.into_iter().collect();
    while let Some(link) = chain.links.iter().find(|link| path.last() == Some(&link.subject)) {
        let issuer = numbered.certificate(link.issuer);
        let is_same_name = |index: usize| {
            let other = numbered.certificate(index);
            other.zip(issuer).is_some_and(|(other, issuer)| other.subject.matches(&issuer.subject))
        };
        let others = chain.path.iter().filter(|&&index| index != link.issuer && is_same_name(index));
        if others.count() > 0 || path.contains(&link.issuer) {
            break;
        }
        path.push(link.issuer);
    }
    path
}

/// The limit of a CA that is broken: a label, and what is wrong, behind its name.
fn violation(ca: &Certificate, leaf: &Certificate, between: u64) -> Option<(String, String)> {
    const SERVERS: [&str; 3] = ["serverAuth", "msSGC", "nsSGC"];
    if let Some(usage) = &ca.extended_key_usage
        && !ca.is_self_signed
        && !usage.purposes.is_empty()
        && !SERVERS.iter().any(|purpose| usage.allows(purpose))
    {
        let purposes = printable(&usage.purposes.join(", "), 120);
        let what = format!("may not issue for servers: its extended key usage is {purposes}");
        return Some(("serverAuth is not among its purposes".to_owned(), what));
    }
    if let Some(limit) = ca.path_length.filter(|&limit| limit < between) {
        let cas = if between == 1 { "1 CA follows" } else { &format!("{between} CAs follow") };
        return Some((
            format!("path length {limit}"),
            format!("may not issue this chain: its path length is {limit}, and {cas} it"),
        ));
    }
    let constraints = ca.name_constraints.as_ref()?;
    let name = leaf.subject_alt_names.iter().flatten().find(|name| !allows(constraints, name))?;
    let name = match name {
        GeneralName::Dns(name) => format!("`{}`", printable(name, 64)),
        _ => "an IP address of the certificate".to_owned(),
    };
    Some((
        "its name constraints".to_owned(),
        format!("may not issue for {name}: its name constraints do not allow that name"),
    ))
}

/// Whether name constraints allow a name, as Go and OpenSSL say. Other kinds than host names and addresses are not
/// looked at.
fn allows(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let NameConstraints { permitted, excluded } = constraints;
    let is_limit = |base: &GeneralName| {
        matches!(
            (base, name),
            (GeneralName::Dns(_), GeneralName::Dns(_)) | (GeneralName::Ip(_), GeneralName::Ip(_))
        )
    };
    let is_limited = permitted.iter().any(is_limit);
    (!is_limited || permitted.iter().any(|base| contains(base, name)))
        && !excluded.iter().any(|base| contains(base, name) || is_covered(base, name))
}

/// Whether a wildcard stands for the name of a constraint, which excludes it too for Go since release 1.26.
fn is_covered(base: &GeneralName, name: &GeneralName) -> bool {
    let (GeneralName::Dns(base), GeneralName::Dns(name)) = (base, name) else { return false };
    let parent = base.split_once('.').map(|(_, parent)| parent);
    name.strip_prefix("*.").zip(parent).is_some_and(|(name, parent)| name.eq_ignore_ascii_case(parent))
}

/// Whether a name is in the subtree of a name constraint.
fn contains(base: &GeneralName, name: &GeneralName) -> bool {
    match (base, name) {
        (GeneralName::Dns(base), GeneralName::Dns(name)) => {
            let (base, name) = (base.to_ascii_lowercase(), name.to_ascii_lowercase());
            match name.strip_suffix(base.as_str()) {
                _ if base.is_empty() => true,
                Some(rest) => rest.is_empty() || base.starts_with('.') || rest.ends_with('.'),
                None => false,
            }
        }
        (GeneralName::Ip(base), GeneralName::Ip(name)) if base.len() == 2 * name.len() => {
            let (address, mask) = base.split_at(name.len());
            name.iter().zip(address).zip(mask).all(|((name, address), mask)| name & mask == address & mask)
        }
        _ => false,
    }
}
