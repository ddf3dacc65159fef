//! The rule catalogue and the engine that runs it.
//!
//! Rules only evaluate facts: they do not decode, parse or print anything.

mod certificate;
mod chain;
mod key;
mod pem;
mod request;
mod roles;
mod sm2;

use std::fmt::{self, Write as _};

use crate::api::{Call, CallSpec, Defect, Field, Rejection, Service};
use crate::edit::{Edit, Fix, Safety};
use crate::facts::{Facts, Pair};
use crate::internal_fault::OrFault;
use crate::json::body::{Meaning, Member};
use crate::json::fields::Slot;
use crate::keys::PrivateKey;
use crate::pem::{PemBlock, PemText};
use crate::problem::{Problem, Severity};
use crate::x509::Certificate;

/// A rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name: `key-mismatch`.
    pub(crate) name: &'static str,
    /// Its section of the catalogue.
    pub(crate) family: Family,
    /// The severity of its findings.
    pub(crate) severity: SeverityByService,
    /// What it reports, in one sentence.
    pub(crate) summary: &'static str,
    /// Why it matters and its common causes: paragraphs separated by an empty line, and list items that
    /// start with `- `.
    pub(crate) explanation: &'static str,
    /// The message of its bad fixture.
    pub(crate) example: &'static str,
    /// The sources of the rule. Never empty.
    pub(crate) citations: &'static [Citation],
    /// Whether it offers fixes.
    pub(crate) fix: FixAvailability,
    /// The predicted response of the service.
    pub(crate) refusal: PredictedOutcome,
    /// The check and its subject.
    pub(crate) check: Check,
}

impl Rule {
    /// The stable name: `key-mismatch`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it reports, in one sentence.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// Why that matters, common causes, and what to do; paragraphs and lists in Markdown.
    #[must_use]
    pub const fn explanation(&self) -> &'static str {
        self.explanation
    }

    /// The message of an example.
    #[must_use]
    pub const fn example(&self) -> &'static str {
        self.example
    }

    /// The part of the catalogue to which it belongs.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// The severity for a call on a service.
    #[must_use]
    pub fn severity(&self, call: Call, service: Service) -> Severity {
        self.severity_in(CallSpec::of(call, service))
    }

    pub(crate) fn severity_in(&self, spec: &CallSpec) -> Severity {
        match self.severity {
            SeverityByService::Always(severity) => severity,
            SeverityByService::ErrorIfRejected { .. } if !self.refusal.refusals_in(spec).is_empty() => {
                Severity::Error
            }
            SeverityByService::ErrorIfRejected { otherwise } => otherwise,
        }
    }

    /// The sources that say that it is wrong. Never empty.
    #[must_use]
    pub const fn citations(&self) -> &'static [Citation] {
        self.citations
    }

    /// Whether it offers repairs.
    #[must_use]
    pub const fn fix_availability(&self) -> FixAvailability {
        self.fix
    }

    /// What the service is predicted to answer.
    #[must_use]
    pub const fn outcome(&self) -> PredictedOutcome {
        self.refusal
    }
}

/// A section of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The JSON text and its fields.
    Request,
    /// The PEM encoding.
    Pem,
    /// Which content belongs in which field.
    Roles,
    /// The private key.
    Key,
    /// The certificate.
    Certificate,
    /// The chain and `trusted_root_ca`.
    Chain,
    /// The two certificates and keys of SM2.
    Sm2,
}

impl Family {
    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Request => "Request",
            Self::Pem => "PEM encoding",
            Self::Roles => "Roles",
            Self::Key => "Private key",
            Self::Certificate => "Certificate",
            Self::Chain => "Chain and trust anchor",
            Self::Sm2 => "SM2 pair",
        }
    }
}

/// A severity that can depend on the service and the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeverityByService {
    /// The same everywhere.
    Always(Severity),
    /// An error where the service rejects the body for it.
    ErrorIfRejected {
        /// Where the service accepts the body.
        otherwise: Severity,
    },
}

