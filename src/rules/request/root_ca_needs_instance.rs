//! A trusted root for a certificate that is for all instances.

use crate::api::Field;
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{Says, filled, says};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "root-ca-needs-instance",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "`trusted_root_ca` is given and `type` is not `instance`.",
    explanation: "\
        A trusted root makes a gateway ask clients for certificates. The Terraform providers document \
        it for certificates of one instance only; on a global one it may be dropped without a word, \
        and clients would not be verified.\n\n\
        Set `type` to `instance` and send the `instance_id`, or leave the root out if clients are not \
        to be verified.",
    example: "`trusted_root_ca` is for certificates of one instance, and `type` is absent, which means `global`",
    citations: &[
        Citation::Api("request body, `trusted_root_ca`"),
        Citation::Standard(
            "Terraform provider huaweicloud, resource huaweicloud_apig_certificate",
            "`trusted_root_ca`: only available if `type` is `instance`",
        ),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::TrustedRootCa {
        return None;
    }
    let member = filled(slot)?;
    let why = match says(Field::Type, facts) {
        Says::Nothing => "absent, which means `global`",
        Says::Word("global") => "`global`",
        Says::Word(_) | Says::Nonsense => return None,
    };
    let mut problem = Problem::at(
        member.key(),
        "for certificates of one instance",
        format!("`trusted_root_ca` is for certificates of one instance, and `type` is {why}"),
    );
    if let Some(scope) = facts.slot(Field::Type).member {
        problem = problem.related(scope.value(), "a certificate for all instances");
    }
    Some(problem.help("set `type` to `instance` and send `instance_id`, or leave `trusted_root_ca` out"))
}
