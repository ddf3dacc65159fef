//! The JSON text, its members, and what the short ones say.

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

/// What `type` or `algorithm_type` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It is absent, null or empty.
    Nothing,
    /// A word that is allowed.
    Word(&'static str),
    /// Something that is not allowed, which rules of its own report.
    Nonsense,
}

fn says(field: Field, facts: &Facts<'_>) -> Says {
    match (facts.slot(field).is_blank(), facts.word(field)) {
        (true, _) => Says::Nothing,
        (false, Some(word)) => Says::Word(word),
        (false, None) => Says::Nonsense,
    }
}

/// The member, when it holds a text that is no unfilled template: of one that is, `placeholder`
/// speaks alone.
fn filled<'a>(slot: &Slot<'a>) -> Option<&'a Member> {
    slot.filled().filter(|member| {
        member.text().is_some_and(|text| text.stand_in != Some(PlaceholderKind::Placeholder))
    })
}

/// A short value that is good but for the whitespace around it.
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

/// A member that is absent, null or empty and must not be.
fn missing(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let name = slot.field.name();
    let Some(member) = slot.member else {
        let Shape::Object { brace, .. } = facts.body.shape else { return None };
        return Some(Problem::missing(name, brace, format!("`{name}` is missing")));
    };
    let (label, what) = match member.content {
        Content::Null => ("null is as good as absent", "null"),
        Content::Empty => ("an empty string is as good as absent", "empty"),
        _ => return None,
    };
    Some(Problem::at(member.value(), label, format!("`{name}` is {what}")))
}

/// What to do with a body inside another value.
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

/// A word that is not written as one of those allowed.
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
                        "other case or spacing than the API's",
                        format!("`{name}` is not written `{word}`, as the API has it"),
                    )
                    .help(format!("write `{word}`"))
                })
                .fix(Fix::unsafe_(
                    format!("write `{word}`"),
                    vec![Edit::Put { span: content(member.value()), text: word }],
                )),
        ),
        Word::Unknown => Some(
            Problem::at(member.value(), "none of the allowed words", format!("`{name}` is {allowed}"))
                .help(help.to_owned()),
        ),
    }
}

/// Takes a member out, with the comma that parts it from its neighbour; the rest stays byte for byte.
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

/// What stands between the quotes of a string.
fn content(literal: Span) -> Span {
    Span::new(literal.start + 1, literal.end.saturating_sub(1))
}

/// A member by its name, if that may be shown.
fn shown(member: &Member) -> String {
    let name = member.shown_name();
    match name.strip_prefix('#') {
        Some(number) => format!("member {number}"),
        None => format!("`{name}`"),
    }
}
