//! A trusted root CA for a certificate that is for all instances.

use crate::api::Field;
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{Says, change_scope, filled, says};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "root-ca-needs-instance",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "`trusted_root_ca` is set but `type` is not `instance`.",
    explanation: "\
        With a trusted root CA, a gateway asks clients for certificates. The Terraform providers \
        document the field only for certificates of one instance. For a global certificate, the \
        service may silently ignore it, and clients would not be verified.\n\n\
        Set `type` to `instance` and add `instance_id`, or remove the root CA if clients need not be \
        verified.",
    example: "`trusted_root_ca` applies to certificates of one instance, but `type` defaults to `global`",
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
        Says::Nothing => "defaults to `global`",
        Says::Word("global") => "is `global`",
        Says::Word(_) | Says::Nonsense => return None,
    };
    let mut problem = Problem::at(
        member.key(),
        "only for certificates of one instance",
        format!("`trusted_root_ca` applies to certificates of one instance, but `type` {why}"),
    );
    if let Some(scope) = facts.slot(Field::Type).member {
        problem = problem.related(scope.value(), "this certificate is for all instances");
    }
    Some(problem.help(change_scope(
        facts,
        "set `type` to `instance` and add `instance_id`, or remove `trusted_root_ca`",
    )))
}
