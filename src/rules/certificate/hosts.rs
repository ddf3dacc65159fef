//! Host names, and whether a certificate covers them (RFC 9525, RFC 5280 section 4.2.1.6).
//!
//! Names match as in `crypto/x509` of Go: case does not matter, and a wildcard matches exactly one
//! label at the left. Non-ASCII names are compared in Punycode (`xn--…`, RFC 3492). Of the mappings
//! of UTS 46, only lowercasing and ASCII dots are applied.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::x509::{Certificate, GeneralName};

/// A host that a certificate can cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// An IP address, which needs an iPAddress entry.
    Address(IpAddr),
    /// A name, which needs a dNSName: lowercase ASCII without a trailing dot.
    Name(String),
}

/// Why a dNSName is not a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Empty.
    Empty,
    /// A URL, such as `https://…`.
    Scheme,
    /// An IP address.
    Address,
    /// With a port.
    Port,
    /// With a path.
    Path,
    /// A space or control character.
    Space,
    /// A leading, trailing or double dot.
    EmptyLabel,
    /// An asterisk that is not the whole first label, or is the only label.
    Wildcard,
    /// An underscore.
    Underscore,
    /// A leading or trailing hyphen in a label.
    Hyphen,
    /// A label of more than 63 characters, or a name of more than 253.
    Length,
    /// Another character.
    Character,
}

impl Fault {
    /// The predicate of a sentence about the name.
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::Scheme => "is a URL",
            Self::Address => "is an IP address, which belongs in an iPAddress entry",
            Self::Port => "has a port",
            Self::Path => "has a path",
            Self::Space => "contains whitespace or control characters",
            Self::EmptyLabel => "has an empty label: a leading, trailing or double dot",
            Self::Wildcard => "has an asterisk that is not the whole first label",
            Self::Underscore => "contains an underscore",
            Self::Hyphen => "has a label with a leading or trailing hyphen",
            Self::Length => "is too long for a host name",
            Self::Character => "contains a character that is invalid in host names",
        }
    }
}

impl Host {
    /// Parses user input: a name with or without a trailing dot, or an address with or without brackets.
    pub(super) fn read(text: &str) -> Self {
        let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = address.parse() {
            return Self::Address(address);
        }
        let name = to_ascii(text);
        Self::Name(name.strip_suffix('.').map_or_else(|| name.clone(), str::to_owned))
    }
}

/// The hosts that a certificate covers, for lookup in constant time.
#[derive(Default)]
pub(super) struct CoveredHosts<'a> {
    /// The octets of each iPAddress.
    addresses: HashSet<&'a [u8]>,
    /// Each dNSName, in lower case.
    names: HashSet<String>,
    /// The domain after `*.` of each wildcard dNSName, in lowercase.
    wildcards: HashSet<String>,
}

impl<'a> CoveredHosts<'a> {
    pub(super) fn of(certificate: &'a Certificate) -> Self {
        let mut covered = Self::default();
        for name in certificate.subject_alt_names.iter().flatten() {
            match name {
                GeneralName::Ip(octets) => {
                    covered.addresses.insert(octets);
                }
                GeneralName::Dns(pattern) => covered.insert(pattern),
                _ => {}
            }
        }
        covered
    }

    fn insert(&mut self, pattern: &str) {
        let pattern = pattern.to_ascii_lowercase();
        if let Some(domain) = pattern.strip_prefix("*.")
            // Names that are not host names are compared exactly; Go accepts some of them.
            && matches!(fault(&pattern), None | Some(Fault::Underscore | Fault::Hyphen | Fault::Length))
        {
            self.wildcards.insert(domain.to_owned());
        }
        self.names.insert(pattern);
    }

    pub(super) fn contains(&self, host: &Host) -> bool {
        match host {
            Host::Address(IpAddr::V4(address)) => self.addresses.contains(address.octets().as_slice()),
            Host::Address(IpAddr::V6(address)) => self.addresses.contains(address.octets().as_slice()),
            Host::Name(host) => self.contains_name(host),
        }
    }

    /// Whether a dNSName covers a host, which is in lowercase.
    fn contains_name(&self, host: &str) -> bool {
        if self.names.contains(host) {
            return !host.is_empty();
        }
        let Some((label, domain)) = host.split_once('.') else { return false };
        !label.is_empty() && label != "*" && self.wildcards.contains(domain)
    }
}

