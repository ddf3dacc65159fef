//! `--allow`, `--warn` and `--deny`: what the findings of a rule count as. What the service answers
//! does not depend on it.

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};

use crate::cli::value_parsers::a_rule;
use crate::output::{Suppressed, Suppressor};
use crate::problem::Severity;
use crate::report::Report;
use crate::rules::Rule;

/// What the findings of certain rules count as, in the order in which it was said.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleLevels(Vec<(&'static str, Level)>);

/// What the findings of a rule count as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// They are not shown.
    Allow,
    /// They are of this severity.
    Count(Severity),
}

const OPTIONS: [(&str, Level, &str); 3] = [
    ("allow", Level::Allow, "Do not show the findings of this rule, only count them as suppressed"),
    ("warn", Level::Count(Severity::Warning), "Make the findings of this rule warnings"),
    ("deny", Level::Count(Severity::Error), "Make the findings of this rule errors"),
];

impl RuleLevels {
    pub(super) const fn new(said: Vec<(&'static str, Level)>) -> Self {
        Self(said)
    }

    /// These, and after them those of the command line.
    pub(super) fn then(mut self, others: &Self) -> Self {
        self.0.extend_from_slice(&others.0);
        self
    }

    /// Applies them to what was found; returns the findings that do not count.
    pub(super) fn apply(&self, report: &mut Report) -> Vec<Suppressed> {
        for finding in &mut report.findings {
            if let Some(Level::Count(severity)) = self.of(finding.rule.name) {
                finding.severity = severity;
            }
        }
        report
            .findings
            .extract_if(.., |finding| self.allow(finding.rule.name))
            .map(|finding| Suppressed { finding, by: Suppressor::Allow })
            .collect()
    }

    /// Whether the findings of a rule are not to be shown.
    pub(super) fn allow(&self, rule: &str) -> bool {
        self.of(rule) == Some(Level::Allow)
    }

    fn of(&self, rule: &str) -> Option<Level> {
        self.0.iter().rev().find(|(name, _)| *name == rule).map(|(_, level)| *level)
    }
}

// Written by hand because the order counts across the three options, which derived code does not see.
impl Args for RuleLevels {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(OPTIONS.map(|(name, _, help)| {
            Arg::new(name)
                .long(name)
                .value_name("RULE")
                .action(ArgAction::Append)
                .value_parser(a_rule())
                .hide_possible_values(true)
                .help(help)
                .help_heading("Rules (the last one that names a rule wins)")
        }))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for RuleLevels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut said = Vec::new();
        for (option, level, _) in OPTIONS {
            let rules = matches.get_many::<&'static Rule>(option).into_iter().flatten();
            let places = matches.indices_of(option).into_iter().flatten();
            said.extend(places.zip(rules).map(|(place, rule)| (place, (rule.name, level))));
        }
        said.sort_by_key(|(place, _)| *place);
        Ok(Self(said.into_iter().map(|(_, said)| said).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
