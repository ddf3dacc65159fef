//! Fixtures and how to read them.

use std::fs;
use std::path::{Path, PathBuf};

use apicert::internals::api::{Call, Service};
use apicert::internals::output::{FORMATS, Input, Run, Style};
use apicert::internals::settings::Settings;
use apicert::internals::timestamp::Timestamp;

/// The clock of all fixtures.
pub(crate) const NOW: &str = "2026-07-01T00:00:00Z";

/// The folder of fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The files of a folder whose names end in `ending`, sorted; an empty folder is a failure, since a
/// test over nothing proves nothing.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no *{ending} in {}", folder.display());
    found
}

/// All files below a folder with this ending, sorted.
pub(crate) fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The defaults at the clock of the fixtures.
pub(crate) fn settings(service: Service) -> Settings {
    Settings::at(Timestamp::from_rfc3339(NOW).unwrap()).with_service(service)
}

/// The settings that a fixture asks for in the `settings.json` of its directory: what is true of all files there,
/// and under `cases` what is true of single ones, by their names without the ending.
pub(crate) fn settings_of(fixture: &Path) -> Settings {
    let settings = settings(Service::Roma);
    let Ok(text) = fs::read_to_string(fixture.with_file_name("settings.json")) else { return settings };
    let mut asked: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = asked.as_object_mut().unwrap().remove("cases").unwrap_or_default();
    let own = cases.get(fixture.file_stem().unwrap().to_str().unwrap());
    own.into_iter().fold(set(settings, &asked), set)
}

fn set(mut settings: Settings, asked: &serde_json::Value) -> Settings {
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    for (key, value) in asked.as_object().unwrap() {
        match key.as_str() {
            "service" => {
                let service =
                    Service::ALL.into_iter().find(|service| service.name() == value.as_str().unwrap());
                settings = settings.with_service(service.unwrap());
            }
            "call" => {
                let call = Call::ALL.into_iter().find(|call| call.name() == value.as_str().unwrap());
                settings = settings.with_call(call.unwrap());
            }
            "domains" => settings = settings.with_domains(strings(value)),
            "known_instances" => settings = settings.with_known_instances(strings(value)),
            "now" => settings = settings.with_now(Timestamp::from_rfc3339(value.as_str().unwrap()).unwrap()),
            other => panic!("settings.json: unknown key {other}"),
        }
    }
    settings
}

/// Compares `text` with what is recorded at `path`; with `BLESS=1` it is recorded instead.
pub(crate) fn compare_or_bless(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, text).unwrap();
        return Ok(());
    }
    let recorded = fs::read_to_string(path)
        .map_err(|_| format!("{} is missing: run BLESS=1 cargo test and read the diff", path.display()))?;
    if recorded == text {
        Ok(())
    } else {
        Err(format!("{} differs from what is printed now:\n{text}", path.display()))
    }
}

/// A report as people see it, in `full`.
pub(crate) fn rendered(report: &apicert::internals::report::Report, path: &Path) -> String {
    in_every_format(report, path).remove(0).1
}

/// A report in every format of `check`, the default first, with everything shown.
pub(crate) fn in_every_format(
    report: &apicert::internals::report::Report,
    path: &Path,
) -> Vec<(&'static str, String)> {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut run = Run::new();
    run.inputs.push(Input::new(name, report.clone()));
    in_every_format_of(&run)
}

pub(crate) fn in_every_format_of(run: &Run) -> Vec<(&'static str, String)> {
    FORMATS
        .iter()
        .map(|format| {
            let mut text = Vec::new();
            (format.write)(run, &Style::PLAIN, &mut text).unwrap();
            (format.name, String::from_utf8(text).unwrap())
        })
        .collect()
}