/// The predicted response of the service to a body that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PredictedOutcome {
    /// It accepts the body.
    Accepted,
    /// It rejects the body.
    Rejected(Rejection),
    /// It depends on the call and the service: the table of calls has the code.
    ByCall(Defect),
    /// It depends on the field. Fields that are not listed or not read do not cause a rejection.
    PerMember(&'static [(Field, PredictedOutcome)]),
}

impl PredictedOutcome {
    /// The possible rejections, without duplicates.
    #[must_use]
    pub fn refusals(self) -> Vec<Rejection> {
        distinct(CallSpec::all().iter().flat_map(|spec| self.refusals_in(spec)))
    }

    /// The possible rejections of a call, without duplicates.
    #[must_use]
    pub fn refusals_in(self, spec: &CallSpec) -> Vec<Rejection> {
        match self {
            Self::Accepted => Vec::new(),
            Self::Rejected(refusal) => vec![refusal],
            Self::ByCall(defect) => spec.rejection(defect).into_iter().collect(),
            Self::PerMember(cases) => {
                let cases = cases.iter().filter(|(field, _)| spec.fields.contains(field));
                distinct(cases.flat_map(|(_, outcome)| outcome.refusals_in(spec)))
            }
        }
    }

    fn to(self, field: Option<Field>, facts: &Facts<'_>) -> Option<Rejection> {
        match self {
            Self::Accepted => None,
            Self::Rejected(refusal) => Some(refusal),
            Self::ByCall(defect) => facts.settings.spec().rejection(defect),
            Self::PerMember(cases) => {
                let field = field.filter(|&field| facts.is_read(field))?;
                // A placeholder such as TODO can be a name that the service accepts.
                if field == Field::Name && facts.is_valid_name() {
                    return None;
                }
                cases.iter().find(|(case, _)| *case == field)?.1.to(Some(field), facts)
            }
        }
    }
}

fn distinct(refusals: impl Iterator<Item = Rejection>) -> Vec<Rejection> {
    let mut distinct = Vec::new();
    for refusal in refusals {
        if !distinct.contains(&refusal) {
            distinct.push(refusal);
        }
    }
    distinct
}

/// Whether a rule offers fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// It offers no fix.
    Never,
    /// It offers fixes of this safety; the text says what they do and when.
    When(Safety, &'static str),
    /// It offers safe and unsafe fixes; the text says which.
    Either(&'static str),
}

/// A source of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Citation {
    /// An RFC and its section.
    Rfc(u16, &'static str),
    /// The API reference, "Create an SSL certificate", and the part of the page.
    Api(&'static str),
    /// The API reference of another call, and the part of the page.
    CallApi(Call, &'static str),
    /// The error table of the API reference, by error code.
    ErrorTable(&'static str),
    /// A package of the Go standard library, which the service uses, and its behavior.
    Go(&'static str, &'static str),
    /// Another standard and the part of it.
    Standard(&'static str, &'static str),
}

impl Citation {
    /// Its address; `None` for standards that are not published openly.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Rfc(number, section) => {
                let first = section.split([',', ' ']).next().or_fault();
                let anchor = match first.chars().next() {
                    Some(digit) if digit.is_ascii_digit() => format!("#section-{first}"),
                    _ => String::new(),
                };
                Some(format!("https://www.rfc-editor.org/rfc/rfc{number}{anchor}"))
            }
            Self::Api(_) => Some(Call::Create.reference_page().to_owned()),
            Self::CallApi(call, _) => Some(call.reference_page().to_owned()),
            Self::ErrorTable(_) => {
                Some("https://support.huaweicloud.com/intl/en-us/api-roma/ErrorCode.html".to_owned())
            }
            Self::Go(package, _) => Some(format!("https://pkg.go.dev/{package}")),
            Self::Standard(..) => None,
        }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc(number, section) => {
                write!(f, "RFC {number}")?;
                if section.is_empty() { Ok(()) } else { write!(f, ", section {section}") }
            }
            Self::Api(part) => write!(f, "API reference, {part}"),
            Self::CallApi(call, part) => write!(f, "API reference of the call `{}`, {part}", call.name()),
            Self::ErrorTable(code) => write!(f, "API reference, error codes, {code}"),
            Self::Go(package, behavior) => write!(f, "Go {package}: {behavior}"),
            Self::Standard(name, part) => write!(f, "{name}, {part}"),
        }
    }
}

