//! Certificates: the leaf, and others where a rule applies to them.

pub(in crate::rules) mod ca_as_leaf;
pub(in crate::rules) mod common_name_not_in_san;
pub(in crate::rules) mod domain_mismatch;
pub(in crate::rules) mod expired_certificate;
pub(in crate::rules) mod expires_after_2038;
pub(in crate::rules) mod expires_soon;
mod hosts;
pub(in crate::rules) mod invalid_domain;
pub(in crate::rules) mod invalid_serial;
pub(in crate::rules) mod legacy_version;
pub(in crate::rules) mod long_validity;
pub(in crate::rules) mod missing_san;
pub(in crate::rules) mod missing_server_auth;
pub(in crate::rules) mod nonconforming_certificate;
pub(in crate::rules) mod not_yet_valid;
pub(in crate::rules) mod precertificate;
pub(in crate::rules) mod self_signed;
pub(in crate::rules) mod unknown_critical_extension;
pub(in crate::rules) mod unreadable_certificate;
pub(in crate::rules) mod unsuitable_key_usage;
pub(in crate::rules) mod weak_signature;

use crate::facts::{ExpectedContent, Facts};
use crate::timestamp::Timestamp;
use crate::x509::Certificate;

/// The name of a certificate in messages.
fn title(certificate: &Certificate) -> String {
    format!("the certificate `{}`", certificate.shown_name())
}

/// Whether a certificate is in a field for certificates. The service ignores certificates in key fields.
fn is_judged(certificate: &Certificate, facts: &Facts<'_>) -> bool {
    let field = facts.body.member_at(certificate.span).and_then(|member| member.field);
    field.is_some_and(|field| facts.duty(field) == ExpectedContent::Certificates)
}

/// The time between two timestamps in whole days: `1 day`, `31 days`.
fn days_between(earlier: Timestamp, later: Timestamp) -> String {
    match later.days_since(earlier) {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
