//! BEGIN and END that name different labels.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::DamageKind;
use crate::problem::{Problem, Severity};
use crate::rules::pem::FieldDamage;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "mismatched-labels",
    family: Family::Armour,
    severity: SeverityByService::Always(Severity::Error),
    summary: "BEGIN and END of a block name different labels.",
    explanation: "\
        A block is read only if its END names the same label as its BEGIN.\n\n\
        It happens when blocks are put together by hand and part of one is lost, or when a label was \
        changed on one line only. Look which label is right: the body itself tells a certificate \
        from a key.",
    example: "BEGIN announces a certificate, END ends a private key",
    citations: &[Citation::Go("encoding/pem", "END must name the label of BEGIN"), Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Unsafe, "makes both name the same label"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::MismatchedLabels { .. }))?;
    let DamageKind::MismatchedLabels { begin, end } = seen.kind else { return None };
    let message = if begin.describe() == end.describe() {
        "BEGIN and END name different labels".to_owned()
    } else {
        format!("BEGIN announces {}, END ends {}", begin.describe(), end.describe())
    };
    let problem = seen
        .problem("not the label of BEGIN", message)
        .help("see whether two blocks ran together; if not, let both lines name what is in the body");
    Some(seen.repaired(problem, "let both lines name the same label"))
}
