//! What `inspect` sees in a file: certificates and private keys, as text or as a line of JSON.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Serialize, Serializer};

use crate::chain::signature::{NotCheckedReason, Signature};
use crate::inspect::extensions::{self, Extension, ExtensionContent};
use crate::inspect::{ChainPosition, Contents, FileText, Form, Issuer};
use crate::keys::public_key::{Curve, KeyAlgorithm};
use crate::keys::{ActualStructure, KeyConsistency, KeyFault, PrivateKey};
use crate::pem::{Binary, BlockContent, Label, NonPemContent, PemBlock};
use crate::redact::printable;
use crate::response::CertificateMetadata;
use crate::x509::{Attribute, AttributeKind, Certificate, CertificateFault, GeneralName, Name};

/// Of a stranger's value so many characters are shown in text.
const SHOWN: usize = 256;

/// So many names of a certificate are shown in text.
const NAMES: usize = 100;

/// Why there is nothing to show, if there is not.
#[must_use]
pub fn absence(contents: &Contents) -> Option<String> {
    let is_shown = |block: &PemBlock| {
        matches!(
            block.content,
            BlockContent::Certificate(_) | BlockContent::PrivateKey(_) | BlockContent::EncryptedPrivateKey
        )
    };
    let mut blocks = contents.texts.iter().flat_map(|text| &text.blocks);
    if blocks.any(is_shown) {
        return None;
    }
    Some(match contents.form {
        Form::BrokenBody => "not valid JSON; `apicert check` says why".to_owned(),
        Form::BrokenCertificate(fault) => describe_certificate_fault(fault).to_owned(),
        Form::BrokenKey(fault) => describe_key_fault(fault).to_owned(),
        Form::Body => "no readable certificate or private key".to_owned(),
        Form::Container(container) => match contents.locked.first() {
            Some(locked) => format!("{}: {locked}", container.name()),
            None => format!("{} without a readable certificate or private key", container.name()),
        },
        Form::Pem | Form::Der => {
            let instead = contents.texts.iter().find_map(|text| text.instead);
            instead.and_then(describe_instead).map_or_else(
                || "no readable certificate or private key".to_owned(),
                |what| format!("no certificate or private key: this is {what}"),
            )
        }
    })
}

/// Writes what is in a file as one line of JSON.
///
/// # Errors
///
/// When it cannot be written.
pub fn line(path: &str, contents: &Contents, to: &mut dyn Write) -> io::Result<()> {
    let line = InspectLine {
        path,
        certificates: certificates(contents).collect(),
        keys: keys(contents).map(|key| key.member(contents)).collect(),
        others: others(contents).map(|(place, what)| Other { what, place }).collect(),
    };
    crate::output::escaped_json::write(&line, to)?;
    writeln!(to)
}

#[derive(Serialize)]
struct InspectLine<'a> {
    path: &'a str,
    certificates: Vec<CertificateMember<'a>>,
    keys: Vec<KeyMember>,
    others: Vec<Other>,
}

/// The names of a subjectAltName, of which there may be millions: each is put into words when it is written.
struct Names<'a>(&'a [GeneralName]);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|name| general(name, usize::MAX)))
    }
}

/// Where something stands. A file that is no body has no pointers.
#[derive(Clone, Serialize)]
struct Where {
    pointer: Option<String>,
    /// The PEM block, counted from 1.
    block: Option<usize>,
}

#[derive(Serialize)]
struct CertificateMember<'a> {
    index: usize,
    metadata: CertificateMetadata,
    subject: String,
    issuer_name: String,
    is_ca: bool,
    self_signed: bool,
    chain: ChainMember,
    subject_alt_names: Option<Names<'a>>,
    key_usage: Option<Vec<&'static str>>,
    extended_key_usage: Option<Vec<String>>,
    extensions: Option<Vec<ExtensionMember>>,
    key: KeyKind,
    sha256: String,
    spki_sha256: String,
    #[serde(flatten)]
    place: Where,
}

/// An extension, its texts fit to print.
#[derive(Serialize)]
struct ExtensionMember {
    oid: String,
    name: Option<&'static str>,
    critical: bool,
    length: usize,
    status: &'static str,
    details: Vec<Detail>,
}

#[derive(Serialize)]
struct Detail {
    kind: String,
    value: String,
}

#[derive(Serialize)]
struct ChainMember {
    place: &'static str,
    issuer: Option<usize>,
    signature: &'static str,
}

