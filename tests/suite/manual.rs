//! The manual and the completions: made from the same texts as the help, so what is held here is that
//! nothing gets lost on the way. Real shells and readers of manuals try them in CI.

use std::collections::BTreeSet;
use std::fs;

use crate::cli::{Folder, apicert};

const COMMANDS: [&str; 9] =
    ["check", "predict", "fix", "build", "inspect", "rules", "explain", "completions", "man"];

/// The long options that a help speaks of.
fn options(command: &str) -> BTreeSet<String> {
    let help = apicert(&[command, "--help"]).ends(0).stdout;
    let named = help.lines().filter_map(|line| line.trim_start().strip_prefix('-'));
    let long =
        named.filter_map(|line| line.split_once("--").map(|(_, name)| name).or(line.strip_prefix('-')));
    let is_end = |character: char| !character.is_ascii_alphanumeric() && character != '-';
    long.map(|name| format!("--{}", name.split(is_end).next().unwrap())).collect()
}

#[test]
fn every_option_is_in_the_manual_and_is_completed() {
    let completions: Vec<(&str, String)> = ["bash", "zsh", "fish", "powershell", "elvish"]
        .into_iter()
        .map(|shell| (shell, apicert(&["completions", shell]).ends(0).stdout))
        .collect();
    for command in COMMANDS {
        let page = apicert(&["man", command]).ends(0).stdout;
        let options = options(command);
        assert!(options.contains("--help"), "{command}: {options:?}");
        for option in options {
            assert!(page.contains(&option.replace('-', "\\-")), "{command}: {option} is not in the manual");
            for (shell, script) in &completions {
                // The script for fish has it as `-l name`.
                let written = if *shell == "fish" { option.replacen("--", "-l ", 1) } else { option.clone() };
                assert!(script.contains(&written), "{shell}: {option} of {command} is not completed");
            }
        }
        for (shell, script) in &completions {
            assert!(script.contains(command), "{shell}: {command} is not completed");
        }
    }
}

#[test]
fn pages_are_written_to_a_folder() {
    let folder = Folder::new();
    apicert(&["man", "--dir", folder.at().to_str().unwrap()]).ends(0);
    let page = |name: &str| fs::read_to_string(folder.at().join(name)).unwrap();
    assert_eq!(fs::read_dir(folder.at()).unwrap().count(), COMMANDS.len() + 1);
    assert_eq!(page("apicert.1"), apicert(&["man"]).ends(0).stdout);
    for command in COMMANDS {
        assert_eq!(page(&format!("apicert-{command}.1")), apicert(&["man", command]).ends(0).stdout);
        assert!(page("apicert.1").contains(&format!("apicert\\-{command}(1)")), "{command}");
    }
    let run = apicert(&["man", "--dir", &folder.path("missing")]).ends(2);
    assert!(run.stderr.contains("cannot write apicert.1: no such file or directory"), "{}", run.stderr);
}

#[test]
fn examples_stay_as_they_are_and_exit_codes_become_a_list() {
    let page = apicert(&["man", "check"]).ends(0).stdout;
    let help = apicert(&["check", "--help"]).ends(0).stdout;
    let examples = page.split(".SH EXAMPLES\n.nf\n").nth(1).unwrap().split(".fi").next().unwrap();
    assert!(examples.lines().count() > 2);
    for line in examples.lines() {
        assert!(help.contains(&format!("  {}\n", line.replace("\\-", "-"))), "{line}");
    }
    let codes = page.split(".SH \"EXIT CODES\"").nth(1).unwrap().split(".SH").next().unwrap();
    assert_eq!(codes.matches(".TP").count(), 5, "{codes}");
    assert!(page.contains(".SH SYNOPSIS\n\\fBapicert check [OPTIONS] [PATH]...\\fR\n"), "{page}");
}
