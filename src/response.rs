//! The answer that the service is predicted to give, from findings and facts.

use serde::{Serialize, Serializer};

use crate::api::{ApiError, Basis, CallSpec, Field, Rejection, ResponseKind};
use crate::facts::{Facts, Role};
use crate::internal_fault::OrFault;
use crate::json::body::{InstanceId, Meaning, Shape, TextDigest};
use crate::redact::looks_secret;
use crate::rules;
use crate::rules::{RULES, Rule, RuleMatch};
use crate::settings::Settings;
use crate::timestamp::Timestamp;
use crate::x509::{AttributeKind, Certificate};

/// What the service is predicted to answer.
#[derive(Clone, Debug)]
pub enum PredictedResponse {
    /// The status of success, and a body.
    Accepted(Box<AcceptedBody>),
    /// Another status, and an error.
    Rejected(PredictedRejection),
}

/// A refusal, and why.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PredictedRejection {
    /// The rule whose finding leads to it.
    pub(crate) rule: &'static Rule,
    /// The error and how sure it is.
    pub(crate) refusal: Rejection,
    /// The text of the error.
    pub(crate) message: String,
}

/// Values of a response that the service assigns or knows, not the request. What is not set is a placeholder.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AssignedValues {
    id: Option<String>,
    ssl_id: Option<String>,
    project_id: Option<String>,
    create_time: Option<Timestamp>,
    update_time: Option<Timestamp>,
}

impl AssignedValues {
    /// Sets `id`: the certificate, or the domain name that it is bound to; 32 zeros unless set.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets `ssl_id`: the certificate that is bound to a domain name; 32 zeros unless set.
    #[must_use]
    pub fn with_ssl_id(mut self, id: impl Into<String>) -> Self {
        self.ssl_id = Some(id.into());
        self
    }

    /// Sets `project_id`, which is in the path of the request; absent unless set.
    #[must_use]
    pub fn with_project_id(mut self, id: impl Into<String>) -> Self {
        self.project_id = Some(id.into());
        self
    }

    /// Sets `create_time`; the time of the settings unless set.
    #[must_use]
    pub const fn with_create_time(mut self, time: Timestamp) -> Self {
        self.create_time = Some(time);
        self
    }

    /// Sets `update_time`; the time of the settings unless set.
    #[must_use]
    pub const fn with_update_time(mut self, time: Timestamp) -> Self {
        self.update_time = Some(time);
        self
    }
}

/// The body of a response of success.
#[derive(Clone, Debug)]
pub struct AcceptedBody {
    /// The call.
    pub spec: &'static CallSpec,
    /// The fields.
    pub content: AcceptedContent,
    /// The values of masked fields, by name.
    hidden: Vec<(&'static str, TextDigest)>,
}

/// The fields of a response of success, by call. Empty fields are omitted.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum AcceptedContent {
    /// Create and update.
    Certificate(Box<StoredCertificate>),
    /// Bind.
    Domain(BoundDomain),
}

impl Serialize for AcceptedBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.content.serialize(serializer)
    }
}

/// A certificate as the service stores it.
#[derive(Clone, Debug, Serialize)]
pub struct StoredCertificate {
    id: String,
    name: String,
    #[serde(rename = "type")]
    scope: &'static str,
    instance_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    /// What the service reads from the certificate.
    #[serde(flatten)]
    certificate: Option<CertificateMetadata>,
    is_has_trusted_root_ca: bool,
    create_time: String,
    update_time: String,
}

/// A domain name and the certificate that is bound to it.
#[derive(Clone, Debug, Serialize)]
pub struct BoundDomain {
    id: String,
    /// From `--domain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    url_domain: Option<String>,
    status: u8,
    ssl_id: String,
    ssl_name: String,
    min_ssl_version: &'static str,
    is_http_redirect_to_https: bool,
    verified_client_certificate_enabled: bool,
    ssl_infos: [SslInfo; 1],
}

/// A certificate of a domain name.
#[derive(Clone, Debug, Serialize)]
struct SslInfo {
    ssl_id: String,
    ssl_name: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    algorithm_type: &'static str,
    #[serde(rename = "type")]
    scope: &'static str,
}

/// What the service reads out of a certificate, as Go's `crypto/x509` does.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the members of the API, under their names there")]
pub struct CertificateMetadata {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub common_name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub san: Vec<String>,
    pub not_before: String,
    pub not_after: String,
    pub signature_algorithm: String,
    pub version: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organization: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizational_unit: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locality: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    pub serial_number: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issuer: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub algorithm_type: &'static str,
}