#[derive(Serialize)]
struct KeyKind {
    algorithm: String,
    bits: Option<usize>,
    curve: Option<String>,
}

#[derive(Serialize)]
struct KeyMember {
    format: Option<&'static str>,
    algorithm: Option<String>,
    bits: Option<usize>,
    curve: Option<String>,
    encrypted: bool,
    spki_sha256: Option<String>,
    matches: Vec<usize>,
    #[serde(flatten)]
    place: Where,
}

#[derive(Serialize)]
struct Other {
    what: String,
    #[serde(flatten)]
    place: Where,
}

fn certificates(contents: &Contents) -> impl Iterator<Item = CertificateMember<'_>> {
    contents.certificates.iter().enumerate().filter_map(|(index, seen)| {
        let certificate = contents.certificate(index)?;
        let text = contents.texts.get(seen.text)?;
        let public_key = &certificate.public_key;
        Some(CertificateMember {
            index,
            metadata: CertificateMetadata::of(certificate),
            subject: distinguished(&certificate.subject, usize::MAX),
            issuer_name: distinguished(&certificate.issuer, usize::MAX),
            is_ca: certificate.is_ca == Some(true),
            self_signed: certificate.is_self_signed,
            chain: ChainMember {
                place: place_word(seen.place),
                issuer: seen.issuer.map(|issuer| issuer.index),
                signature: match seen.issuer.map(|issuer| issuer.signature) {
                    Some(Signature::Valid) => "valid",
                    Some(Signature::Invalid) => "invalid",
                    Some(Signature::NotChecked(_)) | None => "not-checked",
                },
            },
            subject_alt_names: certificate.subject_alt_names.as_deref().map(Names),
            key_usage: certificate.key_usage.map(|usage| usage.names().collect()),
            extended_key_usage: certificate
                .extended_key_usage
                .as_ref()
                .map(|usage| usage.purposes.iter().map(ToString::to_string).collect()),
            extensions: extensions::read(certificate.whole.octets())
                .map(|all| all.into_iter().map(ExtensionMember::new).collect()),
            key: key_kind(&public_key.algorithm, public_key.bits),
            sha256: certificate.whole.sha256().to_string(),
            spki_sha256: public_key.sha256(),
            place: Where::of(text, contents.form, seen.block),
        })
    })
}

impl ExtensionMember {
    fn new(extension: Extension) -> Self {
        let (status, details) = match extension.content {
            ExtensionContent::Read(details) => ("read", details),
            ExtensionContent::Unknown => ("unknown", Vec::new()),
            ExtensionContent::Malformed => ("malformed", Vec::new()),
        };
        let shown = |text: &str| printable(text, usize::MAX);
        Self {
            oid: extension.oid,
            name: extension.name,
            critical: extension.critical,
            length: extension.length,
            status,
            details: details
                .into_iter()
                .map(|(kind, value)| Detail { kind: shown(&kind), value: shown(&value) })
                .collect(),
        }
    }
}

/// A private key of a file; what is encrypted is not read.
struct Key<'a> {
    read: Option<&'a PrivateKey>,
    label: Label,
    place: Where,
}

fn keys(contents: &Contents) -> impl Iterator<Item = Key<'_>> {
    blocks(contents).filter_map(|(block, place)| match &block.content {
        BlockContent::PrivateKey(key) => Some(Key { read: Some(key), label: block.label, place }),
        BlockContent::EncryptedPrivateKey => Some(Key { read: None, label: block.label, place }),
        _ => None,
    })
}

