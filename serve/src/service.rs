//! The calls of the service. Bodies are judged by apicert; there are no rules here.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apicert::{AssignedValues, Call, PredictedResponse, Report, Service, Settings, Timestamp};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::answer::{Failure, json_answer, with_findings};
use crate::args::Args;
use crate::store::{Domain, Metadata, Owner, Store, new_id};

/// The most bytes of a request body.
const MAX_BODY: usize = 1024 * 1024;
/// How long a request body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The most domains of one request.
const MAX_DOMAINS_PER_REQUEST: usize = 100;

type Answer = Result<Response<Body>, Failure>;
type Shared = State<Arc<Stand>>;

/// The stand-in: what exists, who may call, and what was stored.
pub(crate) struct Stand {
    store: Store,
    now: Option<Timestamp>,
    tokens: Vec<String>,
    projects: Vec<String>,
    instances: Vec<String>,
    domains: Vec<String>,
}

impl Stand {
    pub(crate) fn new(args: &Args) -> Self {
        Self {
            store: Store::new(args.quota),
            now: args.now,
            tokens: args.token.clone(),
            projects: args.project.clone(),
            instances: args.known_instance.clone(),
            domains: args.known_domain.clone(),
        }
    }

    /// The time to judge by.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(clock)
    }

    /// The settings by which the body of a call is judged.
    pub(crate) fn settings(&self, service: Service, call: Call) -> Settings {
        Settings::at(self.now())
            .with_service(service)
            .with_call(call)
            .with_known_instances(self.instances.iter().cloned())
    }

    fn authenticate(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let is_signed =
            headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"SDK-HMAC-SHA256 "));
        match headers.get("x-auth-token") {
            Some(token) if self.tokens.is_empty() => {
                Some(token).filter(|token| !token.is_empty()).map(|_| ())
            }
            Some(token) => {
                let is_known = self.tokens.iter().any(|known| known.as_bytes() == token.as_bytes());
                return if is_known { Ok(()) } else { Err(Failure::wrong_token()) };
            }
            None => is_signed.then_some(()),
        }
        .ok_or_else(Failure::no_token)
    }
}

fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).ok().and_then(Timestamp::from_unix).unwrap_or(Timestamp::END_OF_32_BITS)
}

/// The routes of a service.
pub(crate) fn routes(service: Service) -> Router<Arc<Stand>> {
    let base = match service {
        Service::Roma => "/v2/{project_id}/apic",
        _ => "/v2/{project_id}/apigw",
    };
    let calls = Router::new()
        .route("/certificates", post(create).get(list))
        .route("/certificates/{certificate_id}", get(read).put(update).delete(delete))
        .route("/certificates/{certificate_id}/domains/attach", post(attach))
        .route("/certificates/{certificate_id}/domains/detach", post(detach))
        .route("/certificates/{certificate_id}/attached-domains", get(attached_domains))
        .route("/instances/{instance_id}/api-groups/{group_id}/domains/{domain_id}/certificate", post(bind));
    Router::new().nest(base, calls.layer(axum::Extension(service)))
}

/// Who calls, once that is known and allowed.
struct Caller {
    owner: Owner,
    /// The parameters of the path.
    path: CallPath,
}

#[derive(Deserialize)]
struct CallPath {
    #[serde(rename = "project_id")]
    project: String,
    #[serde(default, rename = "certificate_id")]
    certificate: String,
    #[serde(default, rename = "instance_id")]
    instance: String,
    #[serde(default, rename = "domain_id")]
    domain: String,
}

impl FromRequestParts<Arc<Stand>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, stand: &Arc<Stand>) -> Result<Self, Failure> {
        stand.authenticate(&parts.headers)?;
        let service = parts.extensions.get::<Service>().copied().unwrap_or_default();
        let Ok(Path(path)) = Path::<CallPath>::from_request_parts(parts, stand).await else {
            return Err(Failure::no_route());
        };
        let is_known = stand.projects.is_empty() || stand.projects.contains(&path.project);
        if !is_known || !is_identifier(&path.project) {
            return Err(Failure::wrong_project());
        }
        Ok(Self { owner: Owner { service, project: path.project.clone() }, path })
    }
}

/// A request body of at most 1 MiB.
pub(crate) struct RequestBody(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for RequestBody {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let length =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > MAX_BODY as u64) {
            return Err(Failure::too_large());
        }
        match timeout(BODY_TIMEOUT, to_bytes(request.into_body(), MAX_BODY)).await {
            Ok(Ok(body)) => Ok(Self(body)),
            // Without a length, it is too large; with one, the client has gone.
            Ok(Err(_)) => Err(Failure::too_large()),
            Err(_) => Err(Failure::too_slow()),
        }
    }
}

