//! A leaf of an old version.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "legacy-version",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate is not X.509 version 3.",
    explanation: "\
        Versions 1 and 2 have no extensions: no subject alternative names, no key usage, nothing \
        that says whether it is an authority. Whatever follows in the place of extensions is not \
        looked at.\n\n\
        It comes about with `openssl x509 -req` and no `-extfile` or `-copy_extensions`, which writes \
        version 1. Issue it again with extensions.",
    example: "the certificate `www.example.com` is of version 1, which has no extensions",
    citations: &[
        Citation::Rfc(5280, "4.1.2.1"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.1"),
        Citation::Go("crypto/x509", "ParseCertificate reads extensions in version 3 alone"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // A version that does not exist is a departure from the standard, not an old one.
    if !matches!(leaf.version, 1 | 2) {
        return None;
    }
    let version = leaf.version;
    let problem = Problem::at(
        leaf.span,
        format!("version {version}"),
        format!("{} is of version {version}, which has no extensions", title(leaf)),
    );
    Some(
        problem.help(
            "issue it again with extensions; openssl x509 -req needs -extfile or -copy_extensions copyall",
        ),
    )
}