impl Key<'_> {
    fn member(&self, contents: &Contents) -> KeyMember {
        let kind = self.read.map(|key| key_kind(&key.algorithm, key.bits));
        let (algorithm, bits, curve) = match kind {
            Some(kind) => (Some(kind.algorithm), kind.bits, kind.curve),
            None => (self.labelled_algorithm().map(str::to_owned), None, None),
        };
        KeyMember {
            format: self.format(),
            algorithm,
            bits,
            curve,
            encrypted: self.read.is_none(),
            spki_sha256: self.read.and_then(|key| Some(key.public_key.as_ref()?.sha256())),
            matches: self.matches(contents),
            place: self.place.clone(),
        }
    }

    /// The structure that it is written in. Of one that is encrypted the label tells.
    fn format(&self) -> Option<&'static str> {
        match (self.read, self.label) {
            (Some(key), _) => Some(key.format.name()),
            (None, Label::EncryptedPrivateKey | Label::PrivateKey) => Some("PKCS#8"),
            (None, Label::RsaPrivateKey) => Some("PKCS#1"),
            (None, Label::EcPrivateKey | Label::Sm2PrivateKey) => Some("SEC1"),
            (None, Label::DsaPrivateKey) => Some("DSA"),
            _ => None,
        }
    }

    /// The algorithm that the label names.
    const fn labelled_algorithm(&self) -> Option<&'static str> {
        match self.label {
            Label::RsaPrivateKey => Some("RSA"),
            Label::EcPrivateKey => Some("EC"),
            Label::Sm2PrivateKey => Some("SM2"),
            Label::DsaPrivateKey => Some("DSA"),
            _ => None,
        }
    }

    /// The certificates that it belongs to.
    fn matches(&self, contents: &Contents) -> Vec<usize> {
        let Some(public_key) = self.read.and_then(|key| key.public_key.as_ref()) else { return Vec::new() };
        (0..contents.certificates.len())
            .filter(|&index| {
                contents.certificate(index).is_some_and(|certificate| certificate.public_key == *public_key)
            })
            .collect()
    }
}

/// Blocks that are neither a certificate nor a private key, or cannot be read, and members that are
/// not looked into.
fn others(contents: &Contents) -> impl Iterator<Item = (Where, String)> {
    let not_read = contents.not_read.iter().map(|name| {
        let what = "not looked into, as algorithm_type is not SM2".to_owned();
        (Where { pointer: Some(format!("/{name}")), block: None }, what)
    });
    let not_shown = blocks(contents).filter_map(|(block, place)| {
        let what = match block.content {
            BlockContent::Certificate(_)
            | BlockContent::PrivateKey(_)
            | BlockContent::EncryptedPrivateKey => return None,
            _ if block.actual.is_some() => {
                format!("{} with another label", block.actual.map_or("", Binary::describe))
            }
            BlockContent::UnreadableCertificate(fault) => describe_certificate_fault(fault).to_owned(),
            BlockContent::UnreadablePrivateKey(fault) => describe_key_fault(fault).to_owned(),
            BlockContent::Other => block.label.describe().to_owned(),
            BlockContent::Undecodable => {
                format!("{} whose base64 cannot be decoded", block.label.describe())
            }
        };
        Some((place, what))
    });
    let locked = contents.locked.iter().map(|what| (Where { pointer: None, block: None }, what.clone()));
    not_shown.chain(not_read).chain(locked)
}

fn blocks(contents: &Contents) -> impl Iterator<Item = (&PemBlock, Where)> {
    contents.texts.iter().flat_map(|text| {
        let place = |index| Where::of(text, contents.form, index);
        text.blocks.iter().enumerate().map(move |(index, block)| (block, place(index)))
    })
}

impl Where {
    /// Of a block counted from 0.
    fn of(text: &FileText, form: Form, block: usize) -> Self {
        Self {
            pointer: text.field.map(|_| format!("/{}", text.name)),
            block: (!matches!(form, Form::Der | Form::Container(_))).then_some(block + 1),
        }
    }

    /// In brackets, with a blank before them; empty for DER.
    fn bracketed(&self) -> String {
        match (&self.pointer, self.block) {
            (Some(pointer), Some(block)) => format!(" ({pointer}, block {block})"),
            (Some(pointer), None) => format!(" ({pointer})"),
            (None, Some(block)) => format!(" (block {block})"),
            (None, None) => String::new(),
        }
    }
}

/// Writes what is in a file for people.
///
/// # Errors
///
/// When it cannot be written.
pub fn text(path: &str, contents: &Contents, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "{path}: {}", summary(contents))?;
    for text in contents.texts.iter().filter(|text| text.is_repaired && !text.blocks.is_empty()) {
        let what = if text.field.is_some() { format!("/{}", text.name) } else { "the text".to_owned() };
        writeln!(to, "  {what} is damaged and is read as if repaired")?;
    }
    for member in certificates(contents) {
        if let Some(certificate) = contents.certificate(member.index) {
            writeln!(to)?;
            certificate_text(certificate, &member, contents, to)?;
        }
    }
    for key in keys(contents) {
        writeln!(to)?;
        key_text(&key, contents, to)?;
    }
    for (index, (place, what)) in others(contents).enumerate() {
        if index == 0 {
            writeln!(to)?;
        }
        writeln!(to, "  not shown{}: {what}", place.bracketed())?;
    }
    Ok(())
}