/// How many bodies are judged at the same time. Others wait with their connections, so that what waits is bounded too.
pub(crate) const MAX_JUDGED: usize = 4;
static JUDGING: Semaphore = Semaphore::const_new(MAX_JUDGED);

/// Runs a computation on a thread of its own, so that it holds up no connection. If it panics, that is a fault.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let turn = JUDGING.acquire().await;
    let work = move || {
        // It goes on when the client has gone, and its turn with it.
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::fault())
}

/// What is said of a body.
struct Judgment {
    report: Report,
    response: PredictedResponse,
}

impl Judgment {
    async fn of(body: Bytes, settings: Settings, assigned: AssignedValues) -> Result<Self, Failure> {
        compute(move || Self {
            report: apicert::lint(&body, &settings),
            response: apicert::predict_with(&body, &settings, &assigned),
        })
        .await
    }

    /// The metadata of an accepted body.
    fn metadata(&self) -> Option<Metadata> {
        match (self.response.rejection(), self.response.body()) {
            (None, Value::Object(metadata)) => Some(metadata),
            _ => None,
        }
    }

    fn answer(&self, body: &Value) -> Response<Body> {
        let status =
            StatusCode::from_u16(self.response.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        with_findings(json_answer(status, body), &self.report)
    }

    fn rejection(&self) -> Response<Body> {
        self.answer(&self.response.body())
    }
}

async fn create(State(stand): Shared, caller: Caller, RequestBody(body): RequestBody) -> Answer {
    let settings = stand.settings(caller.owner.service, Call::Create);
    let judgment = Judgment::of(body, settings, AssignedValues::default()).await?;
    let Some(metadata) = judgment.metadata() else { return Ok(judgment.rejection()) };
    let stored = stand.store.create(caller.owner, new_id(), metadata)?;
    Ok(judgment.answer(&stored.into()))
}

async fn update(State(stand): Shared, caller: Caller, RequestBody(body): RequestBody) -> Answer {
    let settings = stand.settings(caller.owner.service, Call::Update);
    let judgment = Judgment::of(body, settings, AssignedValues::default()).await?;
    let Some(metadata) = judgment.metadata() else { return Ok(judgment.rejection()) };
    let stored = stand.store.update(&caller.owner, &caller.path.certificate, metadata)?;
    Ok(judgment.answer(&stored.into()))
}

async fn read(State(stand): Shared, caller: Caller) -> Answer {
    let stored = stand.store.read(&caller.owner, &caller.path.certificate)?;
    Ok(json_answer(StatusCode::OK, &stored.into()))
}

async fn delete(State(stand): Shared, caller: Caller) -> Answer {
    stand.store.delete(&caller.owner, &caller.path.certificate)?;
    Ok(no_content())
}

/// A certificate is created and bound to a domain name.
async fn bind(State(stand): Shared, caller: Caller, RequestBody(body): RequestBody) -> Answer {
    let CallPath { instance, domain, .. } = &caller.path;
    if !stand.instances.is_empty() && !stand.instances.contains(instance) {
        return Err(Failure::no_instance());
    }
    // A known domain is given by its ID, and by its name if that is known too.
    let is_it = |known: &&String| known.split_once('=').map_or(known.as_str(), |(id, _)| id) == domain;
    let known = stand.domains.iter().find(is_it);
    if !stand.domains.is_empty() && known.is_none() {
        return Err(Failure::no_domain());
    }
    let name = known.and_then(|known| known.split_once('=')).map(|(_, name)| name.to_owned());
    let service = caller.owner.service;
    let settings = stand.settings(service, Call::Bind).with_domains(name.clone());
    let ssl_id = new_id();
    let assigned = AssignedValues::default().with_id(domain.as_str()).with_ssl_id(ssl_id.as_str());
    let judgment = Judgment::of(body.clone(), settings, assigned).await?;
    if judgment.metadata().is_none() {
        return Ok(judgment.rejection());
    }
    // The answer tells the domain; the metadata of the certificate is that of `create`.
    let created =
        Judgment::of(body, stand.settings(service, Call::Create), AssignedValues::default()).await?;
    if let Some(metadata) = created.metadata() {
        stand.store.create(caller.owner.clone(), ssl_id.clone(), metadata)?;
        let bound =
            name.map(|name| Domain { name, instance: Some(instance.clone()), verifies_clients: None });
        stand.store.attach(&caller.owner, &ssl_id, bound.into_iter().collect())?;
    }
    Ok(judgment.answer(&judgment.response.body()))
}

#[derive(Deserialize)]
struct ListQuery {
    offset: Option<String>,
    limit: Option<String>,
    name: Option<String>,
    common_name: Option<String>,
    signature_algorithm: Option<String>,
    #[serde(rename = "type")]
    scope: Option<String>,
    instance_id: Option<String>,
    algorithm_type: Option<String>,
    url_domain: Option<String>,
}

impl ListQuery {
    fn filters(&mut self) -> Vec<(&'static str, String)> {
        [
            ("name", self.name.take()),
            ("common_name", self.common_name.take()),
            ("signature_algorithm", self.signature_algorithm.take()),
            ("type", self.scope.take()),
            ("instance_id", self.instance_id.take()),
            ("algorithm_type", self.algorithm_type.take()),
        ]
        .into_iter()
        .filter_map(|(field, wanted)| Some((field, wanted.filter(|wanted| !wanted.is_empty())?)))
        .collect()
    }

