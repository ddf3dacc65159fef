//! A dNSName that is not a host name.

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
        A dNSName must be a host name: labels of letters, digits and hyphens, separated by dots. The first \
        label can be an asterisk. Clients never match a name with a scheme, port, space, underscore or \
        empty label. IP addresses belong in an iPAddress entry.\n\n\
        Common causes:\n\
        - A URL that was entered as a name\n\
        - A list of names that was entered as one name\n\n\
        Have the certificate reissued with plain host names.",
    example: "the name `https://www.example.com` of the certificate `www.example.com` is a URL",
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
    // `nonconforming-certificate` reports names that are not ASCII.
    let mut faulty = leaf
        .dns_names()
        .filter(|name| name.is_ascii())
        .filter_map(|name| hosts::fault(name).map(|fault| (name, fault)));
    let (name, fault) = faulty.next()?;
    let name =
        if name.is_empty() { "a name".to_owned() } else { format!("the name `{}`", printable(name, 64)) };
    let others = match faulty.count() {
        0 => String::new(),
        1 => " (and 1 more)".to_owned(),
        count => format!(" (and {count} more)"),
    };
    let problem = Problem::at(
        leaf.span,
        "a dNSName is not a host name",
        format!("{name} of {} {}{others}", title(leaf), fault.describe()),
    );
    Some(problem.help("have it reissued with plain host names, such as www.example.com or *.example.com"))
}