fn summary(contents: &Contents) -> String {
    let form = match contents.form {
        Form::Body | Form::BrokenBody => "body",
        Form::Pem => "PEM",
        Form::Der | Form::BrokenCertificate(_) | Form::BrokenKey(_) => "DER",
        Form::Container(container) => container.name(),
    };
    let certificates = crate::output::counted(contents.certificates.len(), "certificate", "certificates");
    let keys = crate::output::counted(keys(contents).count(), "private key", "private keys");
    format!("{form}, {certificates}, {keys}")
}

fn certificate_text(
    certificate: &Certificate,
    member: &CertificateMember,
    contents: &Contents,
    to: &mut dyn Write,
) -> io::Result<()> {
    let Some(seen) = contents.certificates.get(member.index) else { return Ok(()) };
    let number = member.index + 1;
    writeln!(to, "  certificate {number}{}: {}", member.place.bracketed(), describe_place(seen.place))?;
    fact(to, "subject", &distinguished(&certificate.subject, SHOWN))?;
    fact(to, "issuer", &distinguished(&certificate.issuer, SHOWN))?;
    fact(to, "issued by", &describe_issuer(member.index, seen.issuer))?;
    fact(to, "validity", &format!("{} to {}", member.metadata.not_before, member.metadata.not_after))?;
    fact(to, "names", &describe_names(certificate))?;
    fact(to, "key", &certificate.public_key.describe())?;
    fact(to, "CA", if member.is_ca { "yes" } else { "no" })?;
    fact(to, "key usage", &listed(member.key_usage.as_deref()))?;
    let purposes: Option<Vec<String>> = member
        .extended_key_usage
        .as_ref()
        .map(|purposes| purposes.iter().map(|purpose| printable(purpose, SHOWN)).collect());
    fact(to, "purposes", &listed(purposes.as_deref()))?;
    fact(to, "signed with", &describe_signature(certificate))?;
    fact(to, "version", &member.metadata.version.to_string())?;
    fact(to, "serial", &printable(&certificate.serial.decimal(), SHOWN))?;
    fact(to, "SHA-256", &member.sha256)?;
    fact(to, "public key", &member.spki_sha256)?;
    extensions_text(member.extensions.as_deref(), to)
}

fn extensions_text(extensions: Option<&[ExtensionMember]>, to: &mut dyn Write) -> io::Result<()> {
    let Some(extensions) = extensions else {
        return fact(to, "extensions", "not shown: x509-parser cannot read this certificate");
    };
    fact(to, "extensions", if extensions.is_empty() { "none" } else { "" })?;
    for extension in extensions.iter().take(NAMES) {
        let name = extension.name.map_or_else(|| printable(&extension.oid, SHOWN), str::to_owned);
        let critical = if extension.critical { ", critical" } else { "" };
        let status = match extension.status {
            "read" => String::new(),
            status => format!(": {status}, {} bytes", extension.length),
        };
        writeln!(to, "      {name}{critical}{status}")?;
        for detail in extension.details.iter().take(NAMES) {
            writeln!(to, "        {:<15} {}", detail.kind, printable(&detail.value, SHOWN))?;
        }
        if extension.details.len() > NAMES {
            writeln!(to, "        and {} more", extension.details.len() - NAMES)?;
        }
    }
    if extensions.len() > NAMES {
        writeln!(to, "      and {} more", extensions.len() - NAMES)?;
    }
    Ok(())
}

fn key_text(key: &Key<'_>, contents: &Contents, to: &mut dyn Write) -> io::Result<()> {
    let format = key.format().unwrap_or("unknown format");
    let encrypted = if key.read.is_none() { ", encrypted" } else { "" };
    writeln!(to, "  private key{}: {format}{encrypted}", key.place.bracketed())?;
    let Some(private_key) = key.read else {
        let algorithm = key.labelled_algorithm();
        fact(
            to,
            "key",
            &algorithm.map_or_else(
                || "unknown: it is encrypted; --password decrypts it".to_owned(),
                |algorithm| {
                    format!("{algorithm}, as its label says; the rest is encrypted, --password decrypts it")
                },
            ),
        )?;
        return Ok(());
    };
    fact(to, "key", &private_key.algorithm.describe(private_key.bits))?;
    fact(
        to,
        "numbers",
        match private_key.soundness {
            KeyConsistency::Sound => "consistent",
            KeyConsistency::Corrupt(_) => "inconsistent",
            KeyConsistency::NotChecked(_) => "not checked",
        },
    )?;
    match &private_key.public_key {
        Some(public_key) => fact(to, "public key", &public_key.sha256())?,
        None => fact(to, "public key", "not known")?,
    }
    let matches = key.matches(contents);
    let belongs = match (matches.as_slice(), private_key.public_key.is_some()) {
        ([], true) => "no certificate of this file".to_owned(),
        ([], false) => "not known".to_owned(),
        (matches, _) => {
            let numbers: Vec<String> = matches.iter().map(|index| (index + 1).to_string()).collect();
            format!("certificate {}", numbers.join(", "))
        }
    };
    fact(to, "belongs to", &belongs)
}

