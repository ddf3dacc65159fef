//! `predict --against`: the predicted response and one that the service has given.
//!
//! What stands in the file is a stranger's text, and could be the request with its key, named by
//! mistake. So only members of the documented response are shown with their values, and of these
//! only what could not be a key.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::api::ApiError;
use crate::cli::files::Role;
use crate::cli::{CliError, display_path, read_input};
use crate::escaped_json;
use crate::redact::{looks_secret, printable};
use crate::response::{MASKED, PredictedResponse};

/// The fields of all responses of success, in the order of the documentation.
const MEMBERS: [&str; 30] = [
    "id",
    "name",
    "type",
    "instance_id",
    "project_id",
    "common_name",
    "san",
    "not_before",
    "not_after",
    "signature_algorithm",
    "version",
    "organization",
    "organizational_unit",
    "locality",
    "state",
    "country",
    "serial_number",
    "issuer",
    "algorithm_type",
    "is_has_trusted_root_ca",
    "create_time",
    "update_time",
    "url_domain",
    "status",
    "ssl_id",
    "ssl_name",
    "min_ssl_version",
    "is_http_redirect_to_https",
    "verified_client_certificate_enabled",
    "ssl_infos",
];

/// The fields of an error. Only the code is compared: the text depends on the language of the caller.
const ERROR_CODE: &str = "error_code";
const ERROR_MSG: &str = "error_msg";

/// How much of a value is shown.
const MAX_SHOWN: usize = 200;

/// No member of a response is so large a number; a number of a key is.
const LARGE: u64 = 1_000_000;

/// A response that the service has given. It keeps no more than what is compared and shown, so that it takes
/// little more memory than its text.
#[derive(Default)]
pub(super) struct Actual {
    /// The documented fields of a response or an error.
    fields: Map<String, Value>,
    /// The names of all other fields; `None` for names that are not shown.
    others: BTreeSet<Option<String>>,
}

/// A member that is not as predicted.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    member: String,
    /// `None` where the member is not predicted, or the service left it out.
    predicted: Option<Cow<'static, str>>,
    actual: Option<Cow<'static, str>>,
}

/// The error that the service answered, as it may be shown.
#[derive(Serialize)]
struct ServiceError {
    error_code: Option<String>,
    error_msg: Option<String>,
}

/// What `--format json` writes for `--against`.
#[derive(Serialize)]
struct ComparisonLine<'a> {
    path: &'a str,
    as_predicted: bool,
    error: Option<ServiceError>,
    differences: &'a [Difference],
}

impl Actual {
    /// Reads the response in a file, or standard input. Skips a byte-order mark, which some tools write.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let read = if read_input::is_stdin(path) {
            read_input::read_stdin(Role::Response)
        } else {
            read_input::read_file(path, Role::Response)
        };
        let refuse =
            |message: &str| CliError::new(format!("--against: {}{message}", display_path::in_option(path)));
        let bytes = read.map_err(|message| refuse(&message))?;
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(refuse("the file is UTF-16; save it as UTF-8"));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if text.trim_ascii().is_empty() {
            return Err(refuse("the file is empty: the service answered without a body"));
        }
        match serde_json::from_slice::<Self>(text) {
            Ok(actual) if actual.fields.is_empty() => {
                Err(refuse("not a response of this call: it has none of the documented fields"))
            }
            Ok(actual) => Ok(actual),
            Err(error) if error.is_data() => Err(refuse("not a response: expected a JSON object")),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                Err(refuse(&format!("not a response: invalid JSON (line {line}, column {column})")))
            }
        }
    }

    /// The error that the service answered, as it may be shown.
    fn error(&self) -> Option<ServiceError> {
        let shown = |field| match self.fields.get(field)? {
            // Messages of the service contain "private key" as words. The label of a PEM block is in capitals.
            Value::String(text) if !looks_secret(&text.replace("private key", "key")) => {
                Some(printable(text, MAX_SHOWN))
            }
            value => Some(shown_actual(value)),
        };
        let (error_code, error_msg) = (shown(ERROR_CODE), shown(ERROR_MSG));
        (error_code.is_some() || error_msg.is_some()).then_some(ServiceError { error_code, error_msg })
    }
}

