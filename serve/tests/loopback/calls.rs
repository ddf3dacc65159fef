//! The calls of the service, and its errors.

use serde_json::{Value, json};

use crate::client::{PROJECT, Server, fixtures, good, good_with};

const INSTANCE: &str = "f0fa1789-3b76-433b-a787-9892951c620e";

fn error(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn a_certificate_from_creation_to_deletion() {
    let server = Server::start(&[]);
    let expected: Value = serde_json::from_slice(
        &std::fs::read(fixtures().join("reference/expected-certificate.json")).unwrap(),
    )
    .unwrap();
    for service in ["apic", "apigw"] {
        let all = format!("/v2/{PROJECT}/{service}/certificates");
        let created = server.create(service, &good());
        assert_eq!(created.status, 200, "{created:?}");
        let metadata = created.json();
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(metadata[field], *value, "{field}");
        }
        assert_eq!(metadata["project_id"], PROJECT);
        assert_eq!(metadata["create_time"], "2026-07-01T00:00:00Z");
        assert!(!created.body.contains("PRIVATE KEY") && !created.body.contains("BEGIN"), "{created:?}");
        let one = format!("{all}/{}", created.text("id"));
        assert_eq!(server.send("GET", &one, b"").json(), metadata);

        let list = server.send("GET", &all, b"").json();
        assert_eq!((&list["total"], &list["size"]), (&json!(1), &json!(1)));
        let entry = list["certs"][0].as_object().unwrap();
        // The certificate has no common name.
        assert!(
            entry.iter().all(|(field, value)| metadata[field] == *value) && entry.len() == 11,
            "{entry:?}"
        );

        // The scope of a certificate cannot be changed.
        let renamed = good_with(&json!({"name": "renamed", "type": "global", "instance_id": null}));
        let updated = server.send("PUT", &one, &renamed).json();
        let mut with_new_name = metadata.clone();
        with_new_name["name"] = json!("renamed");
        assert_eq!(updated, with_new_name);
        assert_eq!(server.send("GET", &one, b"").json(), with_new_name);

        let domains = json!({"domains": [
            {"domain": "www.company.com", "instance_ids": [INSTANCE], "verified_client_certificate_enabled": true},
            {"domain": "api.company.com"},
        ]});
        let attach = |verb: &str, domains: &Value| {
            server.send("POST", &format!("{one}/domains/{verb}"), domains.to_string().as_bytes()).status
        };
        let attached =
            |query: &str| server.send("GET", &format!("{one}/attached-domains{query}"), b"").json();
        assert_eq!(attach("attach", &domains), 204);
        assert_eq!(attach("attach", &domains), 204);
        assert_eq!(attached("")["total"], 2);
        let found = attached("?url_domain=www.company.com")["bound_domains"][0].clone();
        assert_eq!((&found["ssl_name"], &found["instance_id"]), (&json!("renamed"), &json!(INSTANCE)));
        assert_eq!(found["verified_client_certificate_enabled"], true);
        assert_eq!(attach("detach", &json!({"domains": [{"domain": "api.company.com"}]})), 204);
        assert_eq!(attached("")["size"], 1);

        let deleted = server.send("DELETE", &one, b"");
        assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
        for (method, path) in
            [("GET", one.clone()), ("DELETE", one.clone()), ("GET", format!("{one}/attached-domains"))]
        {
            assert_eq!(server.send(method, &path, b"").error(), error(404, "APIG.3021"));
        }
        assert_eq!(server.send("PUT", &one, &good()).error(), error(404, "APIG.3021"));
        assert_eq!(server.send("GET", &all, b"").json()["total"], 0);
    }
}

