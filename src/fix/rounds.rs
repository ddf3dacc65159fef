//! Repairs, in rounds: fixes that do not get into each other's way are applied together, the result is
//! read and judged anew, until nothing changes.
//!
//! What a fix does is its rule's business; nothing here looks at the text.

use zeroize::Zeroizing;

use crate::edit;
use crate::edit::{Applied, Fix, Origin, Safety};
use crate::fix::verify;
use crate::fix::verify::Frozen;
use crate::internal_fault::OrFault;
use crate::json::body::{Body, Shape};
use crate::report::{Finding, Report};
use crate::settings::Settings;
use crate::span::Span;

/// No body takes so many rounds: encodings nest six deep, and each takes two. Repairs that take more undo each
/// other's work; then none of them is made.
const MAX_ROUNDS: usize = 16;

/// A body after its repairs.
pub struct Repaired {
    /// The body as it is now. It may hold a key, and is wiped when dropped.
    pub(crate) text: Zeroizing<Vec<u8>>,
    /// What was done, in order. None when there was nothing to repair.
    pub(crate) rounds: Vec<Round>,
    /// What is left.
    pub(crate) report: Report,
}

/// Repairs that were made together.
#[derive(Debug)]
pub struct Round {
    /// What was found before.
    pub(crate) before: Report,
    /// Which of it was repaired, as indexes of its findings.
    pub(crate) taken: Vec<usize>,
    /// Where what stands in the body after the round stood before it.
    pub(crate) origin: Origin,
}

impl Round {
    /// What was repaired, and how.
    pub fn repairs(&self) -> impl Iterator<Item = (&Finding, &Fix)> {
        self.taken.iter().filter_map(|&index| {
            let finding = self.before.findings.get(index)?;
            Some((finding, finding.fix.as_ref()?))
        })
    }
}

impl Repaired {
    /// Repairs a body as far as `wanted` allows: it is asked about each finding that comes with a fix.
    /// What the safe fixes leave is left to the unsafe ones, and no more.
    #[must_use]
    pub fn new(input: &[u8], settings: &Settings, wanted: &dyn Fn(&Finding, &Fix) -> bool) -> Self {
        Self::by(input, &|text| Report::of(text, settings), wanted)
    }

    /// Likewise, of a text that is judged otherwise than as the body that it is.
    ///
    /// What the rounds produce is verified. Where it fails, they are made again without the
    /// repairs of the fields concerned; and where that changes something, those fields get another chance
    /// afterwards, so that a second run has nothing left to do.
    #[must_use]
    pub fn by(
        input: &[u8],
        judge: &dyn Fn(&[u8]) -> Report,
        wanted: &dyn Fn(&Finding, &Fix) -> bool,
    ) -> Self {
        let mut repaired = Self::before(input);
        let mut frozen = Frozen::default();
        loop {
            let verified = repaired.rounds.len();
            let base = repaired.text.clone();
            // What the result is compared with: the body as soon as it is a JSON object.
            let mut before = base.clone();
            while repaired.rounds.len() <= MAX_ROUNDS && repaired.go_on(judge, wanted, &frozen) {
                if matches!(Body::parse_shallow(&before).shape, Shape::Invalid(_)) {
                    before.clone_from(&repaired.text);
                }
            }
            let made = repaired.rounds.get(verified..).or_fault();
            let has_unsafe_repairs =
                made.iter().flat_map(Round::repairs).any(|(_, fix)| fix.safety == Safety::Unsafe);
            let is_settled = repaired.rounds.len() <= MAX_ROUNDS;
            let failures = verify::failures(&before, &repaired.text, has_unsafe_repairs);
            if is_settled && failures.is_empty() {
                if repaired.rounds.len() == verified || frozen.is_empty() {
                    repaired.clear(wanted, &frozen);
                    return repaired;
                }
                frozen = Frozen::default();
                continue;
            }
            let mut is_new = false;
            for field in failures {
                is_new |= frozen.add(field, has_unsafe_repairs);
            }
            repaired.rounds.truncate(verified);
            repaired.text = base;
            if !is_new {
                let nothing = &|_: &Finding, _: &Fix| false;
                repaired.go_on(judge, nothing, &frozen);
                return repaired;
            }
        }
    }

    fn before(input: &[u8]) -> Self {
        Self { text: Zeroizing::new(input.to_vec()), rounds: Vec::new(), report: Report::default() }
    }

    /// The body after its repairs. It may hold a private key, and is wiped when dropped.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.text
    }

    /// The report on the body after its repairs.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The rounds of repairs, in order.
    #[must_use]
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// Whether anything was repaired.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        !self.rounds.is_empty()
    }

    /// All that was repaired, in order.
    pub fn repairs(&self) -> impl Iterator<Item = (&Finding, &Fix)> {
        self.rounds.iter().flat_map(Round::repairs)
    }

    /// Where something that stands in the body before round `round`, counted from 0, stood in the input;
    /// of the repaired body when there is no such round.
    #[must_use]
    pub fn origin(&self, round: usize, span: Span) -> Span {
        let before = self.rounds.get(..round).or_fault();
        before.iter().rev().fold(span, |span, round| round.origin.of(span))
    }

    /// Offers no repair any more that is wanted and was not made because it would lose something.
    fn clear(&mut self, wanted: &dyn Fn(&Finding, &Fix) -> bool, frozen: &Frozen) {
        for finding in &mut self.report.findings {
            let fix = finding.fix.take();
            finding.fix = fix.filter(|fix| !wanted(finding, fix) || frozen.allows(&self.text, fix));
        }
    }

    /// Makes one round; says whether it changed anything.
    fn go_on(
        &mut self,
        judge: &dyn Fn(&[u8]) -> Report,
        wanted: &dyn Fn(&Finding, &Fix) -> bool,
        frozen: &Frozen,
    ) -> bool {
        self.report = judge(&self.text);
        let is_wanted = |finding: &Finding| {
            finding.fix.as_ref().is_some_and(|fix| wanted(finding, fix) && frozen.allows(&self.text, fix))
        };
        let offered: Vec<usize> = self
            .report
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| is_wanted(finding))
            .map(|(index, _)| index)
            .collect();
        for safety in [Safety::Safe, Safety::Unsafe] {
            let (indexes, fixes): (Vec<usize>, Vec<&Fix>) = offered
                .iter()
                .filter_map(|&index| Some((index, self.report.findings.get(index)?.fix.as_ref()?)))
                .filter(|(_, fix)| fix.safety == safety)
                .unzip();
            let Applied { text, taken, origin } = edit::apply(&self.text, &fixes);
            if *text == *self.text {
                continue;
            }
            let taken =
                indexes.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(index, _)| index).collect();
            self.text = text;
            let before = std::mem::take(&mut self.report);
            self.rounds.push(Round { before, taken, origin });
            return true;
        }
        false
    }
}
