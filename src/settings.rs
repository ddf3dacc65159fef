//! What the caller knows and the body does not say.

use crate::api::{Call, CallSpec, Service};
use crate::timestamp::Timestamp;

/// How a body is to be judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Whose rules apply.
    pub(crate) service: Service,
    /// The call that the body is for.
    pub(crate) call: Call,
    /// The time at which the certificate is to be valid.
    pub(crate) now: Timestamp,
    /// A certificate that expires within so many days expires soon; `None` for [`Settings::EXPIRY_DAYS`] or a third
    /// of its lifetime, whichever is shorter.
    pub(crate) expiry_days: Option<u32>,
    /// Domains that the certificate must cover.
    pub(crate) domains: Vec<String>,
    /// The instances that exist; empty when that is not known.
    pub(crate) known_instances: Vec<String>,
}

impl Settings {
    /// Within how many days a certificate expires soon at most, unless said otherwise.
    pub const EXPIRY_DAYS: u32 = 30;

    /// The defaults, at a given time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self {
            service: Service::Roma,
            call: Call::Create,
            now,
            expiry_days: None,
            domains: Vec::new(),
            known_instances: Vec::new(),
        }
    }

    /// The service whose rules apply.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }

    /// Sets the time at which the certificates are to be valid.
    #[must_use]
    pub const fn with_now(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// Sets the service whose rules apply: [`Service::Roma`] unless set.
    #[must_use]
    pub const fn with_service(mut self, service: Service) -> Self {
        self.service = service;
        self
    }

    /// The call that the body is for.
    #[must_use]
    pub const fn call(&self) -> Call {
        self.call
    }

    /// Sets the call that the body is for: [`Call::Create`] unless set.
    #[must_use]
    pub const fn with_call(mut self, call: Call) -> Self {
        self.call = call;
        self
    }

    /// What the reference says about the call on the service.
    pub(crate) fn spec(&self) -> &'static CallSpec {
        CallSpec::of(self.call, self.service)
    }

    /// Sets within how many days before its end of validity a certificate expires soon: 30 days or a third of its
    /// validity, whichever is shorter, unless set.
    #[must_use]
    pub const fn with_expiry_days(mut self, days: u32) -> Self {
        self.expiry_days = Some(days);
        self
    }

    /// Sets the domains that the certificate must cover; none unless set.
    #[must_use]
    pub fn with_domains(mut self, domains: impl IntoIterator<Item = String>) -> Self {
        self.domains = domains.into_iter().collect();
        self
    }

    /// Sets the identifiers of the instances that exist; not checked unless set.
    #[must_use]
    pub fn with_known_instances(mut self, instances: impl IntoIterator<Item = String>) -> Self {
        self.known_instances = instances.into_iter().collect();
        self
    }
}