#[test]
fn a_certificate_is_bound_to_a_domain() {
    let server = Server::start(&["--known-domain", "d1=www.company.com", "d2=other.example", "d3"]);
    let bind = |domain: &str, body: &[u8]| {
        let path =
            format!("/v2/{PROJECT}/apigw/instances/{INSTANCE}/api-groups/g/domains/{domain}/certificate");
        server.send("POST", &path, body)
    };
    let form = |name: &str| {
        let mut body: Value = serde_json::from_slice(&good()).unwrap();
        body.as_object_mut()
            .unwrap()
            .retain(|field, _| ["cert_content", "private_key"].contains(&field.as_str()));
        body["name"] = json!(name);
        body.to_string().into_bytes()
    };
    let bound = bind("d1", &form("cert_demo"));
    assert_eq!(bound.status, 201, "{bound:?}");
    assert_eq!((bound.text("id"), bound.text("ssl_name")), ("d1".to_owned(), "cert_demo".to_owned()));
    assert_eq!(bound.text("url_domain"), "www.company.com");
    let one = format!("/v2/{PROJECT}/apigw/certificates/{}", bound.text("ssl_id"));
    assert_eq!(server.send("GET", &one, b"").text("name"), "cert_demo");
    assert_eq!(server.send("GET", &format!("{one}/attached-domains"), b"").json()["total"], 1);

    assert_eq!(bind("d2", &form("cert_demo")).error(), error(400, "APIG.2103"));
    assert_eq!(bind("d3", &form("cert_demo")).status, 201);
    assert_eq!(bind("d3", &form("1")).error(), error(400, "APIG.2012"));
    assert_eq!(bind("d4", &form("cert_demo")).error(), error(404, "APIG.3020"));
    let all = format!("/v2/{PROJECT}/apigw/certificates");
    assert_eq!(server.send("GET", &all, b"").json()["total"], 2, "what was refused is not stored");
}

