//! A dNSName that is no host name.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::printable;
use crate::rules::certificate::{hosts, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-domain",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A dNSName of the certificate is not a host name.",
    explanation: "\
        A dNSName is a host name and nothing else: labels of letters, digits and hyphens with dots \
        between them, the first of which may be an asterisk. With a scheme, a port, a space, an \
        underscore or an empty label in it no client finds the host it connects to among the names. \
        An IP address belongs in an iPAddress.\n\n\
        It comes about when a URL was pasted into the list of names, or a list that was not taken \
        apart. Have it issued again with the bare names.",
    example: "the name `https://www.example.com` of the certificate `www.example.com` begins with a scheme, as a URL does",
    citations: &[
        Citation::Rfc(5280, "4.2.1.6"),
        Citation::Rfc(1034, "3.5"),
        Citation::Rfc(9525, "6.3"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.2.7.12"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // One that is not ASCII is no dNSName at all.
    let mut faulty = leaf
        .dns_names()
        .filter(|name| name.is_ascii())
        .filter_map(|name| hosts::fault(name).map(|fault| (name, fault)));
    let (name, fault) = faulty.next()?;
    let name =
        if name.is_empty() { "a name".to_owned() } else { format!("the name `{}`", printable(name, 64)) };
    let others = match faulty.count() {
        0 => String::new(),
        1 => "; another name is no host name either".to_owned(),
        count => format!("; {count} other names are no host names either"),
    };
    let problem = Problem::at(
        leaf.span,
        "one of its dNSNames is no host name",
        format!("{name} of {} {}{others}", title(leaf), fault.describe()),
    );
    Some(problem.help("have it issued again with bare host names, such as www.example.com or *.example.com"))
}