/// Writes a fact in two columns.
fn fact(to: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(to, "{}", format!("    {name:<11} {value}").trim_end())
}

fn listed<T: AsRef<str>>(words: Option<&[T]>) -> String {
    match words {
        None => "not said".to_owned(),
        Some([]) => "none".to_owned(),
        Some(words) => words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
    }
}

const fn place_word(place: ChainPosition) -> &'static str {
    match place {
        ChainPosition::Leaf => "leaf",
        ChainPosition::Intermediate => "intermediate",
        ChainPosition::Root => "root",
        ChainPosition::Anchor => "anchor",
        ChainPosition::Copy(_) => "copy",
        ChainPosition::Unrelated => "stranger",
        ChainPosition::Unknown => "unknown",
    }
}

fn describe_place(place: ChainPosition) -> String {
    match place {
        ChainPosition::Leaf => "leaf",
        ChainPosition::Intermediate => "intermediate",
        ChainPosition::Root => "root",
        ChainPosition::Anchor => "trusted root",
        ChainPosition::Copy(original) => return format!("the same as certificate {}", original + 1),
        ChainPosition::Unrelated => "not part of the chain",
        ChainPosition::Unknown => "position in the chain unknown",
    }
    .to_owned()
}

fn describe_issuer(own: usize, issuer: Option<Issuer>) -> String {
    let Some(Issuer { index, signature }) = issuer else {
        return "a certificate that is not included; signature not checked".to_owned();
    };
    let by = if index == own { "itself".to_owned() } else { format!("certificate {}", index + 1) };
    let signature = match signature {
        Signature::Valid => "the signature is valid",
        Signature::Invalid => "by name; the signature is invalid",
        Signature::NotChecked(NotCheckedReason::Algorithm) => "signature not checked: unknown algorithm",
        Signature::NotChecked(NotCheckedReason::Key) => "signature not checked: unknown key type",
        Signature::NotChecked(NotCheckedReason::Size) => "signature not checked: the key is too large",
        Signature::NotChecked(NotCheckedReason::Candidates) => {
            "signature not checked: too many certificates have this name"
        }
        Signature::NotChecked(NotCheckedReason::Effort) => {
            "signature not checked: the work limit was reached"
        }
    };
    format!("{by}, {signature}")
}

fn describe_names(certificate: &Certificate) -> String {
    let Some(names) = &certificate.subject_alt_names else { return "none (no subjectAltName)".to_owned() };
    if names.is_empty() {
        return "none (an empty subjectAltName)".to_owned();
    }
    let mut shown: Vec<String> = names.iter().take(NAMES).map(|name| general(name, SHOWN)).collect();
    if names.len() > NAMES {
        shown.push(format!("and {} more", names.len() - NAMES));
    }
    shown.join(", ")
}

fn describe_signature(certificate: &Certificate) -> String {
    // Go has no word but a number for what it does not know.
    match certificate.signature_algorithm.go_name() {
        name if name.bytes().all(|byte| byte.is_ascii_digit()) => "another algorithm".to_owned(),
        name => name,
    }
}

fn key_kind(algorithm: &KeyAlgorithm, bits: usize) -> KeyKind {
    let (name, curve) = match algorithm {
        KeyAlgorithm::Ec(Curve::Sm2) => ("SM2".to_owned(), Some(Curve::Sm2.name().to_owned())),
        KeyAlgorithm::Ec(curve) => ("EC".to_owned(), Some(curve.name().to_owned())),
        KeyAlgorithm::OtherCurve(curve) => ("EC".to_owned(), Some(printable(curve, SHOWN))),
        KeyAlgorithm::ExplicitCurve => ("EC".to_owned(), None),
        KeyAlgorithm::Other(name) => {
            (printable(name.strip_prefix("algorithm ").unwrap_or(name), SHOWN), None)
        }
        _ => (algorithm.to_string(), None),
    };
    KeyKind { algorithm: name, bits: (bits > 0).then_some(bits), curve }
}

