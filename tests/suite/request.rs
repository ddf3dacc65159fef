//! The rules about the request's members among each other: one defect gives one finding.

use apicert::internals::api::Service;
use apicert::internals::edit;
use apicert::internals::edit::{Fix, Safety};
use apicert::internals::facts::Facts;
use apicert::internals::rules;
use apicert::internals::rules::{Family, RULES, Rule, RuleMatch};
use apicert::internals::settings::Settings;

use crate::support::settings;

const INSTANCE: &str = "f0fa1789-3b76-433b-a787-9892951c620e";

/// What the rules of this family find; what PEM members hold is no business of theirs.
fn findings(body: &str, settings: &Settings) -> Vec<RuleMatch> {
    let family: Vec<&'static Rule> =
        RULES.iter().copied().filter(|rule| rule.family() == Family::Request).collect();
    rules::judge(&family, &Facts::analyze(body.as_bytes(), settings))
}

/// A body of the three mandatory members and `more`.
fn body(more: &str) -> String {
    format!(r#"{{"name":"cert_demo","cert_content":"c","private_key":"k"{more}}}"#)
}

fn names(body: &str, settings: &Settings) -> Vec<&'static str> {
    let mut names: Vec<_> = findings(body, settings).iter().map(|finding| finding.rule.name()).collect();
    names.sort_unstable();
    names
}

