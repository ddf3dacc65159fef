//! Bodies that are templates: values are put in before they are judged, and what is found has its place
//! in the template.
//!
//! A value is never written anywhere but into the body in memory. A repair that would change, move or
//! copy one is not offered.

use zeroize::Zeroizing;

use crate::api::Field;
use crate::edit;
use crate::edit::{Edit, Fix, Origin};
use crate::facts::Facts;
use crate::fix::rounds::Repaired;
use crate::internal_fault::OrFault;
use crate::json::body::{Body, Shape};
use crate::json::syntax::{JsonCause, JsonFault};
use crate::pem::placeholder;
use crate::report;
use crate::report::{Finding, Location, Report};
use crate::response::{AssignedValues, PredictedResponse};
use crate::rules;
use crate::rules::RULES;
use crate::settings::Settings;
use crate::span::{Lines, Span};

/// What stands in a member when the template is filled. It may be a key, so it cannot be printed, and is
/// wiped when dropped.
pub struct Value {
    /// The member.
    pub field: Field,
    /// Its text, before JSON escapes it.
    pub text: Zeroizing<String>,
}

/// Everything that is to be said about a template with its values put in. No two of them are of one
/// member.
#[must_use]
pub fn lint(template: &[u8], values: &[Value], settings: &Settings) -> Report {
    if values.is_empty() {
        return Report::of(template, settings);
    }
    Filled::new(template, values).report(settings)
}

/// The same for those that show nothing of the body: it is not masked in vain.
#[must_use]
pub fn lint_unshown(template: &[u8], values: &[Value], settings: &Settings) -> Report {
    if values.is_empty() {
        Report::without_body(template, settings)
    } else {
        lint(template, values, settings)
    }
}

/// What the service is predicted to answer to it.
#[must_use]
pub fn predict(
    template: &[u8],
    values: &[Value],
    settings: &Settings,
    assigned: &AssignedValues,
) -> PredictedResponse {
    let filled = (!values.is_empty()).then(|| Filled::new(template, values));
    let facts = Facts::analyze(filled.as_ref().map_or(template, |filled| &filled.text), settings);
    PredictedResponse::new(&facts, &rules::judge(RULES, &facts), assigned)
}

/// The template after those repairs that have nothing to do with the values.
#[must_use]
pub fn repair(
    template: &[u8],
    values: &[Value],
    settings: &Settings,
    wanted: &dyn Fn(&Finding, &Fix) -> bool,
) -> Repaired {
    Repaired::by(template, &|text| lint(text, values, settings), wanted)
}

/// A template with its values put in.
struct Filled<'a> {
    template: &'a [u8],
    /// The template with a number in the place of each placeholder that stands without quotes and is
    /// filled: as long, and JSON.
    stand_in: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
    /// Where the text outside of the values stands in the template.
    origin: Origin,
    /// The values, in the order of their places; none in a text that is no object.
    puts: Vec<Put>,
}

/// A value that was put in.
struct Put {
    /// Where it stands in the filled body: a JSON string, or a member with its name.
    at: Span,
    /// What stands for it in the template: the value of the member, or the brace of the object that
    /// lacks it.
    place: Span,
}

impl<'a> Filled<'a> {
    fn new(template: &'a [u8], values: &[Value]) -> Self {
        let (stand_in, slots) = stand_in(template, values);
        let body = Body::parse_shallow(&stand_in);
        // What is replaced, by what, and what stands for it.
        let mut texts: Vec<(Span, Zeroizing<Vec<u8>>)> = Vec::with_capacity(values.len());
        let mut places = Vec::with_capacity(values.len());
        if let Shape::Object { brace, members } = &body.shape {
            let mut end = members.last().map(|last| last.value().end);
            for Value { field, text } in values {
                if let Some(member) = body.effective_member(*field) {
                    texts.push((member.value(), edit::escaped("\"", text, "\"")));
                    places.push(member.value());
                } else {
                    let comma = if end.is_some() { ", " } else { "" };
                    let name = format!("{comma}\"{}\": \"", field.name());
                    let at = Span::at(*end.get_or_insert(brace.end));
                    texts.push((at, edit::escaped(&name, text, "\"")));
                    places.push(*brace);
                }
            }
        } else {
            // The fault is to be that of what is left.
            for (field, span) in slots {
                let Some(value) = values.iter().find(|value| value.field == field) else { continue };
                texts.push((span, edit::escaped("\"", &value.text, "\"")));
                places.push(span);
            }
        }
        let (text, origin) = edit::put_in(template, &texts);
        let mut replaced: Vec<(Span, usize, Span)> =
            texts.iter().zip(places).map(|((span, text), place)| (*span, text.len(), place)).collect();
        // Members that are added at one place keep their order.
        replaced.sort_by_key(|(span, ..)| *span);
        let mut puts = Vec::with_capacity(replaced.len());
        let (mut before, mut now) = (0, 0);
        for (span, length, place) in replaced {
            now += span.start - before;
            puts.push(Put { at: Span::new(now, now + length), place });
            (before, now) = (span.end, now + length);
        }
        Self { template, stand_in, text, origin, puts }
    }