/// A distinguished name in the order of the certificate, its special characters escaped as in RFC 4514.
fn distinguished(name: &Name, limit: usize) -> String {
    let attributes: Vec<String> = name
        .attributes()
        .iter()
        .map(|attribute| format!("{}={}", kind(attribute), escaped(&attribute.value, limit)))
        .collect();
    attributes.join(", ")
}

/// Types of attributes that occur in certificates, by the names that OpenSSL gives them.
const KINDS: [(&str, &str); 13] = [
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.9", "street"),
    ("2.5.4.12", "title"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.97", "organizationIdentifier"),
];

fn kind(attribute: &Attribute) -> String {
    match attribute.kind {
        AttributeKind::CommonName => "CN",
        AttributeKind::Organization => "O",
        AttributeKind::OrganizationalUnit => "OU",
        AttributeKind::Locality => "L",
        AttributeKind::State => "ST",
        AttributeKind::Country => "C",
        AttributeKind::Other => {
            let known = KINDS.iter().find(|(identifier, _)| *identifier == attribute.identifier);
            return known
                .map_or_else(|| printable(&attribute.identifier, SHOWN), |(_, name)| (*name).to_owned());
        }
    }
    .to_owned()
}

fn escaped(value: &str, limit: usize) -> String {
    let mut text = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate().take(limit.saturating_add(1)) {
        let is_special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (character == '#' && at == 0)
            || (character == ' ' && (at == 0 || at == last));
        if is_special {
            text.push('\\');
        }
        text.push(character);
    }
    printable(&text, limit)
}

/// A name of a subjectAltName; those that are no DNS name with their kind before them.
fn general(name: &GeneralName, limit: usize) -> String {
    match name {
        GeneralName::Dns(name) => printable(name, limit),
        GeneralName::Email(address) => format!("email:{}", printable(address, limit)),
        GeneralName::Uri(uri) => format!("URI:{}", printable(uri, limit)),
        GeneralName::Ip(octets) => match octets.as_slice() {
            &[a, b, c, d] => format!("IP:{}", Ipv4Addr::new(a, b, c, d)),
            octets => <[u8; 16]>::try_from(octets).map_or_else(
                |_| "IP:malformed".to_owned(),
                |octets| format!("IP:{}", Ipv6Addr::from(octets)),
            ),
        },
        GeneralName::Other => "another kind of name".to_owned(),
    }
}

const fn describe_certificate_fault(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Structure => "a CERTIFICATE block without a certificate",
        CertificateFault::TrailingBytes => "a certificate with trailing data",
        CertificateFault::Truncated => "a truncated certificate",
    }
}

const fn describe_key_fault(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::Structure => "not a PKCS#1, PKCS#8 or SEC1 private key",
        KeyFault::TrailingBytes => "a PKCS#1 private key with trailing data",
        KeyFault::PublicKeyBits => "a SEC1 private key whose public key has nonzero unused bits",
        KeyFault::NoCurve => "a SEC1 private key without the name of its curve",
        KeyFault::Truncated => "truncated DER",
        KeyFault::NotDer(_) => "a private key that is not in DER",
        KeyFault::Nested(_) => "a PKCS#8 key inside a PKCS#8 key",
        KeyFault::Other(ActualStructure::EnvelopedKey) => "an enveloped SM2 key (GM/T 0009)",
        KeyFault::Other(ActualStructure::EncryptedKey) => "an encrypted private key with a wrong label",
        KeyFault::Other(ActualStructure::Signed) => {
            "a signed structure, such as a certificate request or a revocation list"
        }
        KeyFault::Other(ActualStructure::PublicKey) => "a public key",
        KeyFault::Other(ActualStructure::Openssh) => "an OpenSSH private key",
        KeyFault::Other(ActualStructure::Pkcs12) => "PKCS#12",
    }
}

const fn describe_instead(instead: NonPemContent) -> Option<&'static str> {
    Some(match instead {
        NonPemContent::Blank => "only whitespace",
        NonPemContent::EmptyBlock => "an empty PEM block",
        NonPemContent::Known(kind) => kind.name,
        NonPemContent::Unknown => return None,
    })
}
