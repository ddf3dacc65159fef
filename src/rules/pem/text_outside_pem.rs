//! Text that is not part of a block.

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
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Note),
    summary: "There is text outside the PEM blocks, or a block has header lines.",
    explanation: "\
        The service ignores this text, but it is sent and stored, and other parsers may stop at it.\n\n\
        Common causes:\n\
        - `openssl pkcs12`, which writes `Bag Attributes`\n\
        - `openssl x509 -text`, which prints the certificate in readable form\n\
        - Programs that write headers such as `Comment:`\n\n\
        Only the blocks need to be sent.",
    example: "text before the first block",
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
        Outside::Before => ("not part of a block", "text before the first block"),
        Outside::Between => ("not part of a block", "text between blocks"),
        Outside::After => ("not part of a block", "text after the last block"),
        Outside::Headers => ("not part of the base64", "header lines in a block"),
    };
    Some(seen.repaired(seen.problem(label, message), "remove the text"))
}
