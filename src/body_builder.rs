//! A body put together from files, and the way back from places in it to places in the files.
//!
//! Files are written into the body as they are, DER with armour around it. What is wrong with them is
//! then found, and repaired, as in any other body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::api::Field;
use crate::edit::escape;
use crate::internal_fault::OrFault;
use crate::pem::Label;
use crate::span::Span;

/// What a member is made of.
pub enum Part<'a> {
    /// A text that was given by itself.
    Word(&'a str),
    /// What stands in a file. Several of one field, one after the other, become one text.
    File(&'a [u8]),
}

/// A body that was put together.
pub struct BodyBuilder {
    /// It may hold a key, and is wiped when dropped.
    pub text: Zeroizing<Vec<u8>>,
    parts: Vec<WrittenPart>,
}

/// A part of it.
struct WrittenPart {
    /// With the quote before it, if it is the first of its field.
    span: Span,
    /// Runs of its text that come from a file, in their order.
    pieces: Vec<SourceRun>,
}

/// A run of the body that comes from a file.
#[derive(Clone, Copy)]
struct SourceRun {
    at: Span,
    from: Span,
    kind: Kind,
}

/// How a run is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Byte for byte.
    Plain,
    /// As an escape sequence, or in another encoding: the run stands for its origin as a whole.
    Whole,
    /// As the PEM of DER.
    Der,
}

/// Where something in a body that was put together comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLocation {
    /// Which part it stands in, counted from 0.
    pub part: usize,
    /// Where in the file it begins; `None` for a text that was given by itself.
    pub offset: Option<usize>,
    /// Whether the file is binary there, so that it has no lines to count.
    pub is_binary: bool,
}

impl BodyBuilder {
    /// Puts a body together. Members come in the order in which they are given.
    #[must_use]
    pub fn new(parts: &[(Field, Part<'_>)]) -> Self {
        // Room for everything: a text that grows leaves unwiped copies of itself behind.
        let capacity: usize = parts.iter().map(|(field, part)| 16 + field.name().len() + part.room()).sum();
        let mut writer =
            Writer { text: Zeroizing::new(Vec::with_capacity(capacity + 16)), pieces: Vec::new() };
        let mut written = Vec::with_capacity(parts.len());
        writer.put("{");
        for (index, (field, part)) in parts.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| parts.get(before));
            let is_continued = before.is_some_and(|(before, _)| before == field);
            if is_continued {
                if !writer.text.ends_with(b"\\n") {
                    writer.put("\\n");
                }
            } else {
                writer.put(if index == 0 { "\n  \"" } else { "\",\n  \"" });
                writer.put(field.name());
                writer.put("\": \"");
            }
            let start = writer.text.len() - usize::from(!is_continued);
            match part {
                Part::Word(word) => word.chars().for_each(|character| writer.character(character, None)),
                Part::File(bytes) => write_file(bytes, &mut writer),
            }
            let span = Span::new(start, writer.text.len());
            written.push(WrittenPart { span, pieces: std::mem::take(&mut writer.pieces) });
        }
        writer.put(if parts.is_empty() { "}\n" } else { "\"\n}\n" });
        Self { text: writer.text, parts: written }
    }

    /// Where something comes from; `None` for the body as a whole.
    #[must_use]
    pub fn source(&self, span: Span) -> Option<SourceLocation> {
        let is_around = |part: &WrittenPart| part.span.start <= span.start && span.start <= part.span.end;
        let (index, part) = self.parts.iter().enumerate().rfind(|(_, part)| is_around(part))?;
        let Some(last) = part.pieces.last() else {
            return Some(SourceLocation { part: index, offset: None, is_binary: false });
        };
        let next = part.pieces.partition_point(|piece| piece.at.start <= span.start);
        let piece = next.checked_sub(1).and_then(|index| part.pieces.get(index)).or(part.pieces.first());
        let SourceRun { at, from, kind } = *piece.unwrap_or(last);
        let within = span.start.saturating_sub(at.start);
        let offset = match kind {
            _ if within >= at.len() => from.end,
            Kind::Plain => from.start + within,
            Kind::Whole | Kind::Der => from.start,
        };
        Some(SourceLocation { part: index, offset: Some(offset), is_binary: kind == Kind::Der })
    }
}

impl Part<'_> {
    /// The most bytes that it can take in the body.
    fn room(&self) -> usize {
        match self {
            // Six for a control character, three for an octet that is no UTF-8.
            Self::Word(text) => 6 * text.len(),
            // And the lines of armour around DER.
            Self::File(bytes) => 6 * bytes.len() + 128 * stretches(bytes).len(),
        }
    }
}

/// Writes a body.
struct Writer {
    text: Zeroizing<Vec<u8>>,
    pieces: Vec<SourceRun>,
}

