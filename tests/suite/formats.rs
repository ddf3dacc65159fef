//! The formats of `check`, read as their readers do: `fixtures/formats/judge.py` compares the reports of
//! one run with each other, by the schemas of those who take them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use apicert::internals::output::FORMATS;

use crate::cli::{Folder, command};
use crate::support::{NOW, files_below, fixtures};

/// The reports of one run in every format, made in a folder of its own.
struct Reports {
    folder: Folder,
    code: Option<i32>,
}

impl Reports {
    /// Runs `check` in `here` with these arguments.
    fn of(here: &Path, arguments: &[&str]) -> Self {
        Self::with(here, arguments, &[])
    }

    fn with(here: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let mut run = command(&["check", "--now", NOW, "--format", "json"]);
        for format in FORMATS {
            run.arg("--output").arg(format!("{}={}", format.name, folder.path(format.name)));
        }
        for variable in ["CI_PROJECT_DIR", "GITHUB_WORKSPACE"] {
            run.env_remove(variable);
        }
        run.envs(variables.iter().copied());
        let output = run.args(arguments).current_dir(here).output().unwrap();
        folder.file("stderr", &output.stderr);
        let json = fs::read(folder.path("json")).unwrap();
        assert!(output.stdout == json, "a format is the same on standard output and in a file");
        Self { folder, code: output.status.code() }
    }

    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.text("stderr"));
        self
    }

    fn text(&self, format: &str) -> String {
        fs::read_to_string(self.folder.path(format)).unwrap()
    }

    fn json(&self, format: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(format)).unwrap()
    }

    /// The places in which SARIF and GitLab say that the findings are, each once.
    fn sites(&self) -> (Vec<String>, Vec<String>) {
        let distinct = |texts: Vec<&serde_json::Value>| {
            let mut texts: Vec<String> =
                texts.into_iter().map(|text| text.as_str().unwrap().to_owned()).collect();
            texts.dedup();
            texts
        };
        let (sarif, gitlab) = (self.json("sarif"), self.json("gitlab"));
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let uri = "/locations/0/physicalLocation/artifactLocation/uri";
        let issues = gitlab.as_array().unwrap();
        (
            distinct(results.iter().map(|result| result.pointer(uri).unwrap()).collect()),
            distinct(issues.iter().map(|issue| &issue["location"]["path"]).collect()),
        )
    }

    /// Has them judged; `root` is the root of the repository. Returns the number of findings.
    fn judged(self, root: &Path, suppressed: usize) -> Option<usize> {
        if !has_judge() {
            return None;
        }
        match self.judge(root, suppressed) {
            Ok(count) => Some(count),
            Err(fault) => panic!("{fault}"),
        }
    }

    fn judge(&self, root: &Path, suppressed: usize) -> Result<usize, String> {
        let output = Command::new("python3")
            .arg(fixtures().join("formats/judge.py"))
            .args([self.folder.at(), root])
            .arg(suppressed.to_string())
            .output()
            .unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap().trim().parse().unwrap())
        } else {
            Err(String::from_utf8(output.stderr).unwrap())
        }
    }
}

fn has_judge() -> bool {
    let available = Command::new("python3").args(["-c", "import cmarkgfm, jsonschema, lxml.etree"]).output();
    let is_available = available.is_ok_and(|output| output.status.success());
    if !is_available {
        assert!(std::env::var_os("CI").is_none(), "CI has python3 with cmarkgfm, jsonschema and lxml");
        eprintln!("no python3 with cmarkgfm, jsonschema and lxml: not tested");
    }
    is_available
}

/// A folder that is the root of a repository.
fn repository() -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.at().join(".git")).unwrap();
    folder
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

const BAD: &str = r#"{"name": "x", "cert_content": "no", "privateKey": 1}"#;

fn good() -> PathBuf {
    fixtures().join("accepted/roma/key-rsa-2048-pkcs8.json")
}

