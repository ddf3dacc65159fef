//! What is answered: JSON bodies, and errors in the form of the service.

use apicert::Report;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

/// An error that is answered.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
}

/// What the journal says of an answer, beyond its status. It travels with the response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remarks {
    pub(crate) error_code: Option<String>,
    /// The findings, as the format `ndjson` shows them.
    pub(crate) findings: Option<Value>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(crate) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "APIG.1000", "Token missing. Log in again or try again later.")
    }

    pub(crate) fn wrong_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "APIG.1002", "Incorrect token or token resolution failed")
    }

    pub(crate) fn wrong_project() -> Self {
        Self::new(StatusCode::FORBIDDEN, "APIG.1005", "No permissions to request this method")
    }

    pub(crate) fn not_json() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "APIG.2000", "Parameter error: Serialization error: …")
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message = format!("The request parameters must be specified, parameter name:{name}");
        Self::new(StatusCode::BAD_REQUEST, "APIG.2001", message)
    }

    pub(crate) fn invalid_parameter(name: &str) -> Self {
        let message = format!(
            "Invalid parameter value,parameterName:{name}. Please refer to the support documentation"
        );
        Self::new(StatusCode::BAD_REQUEST, "APIG.2012", message)
    }

    pub(crate) fn no_domain() -> Self {
        Self::new(StatusCode::NOT_FOUND, "APIG.3020", "The domain name does not exist")
    }

    pub(crate) fn no_certificate() -> Self {
        Self::new(StatusCode::NOT_FOUND, "APIG.3021", "The SSL certificate does not exist")
    }

    pub(crate) fn no_instance() -> Self {
        Self::new(StatusCode::NOT_FOUND, "APIG.3030", "The instance does not exist")
    }

    pub(crate) fn over_quota() -> Self {
        let message = "The number of resources exceeds the maximum allowed limit.";
        Self::new(StatusCode::FORBIDDEN, "APIG.3100", message)
    }

    pub(crate) fn no_route() -> Self {
        let message = "The API does not exist or has not been published in the environment.";
        Self::new(StatusCode::NOT_FOUND, "APIG.0101", message)
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "APIG.0201", "Request entity too large.")
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "APIG.0201", "API request error.")
    }

    pub(crate) fn bad_request() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "APIG.0201", "API request error.")
    }

    pub(crate) fn fault() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "APIG.9999", "System error")
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response<Body> {
        json_answer(self.status, &json!({ "error_code": self.code, "error_msg": self.message }))
    }
}

/// An answer with a JSON body. The error code in it, if there is one, is for the journal as well.
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let error_code = body.get("error_code").and_then(Value::as_str).map(str::to_owned);
    response.extensions_mut().insert(Remarks { error_code, findings: None });
    response
}

/// The same answer, with findings for the journal.
pub(crate) fn with_findings(mut response: Response<Body>, report: &Report) -> Response<Body> {
    if let Some(remarks) = response.extensions_mut().get_mut::<Remarks>() {
        remarks.findings = findings(report);
    }
    response
}

fn findings(report: &Report) -> Option<Value> {
    serde_json::from_str::<Value>(&report.to_json("request")).ok()?.get_mut("findings").map(Value::take)
}