impl<'de> Deserialize<'de> for Actual {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ActualVisitor)
    }
}

struct ActualVisitor;

impl<'de> Visitor<'de> for ActualVisitor {
    type Value = Actual;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Actual, A::Error> {
        let mut actual = Actual::default();
        while let Some(name) = map.next_key::<String>()? {
            if MEMBERS.contains(&name.as_str()) || name == ERROR_CODE || name == ERROR_MSG {
                let FieldValue(value) = map.next_value()?;
                // An error without a value is none.
                if !value.is_null() || MEMBERS.contains(&name.as_str()) {
                    actual.fields.insert(name, value);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
                actual.others.insert(is_harmless(&name).then_some(name));
            }
        }
        Ok(actual)
    }
}

/// The value of a field. An object in it, or an array in an array, is no part of a response: it is read as
/// empty.
struct FieldValue(Value);

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldValueVisitor { is_element: false }).map(Self)
    }
}

/// An element of an array.
struct Element(Value);

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldValueVisitor { is_element: true }).map(Self)
    }
}

struct FieldValueVisitor {
    is_element: bool,
}

impl<'de> Visitor<'de> for FieldValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        if self.is_element {
            while elements.next_element::<IgnoredAny>()?.is_some() {}
        } else {
            while let Some(Element(value)) = elements.next_element()? {
                values.push(value);
            }
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object(Map::new()))
    }
}

/// What differs, in the order of the documentation.
pub(super) fn compare(predicted: &PredictedResponse, actual: &Actual) -> Vec<Difference> {
    let Actual { fields: actual, others } = actual;
    match predicted {
        PredictedResponse::Rejected(refused) => {
            let code = Value::from(refused.refusal.error.code);
            if actual.get(ERROR_CODE) == Some(&code) {
                return Vec::new();
            }
            vec![difference(ERROR_CODE, Some(&code), actual.get(ERROR_CODE))]
        }
        PredictedResponse::Accepted(_)
            if actual.contains_key(ERROR_CODE) || actual.contains_key(ERROR_MSG) =>
        {
            vec![difference(ERROR_CODE, None, actual.get(ERROR_CODE))]
        }
        PredictedResponse::Accepted(body) => {
            let predicted = match serde_json::to_value(body) {
                Ok(Value::Object(members)) => members,
                _ => Map::new(),
            };
            let mut differences: Vec<Difference> = MEMBERS
                .into_iter()
                .filter(|member| !body.spec.server_assigned.contains(member))
                // Known only when it was said.
                .filter(|member| *member != "project_id" || predicted.contains_key(*member))
                .filter_map(|member| {
                    let (predicted, actual) = (predicted.get(member), actual.get(member));
                    if let Some(hidden) = body.hidden(member) {
                        let is_same = actual.and_then(Value::as_str).is_some_and(|text| hidden.is_of(text));
                        return (!is_same).then(|| masked_difference(member, actual));
                    }
                    // Without a value to compare, nothing is known.
                    let is_known = predicted.is_none_or(|value| value != MASKED);
                    (is_known && predicted != actual).then(|| difference(member, predicted, actual))
                })
                .collect();
            differences.extend(others.iter().map(|name| Difference {
                member: name.clone().unwrap_or_else(|| "a member".to_owned()),
                predicted: None,
                actual: Some(NOT_SHOWN.into()),
            }));
            differences
        }
    }
}

const NOT_SHOWN: &str = "(not shown)";