/// The `status` of a domain name whose CNAME record is resolved.
const RESOLVED: u8 = 3;

/// The `min_ssl_version` of a domain name by default.
const MIN_SSL_VERSION: &str = "TLSv1.1";

/// What stands for a value that may not be shown.
pub const MASKED: &str = "********";

impl PredictedResponse {
    /// Predicts the response to a request body.
    #[must_use]
    pub fn of(body: &[u8], settings: &Settings, assigned: &AssignedValues) -> Self {
        let facts = Facts::analyze(body, settings);
        Self::new(&facts, &rules::judge(RULES, &facts), assigned)
    }

    /// The answer to a body of which `facts` are known and in which `findings` were found.
    #[must_use]
    pub fn new(facts: &Facts<'_>, findings: &[RuleMatch], assigned: &AssignedValues) -> Self {
        match PredictedRejection::of(facts, findings) {
            Some(refusal) => Self::Rejected(refusal),
            None => Self::Accepted(Box::new(AcceptedBody::new(facts, assigned))),
        }
    }

    /// The rejection; `None` if the service accepts the body.
    #[must_use]
    pub const fn rejection(&self) -> Option<&PredictedRejection> {
        match self {
            Self::Accepted(_) => None,
            Self::Rejected(rejection) => Some(rejection),
        }
    }

    /// The error; `None` if the service accepts the body.
    #[must_use]
    pub fn error(&self) -> Option<ApiError> {
        self.rejection().map(PredictedRejection::error)
    }

    /// The response body.
    #[must_use]
    pub fn body(&self) -> serde_json::Value {
        match self {
            Self::Accepted(body) => serde_json::to_value(body).or_fault(),
            Self::Rejected(rejection) => serde_json::json!({
                "error_code": rejection.error().code(),
                "error_msg": rejection.message(),
            }),
        }
    }

    /// Its HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Accepted(body) => body.spec.success,
            Self::Rejected(refused) => refused.refusal.error.status,
        }
    }
}

impl PredictedRejection {
    /// The rule whose finding leads to it.
    #[must_use]
    pub const fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The error.
    #[must_use]
    pub const fn error(&self) -> ApiError {
        self.refusal.error
    }

    /// How sure the prediction is.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        self.refusal.basis
    }

    /// The text of the error.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The first refusal that applies, in the order of the service; `None` when there is none.
    #[must_use]
    pub fn of(facts: &Facts<'_>, findings: &[RuleMatch]) -> Option<Self> {
        let (finding, refusal) = findings
            .iter()
            .filter_map(|finding| Some((finding, finding.refusal?)))
            .min_by_key(|(_, refusal)| refusal.error.order)?;
        let parameter = match refusal.error {
            ApiError::SERIALIZATION => serialization_error(facts),
            ApiError::NO_INSTANCE => shown_instance_id(facts).unwrap_or_else(|| MASKED.to_owned()),
            _ => finding.field.map_or_else(String::new, |field| field.name().to_owned()),
        };
        Some(Self { rule: finding.rule, refusal, message: refusal.error.message.replace("{}", &parameter) })
    }
}

