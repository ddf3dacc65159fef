//! An issuer that did not sign the certificate, or that is not a CA.

use crate::api::{ApiError, Rejection};
use crate::chain::Link;
use crate::chain::signature::Signature;
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::Numbered;
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "broken-chain",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The issuer named by a certificate did not sign it, or is not a CA.",
    explanation: "\
        A certificate refers to its issuer by name and by signature. Clients reject the chain if the \
        signature does not match, or if an issuer of version 3 does not have CA:TRUE or has a key usage without \
        keyCertSign. apicert verifies RSA \
        (PKCS#1 and PSS), ECDSA, Ed25519 and SM2 with SM3 signatures, and does not report others. \
        Differing key identifiers alone are not an error.\n\n\
        Common causes:\n\
        - An old intermediate whose CA has changed its key and kept its name\n\
        - A new intermediate with an old certificate\n\n\
        Download the intermediate that was delivered with the certificate.",
    example: "certificate 2 (“Example RSA CA 1”) did not sign certificate 1 (“www.example.com”), which names it as its issuer",
    citations: &[
        Citation::ErrorTable("APIG.2104"),
        Citation::Rfc(5280, "6.1.3"),
        Citation::Rfc(5280, "4.2.1.9"),
        Citation::Rfc(5280, "4.2.1.3"),
        Citation::Standard("GM/T 0009", "the default identity of SM2 signatures"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::CHAIN_MISMATCH)),
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if chain.pair.chain.links.is_empty() {
        return None;
    }
    let numbered = Numbered::new(facts, chain.pair.certificate_field);
    let mut broken = chain.pair.chain.links.iter().filter_map(|link| Some((link, fault(link, &numbered)?)));
    let (link, fault) = broken.next()?;
    let (subject, issuer) = (numbered.certificate(link.subject)?, numbered.certificate(link.issuer)?);
    let (who, whom) = (numbered.called(link.issuer), numbered.called(link.subject));
    let mut problem = match fault {
        Fault::Signature => Problem::at(
            issuer.span,
            "did not sign",
            format!("{who} did not sign {whom}, which names it as its issuer"),
        )
        .related(subject.span, "signed by another key")
        .help(help(subject, issuer)),
        Fault::NoCertSign => Problem::at(
            issuer.span,
            "no keyCertSign in its key usage",
            format!("{who} issued {whom} but may not sign certificates: its key usage lacks keyCertSign"),
        )
        .related(subject.span, "issued by it")
        .help("get the certificate of the CA: its key usage includes keyCertSign"),
        Fault::NotCa => Problem::at(issuer.span, "not a CA", format!("{who} issued {whom} but is not a CA"))
            .related(subject.span, "issued by it")
            .help("get the certificate of the CA: its basic constraints are CA:TRUE"),
    };
    for (link, fault) in broken {
        let text = match fault {
            Fault::Signature => format!("did not sign {}", numbered.called(link.subject)),
            Fault::NoCertSign => "no keyCertSign in its key usage".to_owned(),
            Fault::NotCa => "not a CA either".to_owned(),
        };
        problem = problem.related(numbered.span(link.issuer)?, text);
    }
    Some(problem)
}

enum Fault {
    Signature,
    NotCa,
    NoCertSign,
}

fn fault(link: &Link, numbered: &Numbered<'_>) -> Option<Fault> {
    if link.signature == Signature::Invalid {
        return Some(Fault::Signature);
    }
    let issuer = numbered.certificate(link.issuer).filter(|issuer| !issuer.may_issue())?;
    Some(if issuer.is_ca == Some(true) { Fault::NoCertSign } else { Fault::NotCa })
}

/// Which certificate to send instead.
fn help(subject: &Certificate, issuer: &Certificate) -> String {
    let wanted = subject.authority_key_identifier.as_ref();
    match wanted.filter(|&wanted| issuer.subject_key_identifier.as_ref().is_some_and(|has| has != wanted)) {
        Some(wanted) if wanted.len() <= 32 => {
            let hexadecimal: Vec<String> = wanted.iter().map(|byte| format!("{byte:02X}")).collect();
            format!(
                "send the certificate of the issuer with subject key identifier {}",
                hexadecimal.join(":")
            )
        }
        _ => "send the issuer certificate that was delivered with this one".to_owned(),
    }
}
