//! An instance named for a certificate that is for all of them.

use crate::api::Field;
use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::json::body::{InstanceId, Meaning};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{Says, filled, removal, says};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "ignored-instance-id",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "`instance_id` is given although `type` is `global`.",
    explanation: "\
        A global certificate belongs to no instance: the service answers `common` as its \
        `instance_id`, whatever was sent. Every gateway of the project can then use the \
        certificate.\n\n\
        If it is meant for one gateway only, `type` has to be `instance`, and that cannot be changed \
        later. Otherwise leave `instance_id` out.",
    example: "`instance_id` is ignored, since `type` is absent, which means `global`",
    citations: &[
        Citation::Api("request body, `type`: default `global`"),
        Citation::Api("response, `instance_id`: `common` when `type` is `global`"),
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
        Says::Nothing => "absent, which means `global`",
        Says::Word("global") => "`global`",
        Says::Word(_) | Says::Nonsense => return None,
    };
    let mut problem = Problem::at(
        member.value(),
        "the service answers `common` instead",
        format!("`instance_id` is ignored, since `type` is {why}"),
    );
    if let Some(scope) = facts.slot(Field::Type).member {
        problem = problem.related(scope.value(), "a certificate for all instances");
    }
    Some(
        problem
            .help("set `type` to `instance` if the certificate is for this instance only, or leave `instance_id` out")
            .fix(Fix::unsafe_("remove `instance_id`", vec![removal(member, facts)])),
    )
}
