//! Finds a request body inside another value: in an object, an array or a string.

use std::fmt;

use serde_json::value::RawValue;

use crate::api::Field;
use crate::json::body::{Body, Content, JsonKind, Member, Shape};
use crate::source_map::SourceMappedStr;
use crate::span::Span;

/// How many values may surround a body.
const MAX_LEVELS: usize = 6;

/// How many fields of an object are searched.
const MAX_FIELDS: usize = 64;

/// A request body inside another value.
#[derive(Debug)]
pub struct NestedBody {
    /// The steps that lead to it; at least one.
    pub steps: Vec<Step>,
    /// The value of the input that is, or contains, the body.
    pub span: Span,
    /// Whether its fields have the names of the API.
    pub has_api_names: bool,
}

/// A step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To a field with this name, or `#` and its number if its name may not be shown.
    Field(String),
    /// To the first element of an array.
    First {
        /// How many elements the array has.
        of: usize,
    },
    /// From a string to the JSON text in it.
    String,
}

impl NestedBody {
    /// Finds a body inside `source`, which is not a body itself. Of an array only the
    /// first element is searched.
    pub(crate) fn find(source: &str, body: &Body) -> Option<Self> {
        match &body.shape {
            Shape::Object { members, .. } if !members.iter().any(is_pem) => {
                find_in_fields(source, members, MAX_LEVELS)
            }
            Shape::NotAnObject { span, .. } => find_inside(source, *span, MAX_LEVELS),
            _ => None,
        }
    }

    /// The first byte of that value.
    #[must_use]
    pub const fn start(&self) -> Span {
        Span::new(self.span.start, self.span.start + 1)
    }

    /// Where it is, as in `data.items[0]`; empty if the steps have no names.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.extend([".", name]),
                Step::First { .. } => path.push_str("[0]"),
                Step::String => {}
            }
        }
        path
    }

    /// Whether the body is JSON text in a string.
    #[must_use]
    pub fn is_in_string(&self) -> bool {
        self.steps.contains(&Step::String)
    }

    /// The arguments of `jq` that extract it, unless a name needs quotes.
    #[must_use]
    pub fn jq(&self) -> Option<String> {
        let is_simple = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let mut filters = vec![String::new()];
        for step in &self.steps {
            let filter = filters.last_mut()?;
            match step {
                Step::Field(name) if is_simple(name) => filter.extend([".", name]),
                Step::Field(_) => return None,
                Step::First { .. } => filter.push_str(if filter.is_empty() { ".[0]" } else { "[0]" }),
                Step::String => filters.extend(["fromjson".to_owned(), String::new()]),
            }
        }
        filters.retain(|filter| !filter.is_empty());
        Some(filters.join(" | "))
    }

    fn after(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }
}

impl fmt::Display for NestedBody {
    /// Writes where the body is, as in ``inside `data.data` ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_in_string() {
            f.write_str("in the JSON text in the string")?;
        } else {
            f.write_str("inside")?;
        }
        let path = self.path();
        if path.is_empty() { Ok(()) } else { write!(f, " `{path}`") }
    }
}

/// Finds a body in one of the fields of an object.
fn find_in_fields(source: &str, members: &[Member], levels: usize) -> Option<NestedBody> {
    members.iter().take(MAX_FIELDS).find_map(|member| {
        let found = find_inside(source, member.value(), levels.checked_sub(1)?)?;
        Some(found.after(Step::Field(member.shown_name().into_owned())))
    })
}

/// Finds a body that is the value at `span` or is inside it.
fn find_inside(source: &str, span: Span, levels: usize) -> Option<NestedBody> {
    let value = source.get(span.start..span.end)?;
    let found = match JsonKind::of(value) {
        JsonKind::Object => {
            let body = Body::read(value);
            if is_body(&body) {
                let has_api_names = body.members().iter().all(|member| member.is_exact || !is_pem(member));
                NestedBody { steps: Vec::new(), span, has_api_names }
            } else {
                find_in_fields(value, body.members(), levels)?
            }
        }
        JsonKind::Array => {
            let elements: Vec<&RawValue> = serde_json::from_str(value).ok()?;
            let first = elements.first()?.get();
            let step = Step::First { of: elements.len() };
            find_inside(first, Span::new(0, first.len()), levels.checked_sub(1)?)?.after(step)
        }
        JsonKind::String
            if value.get(1..)?.trim_start_matches([' ', '\\', 'n', 'r', 't']).starts_with('{') =>
        {
            let text = SourceMappedStr::from_json(source, span);
            let text = text.as_str();
            find_inside(text, Span::new(0, text.len()), levels.checked_sub(1)?)?.after(Step::String)
        }
        _ => return None,
    };
    Some(NestedBody { span, ..found })
}