/// Why a dNSName is not a host name; `None` if it is a host name or wildcard.
pub(super) fn fault(name: &str) -> Option<Fault> {
    let without_wildcard = name.strip_prefix("*.").unwrap_or(name);
    let is_port = |(host, port): (&str, &str)| {
        !host.contains(':') && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    if name.is_empty() {
        Some(Fault::Empty)
    } else if name.parse::<IpAddr>().is_ok() {
        Some(Fault::Address)
    } else if name.contains("://") {
        Some(Fault::Scheme)
    } else if name.contains(|character: char| character.is_whitespace() || character.is_control()) {
        Some(Fault::Space)
    } else if name.contains('/') {
        Some(Fault::Path)
    } else if name.split_once(':').is_some_and(is_port) {
        Some(Fault::Port)
    } else if without_wildcard.contains('*') {
        Some(Fault::Wildcard)
    } else {
        fault_of_labels(without_wildcard)
    }
}

fn fault_of_labels(name: &str) -> Option<Fault> {
    if name.len() > 253 {
        return Some(Fault::Length);
    }
    name.split('.').find_map(|label| {
        if label.is_empty() {
            Some(Fault::EmptyLabel)
        } else if label.contains('_') {
            Some(Fault::Underscore)
        } else if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            Some(Fault::Character)
        } else if label.starts_with('-') || label.ends_with('-') {
            Some(Fault::Hyphen)
        } else if label.len() > 63 {
            Some(Fault::Length)
        } else {
            None
        }
    })
}

/// Whether a common name looks like a host: an address, or labels separated by dots, the last of
/// which is not a number.
pub(super) fn looks_like_host(common_name: &str) -> bool {
    match Host::read(common_name) {
        Host::Address(_) => true,
        Host::Name(name) => {
            name.contains('.')
                && matches!(fault(&name), None | Some(Fault::Underscore))
                && name.rsplit('.').next().is_some_and(|last| last.bytes().any(|byte| !byte.is_ascii_digit()))
        }
    }
}

/// Lowercase, with non-ASCII labels in Punycode (`xn--…`).
fn to_ascii(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let labels = name.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']);
    let labels: Vec<String> = labels
        .map(|label| {
            let label = label.to_lowercase();
            if label.is_ascii() {
                label
            } else {
                punycode(&label).map_or(label, |ascii| format!("xn--{ascii}"))
            }
        })
        .collect();
    labels.join(".")
}

/// RFC 3492, section 6.3; `None` if the label is too long.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const LOWEST: u32 = 1;
    const HIGHEST: u32 = 26;
    let characters: Vec<u32> = label.chars().map(u32::from).collect();
    let length = u32::try_from(characters.len()).ok().filter(|&length| length <= 253)?;
    let mut ascii: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(ascii.len()).ok()?;
    if basic > 0 {
        ascii.push('-');
    }
    let (mut from, mut delta, mut bias, mut handled) = (0x80, 0_u32, 72, basic);
    while handled < length {
        let next = characters.iter().copied().filter(|&character| character >= from).min()?;
        delta = delta.checked_add((next - from).checked_mul(handled + 1)?)?;
        from = next;
        for &character in &characters {
            if character < from {
                delta = delta.checked_add(1)?;
            }
            if character != from {
                continue;
            }
            let mut rest = delta;
            let mut position = BASE;
            loop {
                let threshold = position.saturating_sub(bias).clamp(LOWEST, HIGHEST);
                if rest < threshold {
                    break;
                }
                ascii.push(digit(threshold + (rest - threshold) % (BASE - threshold))?);
                rest = (rest - threshold) / (BASE - threshold);
                position += BASE;
            }
            ascii.push(digit(rest)?);
            handled += 1;
            bias = adapt(delta, handled, handled == basic + 1);
            delta = 0;
        }
        delta += 1;
        from += 1;
    }
    Some(ascii)
}

/// RFC 3492 section 6.1
const fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut steps = 0;
    while delta > 455 {
        delta /= 35;
        steps += 36;
    }
    steps + 36 * delta / (delta + 38)
}

