//! The page for people at `/`, and what it asks: the verdict on a body, and the body after its repairs.
//! Its files are part of the program; nothing comes from elsewhere, and nothing is stored.

use std::sync::Arc;

use apicert::{Call, Safety, Service, Settings};
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Failure, json_answer, with_findings};
use crate::service::{RequestBody, Stand, compute};

/// The files of the page, by path.
const FILES: [(&str, &str, &str); 4] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("/page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
    ("/page.js", "text/javascript; charset=utf-8", include_str!("page/page.js")),
];

pub(crate) fn routes() -> Router<Arc<Stand>> {
    let mut routes = Router::new().route("/page/check", post(check)).route("/page/fix", post(fix));
    for (path, kind, text) in FILES {
        routes = routes.route(path, get(async move || file(kind, Body::from(text))));
    }
    routes
}

fn file(kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// What the page is set to.
#[derive(Deserialize)]
struct Choice {
    service: String,
    call: String,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    safety: String,
}

impl Choice {
    fn settings(&self, stand: &Stand) -> Result<Settings, Failure> {
        let service = Service::ALL.into_iter().find(|service| service.name() == self.service);
        let call = Call::ALL.into_iter().find(|call| call.name() == self.call);
        let (Some(service), Some(call)) = (service, call) else { return Err(Failure::bad_request()) };
        let domain = Some(self.domain.trim()).filter(|domain| !domain.is_empty());
        Ok(stand.settings(service, call).with_domains(domain.map(str::to_owned)))
    }
}

async fn check(
    State(stand): State<Arc<Stand>>,
    Query(choice): Query<Choice>,
    RequestBody(body): RequestBody,
) -> Result<Response<Body>, Failure> {
    let settings = choice.settings(&stand)?;
    let now = stand.now().rfc3339();
    let (report, verdict) = compute(move || {
        let report = apicert::lint(&body, &settings);
        let response = apicert::predict(&body, &settings);
        let safe = apicert::fix(&body, &settings, Safety::Safe);
        let all = apicert::fix(&body, &settings, Safety::Unsafe);
        let verdict = json!({
            "now": now,
            "report": parsed(&report.to_json("request")),
            "text": report.redacted().as_str(),
            "response": { "status": response.status(), "body": response.body() },
            "contents": apicert::inspect(&body, "request").ok().map(|contents| parsed(&contents)),
            "safe": safe.is_changed(),
            "unsafe": all.repairs().count() > safe.repairs().count(),
            "accepted_after": { "safe": safe.report().is_accepted(), "unsafe": all.report().is_accepted() },
        });
        (report, verdict)
    })
    .await?;
    Ok(with_findings(json_answer(StatusCode::OK, &verdict), &report))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

async fn fix(
    State(stand): State<Arc<Stand>>,
    Query(choice): Query<Choice>,
    RequestBody(body): RequestBody,
) -> Result<Response<Body>, Failure> {
    let settings = choice.settings(&stand)?;
    let safety = if choice.safety == "unsafe" { Safety::Unsafe } else { Safety::Safe };
    let repaired = compute(move || apicert::fix(&body, &settings, safety).body().to_vec()).await?;
    Ok(file("application/json", Body::from(repaired)))
}