/// Whether an object is meant to be a body: two of its fields belong to one, and one of them is a certificate or a
/// private key.
fn is_body(body: &Body) -> bool {
    let claimed = |field| {
        body.members().iter().any(|member| {
            member.field.or(member.resembles) == Some(field) && matches!(member.content, Content::Text(_))
        })
    };
    body.members().iter().any(is_pem) && Field::ALL.into_iter().filter(|field| claimed(*field)).count() >= 2
}

/// Whether a field is, or is meant to be, the certificate or the private key of a body.
fn is_pem(member: &Member) -> bool {
    matches!(member.field.or(member.resembles), Some(Field::CertContent | Field::PrivateKey))
        && matches!(member.content, Content::Text(_))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::string_slice, clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn find(source: &str) -> Option<NestedBody> {
        NestedBody::find(source, &Body::read(source))
    }

    #[test]
    fn bodies_inside_other_values() {
        let body = r#"{"name": "x", "cert_content": "y", "private_key": "z"}"#;
        let string = serde_json::to_string(body).unwrap();
        for (source, path, jq) in [
            (format!(r#"{{"body": {body}}}"#), "body", Some(".body")),
            (format!(r#"{{"type": "global", "certificate":{body}}}"#), "certificate", Some(".certificate")),
            (
                format!(r#"{{"x": [1], "data": {{"meta": {{"key": "a"}}, "data": {body}}}}}"#),
                "data.data",
                Some(".data.data"),
            ),
            (r#"{"data": {"certificate": "x", "private_key": "y"}}"#.to_owned(), "data", Some(".data")),
            (
                format!(r#"{{"le": {{"Certificates": [{body}, {body}]}}}}"#),
                "le.Certificates[0]",
                Some(".le.Certificates[0]"),
            ),
            (format!(r#"{{"a-b": {body}}}"#), "a-b", None),
            (format!(r#"{{"a b": {body}}}"#), "#1", None),
            (format!(r#"{{"body": {string}}}"#), "body", Some(".body | fromjson")),
            (
                format!(r#"{{"Records": [{{"body": {string}}}]}}"#),
                "Records[0].body",
                Some(".Records[0].body | fromjson"),
            ),
            (format!("[{body}]"), "[0]", Some(".[0]")),
            (format!("[{{\"data\": {body}}}]"), "[0].data", Some(".[0].data")),
            (string.clone(), "", Some("fromjson")),
            (
                serde_json::to_string(&format!("\n{{\"data\": {body}}}")).unwrap(),
                "data",
                Some("fromjson | .data"),
            ),
            (format!("{}{body}{}", "{\"a\":".repeat(6), "}".repeat(6)), "a.a.a.a.a.a", Some(".a.a.a.a.a.a")),
        ] {
            let found = find(&source).unwrap_or_else(|| panic!("{source}"));
            assert_eq!((found.path().as_str(), found.jq().as_deref()), (path, jq), "{source}");
            let value = &source[found.span.start..found.span.end];
            assert!(value.contains("cert") && value.contains("private_key"), "{source}: {value}");
        }
        for source in [
            body.to_owned(),
            format!(r#"{{"cert_content": "x", "data": {body}}}"#),
            r#"{"data": {"key": "x", "value": "y"}}"#.to_owned(),
            r#"{"cert_content": {"value": "x"}, "private_key": {"value": "y"}}"#.to_owned(),
            r#"{"data": {"cert_content": 1, "private_key": null}}"#.to_owned(),
            format!("{}{body}{}", "{\"a\":".repeat(7), "}".repeat(7)),
            r#""x""#.to_owned(),
            "[]".to_owned(),
            "7".to_owned(),
        ] {
            assert!(find(&source).is_none(), "{source}");
        }
    }
}