fn digit(value: u32) -> Option<char> {
    char::from_digit(value, 36).and_then(|_| match value {
        0..=25 => char::from_u32(u32::from('a') + value),
        _ => char::from_u32(u32::from('0') + value - 26),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

    use super::*;

    fn matches(pattern: &str, host: &str) -> bool {
        let mut covered = CoveredHosts::default();
        covered.insert(pattern);
        covered.contains_name(host)
    }

    #[test]
    fn wildcards_stand_for_one_label() {
        assert!(matches("*.example.com", "www.example.com"));
        assert!(matches("*.EXAMPLE.com", "www.example.com"));
        assert!(matches("*.example.com", "*.example.com"));
        assert!(matches("*.example.com", "a_b.example.com"));
        assert!(!matches("*.example.com", "example.com"));
        assert!(!matches("*.example.com", "a.b.example.com"));
        assert!(!matches("*.example.com", "*.b.example.com"));
        assert!(!matches("w*.example.com", "www.example.com"));
        assert!(!matches("www.*.com", "www.example.com"));
        assert!(!matches("*", "www"));
        assert!(!matches("*.", "www."));
        assert!(!matches("", ""));
        assert!(!matches("www.example.com", "*.example.com"));
        assert!(!matches("*.example.com", ".example.com"), "an empty label is none");
    }

    #[test]
    fn hosts_are_read_as_people_write_them() {
        let name = |text: &str| Host::Name(text.to_owned());
        assert_eq!(Host::read("WWW.Example.com."), name("www.example.com"));
        assert_eq!(Host::read("192.0.2.1"), Host::Address("192.0.2.1".parse().unwrap()));
        assert_eq!(Host::read("[2001:DB8::1]"), Host::Address("2001:db8::1".parse().unwrap()));
        assert_eq!(Host::read("例子.中国"), name("xn--fsqu00a.xn--fiqs8s"));
        assert_eq!(Host::read("例子。中国"), name("xn--fsqu00a.xn--fiqs8s"));
        assert_eq!(Host::read("MÜNCHEN.example"), name("xn--mnchen-3ya.example"));
    }

    /// RFC 3492 section 7.1, but (K), whose sample is in mixed case, in lower case.
    #[test]
    fn the_samples_of_punycode() {
        for (label, ascii) in [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            ("なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("安室奈美恵-with-super-monkeys", "-with-super-monkeys-pc58ag80a8qai00g7n9n"),
            ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
            ("majiでkoiする5秒前", "majikoi5-783gue6qz075azm5e"),
            ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
            ("そのスピードで", "d9juau41awczczp"),
        ] {
            assert_eq!(punycode(label).as_deref(), Some(ascii));
        }
    }

    #[test]
    fn what_is_no_host_name() {
        for (name, expected) in [
            ("", Fault::Empty),
            ("https://www.example.com", Fault::Scheme),
            ("192.0.2.1", Fault::Address),
            ("2001:db8::1", Fault::Address),
            ("www.example.com:443", Fault::Port),
            ("www.example.com/index", Fault::Path),
            ("www example.com", Fault::Space),
            (" www.example.com", Fault::Space),
            ("www.example.com\0", Fault::Space),
            ("www..example.com", Fault::EmptyLabel),
            (".example.com", Fault::EmptyLabel),
            ("example.com.", Fault::EmptyLabel),
            ("*.", Fault::EmptyLabel),
            ("*", Fault::Wildcard),
            ("w*.example.com", Fault::Wildcard),
            ("www.*.com", Fault::Wildcard),
            ("*.*.com", Fault::Wildcard),
            ("a_b.example.com", Fault::Underscore),
            ("-a.example.com", Fault::Hyphen),
            ("a-.example.com", Fault::Hyphen),
            ("a@example.com", Fault::Character),
            ("a:b", Fault::Character),
            (&"a".repeat(64), Fault::Length),
            (&"a.".repeat(127), Fault::Length),
        ] {
            assert_eq!(fault(name), Some(expected), "{name}");
        }
        for name in
            ["www.example.com", "*.example.com", "gateway", "xn--fsqu00a.xn--0zwm56d", "1.example", "A-1.B"]
        {
            assert_eq!(fault(name), None, "{name}");
        }
        assert_eq!(fault(&"a".repeat(63)), None);
    }

    #[test]
    fn common_names_that_are_meant_as_hosts() {
        for name in
            ["www.example.com", "*.example.com", "WWW.EXAMPLE.COM", "192.0.2.1", "例子.中国", "a_b.example"]
        {
            assert!(looks_like_host(name), "{name}");
        }
        for name in ["Example", "gateway", "Example Ltd.", "示例网站服务器", "version 1.2", "1.2", "a..b", ""]
        {
            assert!(!looks_like_host(name), "{name}");
        }
    }
}
