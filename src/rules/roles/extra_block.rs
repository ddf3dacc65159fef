//! An unexpected block next to the certificate or key.

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
    summary: "There is an unexpected block next to the certificate or key.",
    explanation: "\
        The service ignores other blocks, such as a certificate request, a revocation list, \
        Diffie-Hellman parameters or a public key. Stricter parsers reject the whole text.\n\n\
        The usual cause is a file that holds everything for a server. Remove the block.",
    example: "unexpected certificate request next to the certificate",
    citations: &[
        Citation::Rfc(7468, "2"),
        Citation::Go("crypto/tls", "X509KeyPair skips blocks of another type"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "removes the block"),
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
    // `ec-parameters` reports EC parameters next to a key. `wrong-block` reports an OpenSSH key before
    // the good one, because the service uses the first.
    let has_own_rule = kind == "private key"
        && (matches!(block.label, Label::EcParameters | Label::Sm2Parameters)
            || text.key_block().is_some_and(|first| first.span == block.span));
    if !has_no_business || !is_beside_one || has_own_rule {
        return None;
    }
    let what = block.label.describe();
    let name = what.trim_start_matches("an ").trim_start_matches("a ");
    let message = format!("unexpected {name} next to the {kind}");
    let problem = Problem::at(block.span, format!("this is {what}"), message);
    Some(problem.help("remove the block").fix(Fix::unsafe_("remove the block", removal_of(text, block))))
}