#[test]
fn no_input_at_all() {
    let folder = repository();
    let reports = Reports::of(folder.at(), &[]).ends(3);
    assert_eq!(reports.text("github"), "");
    assert_eq!(reports.text("gitlab"), "[]\n");
    assert!([None, Some(0)].contains(&reports.judged(folder.at(), 0)));
}

#[test]
fn no_findings() {
    let folder = repository();
    for name in ["a.json", "b/c.json"] {
        folder.file(name, fs::read(good()).unwrap());
    }
    let reports = Reports::of(folder.at(), &[]).ends(0);
    assert_eq!(reports.text("gitlab"), "[]\n");
    assert_eq!(reports.text("junit").matches("<testcase name=\"no findings\"").count(), 2);
    assert!([None, Some(0)].contains(&reports.judged(folder.at(), 0)));
}

#[test]
fn hundreds_of_findings() {
    let bodies: Vec<String> = files_below(&fixtures().join("rules"), ".json")
        .into_iter()
        .filter(|path| path.file_name().unwrap().to_str().unwrap() != "settings.json")
        .map(|path| path.strip_prefix(project()).unwrap().to_str().unwrap().to_owned())
        .collect();
    let arguments: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let judged = Reports::of(&project(), &arguments).ends(1).judged(&project(), 0);
    assert!(judged.is_none_or(|count| count > 300), "{judged:?}");
    let arguments: Vec<&str> =
        ["--service", "apig", "--expiry-days", "300"].iter().chain(&arguments).copied().collect();
    let judged = Reports::of(&project(), &arguments).ends(1).judged(&project(), 0);
    assert!(judged.is_none_or(|count| count > 300), "{judged:?}");
}

#[test]
fn what_cannot_be_read() {
    let folder = repository();
    folder.file("bad.json", BAD);
    folder.file("large.json", vec![b' '; apicert::internals::cli::MAX_BODY_BYTES + 1]);
    fs::create_dir(folder.at().join("locked")).unwrap();
    let mut arguments = vec!["missing.json", "bad.json/inside.json", "../outside.json", "large.json"];
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let locked = folder.file("locked.json", BAD);
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser may read everything.
        if fs::read(&locked).is_err() {
            arguments.push("locked.json");
        }
        std::os::unix::fs::symlink("nowhere", folder.at().join("dangling.json")).unwrap();
        arguments.push("dangling.json");
    }
    let reports = Reports::of(folder.at(), &arguments).ends(2);
    assert_eq!(reports.json("json")["errors"].as_array().unwrap().len(), arguments.len());
    assert!([None, Some(0)].contains(&reports.judged(folder.at(), 0)));
    arguments.push("bad.json");
    let judged = Reports::of(folder.at(), &arguments).ends(2).judged(folder.at(), 0);
    assert!(judged.is_none_or(|count| count > 1));
}

#[test]
fn hostile_names_of_certificates() {
    let reports = Reports::of(&project(), &["--fail-on", "note", "fixtures/formats/hostile"]).ends(1);
    let judged = reports.judged(&project(), 0);
    assert!(judged.is_none_or(|count| count > 60), "{judged:?}");
}

