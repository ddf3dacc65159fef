//! Extra text on or between the lines of a PEM block.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, LinePrefix};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "line-prefix",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "Lines of a PEM block have extra text beside or between them.",
    explanation: "\
        The service looks for BEGIN and END at the start of a line, and all characters between these \
        lines must be base64. Some characters of a prefix are valid base64, so joining the lines \
        would mix the prefix and the key beyond repair.\n\n\
        Common causes:\n\
        - Output of `docker logs`, `kubectl logs`, `journalctl` or a CI job\n\
        - Output of `grep` or `cat -n`\n\
        - A diff or a quoted mail\n\
        - Commented-out lines\n\
        - A prompt, table border or terminal colors that were copied along\n\
        - String literals in source code\n\
        - Footers of printed pages\n\n\
        Copy the PEM from its file instead.",
    example: "every line of the PEM block begins with a log prefix",
    citations: &[READER, Citation::Rfc(7468, "2")],
    fix: FixAvailability::When(Safety::Safe, "removes the text if every block then decodes"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::LinePrefix(_)))?;
    let DamageKind::LinePrefix(kind) = seen.kind else { return None };
    let (what, label, title) = match kind {
        LinePrefix::LineNumber => ("begins with a line number", "line number", "remove the line numbers"),
        LinePrefix::Timestamp => ("begins with the timestamp of a log", "timestamp", "remove the log prefix"),
        LinePrefix::FileName => {
            ("begins with a file name, as `grep` prints it", "file name", "remove the file names")
        }
        LinePrefix::Diff => ("begins with the `+` of a diff", "`+` of a diff", "remove the `+` of the diff"),
        LinePrefix::Mail => {
            ("begins with `>`, as in a quoted mail", "`>` of a quoted mail", "remove the `>`")
        }
        LinePrefix::Comment => ("begins with a comment mark", "comment mark", "remove the comment marks"),
        LinePrefix::Margin => ("begins with a table border or list mark", "border", "remove the borders"),
        LinePrefix::Prompt => ("begins with a shell prompt", "prompt", "remove the prompts"),
        LinePrefix::TerminalColor => {
            ("contains terminal color codes", "color code", "remove the color codes")
        }
        LinePrefix::StringLiteral => {
            ("is a string literal of source code", "string literal", "remove the quotation marks")
        }
        LinePrefix::Log => ("begins with a log prefix", "log prefix", "remove the log prefix"),
        LinePrefix::Suffix => ("ends with the same text", "not part of the PEM block", "remove the suffix"),
        LinePrefix::TextLine => {
            ("text is inside the PEM block, between lines of base64", "not base64", "remove the text")
        }
        LinePrefix::Other => ("begins with the same text", "not part of the PEM block", "remove the prefix"),
    };
    let message = match kind {
        LinePrefix::TextLine => what.to_owned(),
        _ => format!("every line of the PEM block {what}"),
    };
    let problem = Problem::at(seen.places.first().copied()?, label, message)
        .help("copy the PEM from its file, without the text beside it");
    Some(seen.repaired(problem, title))
}