impl Writer {
    /// Writes what comes from nowhere.
    fn put(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Writes a character of a string.
    fn character(&mut self, character: char, from: Option<Span>) {
        let escaped = escape(character);
        let at = Span::new(self.text.len(), self.text.len() + escaped.len());
        self.text.extend_from_slice(escaped.as_bytes());
        let Some(from) = from else { return };
        let kind = if at.len() == from.len() { Kind::Plain } else { Kind::Whole };
        self.push(SourceRun { at, from, kind });
    }

    fn push(&mut self, piece: SourceRun) {
        if let Some(last) = self.pieces.last_mut()
            && last.kind == piece.kind
            && last.at.end == piece.at.start
        {
            let goes_on = match piece.kind {
                Kind::Plain => last.from.end == piece.from.start,
                Kind::Whole => false,
                Kind::Der => last.from == piece.from,
            };
            if goes_on {
                last.at.end = piece.at.end;
                last.from.end = piece.from.end;
                return;
            }
        }
        self.pieces.push(piece);
    }

    /// Writes a line of armour around DER, or of the base64 of it.
    fn line(&mut self, parts: &[&[u8]], from: Span) {
        let start = self.text.len();
        for part in parts {
            self.text.extend_from_slice(part);
        }
        self.text.extend_from_slice(b"\\n");
        self.push(SourceRun { at: Span::new(start, self.text.len()), from, kind: Kind::Der });
    }
}

/// Writes a file into a string: text as it is, DER with armour around it, and other binary data as
/// base64, of which the rules tell what it is.
fn write_file(bytes: &[u8], writer: &mut Writer) {
    for (span, kind) in stretches(bytes) {
        let stretch = bytes.get(span.start..span.end).or_fault();
        match kind {
            Stretch::Der(label) => {
                if let Some(label) = label {
                    writer.line(&[b"-----BEGIN ", label.as_bytes(), b"-----"], span);
                }
                for octets in stretch.chunks(48) {
                    let mut line = Zeroizing::new([0; 64]);
                    let length = STANDARD.encode_slice(octets, line.as_mut_slice()).or_fault();
                    writer.line(&[line.get(..length).or_fault()], span);
                }
                if let Some(label) = label {
                    writer.line(&[b"-----END ", label.as_bytes(), b"-----"], span);
                }
            }
            Stretch::Utf16 { is_big } => write_utf16(stretch, span.start, is_big, writer),
            Stretch::Text => {
                let mut at = span.start;
                for chunk in stretch.utf8_chunks() {
                    for character in chunk.valid().chars() {
                        let end = at + character.len_utf8();
                        writer.character(character, Some(Span::new(at, end)));
                        at = end;
                    }
                    if !chunk.invalid().is_empty() {
                        let end = at + chunk.invalid().len();
                        writer.character('\u{fffd}', Some(Span::new(at, end)));
                        at = end;
                    }
                }
            }
        }
    }
}

fn write_utf16(bytes: &[u8], offset: usize, is_big: bool, writer: &mut Writer) {
    let units = bytes.chunks(2).map(|pair| match *pair {
        [first, second] if is_big => u16::from_be_bytes([first, second]),
        [first, second] => u16::from_le_bytes([first, second]),
        // Half of a character is left over.
        _ => 0xfffd,
    });
    let mut at = offset;
    for character in char::decode_utf16(units) {
        let (character, length) = character.map_or(('\u{fffd}', 2), |known| (known, 2 * known.len_utf16()));
        // The mark at its beginning says how it is written, and is no part of the text.
        if character != '\u{feff}' || at != offset {
            writer.character(character, Some(Span::new(at, at + length)));
        }
        at += length;
    }
}

/// How a stretch of a file is written.
enum Stretch {
    /// UTF-8, or nearly.
    Text,
    Utf16 {
        is_big: bool,
    },
    /// DER with its label, or binary data that has none.
    Der(Option<&'static str>),
}

/// Tells text and DER apart in a file that may hold both, one behind the other.
fn stretches(bytes: &[u8]) -> Vec<(Span, Stretch)> {
    match bytes {
        [0xff, 0xfe, ..] => return vec![(Span::new(0, bytes.len()), Stretch::Utf16 { is_big: false })],
        [0xfe, 0xff, ..] => return vec![(Span::new(0, bytes.len()), Stretch::Utf16 { is_big: true })],
        _ => {}
    }
    let mut stretches = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, stretch) = if let Some((length, label)) = der(rest) {
            (length, Stretch::Der(label))
        } else {
            let length = text_before_der(rest);
            let text = rest.get(..length).or_fault();
            let is_text = std::str::from_utf8(text).is_ok() || memchr::memmem::find(text, b"-----").is_some();
            (length, if is_text { Stretch::Text } else { Stretch::Der(None) })
        };
        stretches.push((Span::new(at, at + length), stretch));
        at += length;
    }
    stretches
}

/// How much of a text comes before DER that begins on a line of its own.
fn text_before_der(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text)
        .map(|at| at + 1)
        .find(|&start| text.get(start..).is_some_and(|rest| der(rest).is_some()))
        .unwrap_or(text.len())
}

