//! What the formats without snippets say of a finding, in words.

use crate::output::full::describe_answer;
use crate::report::{Finding, Location};

/// Where in the body something is: the member, and the place inside its PEM text. Empty for the body
/// as a whole.
pub(super) fn place(place: &Location) -> String {
    let pointer = place.pointer.as_str();
    let Some(pem) = place.pem else { return pointer.to_owned() };
    let [block, line, column] = [pem.block, pem.line, pem.column].map(|number| number.to_string());
    [pointer, ", PEM block ", &block, " line ", &line, " column ", &column].concat()
}

/// What is said about a place, and where in the body that is.
pub(super) fn said(text: &str, about: &Location) -> String {
    match place(about) {
        place if place.is_empty() => text.to_owned(),
        place => format!("{text} ({place})"),
    }
}

/// What there is to say of a finding beyond its message: other places, those of which the same is said
/// together; what to do; what the service answers.
pub(super) fn remarks(finding: &Finding) -> Vec<String> {
    let mut remarks = Vec::new();
    let related: Vec<&Location> = finding.related.iter().filter(|place| !place.text.is_empty()).collect();
    for group in related.chunk_by(|one, other| (&one.text, &one.pointer) == (&other.text, &other.pointer)) {
        let Some(first) = group.first() else { continue };
        let places: Vec<String> =
            group.iter().map(|place| format!("{}:{}", place.start.line, place.start.column)).collect();
        let member = match &first.pointer {
            pointer if *pointer == finding.primary.pointer || pointer.is_empty() => String::new(),
            pointer => format!(" ({pointer})"),
        };
        remarks.push(format!("also {}{member}: {}", places.join(", "), first.text));
    }
    remarks.extend(finding.help.as_ref().map(|help| format!("help: {help}")));
    remarks.extend(finding.fix.as_ref().map(|fix| format!("fix: {} ({})", fix.title, fix.safety.name())));
    remarks.extend(finding.refusal.map(|refusal| format!("service answers: {}", describe_answer(refusal))));
    remarks
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::output::testing::{NOTED, body, finding, run};
    use crate::problem::Problem;
    use crate::span::Span;

    #[test]
    fn the_same_is_said_once() {
        let problem = Problem::at(Span::new(0, 1), "", "noted")
            .related(Span::at(0), "here too")
            .related(Span::at(1), "here too")
            .related(Span::at(30), "there too")
            .related(Span::at(31), "");
        let run = run("a.json", &body(), vec![finding(&NOTED, problem)]);
        let finding = run.inputs.first().unwrap().report.findings.first().unwrap();
        assert_eq!(remarks(finding), ["also 1:1, 1:2: here too", "also 3:6 (/private_key): there too"]);
    }
}