/// Writes the error of the service, if it answered one, and how the prediction compares: as text, or as one line of
/// JSON.
pub(super) fn write(
    path: &str,
    predicted: &PredictedResponse,
    actual: &Actual,
    differences: &[Difference],
    as_line: bool,
    to: &mut dyn Write,
) -> io::Result<()> {
    let error = actual.error();
    let as_predicted = differences.is_empty();
    if as_line {
        return writeln!(
            to,
            "{}",
            escaped_json::compact(&ComparisonLine { path, as_predicted, error, differences })
        );
    }
    let prediction = match predicted {
        PredictedResponse::Accepted(_) => "status 200".to_owned(),
        PredictedResponse::Rejected(rejection) => format!(
            "status {}, {} ({}, {})",
            predicted.status(),
            rejection.error().code(),
            rejection.rule.name,
            rejection.refusal.basis.name()
        ),
    };
    match (&error, predicted) {
        (Some(ServiceError { error_code, error_msg }), _) => {
            let code = error_code.as_deref().unwrap_or("an error without a code");
            let message = error_msg.as_ref().map_or_else(String::new, |message| format!(": {message}"));
            writeln!(to, "{path}: the service answered {code}{message}")?;
        }
        (None, PredictedResponse::Rejected(_)) => writeln!(to, "{path}: the service accepted the body")?,
        (None, PredictedResponse::Accepted(_)) if !as_predicted => {
            writeln!(to, "{path}: the service accepted the body, as predicted, with other values")?;
            return write_differences(differences, to);
        }
        (None, PredictedResponse::Accepted(_)) => {}
    }
    if as_predicted {
        return writeln!(to, "{path}: as predicted: {prediction}");
    }
    writeln!(to, "{path}: predicted for this body: {prediction}")?;
    let code = actual.fields.get(ERROR_CODE).and_then(Value::as_str);
    if error.is_some() && code.is_none_or(|code| ApiError::by_code(code).is_none()) {
        writeln!(
            to,
            "{path}: no rule leads to this error: check the token, the project ID, and the endpoint"
        )?;
    }
    Ok(())
}

fn write_differences(differences: &[Difference], to: &mut dyn Write) -> io::Result<()> {
    for Difference { member, predicted, actual } in differences {
        let member = printable(&format!("{member}:"), usize::MAX);
        match predicted {
            Some(predicted) => write!(to, "{member} predicted {predicted}, ")?,
            None => write!(to, "{member} not predicted, ")?,
        }
        match actual {
            Some(actual) => writeln!(to, "the service answered {actual}")?,
            None => writeln!(to, "the service left it out")?,
        }
    }
    Ok(())
}

fn difference(member: &str, predicted: Option<&Value>, actual: Option<&Value>) -> Difference {
    // The prediction was read out of the certificate and may be shown.
    Difference {
        member: member.to_owned(),
        predicted: predicted.map(|value| shown(value).into()),
        actual: actual.map(shown_actual).map(Cow::Owned),
    }
}

/// A value of the service: not shown if it looks like a key, an array as a whole.
fn shown_actual(value: &Value) -> String {
    let text = shown(value);
    let is_secret = looks_secret(&text) || value.as_str().is_some_and(looks_secret);
    if is_secret { NOT_SHOWN.to_owned() } else { text }
}

