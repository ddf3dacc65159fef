//! The JSON text, its fields, and the values of the short ones.

pub(in crate::rules) mod algorithm_mismatch;
pub(in crate::rules) mod duplicate_field;
pub(in crate::rules) mod empty_field;
pub(in crate::rules) mod file_reference;
pub(in crate::rules) mod ignored_instance_id;
pub(in crate::rules) mod ignored_sign_pair;
pub(in crate::rules) mod invalid_algorithm_type;
pub(in crate::rules) mod invalid_json;
pub(in crate::rules) mod invalid_name;
pub(in crate::rules) mod invalid_type;
pub(in crate::rules) mod malformed_instance_id;
pub(in crate::rules) mod missing_field;
pub(in crate::rules) mod missing_instance_id;
pub(in crate::rules) mod missing_sign_pair;
pub(in crate::rules) mod not_an_object;
pub(in crate::rules) mod placeholder;
pub(in crate::rules) mod root_ca_needs_instance;
pub(in crate::rules) mod sm2_needs_algorithm_type;
pub(in crate::rules) mod too_long;
pub(in crate::rules) mod unknown_field;
pub(in crate::rules) mod unknown_instance;
pub(in crate::rules) mod unsupported_feature;
pub(in crate::rules) mod wrong_type;

use crate::api::Field;
use crate::edit::{Edit, Fix};
use crate::facts::Facts;
use crate::json::body::{Content, Member, Shape, Word};
use crate::json::fields::Slot;
use crate::json::nested::NestedBody;
use crate::pem::placeholder::PlaceholderKind;
use crate::problem::Problem;
use crate::span::Span;

/// The value of `type` or `algorithm_type`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Absent, null or empty.
    Nothing,
    /// An allowed value.
    Word(&'static str),
    /// Any other value; `invalid-type` and `invalid-algorithm-type` report it.
    Nonsense,
}

fn says(field: Field, facts: &Facts<'_>) -> Says {
    match (facts.slot(field).is_blank(), facts.word(field)) {
        (true, _) => Says::Nothing,
        (false, Some(word)) => Says::Word(word),
        (false, None) => Says::Nonsense,
    }
}

/// The field, if it holds text that is not a placeholder. Only `placeholder` reports placeholders.
fn filled<'a>(slot: &Slot<'a>) -> Option<&'a Member> {
    slot.filled().filter(|member| {
        member.text().is_some_and(|text| text.stand_in != Some(PlaceholderKind::Placeholder))
    })
}

/// Reports a short value that is good but for the whitespace around it.
fn padded(slot: &Slot<'_>) -> Option<Problem> {
    let padding = filled(slot)?.text()?.padding?;
    let (what, help) = if padding.has_line_break {
        (
            "a line break",
            "remove it; `echo` and most editors end a text with a line break (`printf %s` does not)",
        )
    } else {
        ("whitespace", "remove it")
    };
    let message = format!("`{}` has {what} {} its value", slot.field.name(), padding.side);
    Some(Problem::at(padding.span, "not part of the value", message).help(help))
}

/// Reports a field that is absent, null or empty and must not be.
fn missing(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let name = slot.field.name();
    let Some(member) = slot.member else {
        let Shape::Object { brace, .. } = facts.body.shape else { return None };
        return Some(Problem::missing(name, brace, format!("`{name}` is missing")));
    };
    let (label, what) = match member.content {
        Content::Null => ("null is treated as absent", "null"),
        Content::Empty => ("an empty string is treated as absent", "empty"),
        _ => return None,
    };
    Some(Problem::at(member.value(), label, format!("`{name}` is {what}")))
}

/// What to do where only `type` = `instance` helps, which an update cannot change.
fn change_scope<'a>(facts: &Facts<'_>, help: &'a str) -> &'a str {
    if facts.settings.spec().has_fixed_scope {
        "send `type` and `instance_id` of the stored certificate: an update cannot change its scope"
    } else {
        help
    }
}

/// Says what to do with a body inside another value.
fn extract(nested: &NestedBody) -> String {
    let command = nested.jq().map_or_else(String::new, |filter| format!(": jq '{filter}'"));
    let once = if nested.is_in_string() { ", encoded as JSON only once" } else { "" };
    let names = if nested.has_api_names {
        ""
    } else {
        "; the API names the fields `name`, `cert_content` and `private_key`"
    };
    format!("send the inner object as the body{once}{command}{names}")
}

/// Reports a value that is not one of those allowed.
fn wrong_word(slot: &Slot<'_>, allowed: &str, help: &str) -> Option<Problem> {
    let member = filled(slot)?;
    let name = slot.field.name();
    match slot.word()? {
        Word::Exact(_) => None,
        Word::Resembles(word) => Some(
            padded(slot)
                .unwrap_or_else(|| {
                    Problem::at(
                        member.value(),
                        "different case or spacing",
                        format!("the value of `{name}` should be spelled `{word}`"),
                    )
                    .help(format!("use `{word}`"))
                })
                .fix(Fix::unsafe_(
                    format!("change it to `{word}`"),
                    vec![Edit::Put { span: content(member.value()), text: word }],
                )),
        ),
        Word::Unknown => Some(
            Problem::at(member.value(), "not an allowed value", format!("`{name}` is {allowed}"))
                .help(help.to_owned()),
        ),
    }
}

/// Deletes a field and the comma between it and its neighbor. All other bytes stay.
fn removal(member: &Member, facts: &Facts<'_>) -> Edit {
    let members = facts.body.members();
    let before = member.index.checked_sub(1).and_then(|index| members.get(index));
    let after = members.get(member.index + 1);
    Edit::delete(match (before, after) {
        (Some(before), _) => Span::new(before.value().end, member.value().end),
        (None, Some(after)) => Span::new(member.key().start, after.key().start),
        (None, None) => member.key().to(member.value()),
    })
}

/// The span between the quotes of a string.
fn content(literal: Span) -> Span {
    Span::new(literal.start + 1, literal.end.saturating_sub(1))
}

/// The name of a field, or its number if the name must not be shown.
fn shown(member: &Member) -> String {
    let name = member.shown_name();
    match name.strip_prefix('#') {
        Some(number) => format!("field {number}"),
        None => format!("`{name}`"),
    }
}