#[test]
fn one_defect_gives_one_finding() {
    let roma = settings(Service::Roma);
    let instance = format!(r#","type":"instance","instance_id":"{INSTANCE}""#);
    let cases: &[(&str, &[&str])] = &[
        (r"", &[]),
        (&instance, &[]),
        // Null and the empty string are as absent.
        (r#","type":null"#, &["empty-field"]),
        (r#","type":"""#, &["empty-field"]),
        (r#","instance_id":"""#, &["empty-field"]),
        (r#","trusted_root_ca":null"#, &["empty-field"]),
        (r#","algorithm_type":"""#, &["empty-field"]),
        (r#","algorithm_type":"RSA","cert_content_sign":"""#, &["empty-field", "unsupported-feature"]),
        (r#","type":"instance","instance_id":"""#, &["missing-instance-id"]),
        (r#","type":"instance","instance_id":null"#, &["missing-instance-id"]),
        (
            r#","algorithm_type":"SM2","cert_content_sign":"","private_key_sign":null"#,
            &["missing-sign-pair", "missing-sign-pair", "unsupported-feature"],
        ),
        (r#","name":"""#, &["duplicate-field", "missing-field"]),
        (r#","name":null"#, &["duplicate-field"]),
        // White space is not absent.
        (r#","type":" ""#, &["invalid-type"]),
        (r#","algorithm_type":" ""#, &["invalid-algorithm-type", "unsupported-feature"]),
        (r#","type":"instance","instance_id":" ""#, &["malformed-instance-id"]),
        // A wrong type is that and nothing else.
        (r#","type":1,"instance_id":"x""#, &["wrong-type"]),
        (r#","type":[],"trusted_root_ca":"x""#, &["wrong-type"]),
        (r#","algorithm_type":{},"cert_content_sign":"x""#, &["wrong-type"]),
        (r#","type":"instance","instance_id":1"#, &["wrong-type"]),
        (r#","private_key_sign":true"#, &["wrong-type"]),
        // With the one of the body there are three of that name.
        (r#","name":5,"name":"cert_demo""#, &["duplicate-field", "duplicate-field", "wrong-type"]),
        (r#","names":5"#, &["unknown-field"]),
        // A wrong word: what hangs on it is left open.
        (r#","type":"Instance""#, &["invalid-type"]),
        (r#","type":"Instance","instance_id":"x","trusted_root_ca":"x""#, &["invalid-type"]),
        (
            r#","algorithm_type":"sm2","cert_content_sign":"x""#,
            &["invalid-algorithm-type", "unsupported-feature"],
        ),
        // A placeholder silences the other rules of its member, and what hangs on it.
        (r#","type":"${T}","instance_id":"x","trusted_root_ca":"x""#, &["placeholder"]),
        (r#","type":"instance","instance_id":"${I}""#, &["placeholder"]),
        (r#","instance_id":"xxx""#, &["placeholder"]),
        (r#","trusted_root_ca":"<your CA>""#, &["placeholder"]),
        (r#","algorithm_type":"{{ a }}","cert_content_sign":"x""#, &["placeholder"]),
        (
            r#","algorithm_type":"SM2","cert_content_sign":"***","private_key_sign":"..." "#,
            &["placeholder", "placeholder", "unsupported-feature"],
        ),
        // Members that the service does not look at.
        (r#","cert_content_sign":"***""#, &["ignored-sign-pair"]),
        (
            r#","cert_content_sign":"./x.pem","private_key_sign":"x""#,
            &["ignored-sign-pair", "ignored-sign-pair"],
        ),
        (r#","algorithm_type":"RSA","private_key_sign":"x""#, &["ignored-sign-pair", "unsupported-feature"]),
        (r#","instance_id":"x""#, &["ignored-instance-id"]),
        (r#","instance_id":"common""#, &[]),
        (r#","type":"instance","instance_id":"common""#, &["malformed-instance-id"]),
        (r#","trusted_root_ca":"./ca.pem""#, &["file-reference", "root-ca-needs-instance"]),
        // Names.
        (r#","certContent":"c""#, &["unknown-field"]),
        (r#","Type":"global""#, &["unknown-field"]),
        (r#","TYPE":"Global""#, &["invalid-type", "unknown-field"]),
        (
            r#","type":"global","TYPE":"instance","instance_id":"x""#,
            &["duplicate-field", "malformed-instance-id", "unknown-field"],
        ),
    ];
    for (more, expected) in cases {
        assert_eq!(names(&body(more), &roma), *expected, "{more}");
    }
}

#[test]
fn a_misnamed_member_is_missing_too() {
    let roma = settings(Service::Roma);
    let text = r#"{"name":"cert_demo","certContent":"c","private_key":"k"}"#;
    assert_eq!(names(text, &roma), ["missing-field", "unknown-field"]);
    let found = findings(text, &roma);
    let missing = found.iter().find(|finding| finding.rule.name() == "missing-field").unwrap();
    assert_eq!(missing.problem.related[0].span, found[1].problem.primary.span);
    assert_eq!(names("{}", &roma), ["missing-field"; 3]);
    assert_eq!(names("[]", &roma), ["not-an-object"]);
    assert_eq!(names("", &roma), ["invalid-json"]);
}

#[test]
fn known_instances_decide_alone() {
    let known =
        settings(Service::Roma).with_known_instances([INSTANCE.to_uppercase(), "My-Gateway".to_owned()]);
    let text = |id: &str| body(&format!(r#","type":"instance","instance_id":"{id}""#));
    assert_eq!(names(&text(INSTANCE), &known), [""; 0]);
    assert_eq!(names(&text("my-gateway"), &known), [""; 0]);
    assert_eq!(names(&text("other-gateway"), &known), ["unknown-instance"]);
    assert_eq!(names(&text("common"), &known), ["unknown-instance"]);
    assert_eq!(names(&text(&INSTANCE.replace('f', "e")), &known), ["unknown-instance"]);
    assert_eq!(names(&text("${ID}"), &known), ["placeholder"]);
    assert_eq!(names(&body(r#","type":"instance""#), &known), ["missing-instance-id"]);
    assert_eq!(names(&body(r#","instance_id":"x""#), &known), ["ignored-instance-id"]);
}

/// The refusals that depend on the service or on the member.
#[test]
fn refusals_by_service_and_member() {
    let refusal = |service, text: &str, rule: &str| {
        let found = findings(text, &settings(service));
        let finding = found.iter().find(|finding| finding.rule.name() == rule).unwrap();
        (
            finding.severity.name(),
            finding.refusal.map(|refusal| (refusal.error().code(), refusal.basis().name())),
        )
    };
    let named = |name: &str| format!(r#"{{"name":"{name}","cert_content":"c","private_key":"k"}}"#);
    let (roma, apig) = (Service::Roma, Service::Apig);
    assert_eq!(refusal(roma, &named("a-b"), "invalid-name"), ("warning", None));
    assert_eq!(refusal(apig, &named("a-b"), "invalid-name"), ("error", Some(("APIG.2011", "sibling"))));
    assert_eq!(refusal(roma, &named("xxx"), "placeholder"), ("error", None));
    assert_eq!(refusal(apig, &named("xxx"), "placeholder"), ("error", Some(("APIG.2011", "sibling"))));
    // A placeholder that matches the pattern is a name like any other to the service.
    assert_eq!(refusal(apig, &named("TODO"), "placeholder"), ("error", None));
    for (more, expected) in [
        (r#","type":"xxx""#, Some("APIG.2011")),
        (r#","algorithm_type":"xxx""#, Some("APIG.2011")),
        (r#","trusted_root_ca":"xxx""#, Some("APIG.2106")),
        (r#","type":"instance","instance_id":"xxx""#, Some("APIG.3030")),
        (r#","type":"global","instance_id":"xxx""#, None),
        (r#","algorithm_type":"SM2","private_key_sign":"xxx""#, Some("APIG.2106")),
    ] {
        let expected = expected.map(|code| (code, "inferred"));
        assert_eq!(refusal(roma, &body(more), "placeholder"), ("error", expected), "{more}");
    }
}

/// However members are laid out, taking some out leaves JSON, and every other byte.
#[test]
fn removal_leaves_json() {
    let roma = settings(Service::Roma);
    let optional =
        ["type", "instance_id", "trusted_root_ca", "algorithm_type", "cert_content_sign", "private_key_sign"];
    for separator in [",", " , ", ",\n  ", "\r\n,\t"] {
        for mask in 0..64_usize {
            for place in 0..=optional.len() {
                let mut members: Vec<String> = (0..optional.len())
                    .filter(|bit| mask >> bit & 1 == 1)
                    .map(|bit| {
                        format!(r#""{}" : {}"#, optional[bit], if bit % 2 == 0 { "null" } else { "\"\"" })
                    })
                    .collect();
                members.insert(place.min(members.len()), r#""name":"cert_demo""#.to_owned());
                let mut text = format!("{{ {}\n}}", members.join(separator)).into_bytes();
                for _ in 0..8 {
                    let found = findings(std::str::from_utf8(&text).unwrap(), &roma);
                    let fixes: Vec<&Fix> =
                        found.iter().filter_map(|finding| finding.problem.fix.as_ref()).collect();
                    assert!(fixes.iter().all(|fix| fix.safety() == Safety::Unsafe));
                    text = edit::apply(&text, &fixes).text.to_vec();
                }
                assert_eq!(std::str::from_utf8(&text).unwrap(), "{ \"name\":\"cert_demo\"\n}");
            }
        }
    }
}

/// What a message says of a body is never what stands in it.
#[test]
fn messages_quote_nothing() {
    let canary = "K7canaryZ9";
    let texts = [
        body(&format!(r#","type":"{canary}","instance_id":"{canary}","algorithm_type":"{canary}""#)),
        body(&format!(r#","type":"instance","instance_id":"{canary}","private_key_sign":"{canary}""#)),
        body(&format!(r#","type":"{canary}""#)).replace("cert_demo", &format!("{canary}!")),
        body(&format!(r#","{canary} {canary}":1,"{canary} {canary}":2"#)),
        format!("{{\"name\": \"{canary}\n\"}}"),
        format!("{{\"name\": {canary}}}"),
        format!("{{{canary}: 1}}"),
        format!("{{\"name\": \"\\{canary}\"}}"),
        format!("{{}} {canary}"),
        format!("<{canary}>"),
        format!("${{{canary}}}"),
    ];
    for text in texts {
        let found = findings(&text, &settings(Service::Apig));
        assert!(!found.is_empty(), "{text}");
        let printed = format!("{:?}", found.iter().map(|finding| &finding.problem).collect::<Vec<_>>());
        assert!(!printed.contains("canary"), "{text}: {printed}");
    }
}
