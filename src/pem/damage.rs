//! What can be wrong with how a PEM text is written.

use crate::edit::{Edit, Safety};
use crate::pem::Label;
use crate::span::Span;

/// One kind of damage of a text, with every place of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What it is; of several sorts, that of the first place.
    pub kind: DamageKind,
    /// Where it is, the first place first. Never empty, and no more than [`MAX_PLACES`].
    pub places: Vec<Span>,
    /// How it is repaired; `None` when that would be a guess.
    pub repair: Option<Repair>,
}

/// How damage is repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Whether it keeps every certificate and key. The text is read on as if repaired exactly when
    /// it does.
    pub safety: Safety,
    /// The edits of the written body; empty when an outer layer has to be repaired first.
    pub edits: Vec<Edit>,
}

/// The kinds of damage, in the order in which they are best repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// Text on every line of a block that is not part of it.
    LinePrefix(LinePrefix),
    /// Quote characters around the armour.
    Quotes,
    /// Line breaks spelled out as `\` and `n`.
    EscapedLineBreaks(Spelling),
    /// U+FEFF before a BEGIN line.
    ByteOrderMark,
    /// Characters in the armour that cannot be seen, or are not what they look like.
    InvisibleCharacters(Invisible),
    /// The text is itself encoded.
    DoubleEncoded(Encoding),
    /// Base64 of DER without BEGIN and END lines.
    MissingArmour(DerKind),
    /// Armour lines are not on lines of their own.
    Collapsed(Separator),
    /// Armour lines are preceded by blanks.
    Indented,
    /// A BEGIN or END line that is not written as it should be.
    Boundary(BoundaryFault),
    /// BEGIN and END name different labels.
    MismatchedLabels {
        /// The label of BEGIN.
        begin: Label,
        /// The label of END.
        end: Label,
    },
    /// A block lacks one of its boundaries.
    Unterminated(Missing),
    /// The body is not base64.
    Base64(Base64Fault),
    /// Carriage returns before line feeds.
    CarriageReturns,
    /// Text that is no block.
    TextOutside(Outside),
    /// Body lines that stricter readers refuse.
    Untidy(Untidiness),
}

impl DamageKind {
    /// Whether two kinds are reported together.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether the service reads the text all the same.
    #[must_use]
    pub const fn is_harmless(&self) -> bool {
        matches!(self, Self::CarriageReturns | Self::TextOutside(_) | Self::Untidy(_))
    }

    /// The place in the order of repairs.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::LinePrefix(_) | Self::Quotes => 0,
            Self::EscapedLineBreaks(_) => 1,
            Self::ByteOrderMark => 2,
            Self::InvisibleCharacters(_) => 3,
            Self::DoubleEncoded(_) => 4,
            Self::MissingArmour(_) => 5,
            Self::Collapsed(_) => 6,
            Self::Indented => 7,
            Self::Boundary(_) => 8,
            Self::MismatchedLabels { .. } => 9,
            Self::Unterminated(_) => 10,
            Self::Base64(_) => 11,
            Self::CarriageReturns => 12,
            Self::TextOutside(_) => 13,
            Self::Untidy(_) => 14,
        }
    }
}

/// What the text on every line of a block looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinePrefix {
    /// A counter.
    LineNumber,
    /// A prefix with a time of day.
    Timestamp,
    /// The name of a file, as `grep` prints it.
    FileName,
    /// The `+` of a diff.
    Diff,
    /// The `>` of a quoted mail.
    Mail,
    /// A comment mark.
    Comment,
    /// A vertical bar or a list dash.
    Margin,
    /// The prompt of a shell.
    Prompt,
    /// Control sequences of a terminal.
    TerminalColor,
    /// The quotation marks and operators of a string in source code.
    StringLiteral,
    /// A name, as log collectors and container runtimes write it.
    Log,
    /// The same text at the end of every line.
    Suffix,
    /// Lines of text between lines of base64, as page footers are.
    TextLine,
    /// Any other text.
    Other,
}

/// How line breaks are spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `\n`
    Newline,
    /// `\r\n`
    CarriageReturnNewline,
    /// `\r`
    CarriageReturn,
    /// `\\n`, with two or more backslashes
    Doubled,
    /// `\012`, `\x0a`, `\u000a`
    Numeric,
    /// A backslash before a slash
    Slash,
    /// A backslash at the end of a line, or one that escapes something else
    Backslash,
}

/// Characters that cannot be seen, or are not what they look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invisible {
    /// Without a glyph: zero-width, soft hyphen, control characters.
    NoGlyph,
    /// An unusual space, as the no-break space.
    Space,
    /// An unusual line break.
    LineBreak,
    /// A dash that is not the ASCII one.
    Dash,
    /// A letter, digit or sign that looks like another.
    LookAlike,
    /// U+FFFD, where a character was lost before.
    Replacement,
    /// Any other that is not ASCII.
    Other,
}

/// How a text is encoded once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Base64
    Base64,
    /// Percent-encoding
    Percent,
    /// Percent-encoding with `+` for spaces
    Form,
    /// HTML or XML entities
    Html,
    /// Quoted-printable (RFC 2045)
    QuotedPrintable,
    /// UTF-16 whose bytes were read as characters
    Utf16,
    /// A data URL (RFC 2397)
    DataUrl,
    /// `\u003d` and the like, of JSON
    JsonEscapes,
    /// base64url (RFC 4648 section 5) in a block
    Base64Url,
    /// Base64 in a block of a text that is PEM or base64 itself
    Base64InBlock,
}

