//! `--set`: values that are put into templates before they are judged. A value may be a key: it is wiped,
//! and neither it nor the name of what it is read from is ever printed.

use std::fmt;

use crate::api::Field;
use crate::cli::CliError;
use crate::cli::files::Role;
use crate::cli::read_input::MAX_BODY_BYTES;
use crate::cli::value_parsers::{Expected, did_you_mean};
use crate::cli::value_source::ValueSource;
use crate::template::Value;

pub(super) const HELP: &str = "\
Judge the body with this member filled in: FIELD=VALUE, FIELD=@FILE or FIELD=env:NAME; may be repeated";

pub(super) const LONG_HELP: &str = "\
Judge the body with this member filled in; may be repeated. For bodies that are templates: findings \
point at the member in the template, and nothing is written into it.

  FIELD=@FILE     what stands in a file, as it is; FIELD=@- for standard input
  FIELD=env:NAME  the value of an environment variable
  FIELD=VALUE     this text; FIELD=text:VALUE for one that begins with @, env: or text:

Other users of the machine can see the command line: give keys as @FILE or env:NAME. A member that the \
template lacks is added. A placeholder may stand without quotes (\"private_key\": {{ key }}).";

/// One `--set`.
#[derive(Clone)]
pub(super) struct Setting {
    field: Field,
    from: ValueSource,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())
    }
}

/// Reads what was given to the option.
pub(super) fn setting(text: &str) -> Result<Setting, Expected> {
    let names = Field::ALL.map(Field::name);
    let Some((name, value)) = text.split_once('=') else {
        return Err(Expected(format!(
            "takes FIELD=VALUE, FIELD=@FILE or FIELD=env:NAME, where FIELD is one of {}",
            names.join(", ")
        )));
    };
    let Some(field) = Field::ALL.into_iter().find(|field| field.name() == name) else {
        let suggestion = did_you_mean(name, names);
        return Err(Expected(format!(
            "takes a member of the body before the equals sign, one of {}{suggestion}",
            names.join(", ")
        )));
    };
    let from = ValueSource::parse(value, &format!("{name}="))?;
    Ok(Setting { field, from })
}

impl Setting {
    /// Whether the value is read from standard input.
    pub(super) fn is_stdin(&self) -> bool {
        self.from.is_stdin()
    }
}

/// Reads the values themselves. A body may be read from standard input too, but not both.
pub(super) fn read(settings: &[Setting], is_stdin_taken: bool) -> Result<Vec<Value>, CliError> {
    let mut is_stdin_taken = is_stdin_taken;
    let mut values: Vec<Value> = Vec::with_capacity(settings.len());
    for Setting { field, from } in settings {
        let name = field.name();
        if values.iter().any(|value| value.field == *field) {
            return Err(CliError::new(format!("--set {name}=… can be given once")));
        }
        let text = from.read(&format!("--set {name}="), Role::Value, &mut is_stdin_taken)?;
        values.push(Value { field: *field, text });
    }
    // Filled in, they are part of the body.
    if values.iter().map(|value| value.text.len()).sum::<usize>() > MAX_BODY_BYTES {
        let limit = MAX_BODY_BYTES >> 20;
        return Err(CliError::new(format!(
            "the values of --set have more than {limit} MiB together; name files that hold the value of one field"
        )));
    }
    Ok(values)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    const KEY: &str = "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";

    #[test]
    fn what_is_given_is_never_repeated() {
        for text in [
            KEY.to_owned(),
            format!("{KEY}=x"),
            format!("{KEY}="),
            format!("=={KEY}"),
            format!("private_keys={KEY}"),
            format!("private_key=env:A={KEY}"),
            format!("Private_Key={KEY}"),
        ] {
            let Expected(message) = setting(&text).unwrap_err();
            assert!(!message.contains("canary"), "{message}");
            assert!(message.contains("private_key"), "{message}");
        }
        assert!(setting("private_keys=x").unwrap_err().0.contains("did you mean private_key?"));
        let debugged = format!("{:?}", setting(&format!("private_key={KEY}")).unwrap());
        assert_eq!(debugged, "private_key");
    }

    #[test]
    fn texts_are_taken_as_they_are() {
        for (given, expected) in [
            ("name=", ""),
            ("name=a=b", "a=b"),
            ("name=text:@x", "@x"),
            ("name=text:text:x", "text:x"),
            ("name=text:env:X", "env:X"),
            ("name= @x", " @x"),
            ("name=-----BEGIN", "-----BEGIN"),
        ] {
            let values = read(&[setting(given).unwrap()], true).ok().unwrap();
            assert_eq!(values.first().unwrap().text.as_str(), expected, "{given}");
        }
    }
}