#[cfg(unix)]
#[test]
fn hostile_names_of_files() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = repository();
    let names: [&[u8]; 22] = [
        b"a\x1b[2J\x07.json",
        b"b\nc\r.json",
        b"::error::d.json",
        b" ::error::d.json",
        b"e]]>.json",
        b"f</testsuite>.json",
        b"g<script>alert(1)</script>.json",
        b"h`|``|```.json",
        "i\u{202e}\u{2066}\u{feff}.json".as_bytes(),
        "j\u{fffe}\u{fdd0}.json".as_bytes(),
        b"k %25 %0A,:;=.json",
        b"l##[error]x.json",
        b"[m](http:n).json",
        b"o\xff\xfe.json",
        b"c:\\p.json",
        "ü/证书?#x.json".as_bytes(),
        b"-q.json",
        b"x...json",
        b"{0}.json",
        b" r .json",
        b"&lt;<!--.json",
        b"**s**__t__~~u~~.json",
    ];
    for name in names {
        let path = folder.at().join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, BAD).unwrap();
    }
    let reports = Reports::of(folder.at(), &["--", "."]).ends(1);
    let json = reports.json("json");
    assert_eq!(json["inputs"].as_array().unwrap().len(), names.len());
    // What SARIF says where they are is their names, byte for byte.
    let mut expected: Vec<String> = names
        .iter()
        .map(|name| {
            name.iter()
                .map(|&byte| match byte {
                    b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                        char::from(byte).to_string()
                    }
                    _ => format!("%{byte:02X}"),
                })
                .collect()
        })
        .collect();
    let mut found = reports.sites().0;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    reports.judged(folder.at(), 0);
    // Named one by one, and those that are not there.
    let arguments: Vec<String> = json["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| format!("no/{}", input["path"].as_str().unwrap()))
        .collect();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.insert(0, "--");
    Reports::of(folder.at(), &arguments).ends(2).judged(folder.at(), 0);
}

