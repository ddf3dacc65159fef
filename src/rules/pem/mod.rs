//! How PEM texts are written. Each rule reports one finding per field, with all its places.

pub(in crate::rules) mod byte_order_mark;
pub(in crate::rules) mod carriage_returns;
pub(in crate::rules) mod collapsed_pem;
pub(in crate::rules) mod double_encoded;
pub(in crate::rules) mod escaped_newlines;
pub(in crate::rules) mod indented_pem;
pub(in crate::rules) mod invalid_base64;
pub(in crate::rules) mod invisible_characters;
pub(in crate::rules) mod line_prefix;
pub(in crate::rules) mod malformed_boundary;
pub(in crate::rules) mod mismatched_labels;
pub(in crate::rules) mod missing_armour;
pub(in crate::rules) mod no_pem_block;
pub(in crate::rules) mod quoted_pem;
pub(in crate::rules) mod text_outside_pem;
pub(in crate::rules) mod unterminated_block;
pub(in crate::rules) mod untidy_lines;

use crate::edit::Fix;
use crate::pem::{Damage, DamageKind, MAX_PLACES, Repair};
use crate::problem::Problem;
use crate::rules::{Citation, PemField};
use crate::span::Span;

/// How the service parses PEM; most of these rules follow from it.
const READER: Citation =
    Citation::Go("encoding/pem", "BEGIN and END are at the start of a line, alone on it");

/// How many places a finding shows after the first.
const SHOWN: usize = 3;

/// Damage of one kind in a field.
struct FieldDamage<'a> {
    /// The kind; the first one if there are several.
    kind: DamageKind,
    /// All places; the first belongs to `kind`.
    places: Vec<Span>,
    repair: Option<&'a Repair>,
}

impl<'a> FieldDamage<'a> {
    /// Collects the damage for which `is_it` returns true; `None` if there is none.
    fn of(field: &PemField<'a>, is_it: impl Fn(&DamageKind) -> bool) -> Option<Self> {
        let damage: Vec<&Damage> = field.text.damage.iter().filter(|damage| is_it(&damage.kind)).collect();
        let kind = damage.first()?.kind;
        let places = damage.iter().flat_map(|damage| damage.places.iter().copied()).collect();
        // Safe repairs come first; the others are offered after them.
        Some(Self { kind, places, repair: damage.iter().find_map(|damage| damage.repair.as_ref()) })
    }

    /// A problem with its places; `label` describes each of them.
    fn problem(&self, label: &str, message: impl Into<String>) -> Problem {
        let first = self.places.first().copied().unwrap_or(Span::at(0));
        let text = match self.places.len() {
            0 | 1 => label.to_owned(),
            count if count < MAX_PLACES => format!("{label} (first of {count})"),
            count => format!("{label} (first of {count} or more)"),
        };
        let further = self.places.iter().skip(1).take(SHOWN);
        further.fold(Problem::at(first, text, message), |problem, place| problem.related(*place, "also here"))
    }

    /// Offers the repair, if there is one.
    fn repaired(&self, problem: Problem, title: &str) -> Problem {
        match self.repair {
            Some(Repair { safety, edits }) => {
                problem.fix(Fix { title: title.to_owned(), safety: *safety, edits: edits.clone() })
            }
            None => problem,
        }
    }
}