/// The DER at the beginning of some bytes: its length, and its label if it is of a kind that has one.
fn der(bytes: &[u8]) -> Option<(usize, Option<&'static str>)> {
    let length = Label::length_of_der(bytes)?;
    let label = bytes.get(..length).and_then(Label::of_der);
    // A text may begin with a zero and a character that is taken for a length; but no text begins with a
    // length of more than one octet.
    let is_binary = matches!(bytes, [_, 0x80..=0xff, ..]);
    (label.is_some() || is_binary).then_some((length, label))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn assembled(file: &[u8]) -> (BodyBuilder, String) {
        let assembly = BodyBuilder::new(&[
            (Field::Name, Part::Word("a\"b")),
            (Field::CertContent, Part::File(file)),
            (Field::PrivateKey, Part::File(b"k")),
        ]);
        let text = String::from_utf8(assembly.text.to_vec()).unwrap();
        (assembly, text)
    }

    fn offset(assembly: &BodyBuilder, at: usize) -> Option<usize> {
        assembly.source(Span::at(at)).unwrap().offset
    }

    #[test]
    fn places_lead_back_to_the_file() {
        let (assembly, text) = assembled("x\r\n\"é\u{1}\\y".as_bytes());
        assert_eq!(
            text,
            "{\n  \"name\": \"a\\\"b\",\n  \"cert_content\": \"x\\r\\n\\\"é\\u0001\\\\y\",\n  \"private_key\": \"k\"\n}\n"
        );
        let start = text.find("x\\r").unwrap();
        for (place, expected) in [(0, 0), (1, 1), (3, 2), (5, 3), (7, 4), (9, 6), (15, 7), (17, 8), (18, 9)] {
            assert_eq!(offset(&assembly, start + place), Some(expected), "{place}");
        }
        // The quotes belong to the member.
        assert_eq!(offset(&assembly, start - 1), Some(0));
        let name = assembly.source(Span::at(text.find("a\\").unwrap())).unwrap();
        assert_eq!(name, SourceLocation { part: 0, offset: None, is_binary: false });
        assert_eq!(assembly.source(Span::at(0)), None);
        assert_eq!(assembly.source(Span::at(text.rfind('k').unwrap())).unwrap().part, 2);
    }

    #[test]
    fn der_gets_armour_and_text_stays() {
        // An RSAPublicKey of sorts, and a structure of which nothing is known.
        let public_key = [0x30, 6, 2, 1, 5, 2, 1, 3];
        let other: Vec<u8> = [0x30, 0x81, 131, 4, 0x81, 128].into_iter().chain([0xaa; 128]).collect();
        let file = [b"text\n".as_slice(), &public_key, b"0, more\n", &other, b"end"].concat();
        let (assembly, text) = assembled(&file);
        let value = text.split("\"cert_content\": \"").nth(1).unwrap();
        let line = format!("MIGDBIGA{}\\n", "qqqq".repeat(14));
        let expected = format!(
            "text\\n-----BEGIN PUBLIC KEY-----\\nMAYCAQUCAQM=\\n-----END PUBLIC KEY-----\\n0, more\\n{line}"
        );
        assert!(value.starts_with(&expected), "{value}");
        let source = assembly.source(Span::at(text.find("MAYC").unwrap())).unwrap();
        assert_eq!(source, SourceLocation { part: 1, offset: Some(5), is_binary: true });
        assert_eq!(offset(&assembly, text.find("more").unwrap()), Some(16));
        assert_eq!(offset(&assembly, text.find("end").unwrap()), Some(file.len() - 3));
    }

    #[test]
    fn files_of_one_field_become_one_text() {
        let parts: Vec<(Field, Part<'_>)> = [b"one".as_slice(), b"two\n", b"", b"three"]
            .into_iter()
            .map(|file| (Field::CertContent, Part::File(file)))
            .collect();
        let builder = BodyBuilder::new(&parts);
        let text = std::str::from_utf8(&builder.text).unwrap();
        assert_eq!(text, "{\n  \"cert_content\": \"one\\ntwo\\nthree\"\n}\n");
        for (piece, part, offset) in
            [("\"one", 0, 0), ("e\\n", 0, 2), ("two", 1, 0), ("o\\n", 1, 2), ("three", 3, 0)]
        {
            let source = builder.source(Span::at(text.find(piece).unwrap())).unwrap();
            assert_eq!((source.part, source.offset), (part, Some(offset)), "{piece}");
        }
        assert_eq!(*BodyBuilder::new(&[]).text, b"{}\n");
    }

    #[test]
    fn utf_16_is_read() {
        for (big, mark) in [(false, [0xff, 0xfe]), (true, [0xfe, 0xff])] {
            let units = "-----B\n\u{1f600}".encode_utf16();
            let octets = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            let file: Vec<u8> = mark.into_iter().chain(octets).collect();
            let (assembly, text) = assembled(&file);
            assert!(text.contains("\"-----B\\n\u{1f600}\""), "{text}");
            assert_eq!(offset(&assembly, text.find("B\\n").unwrap()), Some(12));
            assert_eq!(offset(&assembly, text.find('\u{1f600}').unwrap()), Some(16));
        }
    }
}