/// A field that differs and whose predicted value is masked: so is what the service has answered.
fn masked_difference(member: &str, actual: Option<&Value>) -> Difference {
    let not_shown = || NOT_SHOWN.into();
    Difference {
        member: member.to_owned(),
        predicted: Some(not_shown()),
        actual: actual.map(|_| not_shown()),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) if value.as_u64().is_some_and(|value| value < LARGE) => value.to_string(),
        Value::String(text) => format!("\"{}\"", printable(text, MAX_SHOWN)),
        Value::Number(_) => NOT_SHOWN.to_owned(),
        Value::Array(values) => {
            let element = |value: &Value| match value {
                Value::Array(_) => "an array".to_owned(),
                value => shown(value),
            };
            let values: Vec<String> = values.iter().map(element).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Whether the name of a member may be shown: as with those of a request.
fn is_harmless(name: &str) -> bool {
    (1..=32).contains(&name.len()) && is_word(name) && !looks_secret(name)
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
#[allow(clippy::string_slice, clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::response::AssignedValues;
    use crate::settings::Settings;
    use crate::timestamp::Timestamp;

    /// A prediction for a body without certificate: what matters here are the other members.
    fn predicted(project_id: Option<&str>) -> PredictedResponse {
        let settings = Settings::at(Timestamp::END_OF_32_BITS);
        let facts = crate::facts::Facts::analyze(br#"{"name": "demo_name"}"#, &settings);
        let assigned = AssignedValues::default();
        let assigned = project_id.map_or(assigned.clone(), |id| assigned.with_project_id(id));
        PredictedResponse::new(&facts, &[], &assigned)
    }

    fn differing(predicted: &PredictedResponse, actual: &Value) -> Vec<(String, String, String)> {
        compare(predicted, &serde_json::from_str(&actual.to_string()).unwrap())
            .into_iter()
            .map(|Difference { member, predicted, actual }| {
                let text =
                    |value: Option<Cow<'_, str>>| value.map_or_else(|| "absent".to_owned(), Cow::into_owned);
                (member, text(predicted), text(actual))
            })
            .collect()
    }

    fn triple(member: &str, predicted: &str, actual: &str) -> (String, String, String) {
        (member.to_owned(), predicted.to_owned(), actual.to_owned())
    }

    #[test]
    fn what_the_service_assigns_does_not_count() {
        let actual = json!({
            "id": "a27be832f2e9441c8127fe48e3b5ac67", "name": "demo_name", "type": "global",
            "instance_id": "common", "project_id": "5019bd4b2ee24d8a9d0e2f43aa4e5a39",
            "is_has_trusted_root_ca": false,
            "create_time": "2021-08-20T02:03:53Z", "update_time": "2021-08-20T02:03:53Z"
        });
        assert_eq!(differing(&predicted(None), &actual), []);
        assert_eq!(
            differing(&predicted(Some("5019")), &actual),
            [triple("project_id", "\"5019\"", "\"5019bd4b2ee24d8a9d0e2f43aa4e5a39\"")]
        );
    }

    #[test]
    fn members_that_differ_are_named_in_order() {
        let actual = json!({
            "san": ["a.example", "b\u{1b}[2J", 17_976_931_348_623_157_u64], "name": "other", "type": "global", "version": 3,
            "instance_id": "c9afa9d8-45ba-7516-6b5c-215767b1d693"
        });
        assert_eq!(
            differing(&predicted(None), &actual),
            [
                triple("name", "\"demo_name\"", "\"other\""),
                triple("instance_id", "\"common\"", "\"c9afa9d8-45ba-7516-6b5c-215767b1d693\""),
                triple("san", "absent", "[\"a.example\", \"b\\u{1b}[2J\", (not shown)]"),
                triple("version", "absent", "3"),
                triple("is_has_trusted_root_ca", "false", "absent"),
            ]
        );
    }

    #[test]
    fn a_request_named_by_mistake_shows_nothing() {
        let key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";
        let actual = json!({
            "name": key, "private_key": key, "cert_content": {"a": key}, key: key, "type": [key], &key[..30]: 1
        });
        let said = format!("{:?}", differing(&predicted(None), &actual));
        for start in 0..=key.len() - 8 {
            assert!(!said.contains(&key[start..start + 8]), "{said}");
        }
        assert!(said.contains("private_key"), "{said}");
        let refused =
            format!("{:?}", differing(&predicted(None), &json!({"error_code": key, "error_msg": key})));
        assert!(!refused.contains(&key[..8]), "{refused}");
    }

    #[test]
    fn what_is_no_part_of_a_response_is_not_kept() {
        let text = r#"{"san": ["a", [1, {"b": 2}], {"c": [3]}], "type": {"d": 4}, "x": [5], "x": {}, "a b": 6, "c d": 7}"#;
        let actual: Actual = serde_json::from_str(text).unwrap();
        assert_eq!(Value::from(actual.fields.clone()), json!({"san": ["a", [], {}], "type": {}}));
        assert_eq!(actual.others, [None, Some("x".to_owned())].into());
        let differing = differing(&predicted(None), &serde_json::from_str(text).unwrap());
        assert!(
            differing.contains(&triple("san", "absent", "[\"a\", an array, an object]")),
            "{differing:?}"
        );
        for text in ["[]", "1", "\"a\"", "null"] {
            assert!(serde_json::from_str::<Actual>(text).is_err_and(|error| error.is_data()), "{text}");
        }
    }

    #[test]
    fn an_error_is_compared_by_its_code() {
        let actual = json!({"error_code": "APIG.2101", "error_msg": "证书与私钥不匹配"});
        assert_eq!(differing(&predicted(None), &actual), [triple("error_code", "absent", "\"APIG.2101\"")]);
    }
}