#[test]
fn paths_begin_at_the_root_of_the_repository() {
    let folder = repository();
    let bad = folder.file("a/b/bad.json", BAD);
    let outside = Folder::new();
    let elsewhere = outside.file("bad.json", BAD);
    let below = folder.at().join("a");
    let sites_below = |root: &Path, here: &Path, arguments: &[&str], variables: &[(&str, &str)]| {
        let reports = Reports::with(here, arguments, variables).ends(1);
        let (sarif, gitlab) = reports.sites();
        assert_eq!(sarif, gitlab);
        let is_in_repository = !sarif[0].starts_with("outside-the-repository/") && sarif[0] != "stdin";
        assert_eq!(reports.text("github").contains("::error file="), is_in_repository);
        reports.judged(root, 0);
        sarif.concat()
    };
    let sites = |here: &Path, arguments: &[&str], variables: &[(&str, &str)]| {
        sites_below(folder.at(), here, arguments, variables)
    };
    let sites_from_below =
        |variables: &[(&str, &str)]| sites_below(&below, &below, &["b/bad.json"], variables);
    let inside = "a/b/bad.json";
    assert_eq!(sites(folder.at(), &[inside], &[]), inside);
    assert_eq!(sites(&below, &["b/bad.json"], &[]), inside);
    assert_eq!(sites(&below, &["../a/./b//bad.json"], &[]), inside);
    assert_eq!(sites(&below, &[&bad], &[]), inside);
    assert_eq!(sites(&below.join("b"), &[], &[]), inside);
    // What is not in it cannot be taken for what is.
    let name = outside.at().file_name().unwrap().to_str().unwrap();
    let named = format!("../{name}/bad.json");
    assert_eq!(sites(folder.at(), &[&named], &[]), format!("outside-the-repository/{name}/bad.json"));
    let site = sites(folder.at(), &[&elsewhere], &[]);
    assert_eq!(site, format!("outside-the-repository{elsewhere}"));
    // GitLab knows best where its repository begins; GitHub is asked when nothing else tells.
    let root = folder.at().to_str().unwrap();
    fs::create_dir(below.join(".git")).unwrap();
    assert_eq!(sites_from_below(&[]), "b/bad.json");
    assert_eq!(sites_from_below(&[("GITHUB_WORKSPACE", root)]), "b/bad.json");
    assert_eq!(sites(&below, &["b/bad.json"], &[("CI_PROJECT_DIR", root)]), inside);
    fs::remove_dir(below.join(".git")).unwrap();
    fs::remove_dir(folder.at().join(".git")).unwrap();
    assert_eq!(sites(&below, &["b/bad.json"], &[("GITHUB_WORKSPACE", root)]), inside);
    assert_eq!(sites_from_below(&[]), "b/bad.json");
    // Nonsense in the environment counts for nothing.
    for nonsense in ["", "/", "relative", "/no/such/folder"] {
        assert_eq!(sites_from_below(&[("CI_PROJECT_DIR", nonsense)]), "b/bad.json");
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_within_the_repository() {
    let folder = repository();
    folder.file("real/bad.json", BAD);
    std::os::unix::fs::symlink("real", folder.at().join("link")).unwrap();
    let outside = Folder::new();
    let elsewhere = outside.file("bad.json", BAD);
    std::os::unix::fs::symlink(elsewhere, folder.at().join("out.json")).unwrap();
    let sites = |argument| Reports::of(folder.at(), &[argument]).ends(1).sites().0.concat();
    assert_eq!(sites("link/bad.json"), "real/bad.json");
    assert_eq!(sites("out.json"), "out.json");
}

#[test]
fn standard_input_is_a_file_of_no_repository() {
    let folder = repository();
    let site = |arguments: &[&str]| {
        let mut all = vec!["check", "--now", NOW, "--format", "sarif", "-"];
        all.extend(arguments);
        let run = crate::cli::with_stdin_in(folder.at(), &all, BAD.as_bytes());
        let sarif: serde_json::Value = serde_json::from_str(&run).unwrap();
        let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
        sarif.pointer(uri).unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(site(&[]), "stdin");
    assert_eq!(site(&["--stdin-filename", "x/request.json"]), "x/request.json");
}

#[test]
fn suppressed_findings_are_told_to_sarif_alone() {
    let folder = repository();
    folder.file("bad.json", BAD);
    let reports = Reports::of(folder.at(), &["--allow", "missing-field", "bad.json"]).ends(1);
    let suppressed =
        usize::try_from(reports.json("json")["summary"]["suppressed"].as_u64().unwrap()).unwrap();
    assert!(suppressed > 0);
    for format in ["full", "concise", "github", "gitlab", "junit"] {
        assert!(!reports.text(format).contains("missing-field:"), "{format}");
        assert!(!reports.text(format).contains("title=missing-field"), "{format}");
    }
    reports.judged(folder.at(), suppressed);
}

#[test]
fn bodies_a_line_and_bodies_named_twice_are_told_apart() {
    let folder = repository();
    folder.file("many.ndjson", format!("{BAD}\n{BAD}\nnot json\n{BAD}\n"));
    folder.file("bad.json", BAD);
    let reports = Reports::of(folder.at(), &["many.ndjson", "bad.json", "bad.json"]).ends(1);
    let judged = reports.judged(folder.at(), 0);
    assert!(judged.is_none_or(|count| count > 10), "{judged:?}");
}

#[test]
fn what_is_asked_for_is_done_in_every_format() {
    let folder = repository();
    folder.file("bad.json", BAD);
    folder.file("good.json", fs::read(good()).unwrap());
    for arguments in [["--min-severity", "error"].as_slice(), &["--statistics"], &["--quiet"], &["--verbose"]]
    {
        let mut arguments = arguments.to_vec();
        arguments.push(".");
        Reports::of(folder.at(), &arguments).ends(1).judged(folder.at(), 0);
    }
}

/// Fingerprints are those of the same finding whatever else changes: contents, lines, where the tool is
/// started.
#[test]
fn fingerprints_stay() {
    let folder = repository();
    folder.file("a/bad.json", BAD);
    let prints = |reports: Reports| {
        let sarif = reports.json("sarif");
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        let print = |result: &serde_json::Value| {
            format!("{} {}", result["ruleId"], result["partialFingerprints"]["primaryLocationLineHash"])
        };
        let sarif: Vec<String> = results.iter().map(print).collect();
        let gitlab: Vec<String> = reports
            .json("gitlab")
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| format!("{} {}", issue["check_name"], issue["fingerprint"]))
            .collect();
        assert_eq!(sarif, gitlab);
        sarif
    };
    let before = prints(Reports::of(folder.at(), &["a/bad.json"]));
    let below = folder.at().join("a");
    assert_eq!(prints(Reports::of(&below, &["bad.json"])), before);
    assert_eq!(prints(Reports::of(&below, &[&folder.path("a/bad.json")])), before);
    folder.file("a/bad.json", BAD.replace(", ", ",\n\n ").replace("no", "nothing"));
    assert_eq!(prints(Reports::of(folder.at(), &["a/bad.json"])), before);
}

/// What is done to a report, and what the judge is to say of it.
type Damage = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn the_judge_would_notice() {
    if !has_judge() {
        return;
    }
    let folder = repository();
    folder.file("a/bad.json", BAD);
    let reports = Reports::of(folder.at(), &["a/bad.json", "missing.json"]).ends(2);
    assert!(reports.judge(folder.at(), 0).unwrap() > 1);
    let damages: [Damage; 29] = [
        ("ndjson", "missing-field", "weak-key", "ndjson"),
        ("concise", "a/bad.json", "::error::a", "a command of the runner"),
        ("full", "error", "x ##[warning] x", "a command of the runner"),
        ("stderr", "missing", "\u{202e}missing", "U+202E"),
        ("sarif", "\"a/bad.json\"", "\"/a/bad.json\"", "is no reference"),
        ("sarif", "\"a/bad.json\"", "\"\"", "is no reference"),
        ("sarif", "\"a/bad.json\"", "\"../bad.json\"", "sarif: ../bad.json"),
        ("sarif", "\"a/bad.json\"", "\"b/bad.json\"", "is not there"),
        ("sarif", "\"ruleId\": \"missing-field\"", "\"ruleId\": \"weak-key\"", "sarif: rule"),
        ("sarif", "\"apicert/\"", "\"apicert\"", "category"),
        ("sarif", "\"executionSuccessful\": false", "\"executionSuccessful\": true", "executionSuccessful"),
        ("sarif", "\"startColumn\": 1", "\"startColumn\": 0", "sarif: ["),
        (
            "sarif",
            "\"level\": \"error\",\n          \"message\"",
            "\"level\": \"note\",\n          \"message\"",
            "sarif: level",
        ),
        ("sarif", "\"region\": {", "\"region\": {\"snippet\": {\"text\": \"x\"},", "sarif: members"),
        ("sarif", "is missing (/private_key)", "is missing [x](9) (/private_key)", "sarif: links"),
        ("github", "::error file", "::error::x\n::error file", "github"),
        ("github", "file=a/bad.json", "file=/a/bad.json", "is absolute"),
        ("github", "col=1,endColumn=1", "col=2,endColumn=1", "github: col"),
        ("github", "apicert: a/bad", "::warning::a/bad", "github"),
        ("github", ": `private_key` is", ":%0A `private_key` is", "github: message"),
        ("gitlab", "[\n", "\u{feff}[\n", "gitlab"),
        ("gitlab", "\"critical\"", "\"severe\"", "gitlab: ["),
        ("gitlab", "\"begin\": 1", "\"begin\": 2", "gitlab: line"),
        ("gitlab", "missing-field: ", "", "gitlab: "),
        ("junit", "</testcase>", "</testcase></testsuite><testsuite name=\"x\">", "junit"),
        ("junit", "errors=\"1\"", "errors=\"0\"", "junit: errors"),
        ("junit", "<failure", "<failure href=\"x\"", "junit"),
        ("markdown", "missing-field", "<b>missing-field</b>", "markdown"),
        ("markdown", "# apicert", "# apicert www.example.com", "a tag a"),
    ];
    for (format, from, to, expected) in damages {
        let text = reports.text(format);
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{format} has no {from}");
        reports.folder.file(format, damaged);
        let said = reports.judge(folder.at(), 0).expect_err(&format!("{format}: {from} became {to}"));
        assert!(said.contains(expected), "{format}: {from} became {to}: {said}");
        reports.folder.file(format, text);
    }
    assert!(reports.judge(folder.at(), 1).unwrap_err().contains("suppressed"));
}