#[test]
fn lists_are_filtered_and_paged() {
    let server = Server::start(&[]);
    let all = format!("/v2/{PROJECT}/apic/certificates");
    let instance = "7d39549681c54d968ec2b1a30c8a2a9d";
    for number in 0..23 {
        let fields = match number {
            0..20 => json!({"name": format!("global_{number}"), "type": "global"}),
            _ => json!({"name": format!("instance_{number}"), "type": "instance", "instance_id": instance}),
        };
        assert_eq!(server.create("apic", &good_with(&fields)).status, 200);
    }
    let list = |query: &str| {
        let list = server.send("GET", &format!("{all}?{query}"), b"").json();
        let names =
            list["certs"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        let names: Vec<String> = names.collect();
        assert_eq!(list["size"], names.len(), "{query}");
        (list["total"].as_u64().unwrap(), names)
    };
    assert_eq!(list("").1.len(), 20);
    assert_eq!(list("limit=0").1.len(), 20);
    assert_eq!(list("limit=501").1.len(), 23);
    assert_eq!(list("offset=-1&limit=1"), (23, vec!["global_0".to_owned()]));
    assert_eq!(list("offset=22&limit=5"), (23, vec!["instance_22".to_owned()]));
    assert_eq!(list("offset=24"), (23, Vec::new()));
    assert_eq!(list("type=instance").0, 3);
    assert_eq!(list(&format!("instance_id={instance}&name=instance_21")).0, 1);
    assert_eq!(list("name=global_7&common_name=").0, 1);
    assert_eq!(list("signature_algorithm=SHA256-RSA&algorithm_type=RSA").0, 23);
    assert_eq!(list("algorithm_type=ECC").0, 0);
    assert_eq!(server.send("GET", &format!("{all}?limit=ten"), b"").error(), error(400, "APIG.2012"));
    // Other projects and the other service have their own.
    let others = "/v2/another/apic/certificates".to_owned();
    assert_eq!(server.send("GET", &others, b"").json()["total"], 0);
    assert_eq!(server.send("GET", &all.replace("apic", "apigw"), b"").json()["total"], 0);
}

#[test]
fn errors_are_those_of_the_service() {
    let known = ["--token", "t", "u", "--project", PROJECT, "--known-instance", INSTANCE, "--quota", "1"];
    let server = Server::start(&known);
    let all = format!("/v2/{PROJECT}/apic/certificates");
    let list = |headers: &[&str]| server.send_with("GET", &all, headers, b"").error();
    assert_eq!(list(&[]), error(200, ""));
    assert_eq!(list(&["X-Auth-Token:"]), error(401, "APIG.1000"));
    assert_eq!(list(&["X-Auth-Token: v"]), error(401, "APIG.1002"));
    assert_eq!(list(&["X-Auth-Token:", "Authorization: Basic dTpw"]), error(401, "APIG.1000"));
    let signed = "Authorization: SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=0";
    assert_eq!(list(&["X-Auth-Token:", signed]), error(200, ""));
    assert_eq!(server.send("GET", "/v2/another/apic/certificates", b"").error(), error(403, "APIG.1005"));

    let elsewhere = json!({"type": "instance", "instance_id": "7d39549681c54d968ec2b1a30c8a2a9d"});
    assert_eq!(server.create("apic", &good_with(&elsewhere)).error(), error(404, "APIG.3030"));
    assert_eq!(server.create("apic", &good()).status, 200);
    assert_eq!(server.create("apic", &good()).error(), error(403, "APIG.3100"));
    assert_eq!(server.create("apigw", &good()).status, 200, "each service has its quota");
    for body in [&b"{"[..], b"[]", b"\xff", b"{\"domains\": 1}"] {
        let attached = server.send("POST", &format!("{all}/0/domains/attach"), body);
        assert_eq!(attached.error(), error(400, "APIG.2000"));
    }
    for body in [&b"{}"[..], b"{\"domains\": []}", b"{\"domains\": [{}]}"] {
        assert_eq!(
            server.send("POST", &format!("{all}/0/domains/attach"), body).error(),
            error(400, "APIG.2001")
        );
    }
    for entry in [
        json!({"domain": "-----BEGIN PRIVATE KEY-----"}),
        json!({"domain": "a".repeat(64) + ".example"}),
        json!({"domain": "MIGHAgEAMBMGByqGSM49AgEG"}),
        json!({"domain": "a.example", "instance_ids": ["-----BEGIN PRIVATE KEY-----"]}),
    ] {
        let body = json!({"domains": [entry]}).to_string();
        let attached = server.send("POST", &format!("{all}/0/domains/attach"), body.as_bytes());
        assert_eq!(attached.error(), error(400, "APIG.2012"));
    }
    let domains = br#"{"domains": [{"domain": "a.example"}]}"#;
    assert_eq!(
        server.send("POST", &format!("{all}/0/domains/attach"), domains).error(),
        error(404, "APIG.3021")
    );

    let none = error(404, "APIG.0101");
    for (method, path) in [
        ("PATCH", all.as_str()),
        ("GET", "/v2"),
        ("POST", "/v2/p/apic"),
        ("GET", "/v2/%ff/apic/certificates"),
    ] {
        assert_eq!(server.send(method, path, b"").error(), none, "{method} {path}");
    }
    assert_eq!(server.send("GET", "/healthz", b"").status, 200);
    let roma = Server::start(&["--service", "roma"]);
    assert_eq!(roma.create("apigw", &good()).error(), none);
    assert_eq!(roma.create("apic", &good()).status, 200);
}

#[test]
fn bodies_are_judged_as_the_library_does() {
    use apicert::{Service, Settings, Timestamp};
    let server = Server::start(&[]);
    let now = Timestamp::from_rfc3339(crate::client::NOW).unwrap();
    let mut count = 0;
    for folder in std::fs::read_dir(fixtures().join("rules")).unwrap() {
        let path = folder.unwrap().path().join("bad.json");
        let Ok(body) = std::fs::read(&path) else { continue };
        for (service, name) in [(Service::Roma, "apic"), (Service::Apig, "apigw")] {
            let predicted = apicert::predict(&body, &Settings::at(now).with_service(service));
            let answer = server.create(name, &body);
            assert_eq!(answer.status, predicted.status(), "{}", path.display());
            if predicted.error().is_some() {
                assert_eq!(answer.json(), predicted.body(), "{}", path.display());
            }
        }
        count += 1;
    }
    assert!(count > 50, "{count}");
}
