//! An issuer whose name is written in another way.

use crate::api::Field;
use crate::chain::Anchor;
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, name_of};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "issuer-name-encoding",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The issuer's name is encoded differently in the certificate and in the issuer's own certificate.",
    explanation: "\
        A certificate names its issuer, and the issuer's certificate names itself. Both are the same name here, and \
        the issuer's key made the signature, but the names differ in their bytes: in string types (PrintableString \
        and UTF8String), case or spaces. OpenSSL compares names as RFC 5280 describes and accepts the chain. Go \
        and others compare bytes: they do not find the issuer.\n\n\
        Common causes:\n\
        - A CA that was renewed with other software\n\
        - A tool that rewrote the strings of a certificate request\n\n\
        Ask the CA for its certificate with the subject written as in the certificates \
        that it issues. Do not remove the certificate: it is the right issuer.",
    example: "certificate 2 (“Example RSA CA 1”) issued certificate 1 (“www.example.com”), but its name is encoded \
              differently there",
    citations: &[
        Citation::Rfc(5280, "7.1"),
        Citation::Go("crypto/x509", "Certificate.Verify compares names byte for byte"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let numbered = Numbered::new(facts, chain.pair.certificate_field);
    let links = &chain.pair.chain.links;
    let in_field = links.iter().find_map(|link| {
        let (subject, issuer) = (numbered.certificate(link.subject)?, numbered.certificate(link.issuer)?);
        let called = || (numbered.called(link.issuer), numbered.called(link.subject));
        subject.issuer.differs_in_encoding(&issuer.subject).then(|| (subject, issuer, called()))
    });
    // The end of the path, whose issuer is in `trusted_root_ca`.
    let in_anchors = || {
        let last = *chain.pair.chain.path.last()?;
        let subject = numbered.certificate(last).filter(|_| chain.pair.chain.anchor == Anchor::Reached)?;
        if links.iter().any(|link| link.subject == last) || subject.is_self_issued() {
            return None;
        }
        let (anchors, _) = facts.anchors();
        if anchors.iter().any(|anchor| anchor.subject.matches(&subject.issuer)) {
            return None;
        }
        let issuer =
            anchors.into_iter().find(|anchor| anchor.subject.differs_in_encoding(&subject.issuer))?;
        let who = format!("{} in `{}`", name_of(issuer), Field::TrustedRootCa.name());
        Some((subject, issuer, (who, numbered.called(last))))
    };
    let (subject, issuer, (who, whom)) = in_field.or_else(in_anchors)?;
    let message = format!("{who} issued {whom}, but its name is encoded differently there");
    Some(
        Problem::at(issuer.span, "the same name in other bytes", message)
            .related(subject.span, "names its issuer with other string types, case or spaces")
            .help(
                "the signature is valid, so the certificate is the right one; ask the CA for a copy whose subject \
                 is encoded like the issuer field of the certificates that it signs",
            ),
    )
}
