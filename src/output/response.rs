//! The predicted response of the service, as `predict` prints it.

use std::io::{self, Write};

use serde::Serialize;

use crate::escaped_json;
use crate::output::Unreadable;
use crate::response::{AcceptedBody, PredictedResponse};

/// Writes the body of the response alone.
///
/// # Errors
///
/// When it cannot be written.
pub fn body(response: &PredictedResponse, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "{}", escaped_json::pretty(&ResponseBody::of(response)))
}

/// Writes the response, and what is known of it, as one line of JSON; `number` is that of the body's line
/// in a file with a body a line.
///
/// # Errors
///
/// When it cannot be written.
pub fn line(
    path: &str,
    number: Option<usize>,
    response: &PredictedResponse,
    to: &mut dyn Write,
) -> io::Result<()> {
    let predicted = match response {
        PredictedResponse::Accepted(accepted) => Predicted {
            path,
            line: number,
            status: response.status(),
            body: ResponseBody::of(response),
            server_assigned: accepted.spec.server_assigned,
            rule: None,
            basis: None,
        },
        PredictedResponse::Rejected(refused) => Predicted {
            path,
            line: number,
            status: response.status(),
            body: ResponseBody::of(response),
            server_assigned: &[],
            rule: Some(refused.rule.name),
            basis: Some(refused.refusal.basis.name()),
        },
    };
    writeln!(to, "{}", escaped_json::compact(&predicted))
}

/// Writes that an input could not be read, as one line of JSON.
///
/// # Errors
///
/// When it cannot be written.
pub fn unreadable(unreadable: &Unreadable, to: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Unread<'a> {
        path: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
        message: &'a str,
    }
    let Unreadable { path, line, message, .. } = unreadable;
    writeln!(to, "{}", escaped_json::compact(&Unread { path, line: *line, message }))
}

/// What there is to know of a response besides its body, in one line.
#[must_use]
pub fn remark(path: &str, response: &PredictedResponse) -> String {
    match response {
        PredictedResponse::Accepted(accepted) => {
            let (last, others) = accepted.spec.server_assigned.split_last().unwrap_or((&"nothing", &[]));
            let others = others.join(", ");
            format!("{path}: status {}; the service assigns {others} and {last}", response.status())
        }
        PredictedResponse::Rejected(refused) => format!(
            "{path}: status {}; because of {} ({})",
            response.status(),
            refused.rule.name,
            refused.refusal.basis.name()
        ),
    }
}

#[derive(Serialize)]
struct Predicted<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    status: u16,
    body: ResponseBody<'a>,
    server_assigned: &'a [&'static str],
    rule: Option<&'static str>,
    basis: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ResponseBody<'a> {
    Accepted(&'a AcceptedBody),
    Rejected { error_code: &'static str, error_msg: &'a str },
}

impl<'a> ResponseBody<'a> {
    fn of(response: &'a PredictedResponse) -> Self {
        match response {
            PredictedResponse::Accepted(body) => Self::Accepted(body),
            PredictedResponse::Rejected(refused) => {
                Self::Rejected { error_code: refused.refusal.error.code, error_msg: &refused.message }
            }
        }
    }
}
