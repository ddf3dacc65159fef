//! An issuer by name whose key did not sign, or that may not issue.

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
    summary: "By its name a certificate issued another, but its key did not sign it, or it is not a CA.",
    explanation: "\
        A certificate is tied to its issuer twice: by the issuer's name, and by the signature of the \
        issuer's key. Where the name fits and the signature does not, no client gets from the one to \
        the other. Nor does it where the issuer does not say CA:TRUE, which anything of version 3 that \
        issues certificates has to, or where its key usage lacks keyCertSign. Signatures are checked for RSA (PKCS#1 and PSS), ECDSA, Ed25519 and \
        SM2 with SM3; what cannot be checked is not called broken, and neither is a link whose key \
        identifiers differ while its signature holds.\n\n\
        It mostly comes about when an authority has changed the key of its intermediate and kept the \
        name: the old intermediate stands here, the certificate was issued by the new one, or the other \
        way round. Download the intermediate that was delivered with the certificate.",
    example: "certificate 2 (“Example RSA CA 1”) did not sign certificate 1 (“www.example.com”), which names it as its issuer",
    citations: &[
        Citation::ErrorTable("APIG.2104"),
        Citation::Rfc(5280, "6.1.3"),
        Citation::Rfc(5280, "4.2.1.9"),
        Citation::Rfc(5280, "4.2.1.3"),
        Citation::Standard("GM/T 0009", "the identity under which SM2 signatures are made"),
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
            "its key did not sign",
            format!("{who} did not sign {whom}, which names it as its issuer"),
        )
        .related(subject.span, "this certificate was signed by another key")
        .help(help(subject, issuer)),
        Fault::NoCertSign => Problem::at(
            issuer.span,
            "keyCertSign is not in its key usage",
            format!("{who} issued {whom}, but may not sign certificates: its key usage lacks keyCertSign"),
        )
        .related(subject.span, "the certificate that it issued")
        .help("ask the CA for its certificate with keyCertSign in its key usage"),
        Fault::NoAuthority => Problem::at(
            issuer.span,
            "this is no authority",
            format!("{who} issued {whom}, but is no authority"),
        )
        .related(subject.span, "the certificate that it issued")
        .help("an authority's certificate says CA:TRUE in its basic constraints: ask for the right one"),
    };
    for (link, fault) in broken {
        let text = match fault {
            Fault::Signature => format!("nor did this one's key sign {}", numbered.called(link.subject)),
            Fault::NoCertSign => "nor has this one keyCertSign in its key usage".to_owned(),
            Fault::NoAuthority => "this is no authority either".to_owned(),
        };
        problem = problem.related(numbered.span(link.issuer)?, text);
    }
    Some(problem)
}

enum Fault {
    Signature,
    NoAuthority,
    NoCertSign,
}

fn fault(link: &Link, numbered: &Numbered<'_>) -> Option<Fault> {
    if link.signature == Signature::Invalid {
        return Some(Fault::Signature);
    }
    let issuer = numbered.certificate(link.issuer).filter(|issuer| !issuer.may_issue())?;
    Some(if issuer.is_ca == Some(true) { Fault::NoCertSign } else { Fault::NoAuthority })
}

/// Which certificate would be the right one.
fn help(subject: &Certificate, issuer: &Certificate) -> String {
    let wanted = subject.authority_key_identifier.as_ref();
    match wanted.filter(|&wanted| issuer.subject_key_identifier.as_ref().is_some_and(|has| has != wanted)) {
        Some(wanted) if wanted.len() <= 32 => {
            let hexadecimal: Vec<String> = wanted.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("send the issuer's certificate whose subject key identifier is {}", hexadecimal.join(":"))
        }
        _ => "send the issuer's certificate that was delivered with this one".to_owned(),
    }
}
