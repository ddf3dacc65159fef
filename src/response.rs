//! The answer that the service is predicted to give, from findings and facts.

use serde::Serialize;

use crate::api::{ApiError, Basis, Field, Rejection};
use crate::facts::{Facts, Role};
use crate::internal_fault::OrFault;
use crate::json::body::{InstanceId, Meaning, Shape, TextDigest};
use crate::rules;
use crate::rules::{RULES, Rule, RuleMatch};
use crate::settings::Settings;
use crate::x509::{AttributeKind, Certificate};

/// What the service is predicted to answer.
#[derive(Clone, Debug)]
pub enum PredictedResponse {
    /// Status 200.
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

/// What the caller knows of the values that the service assigns.
#[derive(Clone, Debug, Default)]
pub struct Assigned {
    /// The project of the call's path.
    pub project_id: Option<String>,
    /// The certificate's identifier.
    pub id: Option<String>,
}

/// The body of an answer with status 200. Members that are empty are left out.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptedBody {
    /// Assigned by the service.
    pub id: String,
    /// From the request; masked where it is not made of what names are made of.
    pub name: String,
    /// `global` or `instance`
    #[serde(rename = "type")]
    pub scope: &'static str,
    /// `common` for global certificates.
    pub instance_id: String,
    /// From the path of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// What the service reads out of the certificate.
    #[serde(flatten)]
    pub certificate: Option<CertificateMetadata>,
    /// Whether `trusted_root_ca` was given.
    pub is_has_trusted_root_ca: bool,
    /// Assigned by the service.
    pub create_time: String,
    /// Assigned by the service.
    pub update_time: String,
    /// What stands in `name`, where that is masked.
    #[serde(skip)]
    hidden_name: Option<TextDigest>,
    /// What stands in `instance_id`, where that is masked.
    #[serde(skip)]
    hidden_instance_id: Option<TextDigest>,
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

/// Members of the answer that only the service knows.
pub const SERVER_ASSIGNED: [&str; 3] = ["id", "create_time", "update_time"];

/// What stands for a value that may not be shown.
pub const MASKED: &str = "********";

impl PredictedResponse {
    /// Predicts the response to a request body.
    #[must_use]
    pub fn of(body: &[u8], settings: &Settings, assigned: &Assigned) -> Self {
        let facts = Facts::analyze(body, settings);
        Self::new(&facts, &rules::judge(RULES, &facts), assigned)
    }

    /// The answer to a body of which `facts` are known and in which `findings` were found.
    #[must_use]
    pub fn new(facts: &Facts<'_>, findings: &[RuleMatch], assigned: &Assigned) -> Self {
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
            Self::Accepted(_) => 200,
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
    fn new(facts: &Facts<'_>, assigned: &Assigned) -> Self {
        let scope = facts.word(Field::Type).unwrap_or("global");
        let instance_id = match scope {
            "instance" => shown_instance_id(facts).unwrap_or_else(|| MASKED.to_owned()),
            _ => "common".to_owned(),
        };
        let now = facts.settings.now.rfc3339();
        let leaf =
            facts.pairs.iter().find(|pair| pair.role != Role::Signing).and_then(|pair| facts.leaf(pair));
        let hidden_instance_id = match facts.slot(Field::InstanceId).meaning() {
            Some(Meaning::InstanceId(InstanceId::Malformed { hidden, .. })) if scope == "instance" => {
                Some(hidden.clone())
            }
            _ => None,
        };
        let hidden_name = match facts.slot(Field::Name).meaning() {
            Some(Meaning::Name(name)) => name.hidden.clone(),
            _ => None,
        };
        Self {
            id: assigned.id.clone().unwrap_or_else(|| "0".repeat(32)),
            name: shown_name(facts).unwrap_or_else(|| MASKED.to_owned()),
            scope,
            instance_id,
            project_id: assigned.project_id.clone(),
            certificate: leaf.map(CertificateMetadata::of),
            is_has_trusted_root_ca: !facts.slot(Field::TrustedRootCa).is_blank(),
            create_time: now.clone(),
            update_time: now,
            hidden_name,
            hidden_instance_id,
        }
    }

    /// What stands in a field of the response that is masked, to be compared with what the service has answered.
    #[must_use]
    pub fn hidden(&self, field: &str) -> Option<&TextDigest> {
        match field {
            "name" => self.hidden_name.as_ref(),
            "instance_id" => self.hidden_instance_id.as_ref(),
            _ => None,
        }
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
