//! An `instance_id` for a certificate that is for all instances.

use crate::api::{Call, Field};
use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::json::body::{InstanceId, Meaning};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{Says, change_scope, filled, removal, says};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "ignored-instance-id",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "`instance_id` is set although `type` is `global`.",
    explanation: "\
        A global certificate belongs to no instance. The service ignores `instance_id`, returns \
        `common` in its place, and lets every gateway of the project use the certificate.\n\n\
        If the certificate is for one gateway only, set `type` to `instance`. This cannot be changed \
        later. Otherwise remove `instance_id`.",
    example: "`instance_id` is ignored because `type` defaults to `global`",
    citations: &[
        Citation::Api("request body, `type`: default `global`"),
        Citation::Api("response, `instance_id`: `common` when `type` is `global`"),
        Citation::CallApi(Call::Update, "request body, `type`: the scope cannot be changed"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "removes `instance_id`"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::InstanceId {
        return None;
    }
    let member = filled(slot)?;
    if matches!(slot.meaning(), Some(Meaning::InstanceId(InstanceId::Common))) {
        return None;
    }
    let why = match says(Field::Type, facts) {
        Says::Nothing => "defaults to `global`",
        Says::Word("global") => "is `global`",
        Says::Word(_) | Says::Nonsense => return None,
    };
    let mut problem = Problem::at(
        member.value(),
        "ignored: the service returns `common`",
        format!("`instance_id` is ignored because `type` {why}"),
    );
    if let Some(scope) = facts.slot(Field::Type).member {
        problem = problem.related(scope.value(), "this certificate is for all instances");
    }
    Some(
        problem
            .help(change_scope(
                facts,
                "set `type` to `instance` if the certificate is for this instance only; otherwise remove `instance_id`",
            ))
            .fix(Fix::unsafe_("remove `instance_id`", vec![removal(member, facts)])),
    )
}
