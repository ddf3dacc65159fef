//! What holds for all requests: where they may come from, and what all answers carry.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use apicert::Timestamp;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use serde_json::json;

use crate::answer::{Failure, Remarks};
use crate::journal::Journal;
use crate::store::new_id;

/// What all answers say to browsers.
const HEADERS: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Which requests are served, and where each is noted.
pub(crate) struct Guard {
    pub(crate) address: SocketAddr,
    pub(crate) allow_remote: bool,
    pub(crate) journal: Option<Journal>,
}

impl Guard {
    /// Refuses what another site in the same browser could send: a request under a name that it has made to resolve to
    /// this machine, or a changing request from its own origin.
    fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), Failure> {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
        let host = text(HOST).unwrap_or_default();
        if !self.allow_remote && !self.is_own_name(host) {
            let message = "The Host header is not a loopback name with the port of apicert-serve.";
            return Err(Failure::new(StatusCode::MISDIRECTED_REQUEST, "APIG.0101", message));
        }
        let is_foreign = text(ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") != Some(host));
        if is_foreign && method != Method::GET && method != Method::HEAD {
            let message = "Requests of other origins are not served.";
            return Err(Failure::new(StatusCode::FORBIDDEN, "APIG.1005", message));
        }
        Ok(())
    }

    fn is_own_name(&self, host: &str) -> bool {
        // Port 80 is not written.
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_loopback = name.eq_ignore_ascii_case("localhost")
            || address.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        is_loopback && port == Some(self.address.port())
    }
}

/// Answers each request: by whoever comes next, if it may be served.
pub(crate) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response<Body> {
    let time = SystemTime::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let mut response = match guard.check(&method, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    let status = response.status();
    // What axum itself refuses is answered in its own form.
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response = Failure::no_route().into_response();
    } else if status.is_client_error() && !is_json {
        response = Failure::bad_request().into_response();
    }
    let request_id = new_id();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", value);
    }
    if let Some(journal) = &guard.journal {
        let remarks = response.extensions_mut().remove::<Remarks>().unwrap_or_default();
        journal.append(&json!({
            "time": rfc3339(time),
            "method": method.as_str(),
            "route": route,
            "status": response.status().as_u16(),
            "error_code": remarks.error_code,
            "request_id": request_id,
            "findings": remarks.findings,
        }));
    }
    response
}

fn rfc3339(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Timestamp::from_unix(i64::try_from(seconds).ok()?)?.rfc3339())
}
