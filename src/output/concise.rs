//! `concise`: one finding a line, for editors, `grep` and people in a hurry.

use std::io::{self, Write};

use crate::output::describe::said;
use crate::output::{Run, Style};
use crate::report::Location;

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    for input in &run.inputs {
        for finding in run.shown(input) {
            let Location { start, .. } = finding.primary;
            let (severity, rule) = (finding.severity.name(), finding.rule.name);
            let said = said(&finding.message, &finding.primary);
            writeln!(to, "{}:{}:{}: {severity}[{rule}] {said}", input.path, start.line, start.column)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::output::testing::{NOTED, body, finding, quoted, run};
    use crate::problem::{Problem, Severity};
    use crate::report::PemPosition;
    use crate::span::Span;

    #[test]
    fn one_line_a_finding() {
        let body = body();
        let (first, last) = (body.find('\'').unwrap(), body.rfind('\'').unwrap());
        let whole = finding(&NOTED, Problem::at(Span::new(0, body.len()), "", "the body is noted"));
        let mut run = run("a.json", &body, vec![quoted(first, last), whole]);
        let quoted = run.inputs.first_mut().unwrap().report.findings.first_mut().unwrap();
        quoted.primary.pem = Some(PemPosition { block: 1, line: 3, column: 5 });
        let mut text = Vec::new();
        write(&run, &Style::PLAIN, &mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "a.json:3:19: error[quoted-pem] the value starts with a quote (/private_key, PEM block 1 line 3 column 5)\n\
             a.json:1:1: note[noted] the body is noted\n"
        );
        run.min_severity = Severity::Warning;
        let mut text = Vec::new();
        write(&run, &Style::PLAIN, &mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap().lines().count(), 1);
    }
}