    /// What is found in the filled body, with its places in the template.
    fn report(&self, settings: &Settings) -> Report {
        let mut report = Report::of(&self.text, settings);
        if report.findings.is_empty() {
            return report;
        }
        report.redacted = report::redact(self.template, &Facts::analyze(&self.stand_in, settings));
        let lines = Lines::new(self.template);
        for finding in &mut report.findings {
            // Of text that is itself encoded the edits are not known yet.
            let is_outside = self.outside(finding.primary.span).is_some();
            let fix = finding.fix.take().filter(|fix| is_outside || !fix.edits.is_empty());
            finding.fix = fix.and_then(|fix| self.fix(fix));
            for place in std::iter::once(&mut finding.primary).chain(&mut finding.related) {
                self.relocate(place, &lines);
            }
            if self.puts.is_empty() {
                let help = finding.help.get_or_insert_default();
                help.push_str(if help.is_empty() { "" } else { "; " });
                help.push_str("`--set` had no effect because the template is not a JSON object");
            }
        }
        // A member that was added stands at the end there, and at the brace here.
        report.findings.sort_by_key(|finding| finding.primary.span);
        report
    }

    fn relocate(&self, place: &mut Location, lines: &Lines<'_>) {
        place.span = self.place(place.span);
        place.start = lines.position(place.span.start);
        place.end = lines.position(place.span.end);
    }

    /// Where something that stands in the filled body stands in the template. What is in a value has
    /// the place of the value as a whole.
    fn place(&self, span: Span) -> Span {
        let put_at = |offset: usize| {
            self.puts.iter().find(|put| put.at.start <= offset && offset < put.at.end).map(|put| put.place)
        };
        let outside = self.origin.of(span);
        let start = put_at(span.start);
        let end = if span.is_empty() { start } else { put_at(span.end - 1) };
        let start = start.map_or(outside.start, |place| place.start);
        let end = end.map_or(outside.end, |place| place.end);
        Span::new(start, end.max(start))
    }

    /// A repair of the filled body as one of the template; `None` when it has to do with a value.
    fn fix(&self, mut fix: Fix) -> Option<Fix> {
        for edit in &mut fix.edits {
            *edit = match *edit {
                Edit::Put { span, text } => Edit::Put { span: self.outside(span)?, text },
                Edit::Copy { span, from } => {
                    Edit::Copy { span: self.outside(span)?, from: self.outside(from)? }
                }
                Edit::Decode { span } => Edit::Decode { span: self.outside(span)? },
                Edit::Trim { span, keep } => Edit::Trim { span: self.outside(span)?, keep },
                Edit::Utf16 { span } => Edit::Utf16 { span: self.outside(span)? },
            };
        }
        Some(fix)
    }

    /// Where something stands in the template that has nothing of a value in it.
    fn outside(&self, span: Span) -> Option<Span> {
        let touches = |put: &Put| span.start < put.at.end && put.at.start < span.end;
        (!self.puts.iter().any(touches)).then(|| self.origin.of(span))
    }
}

/// The template with numbers in the place of placeholders that stand without quotes and are to be
/// filled, and where these are.
fn stand_in(template: &[u8], values: &[Value]) -> (Zeroizing<Vec<u8>>, Vec<(Field, Span)>) {
    let mut text = Zeroizing::new(template.to_vec());
    let mut slots: Vec<(Field, Span)> = Vec::new();
    // Of each member one is filled, so that this ends soon.
    while let Shape::Invalid(fault) = Body::parse_shallow(&text).shape
        && let Some((field, span)) = slot(&text, &fault)
        && values.iter().any(|value| value.field == field)
        && slots.iter().all(|(filled, _)| *filled != field)
    {
        text.get_mut(span.start..span.end).or_fault().fill(b'1');
        slots.push((field, span));
    }
    (text, slots)
}

