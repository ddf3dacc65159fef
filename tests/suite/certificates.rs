//! Certificates read here and by `x509-parser`, an independent reader: the same values. PEM blocks
//! likewise, here and by the `pem` crate.

use std::fs;

use apicert::internals::api::{Field, Service};
use apicert::internals::facts::Facts;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};

use crate::support::{files, files_below, fixtures, settings};

#[test]
fn both_readers_see_the_same() {
    let settings = settings(Service::Apig);
    let mut compared = 0;
    let mut paths = files(&fixtures().join("response"), ".json");
    paths.extend(files_below(&fixtures().join("accepted"), ".json"));
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        let Some(content) = body.get("cert_content").and_then(serde_json::Value::as_str) else { continue };
        let blocks: Vec<pem::Pem> = pem::parse_many(content)
            .unwrap()
            .into_iter()
            .filter(|block| block.tag() == "CERTIFICATE")
            .collect();
        let facts = Facts::analyze(text.as_bytes(), &settings);
        let certificates: Vec<_> = facts.certificates(Field::CertContent).collect();
        assert_eq!(blocks.len(), certificates.len(), "{}", path.display());
        for (block, ours) in blocks.iter().zip(certificates) {
            // What x509-parser does not take and Go does is in the unit tests, with Go's own verdict.
            let Ok((rest, theirs)) = X509Certificate::from_der(block.contents()) else { continue };
            assert!(rest.is_empty());
            let whose = path.display();
            let version = match theirs.version() {
                X509Version::V1 => 1,
                X509Version::V2 => 2,
                X509Version::V3 => 3,
                X509Version(other) => u64::from(other) + 1,
            };
            assert_eq!(ours.version, version, "{whose}");
            assert_eq!(ours.serial.octets, theirs.raw_serial().len(), "{whose}");
            assert_eq!(ours.subject.der, theirs.subject().as_raw(), "{whose}");
            assert_eq!(ours.issuer.der, theirs.issuer().as_raw(), "{whose}");
            assert_eq!(ours.not_before.unix(), theirs.validity().not_before.timestamp(), "{whose}");
            assert_eq!(ours.not_after.unix(), theirs.validity().not_after.timestamp(), "{whose}");
            assert_eq!(ours.to_be_signed, theirs.tbs_certificate.as_ref(), "{whose}");
            assert_eq!(ours.signature, theirs.signature_value.data.as_ref(), "{whose}");
            if let Ok(Some(names)) = theirs.subject_alternative_name() {
                let names: Vec<&str> = names
                    .value
                    .general_names
                    .iter()
                    .filter_map(|name| match name {
                        GeneralName::DNSName(name) => Some(*name),
                        _ => None,
                    })
                    .collect();
                assert_eq!(ours.dns_names().collect::<Vec<_>>(), names, "{whose}");
            }
            compared += 1;
        }
    }
    assert!(compared > 250, "only {compared} certificates");
}
