//! One pattern of paths, without the signs around it, as git's `wildmatch` understands it.
//!
//! Whether a text fits is found out by going over it once and remembering all places of the pattern that it
//! could have come to: that takes at most as many steps as both are long, multiplied, whatever stands in it.
//! Who tries one possibility after the other, as git does, takes twice as long with each `**/`.

use std::ops::Range;

use crate::cli::patterns::Dialect;

/// A pattern: a text that has to stand in front, then steps.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    head: Box<[u8]>,
    steps: Box<[Step]>,
    /// How many bytes the steps take at least.
    shortest: usize,
}

/// What a place of a pattern takes of a text, or where it leads to without.
#[derive(Clone, Debug)]
enum Step {
    /// This byte.
    Byte(u8),
    /// `?`
    Any,
    /// `[…]`
    Class(Box<Class>),
    /// `*`. Whoever has come to it needs none of the places from there to here: what could happen to them is as
    /// well taken by this.
    Star(usize),
    /// `**` at the end.
    Everything,
    /// `**/`, when at least one folder is taken. Likewise.
    Within(usize),
    /// Goes on here and there.
    Fork(usize),
    /// Goes on there.
    Jump(usize),
    /// Where alternatives come together.
    Join,
}

impl Glob {
    /// Reads a pattern. `None` is for one that nothing could fit, as of an open bracket.
    pub(super) fn new(pattern: &[u8], dialect: Dialect) -> Option<Self> {
        let is_special = |byte: &u8| match byte {
            b'*' | b'?' | b'[' | b'\\' => true,
            b'{' | b'}' => dialect.has_braces(),
            _ => false,
        };
        let length = pattern.iter().position(is_special).unwrap_or(pattern.len());
        let (head, rest) = pattern.split_at_checked(length)?;
        let mut steps = steps(rest, dialect)?;
        let takes = |step: &&Step| matches!(step, Step::Byte(_) | Step::Any | Step::Class(_));
        let has_alternatives = steps.iter().any(|step| matches!(step, Step::Join));
        let shortest = if has_alternatives { 0 } else { steps.iter().filter(takes).count() };
        if !has_alternatives {
            leave_behind(&mut steps);
        }
        Some(Self { head: head.into(), steps: steps.into(), shortest })
    }

    /// Whether a text fits as a whole.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        let Some(text) = text.strip_prefix(&*self.head) else { return false };
        if self.steps.is_empty() {
            return text.is_empty();
        }
        text.len() >= self.shortest && self.ends(text) && Run::new(&self.steps).reaches_the_end(text)
    }

    /// Whether a text ends as the pattern does, which tells most that do not fit.
    fn ends(&self, text: &[u8]) -> bool {
        let mut bytes = text.iter().rev();
        self.steps.iter().rev().map_while(Step::byte).all(|byte| bytes.next() == Some(&byte))
    }
}

impl Step {
    const fn byte(&self) -> Option<u8> {
        if let Self::Byte(byte) = self { Some(*byte) } else { None }
    }
}

/// Alternatives that are still open.
struct Group {
    /// Where the last one begins.
    start: usize,
    /// Where the others end.
    ends: Vec<usize>,
}

/// What follows the text in front.
fn steps(pattern: &[u8], dialect: Dialect) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        let before = at.checked_sub(1).and_then(|at| pattern.get(at)).copied();
        at += 1;
        match byte {
            b'\\' => {
                steps.push(Step::Byte(*pattern.get(at)?));
                at += 1;
            }
            b'?' => steps.push(Step::Any),
            b'[' => {
                let (class, length) = Class::read(pattern.get(at..)?, dialect)?;
                steps.push(Step::Class(Box::new(class)));
                at += length;
            }
            b'*' => {
                let more = pattern.get(at..)?.iter().take_while(|&&byte| byte == b'*').count();
                at += more;
                let is_in_group = !groups.is_empty();
                let begins = match before {
                    None | Some(b'/') => true,
                    Some(b'{' | b',') => is_in_group,
                    Some(_) => false,
                };
                match pattern.get(at..)? {
                    _ if more == 0 || !begins => steps.push(Step::Star(steps.len())),
                    [] => steps.push(Step::Everything),
                    [b',' | b'}', ..] if is_in_group => steps.push(Step::Everything),
                    [b'/', ..] => {
                        at += 1;
                        steps.push(Step::Fork(steps.len() + 2));
                        steps.push(Step::Within(steps.len()));
                    }
                    // At least one folder it is then, as git has it.
                    [b'\\', b'/', ..] => {
                        at += 2;
                        steps.push(Step::Within(steps.len()));
                    }
                    _ => steps.push(Step::Star(steps.len())),
                }
            }
            b'{' if dialect.has_braces() => {
                groups.push(Group { start: steps.len(), ends: Vec::new() });
                steps.push(Step::Join);
            }
            b',' if !groups.is_empty() => {
                let group = groups.last_mut()?;
                group.ends.push(steps.len());
                steps.push(Step::Join);
                *steps.get_mut(group.start)? = Step::Fork(steps.len());
                group.start = steps.len();
                steps.push(Step::Join);
            }
            b'}' if dialect.has_braces() => {
                for end in groups.pop()?.ends {
                    *steps.get_mut(end)? = Step::Jump(steps.len());
                }
                steps.push(Step::Join);
            }
            _ => steps.push(Step::Byte(byte)),
        }
    }
    groups.is_empty().then_some(steps)
}

/// Says of stars which places they make needless, where one place always leads to the next: of `*` those behind
/// the last slash, of `**/` all of them.
fn leave_behind(steps: &mut [Step]) {
    let mut name = 0;
    for (place, step) in steps.iter_mut().enumerate() {
        match step {
            Step::Star(start) => *start = name,
            Step::Within(start) => {
                *start = 0;
                name = place + 1;
            }
            Step::Byte(b'/') => name = place + 1,
            _ => {}
        }
    }
}

