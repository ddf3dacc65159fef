//! The metadata of certificates, for as long as the program runs. There is no certificate and no key in it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use apicert::Service;
use serde_json::{Map, Value, json};

use crate::answer::Failure;

/// How many certificates are kept in all, whatever the quota of a project.
const MAX_CERTIFICATES: usize = 10_000;

/// How many domains one certificate may be attached to.
const MAX_DOMAINS: usize = 1000;

/// The fields of an entry of a list.
const LISTED: [&str; 12] = [
    "id",
    "name",
    "type",
    "instance_id",
    "project_id",
    "common_name",
    "san",
    "not_after",
    "signature_algorithm",
    "algorithm_type",
    "create_time",
    "update_time",
];

/// Fields of a response.
pub(crate) type Metadata = Map<String, Value>;

/// Whose certificates a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) service: Service,
    pub(crate) project: String,
}

struct Certificate {
    owner: Owner,
    id: String,
    metadata: Metadata,
    domains: BTreeSet<Domain>,
}

/// A domain that a certificate is attached to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) instance: Option<String>,
    pub(crate) verifies_clients: Option<bool>,
}

/// All certificates, in the order of their creation.
pub(crate) struct Store {
    certificates: Mutex<Vec<Certificate>>,
    quota: usize,
}

impl Store {
    pub(crate) const fn new(quota: usize) -> Self {
        Self { certificates: Mutex::new(Vec::new()), quota }
    }

    /// Adds a certificate.
    pub(crate) fn create(
        &self,
        owner: Owner,
        id: String,
        mut metadata: Metadata,
    ) -> Result<Metadata, Failure> {
        self.change(|all| {
            let count = all.iter().filter(|one| one.owner == owner).count();
            if count >= self.quota || all.len() >= MAX_CERTIFICATES {
                return Err(Failure::over_quota());
            }
            metadata.insert("id".to_owned(), id.clone().into());
            metadata.insert("project_id".to_owned(), owner.project.clone().into());
            all.push(Certificate { owner, id, metadata: metadata.clone(), domains: BTreeSet::new() });
            Ok(metadata)
        })
    }

    /// The metadata of a certificate.
    pub(crate) fn read(&self, owner: &Owner, id: &str) -> Result<Metadata, Failure> {
        self.with(owner, id, |certificate| Ok(certificate.metadata.clone()))
    }

    /// Replaces a certificate. Its identifier, its scope and the time of its creation remain.
    pub(crate) fn update(
        &self,
        owner: &Owner,
        id: &str,
        mut metadata: Metadata,
    ) -> Result<Metadata, Failure> {
        self.with(owner, id, |certificate| {
            for field in ["id", "project_id", "type", "instance_id", "create_time"] {
                if let Some(value) = certificate.metadata.get(field) {
                    metadata.insert(field.to_owned(), value.clone());
                }
            }
            certificate.metadata = metadata;
            Ok(certificate.metadata.clone())
        })
    }

    /// Removes a certificate.
    pub(crate) fn delete(&self, owner: &Owner, id: &str) -> Result<(), Failure> {
        self.change(|all| {
            let found = all.iter().position(|one| one.owner == *owner && one.id == id);
            all.remove(found.ok_or_else(Failure::no_certificate)?);
            Ok(())
        })
    }

    /// The entries of an owner that have the values of `filters`.
    pub(crate) fn list(&self, owner: &Owner, filters: &[(&str, String)]) -> Vec<Value> {
        self.change(|all| {
            let is_wanted = |metadata: &Metadata| {
                filters
                    .iter()
                    .all(|(field, wanted)| metadata.get(*field).and_then(Value::as_str) == Some(wanted))
            };
            let of_owner = all.iter().filter(|one| one.owner == *owner).map(|one| &one.metadata);
            of_owner.filter(|metadata| is_wanted(metadata)).map(entry).collect()
        })
    }

    /// Attaches a certificate to domains.
    pub(crate) fn attach(&self, owner: &Owner, id: &str, domains: Vec<Domain>) -> Result<(), Failure> {
        self.with(owner, id, |certificate| {
            for domain in domains {
                certificate.domains.retain(|old| !old.is_at(&domain));
                certificate.domains.insert(domain);
            }
            if certificate.domains.len() > MAX_DOMAINS {
                certificate.domains.clear();
                return Err(Failure::over_quota());
            }
            Ok(())
        })
    }

    /// Detaches a certificate from domains.
    pub(crate) fn detach(&self, owner: &Owner, id: &str, domains: &[Domain]) -> Result<(), Failure> {
        self.with(owner, id, |certificate| {
            certificate.domains.retain(|old| !domains.iter().any(|domain| old.is_at(domain)));
            Ok(())
        })
    }

    /// The domains that a certificate is attached to.
    pub(crate) fn attached_domains(&self, owner: &Owner, id: &str) -> Result<Vec<Value>, Failure> {
        self.with(owner, id, |certificate| {
            Ok(certificate.domains.iter().map(|domain| domain.describe(certificate)).collect())
        })
    }

    fn with<T>(
        &self,
        owner: &Owner,
        id: &str,
        act: impl FnOnce(&mut Certificate) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.change(|all| {
            let found = all.iter_mut().find(|one| one.owner == *owner && one.id == id);
            act(found.ok_or_else(Failure::no_certificate)?)
        })
    }

    fn change<T>(&self, act: impl FnOnce(&mut Vec<Certificate>) -> T) -> T {
        // Each change is complete or was not begun.
        act(&mut self.certificates.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Domain {
    /// Whether it is the same domain of the same instance.
    fn is_at(&self, other: &Self) -> bool {
        self.name == other.name && self.instance == other.instance
    }

    fn describe(&self, certificate: &Certificate) -> Value {
        let field = |name: &str| certificate.metadata.get(name).cloned().unwrap_or_default();
        let verifies_clients =
            self.verifies_clients.map_or_else(|| field("is_has_trusted_root_ca"), Value::from);
        let mut description = json!({
            "id": new_id(),
            "url_domain": self.name,
            "status": 3,
            "min_ssl_version": "TLSv1.1",
            "is_http_redirect_to_https": false,
            "verified_client_certificate_enabled": verifies_clients,
            "ssl_id": field("id"),
            "ssl_name": field("name"),
        });
        if let (Some(fields), Some(instance)) = (description.as_object_mut(), &self.instance) {
            fields.insert("instance_id".to_owned(), instance.as_str().into());
        }
        description
    }
}

fn entry(metadata: &Metadata) -> Value {
    let fields = LISTED.iter().filter_map(|&field| Some((field.to_owned(), metadata.get(field)?.clone())));
    Value::Object(fields.collect())
}

/// An identifier as the service makes them: 32 hexadecimal digits that nobody else has.
pub(crate) fn new_id() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    // Each state has keys of its own, which come from the random numbers of the system.
    let state = RandomState::new();
    format!("{:016x}{:016x}", state.hash_one(0), state.hash_one(1))
}
