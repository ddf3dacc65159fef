//! A block that has no business beside a good one.

use crate::edit::{Fix, Safety};
use crate::facts::{ExpectedContent, Facts};
use crate::pem::{BlockContent, Label};
use crate::problem::{Problem, Severity};
use crate::rules::roles::removal_of;
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "extra-block",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "Beside a good block stands one that has no business there.",
    explanation: "\
        The service skips blocks of other kinds, so a certificate request, a revocation list, \
        Diffie-Hellman parameters or a public key do no harm here. They do no good either, and \
        stricter readers refuse the whole text.\n\n\
        It comes about when everything that belongs to a server is kept in one file and that file is \
        sent. Leave the block out.",
    example: "beside the certificate stands a certificate request",
    citations: &[
        Citation::Rfc(7468, "2"),
        Citation::Go("crypto/tls", "X509KeyPair skips blocks of another type"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "drops the block"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let Block { field, text, block } = *subject;
    let has_no_business = matches!(block.content, BlockContent::Other)
        || (matches!(block.content, BlockContent::Undecodable)
            && !block.is_certificate()
            && !block.is_private_key());
    let (kind, is_beside_one) = match facts.duty(field) {
        ExpectedContent::Certificates => ("certificate", text.has_certificate),
        ExpectedContent::PrivateKey => ("private key", text.has_private_key),
    };
    // Parameters of the curve beside a key are `ec-parameters`; an OpenSSH key before the good one is
    // what the service takes, and `wrong-block`.
    let has_own_rule = kind == "private key"
        && (matches!(block.label, Label::EcParameters | Label::Sm2Parameters)
            || text.key_block().is_some_and(|first| first.span == block.span));
    if !has_no_business || !is_beside_one || has_own_rule {
        return None;
    }
    let what = block.label.describe();
    let problem =
        Problem::at(block.span, format!("this is {what}"), format!("beside the {kind} stands {what}"));
    Some(problem.help("leave the block out").fix(Fix::unsafe_("drop the block", removal_of(text, block))))
}
