//! What `inspect` sees in a file, as text.

use std::io::{self, Write};

use crate::chain::signature::{NotCheckedReason, Signature};
use crate::inspect::json::{
    CertificateMember, ExtensionMember, Key, SHOWN, Where, certificates, describe_certificate_fault,
    describe_key_fault, distinguished, general, keys, others,
};
use crate::inspect::{ChainPosition, Contents, Form, Issuer};
use crate::keys::KeyConsistency;
use crate::pem::{BlockContent, NonPemContent, PemBlock};
use crate::redact::printable;
use crate::x509::Certificate;

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
        writeln!(to, "  not shown{}: {what}", bracketed(&place))?;
    }
    Ok(())
}

/// A place in brackets, with a blank before them; empty for DER.
fn bracketed(place: &Where) -> String {
    match (&place.pointer, place.block) {
        (Some(pointer), Some(block)) => format!(" ({pointer}, block {block})"),
        (Some(pointer), None) => format!(" ({pointer})"),
        (None, Some(block)) => format!(" (block {block})"),
        (None, None) => String::new(),
    }
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
    writeln!(to, "  certificate {number}{}: {}", bracketed(&member.place), describe_place(seen.place))?;
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
    writeln!(to, "  private key{}: {format}{encrypted}", bracketed(&key.place))?;
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

const fn describe_instead(instead: NonPemContent) -> Option<&'static str> {
    Some(match instead {
        NonPemContent::Blank => "only whitespace",
        NonPemContent::EmptyBlock => "an empty PEM block",
        NonPemContent::Known(kind) => kind.name,
        NonPemContent::Unknown => return None,
    })
}
