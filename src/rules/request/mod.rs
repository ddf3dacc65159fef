//! scratch
use crate::api::{ApiError, Refusal, Field};
use crate::facts::body::Shape;
use crate::problem::{Problem, Severity};
use crate::rules::{Answer, Check, Citation, Family, FixAvailability, Grade, Rule};
macro_rules! r { ($n:ident, $name:expr, $sev:expr, $ans:expr, $check:expr) => {
pub(in crate::rules) static $n: Rule = Rule { name: $name, family: Family::Request, severity: Grade::Always($sev), summary: "S.", explanation: "an explanation that is long enough to explain all that is needed to be explained here, really", example: "x", citations: &[Citation::Rfc(8259, "2")], fix: FixAvailability::Never, refusal: $ans, check: $check };
}}
r!(INVALID, "invalid-json", Severity::Error, Answer::Refused(Refusal::inferred(ApiError::SERIALIZATION)), Check::Body(|f| match &f.body.shape { Shape::Invalid(fault) => Some(Problem::at(fault.span, "here", "no JSON")), _ => None }));
r!(OBJECT, "not-an-object", Severity::Error, Answer::Refused(Refusal::inferred(ApiError::SERIALIZATION)), Check::Body(|f| match &f.body.shape { Shape::NotAnObject{span,..} => Some(Problem::at(*span, "this", "no object")), _ => None }));
r!(UNKNOWN, "unknown-field", Severity::Warning, Answer::Accepted, Check::Member(|m, _| if m.field.is_none() { Some(Problem::at(m.key, "this", "unknown")) } else { None }));
r!(MISSING, "missing-field", Severity::Error, Answer::Refused(Refusal::documented(ApiError::MISSING_PARAMETER)), Check::Slot(|s, f| match &f.body.shape { Shape::Object{brace, ..} if !s.field.is_optional() && s.is_blank() => Some(Problem::missing(s.field.name(), *brace, "missing")), _ => { let _ = Field::Name; None } }));
