//! What the caller knows and the body does not say.

use crate::api::Service;
use crate::timestamp::Timestamp;

/// How a body is to be judged.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose rules apply.
    pub service: Service,
    /// The time at which the certificate is to be valid.
    pub now: Timestamp,
    /// A certificate that expires within so many days expires soon; `None` for [`Settings::EXPIRY_DAYS`] or a third
    /// of its lifetime, whichever is shorter.
    pub expiry_days: Option<u32>,
    /// Domains that the certificate must cover.
    pub domains: Vec<String>,
    /// The instances that exist; empty when that is not known.
    pub known_instances: Vec<String>,
}

impl Settings {
    /// Within how many days a certificate expires soon at most, unless said otherwise.
    pub const EXPIRY_DAYS: u32 = 30;

    /// The defaults, at a given time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self {
            service: Service::Roma,
            now,
            expiry_days: None,
            domains: Vec::new(),
            known_instances: Vec::new(),
        }
    }
}
