//! A leaf that is not X.509 version 3.

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
        Versions 1 and 2 have no extensions: no subject alternative names, no key usage and no basic \
        constraints. Parsers ignore any extensions in such a certificate.\n\n\
        The usual cause is `openssl x509 -req` without `-extfile` or `-copy_extensions`, which creates \
        version 1. Have the certificate reissued with extensions.",
    example: "the certificate `www.example.com` has version 1, which has no extensions",
    citations: &[
        Citation::Rfc(5280, "4.1.2.1"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.1"),
        Citation::Go("crypto/x509", "ParseCertificate reads extensions only in version 3"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // `nonconforming-certificate` reports versions that do not exist.
    if !matches!(leaf.version, 1 | 2) {
        return None;
    }
    let version = leaf.version;
    let problem = Problem::at(
        leaf.span,
        format!("version {version}"),
        format!("{} has version {version}, which has no extensions", title(leaf)),
    );
    Some(problem.help(
        "have it reissued with extensions: openssl x509 -req needs -extfile or -copy_extensions copyall",
    ))
}