/// The subject of a rule, with a pure function that finds at most one problem in it.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The whole body.
    Body(fn(&Facts<'_>) -> Option<Problem>),
    /// Each member of the JSON object, including unknown fields and duplicates.
    Member(fn(&Member, &Facts<'_>) -> Option<Problem>),
    /// Each documented field, whether or not it is sent; of duplicates, the effective one.
    Slot(fn(&Slot<'_>, &Facts<'_>) -> Option<Problem>),
    /// Each PEM field that the service reads.
    Pem(fn(&PemField<'_>, &Facts<'_>) -> Option<Problem>),
    /// Each block in those fields.
    Block(fn(&Block<'_>, &Facts<'_>) -> Option<Problem>),
    /// Each readable certificate in those fields.
    Certificate(fn(&Certificate, &Facts<'_>) -> Option<Problem>),
    /// The leaf of each pair.
    Leaf(fn(&Certificate, &Facts<'_>) -> Option<Problem>),
    /// The private key of each pair, which is the first in its field.
    Key(fn(&PrivateKey, &Facts<'_>) -> Option<Problem>),
    /// Each pair with a readable leaf and key.
    Pair(fn(&CertificateAndKey<'_>, &Facts<'_>) -> Option<Problem>),
    /// The certificates of each pair that has at least one.
    Chain(fn(&ChainOf<'_>, &Facts<'_>) -> Option<Problem>),
    /// Each readable certificate after the leaf in the chain of a pair.
    Intermediate(fn(&Certificate, &Facts<'_>) -> Option<Problem>),
    /// Each readable certificate in `trusted_root_ca`, without copies.
    Anchor(fn(&Certificate, &Facts<'_>) -> Option<Problem>),
}

/// A PEM field that the service reads.
#[derive(Clone, Copy, Debug)]
pub struct PemField<'a> {
    /// The field.
    pub field: Field,
    /// Its member of the JSON object.
    pub member: &'a Member,
    /// Its parsed text.
    pub text: &'a PemText,
}

/// A block in a PEM field.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The field.
    pub field: Field,
    /// The parsed text of the field.
    pub text: &'a PemText,
    /// The block.
    pub block: &'a PemBlock,
}

/// A leaf and the private key that is sent with it.
#[derive(Clone, Copy, Debug)]
pub struct CertificateAndKey<'a> {
    /// Their role and fields.
    pub pair: &'a Pair,
    /// The leaf.
    pub certificate: &'a Certificate,
    /// The key.
    pub key: &'a PrivateKey,
}

/// The readable certificates of a pair.
#[derive(Clone, Debug)]
pub struct ChainOf<'a> {
    /// Their role, fields and order.
    pub pair: &'a Pair,
    /// In the order of the text. Never empty.
    pub certificates: Vec<&'a Certificate>,
    /// The private key of the pair, if it is readable.
    pub key: Option<&'a PrivateKey>,
}

/// A problem that a rule found in a body.
#[derive(Clone, Debug)]
pub struct RuleMatch {
    /// The rule.
    pub rule: &'static Rule,
    /// The severity for the selected service.
    pub severity: Severity,
    /// The predicted rejection by the service.
    pub refusal: Option<Rejection>,
    /// The documented field with the problem.
    pub field: Option<Field>,
    /// The problem.
    pub problem: Problem,
}

/// Every rule, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    // Request
    &request::invalid_json::RULE,
    &request::not_an_object::RULE,
    &request::duplicate_field::RULE,
    &request::unknown_field::RULE,
    &request::wrong_type::RULE,
    &request::missing_field::RULE,
    &request::empty_field::RULE,
    &request::invalid_name::RULE,
    &request::invalid_type::RULE,
    &request::missing_instance_id::RULE,
    &request::ignored_instance_id::RULE,
    &request::malformed_instance_id::RULE,
    &request::unknown_instance::RULE,
    &request::invalid_algorithm_type::RULE,
    &request::algorithm_mismatch::RULE,
    &request::missing_sign_pair::RULE,
    &request::ignored_sign_pair::RULE,
    &request::too_long::RULE,
    &request::unsupported_feature::RULE,
    &request::root_ca_needs_instance::RULE,
    &request::sm2_needs_algorithm_type::RULE,
    &request::placeholder::RULE,
    &request::file_reference::RULE,
    // PEM encoding
    &pem::line_prefix::RULE,
    &pem::quoted_pem::RULE,
    &pem::escaped_newlines::RULE,
    &pem::collapsed_pem::RULE,
    &pem::indented_pem::RULE,
    &pem::byte_order_mark::RULE,
    &pem::invisible_characters::RULE,
    &pem::malformed_boundary::RULE,
    &pem::mismatched_labels::RULE,
    &pem::unterminated_block::RULE,
    &pem::invalid_base64::RULE,
    &pem::missing_armour::RULE,
    &pem::double_encoded::RULE,
    &pem::no_pem_block::RULE,
    &pem::carriage_returns::RULE,
    &pem::text_outside_pem::RULE,
    &pem::untidy_lines::RULE,
    // Roles
    &roles::swapped_fields::RULE,
    &roles::swapped_pairs::RULE,
    &roles::crossed_keys::RULE,
    &roles::wrong_block::RULE,
    &roles::extra_block::RULE,
    &roles::private_key_in_certificate::RULE,
    &roles::certificate_in_private_key::RULE,
    &roles::multiple_private_keys::RULE,
    &roles::encrypted_private_key::RULE,
    &roles::ec_parameters::RULE,
    // Private key
    &key::unreadable_private_key::RULE,
    &key::trailing_data::RULE,
    &key::nonstandard_label::RULE,
    &key::sm2_algorithm_identifier::RULE,
    &key::corrupt_private_key::RULE,
    &key::key_mismatch::RULE,
    &key::weak_key::RULE,
    &key::unsupported_key::RULE,
    &key::published_key::RULE,
    // Certificate
    &certificate::unreadable_certificate::RULE,
    &certificate::nonconforming_certificate::RULE,
    &certificate::precertificate::RULE,
    &certificate::unknown_critical_extension::RULE,
    &certificate::expired_certificate::RULE,
    &certificate::not_yet_valid::RULE,
    &certificate::expires_soon::RULE,
    &certificate::expires_after_2038::RULE,
    &certificate::missing_san::RULE,
    &certificate::common_name_not_in_san::RULE,
    &certificate::ca_as_leaf::RULE,
    &certificate::missing_server_auth::RULE,
    &certificate::unsuitable_key_usage::RULE,
    &certificate::weak_signature::RULE,
    &certificate::self_signed::RULE,
    &certificate::long_validity::RULE,
    &certificate::legacy_version::RULE,
    &certificate::invalid_serial::RULE,
    &certificate::invalid_domain::RULE,
    &certificate::domain_mismatch::RULE,
    // Chain and trust anchor
    &chain::misordered_chain::RULE,
    &chain::unrelated_certificate::RULE,
    &chain::broken_chain::RULE,
    &chain::issuer_name_encoding::RULE,
    &chain::constraint_violation::RULE,
    &chain::duplicate_certificate::RULE,
    &chain::root_in_chain::RULE,
    &chain::incomplete_chain::RULE,
    &chain::chain_in_roma::RULE,
    &chain::expired_intermediate::RULE,
    &chain::root_not_ca::RULE,
    &chain::root_not_self_signed::RULE,
    &chain::expired_root::RULE,
    &chain::root_not_issuer::RULE,
    // SM2 pair
    &sm2::same_certificate_twice::RULE,
    &sm2::pair_subject_mismatch::RULE,
    &sm2::pair_key_usage::RULE,
    &sm2::missing_key_usage::RULE,
];

/// Looks up a rule by its name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The maximum number of findings of a rule in a field; unknown fields count as one. Bodies that the
/// service accepts are too small for so many. The limit bounds the output for hostile input.
const MAX_LISTED: usize = 100;

/// Runs all given rules. Findings are sorted by span and then by catalogue order.
#[must_use]
pub fn judge(rules: &[&'static Rule], facts: &Facts<'_>) -> Vec<RuleMatch> {
    let subjects = Subjects::of(facts);
    let mut findings = Vec::new();
    let mut sets: [Set; Field::ALL.len() + 1] = Default::default();
    for rule in rules {
        let mut is_broken = false;
        subjects.ask(rule.check, facts, |problem| {
            is_broken = true;
            let finding = found(rule, problem, facts);
            let Some(set) = sets.get_mut(finding.field.map_or(Field::ALL.len(), |field| field as usize))
            else {
                return;
            };
            if set.listed == MAX_LISTED {
                set.leave_out(finding, &mut findings);
            } else {
                set.listed += 1;
                set.last = findings.len();
                findings.push(finding);
            }
        });
        if is_broken {
            for set in &mut sets {
                std::mem::take(set).finish(&mut findings);
            }
        }
    }
    findings.sort_by_key(|finding| (finding.problem.primary.span.start, finding.problem.primary.span.end));
    findings
}

/// The findings of a rule in a field.
#[derive(Default)]
struct Set {
    listed: usize,
    /// The index of the last listed finding, which represents all unlisted ones.
    last: usize,
    left_out: usize,
    /// The end of the edits that the last listed finding has taken over.
    reach: usize,
}

impl Set {
    /// Omits a finding from the list. The fix of the last listed one includes its edits.
    fn leave_out(&mut self, finding: RuleMatch, findings: &mut [RuleMatch]) {
        self.left_out += 1;
        let last = findings.get_mut(self.last).and_then(|last| last.problem.fix.as_mut());
        let (Some(last), Some(fix)) = (last, finding.problem.fix) else { return };
        if self.left_out == 1 {
            self.reach = reach(last);
        }
        // Overlapping edits wait for the next round, as those of separate fixes do.
        if last.safety == fix.safety && fix.edits.iter().all(|edit| edit.span().start >= self.reach) {
            self.reach = reach(&fix);
            last.edits.extend(fix.edits);
        }
    }

    fn finish(&self, findings: &mut [RuleMatch]) {
        if self.left_out > 0
            && let Some(last) = findings.get_mut(self.last)
        {
            let _ = write!(last.problem.message, " (and {} more)", self.left_out);
        }
    }
}

fn found(rule: &'static Rule, mut problem: Problem, facts: &Facts<'_>) -> RuleMatch {
    problem.fix = problem.fix.filter(|fix| fix.safety == Safety::Unsafe || is_verified(fix, facts));
    let field = match problem.primary.missing {
        Some(missing) => Field::by_name(missing),
        None => facts.body.member_at(problem.primary.span).and_then(|member| member.field),
    };
    RuleMatch {
        rule,
        severity: rule.severity_in(facts.settings.spec()),
        refusal: rule.refusal.to(field, facts),
        field,
        problem,
    }
}

/// Whether every PEM text that a safe fix changes decodes afterwards. Other safe fixes are not offered.
fn is_verified(fix: &Fix, facts: &Facts<'_>) -> bool {
    let copied = fix.edits.iter().filter_map(|edit| match edit {
        Edit::Copy { from, .. } => Some(*from),
        _ => None,
    });
    fix.edits.iter().map(Edit::span).chain(copied).all(|span| {
        let text = facts.body.member_at(span).and_then(Member::text);
        !matches!(text.map(|text| &text.meaning), Some(Meaning::Pem(text)) if !text.is_verified())
    })
}

/// The end of the last edit of a fix.
fn reach(fix: &Fix) -> usize {
    fix.edits.iter().map(|edit| edit.span().end).max().unwrap_or(0)
}

/// The number of subjects that a rule has in a body. A rule without subjects says nothing about it.
#[must_use]
pub fn subjects(rule: &Rule, facts: &Facts<'_>) -> usize {
    Subjects::of(facts).ask(rule.check, facts, |_| {})
}

/// The subjects of all checks, collected once.
struct Subjects<'a> {
    slots: Vec<Slot<'a>>,
    pem_fields: Vec<PemField<'a>>,
    leaves: Vec<&'a Certificate>,
    keys: Vec<&'a PrivateKey>,
    couples: Vec<CertificateAndKey<'a>>,
    chains: Vec<ChainOf<'a>>,
    intermediates: Vec<&'a Certificate>,
    anchors: Vec<&'a Certificate>,
}

impl<'a> Subjects<'a> {
    fn of(facts: &'a Facts<'_>) -> Self {
        let slots: Vec<Slot<'a>> = facts.slots().collect();
        let pem_fields = slots
            .iter()
            .filter_map(|slot| Some(PemField { field: slot.field, member: slot.member?, text: slot.pem()? }));
        let pairs = || facts.pairs.iter();
        let couples = pairs().filter_map(|pair| {
            Some(CertificateAndKey { pair, certificate: facts.leaf(pair)?, key: facts.key(pair)? })
        });
        let chains = pairs().map(|pair| ChainOf {
            pair,
            certificates: facts.certificates(pair.certificate_field).collect(),
            key: facts.key(pair),
        });
        Self {
            pem_fields: pem_fields.collect(),
            leaves: pairs().filter_map(|pair| facts.leaf(pair)).collect(),
            keys: pairs().filter_map(|pair| facts.key(pair)).collect(),
            couples: couples.collect(),
            chains: chains.filter(|chain| !chain.certificates.is_empty()).collect(),
            intermediates: pairs().flat_map(|pair| facts.intermediates(pair)).collect(),
            anchors: facts.anchors().0,
            slots,
        }
    }

    /// Runs a check on its subjects and returns their number.
    fn ask(&self, check: Check, facts: &Facts<'_>, mut say: impl FnMut(Problem)) -> usize {
        let say = &mut say;
        match check {
            Check::Body(check) => each([()], |()| check(facts), say),
            Check::Member(check) => each(facts.body.members(), |it| check(it, facts), say),
            Check::Slot(check) => each(&self.slots, |it| check(it, facts), say),
            Check::Pem(check) => each(&self.pem_fields, |it| check(it, facts), say),
            Check::Block(check) => each(self.blocks(), |it| check(&it, facts), say),
            Check::Certificate(check) => {
                let certificates = self.blocks().filter_map(|it| it.block.certificate());
                each(certificates, |it| check(it, facts), say)
            }
            Check::Leaf(check) => each(&self.leaves, |it| check(it, facts), say),
            Check::Key(check) => each(&self.keys, |it| check(it, facts), say),
            Check::Pair(check) => each(&self.couples, |it| check(it, facts), say),
            Check::Chain(check) => each(&self.chains, |it| check(it, facts), say),
            Check::Intermediate(check) => each(&self.intermediates, |it| check(it, facts), say),
            Check::Anchor(check) => each(&self.anchors, |it| check(it, facts), say),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = Block<'a>> {
        self.pem_fields.iter().flat_map(|&PemField { field, text, .. }| {
            text.blocks.iter().map(move |block| Block { field, text, block })
        })
    }
}

/// Runs a check on each subject and returns their number.
fn each<S>(
    subjects: impl IntoIterator<Item = S>,
    check: impl Fn(S) -> Option<Problem>,
    say: &mut impl FnMut(Problem),
) -> usize {
    let mut count = 0;
    for subject in subjects {
        count += 1;
        if let Some(problem) = check(subject) {
            say(problem);
        }
    }
    count
}
