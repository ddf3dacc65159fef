//! Text that is no block.

use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Outside};
use crate::problem::{Problem, Severity};
use crate::rules::pem::FieldDamage;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "text-outside-pem",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Note),
    summary: "Text stands outside of the blocks, or header lines stand in one.",
    explanation: "\
        The service skips it. It is sent and stored all the same, and other readers stop at it.\n\n\
        `openssl pkcs12` writes `Bag Attributes`, `openssl x509 -text` the certificate in words, and \
        some programs write headers as `Comment:`. Only the blocks need to be sent.",
    example: "text stands before the first block",
    citations: &[
        Citation::Rfc(7468, "2"),
        Citation::Rfc(7468, "5.2"),
        Citation::Go("encoding/pem", "text between blocks is skipped"),
    ],
    fix: FixAvailability::When(Safety::Safe, "removes it"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::TextOutside(_)))?;
    let DamageKind::TextOutside(outside) = seen.kind else { return None };
    let (label, message) = match outside {
        Outside::Before => ("not part of a block", "text stands before the first block"),
        Outside::Between => ("not part of a block", "text stands between blocks"),
        Outside::After => ("not part of a block", "text stands after the last block"),
        Outside::Headers => ("not part of the body", "header lines stand in a block"),
    };
    Some(seen.repaired(seen.problem(label, message), "remove the text"))
}