/// A text on its way through a pattern.
struct Run<'a> {
    steps: &'a [Step],
    /// By place of the pattern, when it was last come to.
    seen: Vec<usize>,
    /// Places that are still to be looked at.
    open: Vec<usize>,
}

impl<'a> Run<'a> {
    fn new(steps: &'a [Step]) -> Self {
        Self { steps, seen: vec![0; steps.len() + 1], open: Vec::new() }
    }

    fn reaches_the_end(mut self, text: &[u8]) -> bool {
        let (mut now, mut next) = (Vec::new(), Vec::new());
        let mut time = 1;
        self.enter(0, time, &mut now);
        for &byte in text {
            time += 1;
            for &place in &now {
                let (stays, goes_on) = match self.steps.get(place) {
                    Some(Step::Byte(wanted)) => (false, byte == *wanted),
                    Some(Step::Any) => (false, byte != b'/'),
                    Some(Step::Class(class)) => (false, byte != b'/' && class.has(byte)),
                    Some(Step::Star(_)) => (byte != b'/', false),
                    Some(Step::Everything) => (true, false),
                    Some(Step::Within(_)) => (true, byte == b'/'),
                    Some(Step::Fork(_) | Step::Jump(_) | Step::Join) | None => (false, false),
                };
                if stays {
                    self.enter(place, time, &mut next);
                }
                if goes_on {
                    self.enter(place + 1, time, &mut next);
                }
            }
            if next.is_empty() {
                return false;
            }
            std::mem::swap(&mut now, &mut next);
            next.clear();
        }
        self.seen.last() == Some(&time)
    }

    /// Comes to a place, and to those that it leads to without taking anything.
    fn enter(&mut self, place: usize, time: usize, into: &mut Vec<usize>) {
        self.open.push(place);
        while let Some(place) = self.open.pop() {
            match self.seen.get_mut(place) {
                Some(seen) if *seen != time => *seen = time,
                _ => continue,
            }
            into.push(place);
            match self.steps.get(place) {
                Some(Step::Star(start)) => {
                    leave(*start..place, into);
                    self.open.push(place + 1);
                }
                Some(Step::Within(start)) => leave(*start..place, into),
                Some(Step::Everything | Step::Join) => self.open.push(place + 1),
                Some(Step::Jump(there)) => self.open.push(*there),
                Some(Step::Fork(there)) => self.open.extend([*there, place + 1]),
                Some(Step::Byte(_) | Step::Any | Step::Class(_)) | None => {}
            }
        }
    }
}

/// Takes places away from those that a text has come to.
fn leave(needless: Range<usize>, places: &mut Vec<usize>) {
    if !needless.is_empty() {
        places.retain(|place| !needless.contains(place));
    }
}

/// A set of bytes.
#[derive(Clone, Debug, Default)]
struct Class([u64; 4]);

impl Class {
    /// Reads what follows a bracket; tells how long it is, with the bracket at its end.
    fn read(pattern: &[u8], dialect: Dialect) -> Option<(Self, usize)> {
        let mut class = Self::default();
        let is_negated = matches!(pattern.first(), Some(b'!' | b'^'));
        let mut at = usize::from(is_negated);
        let mut byte = *pattern.get(at)?;
        // What a range could begin with.
        let mut low = None;
        loop {
            match (byte, pattern.get(at + 1)) {
                (b'\\', escaped) => {
                    at += 1;
                    low = escaped.copied();
                    class.add(low?);
                }
                (b'-', Some(&end)) if low.is_some() && end != b']' => {
                    at += 1;
                    let high = if end == b'\\' {
                        at += 1;
                        *pattern.get(at)?
                    } else {
                        end
                    };
                    let low = low.take()?;
                    if low > high && dialect.is_strict() {
                        return None;
                    }
                    (low..=high).for_each(|byte| class.add(byte));
                }
                (b'[', Some(b':')) => {
                    let rest = pattern.get(at + 2..)?;
                    let inside = rest.get(..rest.iter().position(|&byte| byte == b']')?)?;
                    if let Some(name) = inside.strip_suffix(b":") {
                        class.add_named(name)?;
                        at += 2 + inside.len();
                        low = None;
                    } else {
                        class.add(byte);
                        low = Some(byte);
                    }
                }
                _ => {
                    class.add(byte);
                    low = Some(byte);
                }
            }
            at += 1;
            byte = *pattern.get(at)?;
            if byte == b']' {
                break;
            }
        }
        if is_negated {
            class.0.iter_mut().for_each(|word| *word = !*word);
        }
        Some((class, at + 1))
    }

    fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    /// `[:digit:]` and its like, of which there are no others.
    fn add_named(&mut self, name: &[u8]) -> Option<()> {
        let is_in: fn(&u8) -> bool = match name {
            b"alnum" => u8::is_ascii_alphanumeric,
            b"alpha" => u8::is_ascii_alphabetic,
            b"blank" => |byte| matches!(byte, b' ' | b'\t'),
            b"cntrl" => u8::is_ascii_control,
            b"digit" => u8::is_ascii_digit,
            b"graph" => u8::is_ascii_graphic,
            b"lower" => u8::is_ascii_lowercase,
            b"print" => |byte| matches!(byte, b' '..=b'~'),
            b"punct" => u8::is_ascii_punctuation,
            b"space" => |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'),
            b"upper" => u8::is_ascii_uppercase,
            b"xdigit" => u8::is_ascii_hexdigit,
            _ => return None,
        };
        (0..=u8::MAX).filter(is_in).for_each(|byte| self.add(byte));
        Some(())
    }

    fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }
}
