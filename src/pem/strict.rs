//! The short way for texts that are written as RFC 7468 has it: one pass, nothing to repair.

use memchr::memchr;

use crate::pem::base64_engines::{AS_GO, decoded};
use crate::pem::{Label, RawBlock};
use crate::secret::Secret;
use crate::source_map::{SourceMappedStr, to_u32};
use crate::span::Span;

/// Reads a text of blocks with known labels, lines of 64 characters, and nothing else but empty lines
/// between blocks; `None` when it is anything else, which the long way has to look at.
pub(super) fn read(text: &SourceMappedStr) -> Option<Vec<RawBlock>> {
    let mut blocks = Vec::new();
    let mut rest = skip_empty_lines(text.as_str());
    while !rest.is_empty() {
        rest = skip_empty_lines(block(text, rest, &mut blocks)?);
    }
    (!blocks.is_empty()).then_some(blocks)
}

fn block<'t>(text: &SourceMappedStr, rest: &'t str, blocks: &mut Vec<RawBlock>) -> Option<&'t str> {
    let length = text.as_str().len();
    let start = length - rest.len();
    let (first, mut rest) = line(rest)?;
    let written = first.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    let (_, label) = Label::WRITTEN.into_iter().find(|(known, _)| *known == written)?;
    if matches!(label, Label::Pgp | Label::Ssh2 | Label::OpensshPrivateKey) {
        return None;
    }
    let length_of_data = memchr::memmem::find(rest.as_bytes(), b"-----END ")?;
    let mut lines = Vec::with_capacity(length_of_data / 64 + 3);
    let begin = text.start(start);
    lines.push(to_u32(begin));
    let mut data = Secret::new(Vec::with_capacity(length_of_data));
    let mut is_short = false;
    loop {
        let at = length - rest.len();
        let (next, after) = line(rest)?;
        lines.push(to_u32(text.start(at)));
        if let Some(end) = next.strip_prefix("-----END ") {
            if end.strip_suffix("-----")? != written || data.expose().is_empty() {
                return None;
            }
            let der = decoded(&*AS_GO, data.expose())?;
            // PEM or base64 once more.
            if matches!(der.expose().first(), Some(b'-' | b'M')) {
                return None;
            }
            let der = Some(der);
            let span = Span::new(begin, text.span(at..at + next.len()).end);
            blocks.push(RawBlock { span, label, is_encrypted: false, lines, is_empty: false, der });
            return Some(after);
        }
        if is_short || next.is_empty() || next.len() > 64 {
            return None;
        }
        is_short = next.len() < 64;
        data.expose_mut().extend_from_slice(next.as_bytes());
        rest = after;
    }
}

/// A line, and what follows it; the last one need not end.
fn line(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    // Mostly the line is as long as it may be. Should another end in it, what is in it is no base64, and the
    // long way sorts it out.
    if text.as_bytes().get(64) == Some(&b'\n') && !text.starts_with('-') {
        return Some((text.get(..64)?, text.get(65..)?));
    }
    match memchr(b'\n', text.as_bytes()) {
        Some(at) => Some((text.get(..at)?, text.get(at + 1..)?)),
        None => Some((text, "")),
    }
}

fn skip_empty_lines(text: &str) -> &str {
    text.trim_start_matches('\n')
}