    /// The part of a list that was asked for, with its length and that of the list. The reference says what is done
    /// with numbers out of range.
    fn page(&self, name: &str, all: Vec<Value>) -> Answer {
        let offset = usize::try_from(number("offset", self.offset.as_deref())?).unwrap_or(0);
        let limit = match number("limit", self.limit.as_deref())? {
            ..=0 => 20,
            limit => usize::try_from(limit).map_or(500, |limit| limit.min(500)),
        };
        let total = all.len();
        let page: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        Ok(json_answer(StatusCode::OK, &json!({ "size": page.len(), "total": total, name: page })))
    }
}

/// A number of a query; 0 if it is absent.
fn number(name: &str, text: Option<&str>) -> Result<i64, Failure> {
    match text {
        None | Some("") => Ok(0),
        Some(text) => text.parse().map_err(|_| Failure::invalid_parameter(name)),
    }
}

async fn list(State(stand): Shared, caller: Caller, Query(mut query): Query<ListQuery>) -> Answer {
    let filters = query.filters();
    query.page("certs", stand.store.list(&caller.owner, &filters))
}

async fn attached_domains(State(stand): Shared, caller: Caller, Query(query): Query<ListQuery>) -> Answer {
    let mut domains = stand.store.attached_domains(&caller.owner, &caller.path.certificate)?;
    if let Some(wanted) = query.url_domain.as_deref().filter(|wanted| !wanted.is_empty()) {
        domains.retain(|domain| domain.get("url_domain").and_then(Value::as_str) == Some(wanted));
    }
    query.page("bound_domains", domains)
}

async fn attach(State(stand): Shared, caller: Caller, RequestBody(body): RequestBody) -> Answer {
    stand.store.attach(&caller.owner, &caller.path.certificate, stand.read_domains(&body)?)?;
    Ok(no_content())
}

async fn detach(State(stand): Shared, caller: Caller, RequestBody(body): RequestBody) -> Answer {
    stand.store.detach(&caller.owner, &caller.path.certificate, &stand.read_domains(&body)?)?;
    Ok(no_content())
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

#[derive(Deserialize)]
struct DomainsBody {
    domains: Option<Vec<DomainEntry>>,
}

#[derive(Deserialize)]
struct DomainEntry {
    domain: Option<String>,
    instance_ids: Option<Vec<String>>,
    verified_client_certificate_enabled: Option<bool>,
}

impl Stand {
    /// The domains of a body of `attach` and `detach`: one for each instance that is named.
    fn read_domains(&self, body: &[u8]) -> Result<Vec<Domain>, Failure> {
        let DomainsBody { domains } = serde_json::from_slice(body).map_err(|_| Failure::not_json())?;
        let mut read = Vec::new();
        for DomainEntry { domain, instance_ids, verified_client_certificate_enabled } in
            domains.unwrap_or_default()
        {
            let name =
                domain.filter(|name| !name.is_empty()).ok_or_else(|| Failure::missing_parameter("domain"))?;
            if !is_host_name(&name) {
                return Err(Failure::invalid_parameter("domain"));
            }
            let instances = instance_ids.unwrap_or_default();
            if !instances.iter().all(|instance| is_identifier(instance)) {
                return Err(Failure::invalid_parameter("instance_ids"));
            }
            if !self.instances.is_empty()
                && !instances.iter().all(|instance| self.instances.contains(instance))
            {
                return Err(Failure::no_instance());
            }
            let with = |instance| Domain {
                name: name.clone(),
                instance,
                verifies_clients: verified_client_certificate_enabled,
            };
            if instances.is_empty() {
                read.push(with(None));
            } else {
                read.extend(instances.into_iter().map(Some).map(with));
            }
        }
        match read.len() {
            0 => Err(Failure::missing_parameter("domains")),
            1..=MAX_DOMAINS_PER_REQUEST => Ok(read),
            _ => Err(Failure::invalid_parameter("domains")),
        }
    }
}

/// What is kept of a request, other than metadata of certificates, is checked: it may be a key that was pasted into the
/// wrong place.
fn is_identifier(text: &str) -> bool {
    text.len() <= 36 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A host name, which may begin with a wildcard.
fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.strip_prefix("*.").unwrap_or(text).split('.').all(is_label)
}
