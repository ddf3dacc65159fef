//! Verified repairs: what a repair may never do, checked on its result.
//!
//! A body before and after its repairs is compared as a whole, whatever the repairs were:
//!
//! - A PEM field that changed is read by the service as it now is, and each of its blocks decodes to what its
//!   label says.
//! - Safe repairs keep every block that decodes (parameters of a key aside).
//! - Unsafe repairs keep the private key that counts in each field (any private key if there is none where one
//!   belongs), the certificates that belong to a key, and an end-entity certificate if there was one.
//!
//! A field for which that does not hold is left as it was, line breaks included: the way in which it is written
//! may be all that is left to save a key with.

use crate::api::Field;
use crate::edit::{Edit, Fix, Safety};
use crate::json::body::{Body, Member, Shape};
use crate::pem::{BlockIdentity, BlockKind, Inventory, has_stray_base64};
use crate::span::Span;

/// The fields that are left as they are, and by which repairs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frozen {
    /// `Safety::Unsafe`: by unsafe repairs; `Safety::Safe`: by all.
    fields: Vec<(Field, Safety)>,
}

impl Frozen {
    /// Leaves a field as it is: first by unsafe repairs, if some were made, then by all. Says whether that is
    /// more than before.
    pub(crate) fn add(&mut self, field: Field, has_unsafe_repairs: bool) -> bool {
        let is_frozen = self.fields.iter_mut().find(|(frozen, _)| *frozen == field);
        match is_frozen {
            None => {
                self.fields.push((field, if has_unsafe_repairs { Safety::Unsafe } else { Safety::Safe }));
                true
            }
            Some((_, safety)) if *safety == Safety::Unsafe => {
                *safety = Safety::Safe;
                true
            }
            Some(_) => false,
        }
    }

    /// Whether no field is left as it is.
    pub(crate) const fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether a repair of a body may be made: it changes no field that is left as it is, and deletes no base64
    /// but that of blocks that decode.
    pub(crate) fn allows(&self, body: &[u8], fix: &Fix) -> bool {
        let Ok(source) = std::str::from_utf8(body) else { return true };
        let deleted = fix.edits.iter().filter_map(|edit| match *edit {
            Edit::Put { span, .. } => Some(span),
            _ => None,
        });
        if deleted.filter(|span| !span.is_empty()).any(|span| has_stray_base64(source, span)) {
            return false;
        }
        if self.fields.is_empty() {
            return true;
        }
        let body = Body::parse_shallow(body);
        let is_left = |member: &Member| {
            self.fields.iter().any(|(field, safety)| member.field == Some(*field) && fix.safety <= *safety)
        };
        let copied = fix.edits.iter().filter_map(|edit| match *edit {
            Edit::Copy { from, .. } => Some(from),
            _ => None,
        });
        let places: Vec<Span> = fix.edits.iter().map(Edit::span).chain(copied).collect();
        body.members().iter().filter(|member| is_left(member)).all(|member| {
            let whole = member.key().to(member.value());
            places.iter().all(|place| place.end <= whole.start || whole.end <= place.start)
        })
    }
}

/// The fields in which something is lost, or no longer decodes, between a body and the same body after its
/// repairs.
pub(crate) fn failures(before: &[u8], after: &[u8], has_unsafe_repairs: bool) -> Vec<Field> {
    let (Some(before), Some(after)) = (Contents::of(before), Contents::of(after)) else { return Vec::new() };
    let mut failures = Vec::new();
    for text in &after.texts {
        let is_as_it_was = || before.literals.contains(&text.literal);
        if !text.inventory.is_intact && !is_as_it_was() {
            failures.push(text.field);
        }
    }
    let remains = |block: &BlockIdentity| {
        after.blocks().any(|(_, other)| other.sha256 == block.sha256 || other.is_same_key(block))
    };
    for (field, block) in before.blocks() {
        let is_kept =
            !has_unsafe_repairs && block.kind != BlockKind::Parameters || before.is_needed(field, block);
        if is_kept && !remains(block) {
            failures.push(field);
        }
    }
    let is_leaf = |block: &BlockIdentity| matches!(block.kind, BlockKind::Certificate { is_ca: false, .. });
    if !after.blocks().any(|(_, block)| is_leaf(block)) {
        failures.extend(before.blocks().filter(|(_, block)| is_leaf(block)).map(|(field, _)| field));
    }
    failures.sort_unstable();
    failures.dedup();
    failures
}

/// The PEM texts of a body.
struct Contents<'a> {
    /// Every value of the object, as it is written.
    literals: Vec<&'a str>,
    texts: Vec<Text<'a>>,
}

struct Text<'a> {
    field: Field,
    literal: &'a str,
    inventory: Inventory,
}

impl<'a> Contents<'a> {
    /// `None` if the body is not a JSON object.
    fn of(body: &'a [u8]) -> Option<Self> {
        let source = std::str::from_utf8(body).ok()?;
        let outline = Body::parse_shallow(body);
        if !matches!(outline.shape, Shape::Object { .. }) {
            return None;
        }
        let literal = |member: &Member| source.get(member.value().start..member.value().end);
        let literals = outline.members().iter().filter_map(literal).collect();
        let texts = Field::ALL.into_iter().filter(|field| field.is_pem()).filter_map(|field| {
            let member = outline.effective_member(field)?;
            let literal = literal(member).filter(|literal| literal.starts_with('"'))?;
            Some(Text { field, literal, inventory: Inventory::of_json(source, member.value()) })
        });
        Some(Self { literals, texts: texts.collect() })
    }

    fn blocks(&self) -> impl Iterator<Item = (Field, &BlockIdentity)> {
        self.texts.iter().flat_map(|text| text.inventory.blocks.iter().map(|block| (text.field, block)))
    }

    /// Whether even an unsafe repair keeps a block: the private key that counts in its field, a private key if
    /// there is none where one belongs, and the certificate of any private key.
    fn is_needed(&self, field: Field, block: &BlockIdentity) -> bool {
        let mut keys = self.blocks().filter(|(_, block)| matches!(block.kind, BlockKind::PrivateKey { .. }));
        match block.kind {
            BlockKind::PrivateKey { .. } if field.holds_private_key() => keys
                .find(|(other, _)| *other == field)
                .is_some_and(|(_, first)| first.sha256 == block.sha256),
            BlockKind::PrivateKey { .. } => keys.all(|(other, _)| !other.holds_private_key()),
            BlockKind::Certificate { public_key: certified, .. } => self.blocks().any(|(_, key)| {
                matches!(key.kind, BlockKind::PrivateKey { public_key } if public_key == Some(certified))
            }),
            BlockKind::Parameters | BlockKind::Other => false,
        }
    }
}