/// What stands where a line break should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// Nothing.
    Nothing,
    /// Spaces or tabs.
    Blanks,
    /// Carriage returns.
    CarriageReturns,
    /// Other text on the line of a boundary.
    Text,
    /// The same text in the place of every line break of a block.
    Mark,
}

/// How a BEGIN or END line departs from its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundaryFault {
    /// Other than five dashes.
    Dashes {
        /// How many there are.
        count: usize,
    },
    /// Letters of the wrong case.
    Case,
    /// Blanks missing, in the wrong place, or written otherwise.
    Spacing,
    /// A misspelt word: what it seems to stand for, if anything.
    Misspelt(Option<&'static str>),
    /// Text after it on its line.
    TextAfter,
}

/// The boundary that a block lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// BEGIN
    Begin,
    /// END
    End,
}

/// How a body is not base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64Fault {
    /// A character outside the base64 alphabet; `None` if it is not printable ASCII.
    Foreign(Option<char>),
    /// `-` and `_` of the URL-safe alphabet.
    UrlAlphabet,
    /// Spaces where `+` belongs.
    PlusAsSpace,
    /// `=` before the end.
    PaddingInside,
    /// More or fewer `=` than belong there.
    Padding {
        /// How many there are.
        found: usize,
        /// How many belong there.
        expected: usize,
    },
    /// Characters are missing or too many.
    Length {
        /// How many there are.
        characters: usize,
        /// A line that is longer or shorter than the others.
        odd_line: Option<OddLine>,
    },
}

/// A line that is longer or shorter than the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OddLine {
    /// How many characters it has.
    pub characters: usize,
    /// How many the others have.
    pub others: usize,
}

/// Text that is no block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Before the first block.
    Before,
    /// Between blocks.
    Between,
    /// After the last block.
    After,
    /// Header lines inside a block.
    Headers,
}

/// How body lines are untidy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untidiness {
    /// A line of other than 64 characters.
    Width {
        /// How many it has.
        characters: usize,
    },
    /// A line without characters.
    BlankLine,
    /// Spaces or tabs.
    Blanks,
}

/// What a DER text is, by its structure alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerKind {
    /// Something that is armoured with this label.
    Labelled(Label),
    /// A certificate request, a CRL, PKCS#7, a public key: something that has no business here.
    OutOfPlace(Label),
    /// It begins like DER, and is cut off or not known.
    Unknown,
}

impl DerKind {
    /// The label that it is armoured with; `None` when it is not known.
    #[must_use]
    pub const fn label(self) -> Option<Label> {
        match self {
            Self::Labelled(label) | Self::OutOfPlace(label) => Some(label),
            Self::Unknown => None,
        }
    }
}

/// Damage of one kind with as many places is not repaired, and no further ones are noted: each takes
/// many times the room of the character that it is about. Nor is what needs more edits than that. There
/// are as many lines in 4 MB of PEM.
pub const MAX_PLACES: usize = 65_536;

/// There is room for so many places of damage from the start: where one line is damaged, mostly all of a block
/// are.
const ROOM: usize = 64;

/// The damage that was found so far.
#[derive(Default)]
pub(super) struct DamageLog {
    entries: Vec<Damage>,
}

impl DamageLog {
    /// Records a place of damage and its edits. What is like it, and as safe to repair, becomes one
    /// entry; `None` says that it cannot be repaired.
    pub(super) fn add(
        &mut self,
        kind: DamageKind,
        safety: Option<Safety>,
        place: Span,
        edits: impl IntoIterator<Item = Edit>,
    ) {
        let same = |entry: &&mut Damage| {
            entry.kind.is_like(&kind) && entry.repair.as_ref().map(|repair| repair.safety) == safety
        };
        if let Some(entry) = self.entries.iter_mut().find(same) {
            if entry.places.len() == MAX_PLACES {
                return;
            }
            entry.places.push(place);
            let last = entry.places.len() - 1;
            if entry.places.first().is_some_and(|first| place < *first) {
                entry.kind = kind;
                entry.places.swap(0, last);
            }
            if let Some(repair) = &mut entry.repair {
                let room = (MAX_PLACES + 1).saturating_sub(repair.edits.len());
                repair.edits.extend(edits.into_iter().take(room));
            }
        } else {
            let mut places = Vec::with_capacity(ROOM);
            places.push(place);
            let repair = safety.map(|safety| {
                let mut kept = Vec::with_capacity(ROOM);
                kept.extend(edits.into_iter().take(MAX_PLACES + 1));
                Repair { safety, edits: kept }
            });
            self.entries.push(Damage { kind, places, repair });
        }
    }

    /// All of it, in the order of the repairs; places in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Damage> {
        self.entries.sort_by_key(|entry| {
            (entry.kind.rank(), entry.repair.as_ref().is_none_or(|repair| repair.safety == Safety::Unsafe))
        });
        for entry in &mut self.entries {
            let is_whole = |repair: &Repair| repair.edits.len() <= MAX_PLACES;
            entry.repair = entry.repair.take().filter(is_whole).filter(|_| entry.places.len() < MAX_PLACES);
            entry.places.sort_unstable();
            entry.places.dedup();
        }
        self.entries
    }
}