impl AcceptedBody {
    fn new(facts: &Facts<'_>, assigned: &AssignedValues) -> Self {
        let spec = facts.settings.spec();
        let now = facts.settings.now;
        let zeros = || "0".repeat(32);
        let id = assigned.id.clone().unwrap_or_else(zeros);
        let name = shown_name(facts).unwrap_or_else(|| MASKED.to_owned());
        let scope = facts.word(Field::Type).unwrap_or("global");
        let leaf =
            facts.pairs.iter().find(|pair| pair.role != Role::Signing).and_then(|pair| facts.leaf(pair));
        let certificate = leaf.map(CertificateMetadata::of);
        let has_trusted_root_ca = !facts.slot(Field::TrustedRootCa).is_blank();
        let mut hidden = Vec::new();
        let hidden_name = match facts.slot(Field::Name).meaning() {
            Some(Meaning::Name(name)) => name.hidden.clone(),
            _ => None,
        };
        let content = match spec.response {
            ResponseKind::Certificate => {
                hidden.extend(hidden_name.map(|digest| ("name", digest)));
                if let Some(Meaning::InstanceId(InstanceId::Malformed { hidden: digest, .. })) =
                    facts.slot(Field::InstanceId).meaning()
                    && scope == "instance"
                {
                    hidden.push(("instance_id", digest.clone()));
                }
                let time = |assigned: Option<Timestamp>| assigned.unwrap_or(now).rfc3339();
                AcceptedContent::Certificate(Box::new(StoredCertificate {
                    id,
                    name,
                    scope,
                    instance_id: match scope {
                        "instance" => shown_instance_id(facts).unwrap_or_else(|| MASKED.to_owned()),
                        _ => "common".to_owned(),
                    },
                    project_id: assigned.project_id.clone(),
                    certificate,
                    is_has_trusted_root_ca: has_trusted_root_ca,
                    create_time: time(assigned.create_time),
                    update_time: time(assigned.update_time),
                }))
            }
            ResponseKind::Domain => {
                hidden.extend(hidden_name.map(|digest| ("ssl_name", digest)));
                // A key may have been given as a domain.
                let domain = facts.settings.domains.first().filter(|domain| !looks_secret(domain));
                let ssl_id = assigned.ssl_id.clone().unwrap_or_else(zeros);
                AcceptedContent::Domain(BoundDomain {
                    id,
                    url_domain: domain.cloned(),
                    status: RESOLVED,
                    ssl_id: ssl_id.clone(),
                    ssl_name: name.clone(),
                    min_ssl_version: MIN_SSL_VERSION,
                    is_http_redirect_to_https: false,
                    verified_client_certificate_enabled: has_trusted_root_ca,
                    ssl_infos: [SslInfo {
                        ssl_id,
                        ssl_name: name,
                        algorithm_type: certificate.map_or("", |certificate| certificate.algorithm_type),
                        scope,
                    }],
                })
            }
        };
        Self { spec, content, hidden }
    }

    /// What the service reads from the certificate, if the response tells it.
    #[must_use]
    pub const fn certificate(&self) -> Option<&CertificateMetadata> {
        match &self.content {
            AcceptedContent::Certificate(stored) => stored.certificate.as_ref(),
            AcceptedContent::Domain(_) => None,
        }
    }

    /// The value of a masked field of the response, to be compared with what the service has answered.
    #[must_use]
    pub fn hidden(&self, field: &str) -> Option<&TextDigest> {
        self.hidden.iter().find(|(name, _)| *name == field).map(|(_, digest)| digest)
    }
}

impl CertificateMetadata {
    /// What the service reads out of `certificate`.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let subject = |kind| certificate.subject.values(kind).map(str::to_owned).collect();
        Self {
            common_name: certificate.common_name().unwrap_or_default().to_owned(),
            san: certificate.dns_names().map(str::to_owned).collect(),
            not_before: certificate.not_before.rfc3339(),
            not_after: certificate.not_after.rfc3339(),
            signature_algorithm: certificate.signature_algorithm.go_name(),
            version: certificate.version,
            organization: subject(AttributeKind::Organization),
            organizational_unit: subject(AttributeKind::OrganizationalUnit),
            locality: subject(AttributeKind::Locality),
            state: subject(AttributeKind::State),
            country: subject(AttributeKind::Country),
            serial_number: certificate.serial.decimal(),
            issuer: certificate.issuer.values(AttributeKind::Organization).map(str::to_owned).collect(),
            algorithm_type: certificate.public_key.algorithm.api_word().unwrap_or_default(),
        }
    }
}

/// The end of the message about a body that the service cannot read. Only that of an unfinished text
/// is known; what Go says of other faults depends on its version and quotes the body.
fn serialization_error(facts: &Facts<'_>) -> String {
    match &facts.body.shape {
        Shape::Invalid(fault) if fault.is_unexpected_end => "unexpected end of JSON input".to_owned(),
        _ => "…".to_owned(),
    }
}

fn shown_name(facts: &Facts<'_>) -> Option<String> {
    match facts.slot(Field::Name).meaning()? {
        Meaning::Name(name) => name.shown.clone(),
        _ => None,
    }
}

fn shown_instance_id(facts: &Facts<'_>) -> Option<String> {
    match facts.slot(Field::InstanceId).meaning()? {
        Meaning::InstanceId(InstanceId::WellFormed(id)) => Some(id.to_string()),
        Meaning::InstanceId(InstanceId::Common) => Some("common".to_owned()),
        _ => None,
    }
}
