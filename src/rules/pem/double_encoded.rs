//! PEM that was encoded a second time.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::pem::{DamageKind, Encoding};
use crate::problem::{Problem, Severity};
use crate::rules::pem::{FieldDamage, READER};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "double-encoded",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The PEM text was encoded a second time.",
    explanation: "\
        The service does not decode the value. It finds no PEM block in base64, percent-encoding, \
        quoted-printable or HTML entities, and it does not read base64url.\n\n\
        Common causes:\n\
        - A Kubernetes secret or CI variable, which holds base64\n\
        - A URL or form, which holds percent-encoding\n\
        - The source of a web page, which holds HTML entities\n\
        - A mail, which is quoted-printable\n\
        - A file in UTF-16 that a program read byte by byte\n\
        - JSON that was escaped twice: Gson writes `=` as `\\u003d`, .NET `+` as `\\u002B`\n\
        - A `data:` URL of a form or web page\n\n\
        Decode the value before you send it.",
    example: "the value is base64 of a PEM text, not the PEM text itself",
    citations: &[READER, Citation::Rfc(7468, "3")],
    fix: FixAvailability::When(Safety::Safe, "decodes it"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let seen = FieldDamage::of(field, |kind| matches!(kind, DamageKind::DoubleEncoded(_)))?;
    let DamageKind::DoubleEncoded(encoding) = seen.kind else { return None };
    let (label, message) = match encoding {
        Encoding::Base64 => ("base64", "the value is base64 of a PEM text, not the PEM text itself"),
        Encoding::Percent => ("percent-encoded", "the PEM text is percent-encoded"),
        Encoding::Form => ("percent-encoded", "the PEM text is percent-encoded, with `+` for spaces"),
        Encoding::Html => ("HTML entities", "the PEM text contains HTML entities"),
        Encoding::QuotedPrintable => ("quoted-printable", "the PEM text is quoted-printable, as in a mail"),
        Encoding::Utf16 => ("UTF-16", "the PEM text is UTF-16 that was read as single bytes"),
        Encoding::DataUrl => ("data URL", "this is a `data:` URL, not the PEM text"),
        Encoding::Base64Url => ("base64url", "the PEM block uses the URL-safe alphabet (base64url)"),
        Encoding::JsonEscapes => (
            "JSON escape sequences",
            "the PEM text contains escape sequences of JSON, such as `\\u003d` for `=`",
        ),
        Encoding::Base64InBlock => (
            "base64 of PEM or of base64",
            "the PEM block contains base64 of a text that is already PEM or base64",
        ),
    };
    let problem = seen.problem(label, message).help("decode the value before sending it");
    Some(seen.repaired(problem, "decode it"))
}