/// The member whose value is a placeholder without quotes at which a text stops being JSON, and where
/// that stands.
fn slot(text: &[u8], fault: &JsonFault) -> Option<(Field, Span)> {
    let &JsonFault { cause: JsonCause::Template, span, .. } = fault else { return None };
    let (before, rest) = (std::str::from_utf8(text).ok()?).split_at_checked(span.start)?;
    let blank = [' ', '\t', '\r', '\n'];
    let name = before.trim_end_matches(blank).strip_suffix(':')?.trim_end_matches(blank).strip_suffix('"')?;
    let (before, name) = name.rsplit_once('"')?;
    if before.ends_with('\\') {
        return None;
    }
    let line = rest.split(['\r', '\n']).next()?;
    // Braces behind it may be those of the object.
    let braces = [("${{", "}}"), ("{{{", "}}}"), ("{{", "}}")];
    let length = match braces.iter().find(|(open, _)| line.starts_with(open)) {
        Some((_, close)) => line.find(close).map_or(0, |at| at + close.len()),
        None => placeholder::template_length(line).unwrap_or(span.len()),
    };
    // A mark that nothing closes is one character.
    (length > 1).then_some((Field::by_name(name)?, Span::new(span.start, span.start + length)))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    fn value(field: Field, text: &str) -> Value {
        Value { field, text: Zeroizing::new(text.to_owned()) }
    }

    fn filled(template: &str, values: &[(Field, &str)]) -> String {
        let values: Vec<Value> = values.iter().map(|(field, text)| value(*field, text)).collect();
        String::from_utf8(Filled::new(template.as_bytes(), &values).text.to_vec()).unwrap()
    }

    #[test]
    fn values_take_the_place_of_what_counts() {
        let key = (Field::PrivateKey, "a\n\"b\"");
        for (template, expected) in [
            (r#"{"private_key": "${K}", "name": "x"}"#, r#"{"private_key": "a\n\"b\"", "name": "x"}"#),
            (r#"{"private_key": "-- {{ k }} --"}"#, r#"{"private_key": "a\n\"b\""}"#),
            (r#"{"private_key": null}"#, r#"{"private_key": "a\n\"b\""}"#),
            (r#"{"private_key": [{"x": 1}]}"#, r#"{"private_key": "a\n\"b\""}"#),
            (r#"{"Private_Key" : 7 }"#, r#"{"Private_Key" : "a\n\"b\"" }"#),
            // The last one that is not null is read.
            (
                r#"{"private_key": "1", "private_key": "2", "PRIVATE_KEY": null}"#,
                r#"{"private_key": "1", "private_key": "a\n\"b\"", "PRIVATE_KEY": null}"#,
            ),
            // What is not there is added, also where an inner object has it.
            ("{ }", r#"{"private_key": "a\n\"b\"" }"#),
            (r#"{"x": {"private_key": 1} }"#, r#"{"x": {"private_key": 1}, "private_key": "a\n\"b\"" }"#),
            ("[1]", "[1]"),
            ("", ""),
            (r#"{"private_key": "x","#, r#"{"private_key": "x","#),
        ] {
            assert_eq!(filled(template, &[key]), expected, "{template}");
        }
    }

    #[test]
    fn placeholders_without_quotes_are_filled() {
        let values = [(Field::PrivateKey, "K"), (Field::CertContent, "C"), (Field::Name, "N")];
        for (template, expected) in [
            (
                r#"{"name": "{{ n }}", "cert_content": {{ c | to_json }}, "private_key":${K}}"#,
                r#"{"name": "N", "cert_content": "C", "private_key":"K"}"#,
            ),
            (
                "{\"name\" : ${{ secrets.N }},\n\"cert_content\": <%= c %>,\n\"private_key\":$K\n}",
                "{\"name\" : \"N\",\n\"cert_content\": \"C\",\n\"private_key\":\"K\"\n}",
            ),
            (
                r#"{"name": <your name>, "private_key": {{{k}}}, "cert_content": $C}"#,
                r#"{"name": "N", "private_key": "K", "cert_content": "C"}"#,
            ),
            (
                r#"{"name": {{ n }}, "private_key": "", "cert_content": {{ c }}}"#,
                r#"{"name": "N", "private_key": "K", "cert_content": "C"}"#,
            ),
            (
                r#"{"name": $N, "private_key": %KEY%}"#,
                r#"{"name": "N", "private_key": "K", "cert_content": "C"}"#,
            ),
            // What is not to be filled is left, and so is what comes after it.
            (
                r#"{"name": {{ n }}, "type": {{ t }}, "private_key": {{ k }}}"#,
                r#"{"name": "N", "type": {{ t }}, "private_key": {{ k }}}"#,
            ),
            // A member of an inner object is not the one that is meant.
            (
                r#"{"x": {"private_key": {{ k }}}}"#,
                r#"{"x": {"private_key": {{ k }}}, "private_key": "K", "cert_content": "C", "name": "N"}"#,
            ),
            (r#"{"name": {{ n }"#, r#"{"name": {{ n }"#),
            (r#"{"a\"name": {{ n }}"#, r#"{"a\"name": {{ n }}"#),
        ] {
            assert_eq!(filled(template, &values), expected, "{template}");
        }
    }

    #[test]
    fn places_lead_back_to_the_template() {
        let template = r#"{"name": "ab", "private_key": "${K}", "x": 1}"#;
        let values = [value(Field::PrivateKey, "1234567890"), value(Field::Type, "global")];
        let filled = Filled::new(template.as_bytes(), &values);
        let text = std::str::from_utf8(&filled.text).unwrap();
        assert_eq!(text, r#"{"name": "ab", "private_key": "1234567890", "x": 1, "type": "global"}"#);
        let at = |part: &str| Span::new(text.find(part).unwrap(), text.find(part).unwrap() + part.len());
        let placed = |span: Span| {
            let place = filled.place(span);
            &template[place.start..place.end]
        };
        assert_eq!(placed(at("ab")), "ab");
        assert_eq!(placed(at("\"x\": 1")), "\"x\": 1");
        for inside in [at("\"1234567890\""), at("34"), Span::at(at("34").start), at("0\"")] {
            assert_eq!(placed(inside), "\"${K}\"", "{inside:?}");
        }
        for added in [at("\"type\""), at("global"), Span::at(at("global").start)] {
            assert_eq!(placed(added), "{", "{added:?}");
        }
        assert_eq!(placed(Span::new(0, text.len())), template);
        // From what stands outside into a value, and out of one.
        assert_eq!(
            placed(Span::new(at("name").start, at("34").end)),
            r#"name": "ab", "private_key": "${K}""#
        );
        assert_eq!(placed(Span::new(at("34").start, at("x").end)), r#""${K}", "x"#);
    }

    #[test]
    fn repairs_leave_values_alone() {
        let template = r#"{"name": "ab", "private_key": "${K}", "x": 1}"#;
        let values = [value(Field::PrivateKey, "1234567890")];
        let filled = Filled::new(template.as_bytes(), &values);
        let text = std::str::from_utf8(&filled.text).unwrap();
        let put = text.find("\"1234567890\"").unwrap();
        let put = Span::new(put, put + 12);
        let x = text.find("\"x\"").unwrap();
        let name = Span::new(9, 13);
        let repair = |edit: Edit| filled.fix(Fix::safe("", vec![edit])).map(|fix| fix.edits[0]);
        for edit in [
            Edit::delete(put),
            Edit::delete(Span::new(0, text.len())),
            Edit::delete(Span::new(put.start - 3, put.start + 1)),
            Edit::delete(Span::new(put.end - 1, put.end + 2)),
            Edit::insert(put.start + 1, "x"),
            Edit::Copy { span: name, from: put },
            Edit::Copy { span: name, from: Span::new(put.start + 2, put.start + 4) },
            Edit::Copy { span: put, from: name },
            Edit::Decode { span: Span::new(put.start + 1, put.end - 1) },
        ] {
            assert_eq!(repair(edit), None, "{edit:?}");
        }
        let shift = template.find("\"x\"").unwrap();
        for (edit, expected) in [
            (Edit::delete(name), Edit::delete(name)),
            (Edit::delete(Span::new(x, x + 3)), Edit::delete(Span::new(shift, shift + 3))),
            (Edit::insert(put.start, "x"), Edit::insert(template.find("\"${K}").unwrap(), "x")),
            (Edit::insert(put.end, "x"), Edit::insert(template.find(", \"x\"").unwrap(), "x")),
            (
                Edit::Copy { span: Span::new(x, x + 3), from: name },
                Edit::Copy { span: Span::new(shift, shift + 3), from: name },
            ),
        ] {
            assert_eq!(repair(edit), Some(expected), "{edit:?}");
        }
    }

    #[test]
    fn what_is_no_object_says_that_it_takes_no_values() {
        let settings = Settings::at(Timestamp::END_OF_32_BITS);
        for template in ["[]", "{\"type\": {{ t }}, \"name\": {{ n }}}"] {
            let report = lint(template.as_bytes(), &[value(Field::Name, "secret")], &settings);
            let finding = report.findings.first().unwrap();
            assert!(finding.help.as_deref().unwrap().contains("`--set` had no effect"), "{finding:?}");
        }
    }
}
