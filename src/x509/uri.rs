//! Which URIs, domains and mailboxes the service's reader refuses in a certificate. It reads URIs
//! with Go's `net/url`, which is more lenient than RFC 3986 here and stricter there.

use crate::internal_fault::OrFault;

/// Whether Go's `url.Parse` reads `uri`, and `crypto/x509` its host.
pub(super) fn is_read(uri: &str) -> bool {
    let (uri, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    if uri.bytes().any(|byte| byte.is_ascii_control()) || !has_sound_escapes(fragment) {
        return false;
    }
    let Some((has_scheme, rest)) = split_scheme(uri) else { return false };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    if !rest.starts_with('/') {
        return has_scheme
            || (!rest.split('/').next().is_some_and(|segment| segment.contains(':'))
                && has_sound_escapes(rest));
    }
    let may_have_authority = has_scheme || !rest.starts_with("///");
    match rest.strip_prefix("//").filter(|_| may_have_authority) {
        Some(rest) => {
            let authority = rest.split('/').next().or_fault();
            is_authority_read(authority) && has_sound_escapes(rest.strip_prefix(authority).or_fault())
        }
        None => has_sound_escapes(rest),
    }
}

/// Whether there is a scheme, and what follows it; `None` when it is empty.
fn split_scheme(uri: &str) -> Option<(bool, &str)> {
    match uri.split_once(':') {
        Some(("", _)) => None,
        Some((scheme, rest))
            if scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) =>
        {
            Some((true, rest))
        }
        _ => Some((false, uri)),
    }
}

/// Whether every `%` is followed by two hexadecimal digits.
fn has_sound_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        matches!(after.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}

fn is_authority_read(authority: &str) -> bool {
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let is_user_character = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    user.is_none_or(|user| user.bytes().all(is_user_character) && has_sound_escapes(user))
        && is_host_read(host)
}

/// A host with its port. In brackets stands an IPv6 address, perhaps with a zone (RFC 6874).
fn is_host_read(host: &str) -> bool {
    let Some(literal) = host.strip_prefix('[') else {
        let port = host.rfind(':').and_then(|at| host.get(at..)).unwrap_or_default();
        let is_plain = |host: &str| !host.contains('[') && is_domain(host);
        return is_port(port)
            && unescape_host(host, |octet| octet == b'%').is_some_and(|host| is_plain(&host));
    };
    let Some((literal, port)) = literal.rsplit_once(']') else { return false };
    let (address, zone) =
        literal.split_once("%25").map_or((literal, None), |(address, zone)| (address, Some(zone)));
    let is_zone = |zone: &str| {
        unescape_host(zone, |octet| octet == b'%' || is_host_character(octet))
            .is_some_and(|zone| !zone.is_empty() && is_domain(&zone))
    };
    is_port(port) && address.parse::<std::net::Ipv6Addr>().is_ok() && zone.is_none_or(is_zone)
}

fn is_port(port: &str) -> bool {
    port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Takes the escapes out of a host, where only those of `may_be_escaped` are allowed. Those beyond
/// ASCII would be allowed too, were they not refused as part of a domain.
fn unescape_host(text: &str, may_be_escaped: fn(u8) -> bool) -> Option<String> {
    let mut parts = text.split('%');
    let mut plain = parts.next().or_fault().to_owned();
    if !plain.bytes().all(is_host_character) {
        return None;
    }
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let octet = u8::from_str_radix(digits, 16).ok()?;
        if !may_be_escaped(octet) || !rest.bytes().all(is_host_character) {
            return None;
        }
        plain.push(char::from(octet));
        plain.push_str(rest);
    }
    Some(plain)
}

fn is_host_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$&'()*+,;=:[]<>\"-_.~".contains(&byte)
}

/// Whether `crypto/x509` takes it as a domain: labels of visible ASCII, none empty, no dot at the
/// end; nothing at all is taken too.
pub(super) fn is_domain(domain: &str) -> bool {
    domain.is_empty()
        || domain
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// Whether `crypto/x509` takes it as a domain of a name constraint, which may begin with a dot.
pub(super) fn is_domain_constraint(domain: &str) -> bool {
    match domain.strip_prefix('.') {
        Some(rest) => !rest.is_empty() && is_domain(rest),
        None => is_domain(domain),
    }
}

/// Whether `crypto/x509` takes it as a mailbox (RFC 5321 section 4.1.2).
pub(super) fn is_mailbox(mailbox: &str) -> bool {
    let after_local_part = match mailbox.strip_prefix('"') {
        Some(quoted) => after_quoted_string(quoted),
        None => after_atoms(mailbox),
    };
    after_local_part
        .and_then(|rest| rest.strip_prefix('@'))
        .is_some_and(|domain| is_domain(domain) && !domain.contains('@'))
}

fn after_quoted_string(text: &str) -> Option<&str> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return text.get(at + 1..),
            '\\' => {
                characters.next().filter(|(_, escaped)| !matches!(escaped, '\0' | '\n' | '\r'))?;
            }
            '\0' | '\t' | '\n' | '\r' => return None,
            _ => {}
        }
    }
    None
}

fn after_atoms(text: &str) -> Option<&str> {
    let mut local_part = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '\\' {
            let mut escaped = rest.chars();
            escaped.next();
            local_part.push(escaped.next()?);
            rest = escaped.as_str();
        } else if character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character) {
            local_part.push(character);
            rest = rest.strip_prefix(character)?;
        } else {
            break;
        }
    }
    let is_sound = !local_part.is_empty()
        && !local_part.starts_with('.')
        && !local_part.ends_with('.')
        && !local_part.contains("..");
    is_sound.then_some(rest)
}
