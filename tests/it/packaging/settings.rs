//! `archipelago.example.toml` and README's table name each setting, and say what the program does with it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;

use archipelago::config::{Config, Layer};
use archipelago::domain::policy::Rules;

use super::text;
use crate::support::desk::{Desk, stdout};

/// A setting as the example tells it.
struct Told {
    table: Option<String>,
    key: String,
    /// As TOML.
    value: String,
    comment: String,
}

impl Told {
    /// As people name it: `[limits] burst`.
    fn name(&self) -> String {
        named(self.table.as_deref(), &self.key)
    }

    fn variable(&self) -> String {
        let table = self.table.iter().map(|table| format!("{table}_"));
        let name: String = table.chain([self.key.clone()]).collect();
        format!("ARCHIPELAGO_{}", name.to_uppercase())
    }

    fn as_file(&self) -> String {
        let table = self.table.iter().map(|table| format!("[{table}]\n"));
        let line = format!("{} = {}\n", self.key, self.value);
        table.chain([line]).collect()
    }

    /// The value as the environment has it.
    fn as_variable(&self) -> String {
        self.parts().join(",")
    }

    /// What the value is made of: itself, or the members of a list.
    fn parts(&self) -> Vec<String> {
        let text = |value: &toml::Value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        };
        let file: toml::Table = toml::from_str(&format!("value = {}", self.value)).unwrap();
        match &file["value"] {
            toml::Value::Array(members) => members.iter().map(text).collect(),
            value => vec![text(value)],
        }
    }
}

fn named(table: Option<&str>, key: &str) -> String {
    match table {
        Some(table) => format!("[{table}] {key}"),
        None => key.to_owned(),
    }
}

/// The settings of the example. What begins with `# ` is a comment, what begins with `#` alone a setting.
fn told() -> Vec<Told> {
    let mut told = Vec::new();
    let (mut table, mut comment) = (None, String::new());
    for line in text("archipelago.example.toml").lines() {
        if line.is_empty() {
            comment.clear();
        } else if let Some(said) = line.strip_prefix("# ") {
            comment += said;
            comment.push(' ');
        } else if let Some(setting) = line.strip_prefix('#') {
            let (key, value) = setting.split_once(" = ").expect("a setting");
            told.push(Told {
                table: table.clone(),
                key: key.to_owned(),
                value: value.to_owned(),
                comment: comment.clone(),
            });
        } else {
            let name = line.strip_prefix('[').and_then(|l| l.strip_suffix(']'));
            table = Some(name.expect("a table").to_owned());
        }
    }
    told
}

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let desk = tempfile::tempdir().unwrap();
    let path = desk.path().join("archipelago.toml");
    fs::write(&path, file).unwrap();
    let environment = environment.iter();
    let environment = environment.map(|(name, value)| (OsString::from(name), (*value).into()));
    Config::read(Some(&path), environment, Layer::default()).map_err(|error| error.to_string())
}

/// What the program says it knows in a table, when asked for what it does not.
fn known_in(table: &str) -> Option<Vec<String>> {
    let complaint = read(&format!("{table}\nnobody_knows_this = 1"), &[]).unwrap_err();
    let (_, expected) = complaint.split_once("unknown field `nobody_knows_this`, expected")?;
    let names = expected.split('`').skip(1).step_by(2);
    Some(names.map(str::to_owned).collect())
}

/// Every setting of the program's file, by the program itself.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for name in known_in("").unwrap() {
        match known_in(&format!("[{name}]")) {
            Some(keys) => known.extend(keys.iter().map(|key| named(Some(&name), key))),
            None => drop(known.insert(name)),
        }
    }
    known
}

/// Every variable that is a setting, by the program itself.
fn variables() -> BTreeSet<String> {
    let complaint = read("", &[("ARCHIPELAGO_NOBODY_KNOWS", "1")]).unwrap_err();
    let (_, known) = complaint.split_once("the settings are ").unwrap();
    let (known, _) = known.split_once(" (and ").unwrap();
    known.split(", ").map(str::to_owned).collect()
}

fn agree(told: &BTreeSet<String>, known: &BTreeSet<String>) {
    let left_out: Vec<_> = known.difference(told).collect();
    assert!(left_out.is_empty(), "the example leaves out {left_out:?}");
    let unknown: Vec<_> = told.difference(known).collect();
    assert!(
        unknown.is_empty(),
        "the program knows nothing of {unknown:?}"
    );
}

#[test]
fn the_example_names_each_setting_of_the_program_and_no_other() {
    let known = known();
    assert!(known.contains("[limits] burst"), "{known:?}");
    let told: BTreeSet<String> = told().iter().map(Told::name).collect();
    agree(&told, &known);
}

#[test]
fn the_example_as_it_is_changes_nothing() {
    let example = read(&text("archipelago.example.toml"), &[]);
    assert_eq!(example, read("", &[]));
}

#[test]
fn what_the_example_says_holds_without_a_setting_does() {
    let without = read("", &[]).unwrap();
    for told in told() {
        let with = read(&told.as_file(), &[]).unwrap();
        let name = told.name();
        match told.comment.split_once("Without it: ") {
            None => assert_eq!(with, without, "{name} = {}", told.value),
            Some((_, said)) => {
                assert_ne!(with, without, "{name} holds anyway");
                if said.contains("else this") {
                    let rules = with.choices().rules;
                    assert_eq!(rules.over(Rules::USUAL), Rules::USUAL, "{name}");
                }
            }
        }
    }
}

#[test]
fn the_example_names_the_variable_of_each_setting_and_it_says_the_same() {
    let mut named = BTreeSet::new();
    for told in told() {
        let variable = told.variable();
        let said = format!("Environment: {variable}");
        let is_whole = |rest: &str| rest.starts_with(['.', ',']);
        let rest = told.comment.split_once(&said).map(|(_, rest)| rest);
        assert!(rest.is_some_and(is_whole), "{variable} is not named");
        let by_variable = read("", &[(&variable, &told.as_variable())]);
        assert_eq!(by_variable, read(&told.as_file(), &[]), "{variable}");
        named.insert(variable);
    }
    agree(&named, &variables());
}

#[test]
fn the_flags_that_the_example_names_are_those_of_the_commands() {
    let desk = Desk::new();
    let mut flags = 0;
    for told in told() {
        let Some((_, said)) = told.comment.split_once("Flag") else {
            continue;
        };
        let (commands, flag) = said.split_once(": ").unwrap();
        let flag = flag.split(['.', ',', ' ']).next().unwrap();
        let commands = commands.trim_start_matches(" of ").replace(" and ", ", ");
        for command in commands.split(", ") {
            let help = stdout(&desk.run(&format!("{command} --help")));
            assert!(help.contains(&format!("{flag} <")), "{command} {flag}");
            flags += 1;
        }
    }
    assert!(flags >= 6, "{flags}");
}

#[test]
fn the_readme_has_a_row_for_each_setting_with_its_variable_and_default() {
    let readme = text("README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| "));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
    for told in told() {
        let name = told.name();
        let key = format!("`{}`", told.key);
        let table = told.table.as_ref().map(|table| format!("`[{table}]`"));
        let row = rows.iter().find(|row| {
            let is_of_table = match &table {
                Some(table) => row[0].contains(table),
                None => !row[0].contains('['),
            };
            is_of_table && row[0].contains(&key)
        });
        let row = row.unwrap_or_else(|| panic!("README has no row for {name}"));
        let [_, variables, .., default] = &row[..] else {
            panic!("{row:?}");
        };
        let variable = told.variable();
        let family = variable.rsplit_once(&format!("_{}", told.key.to_uppercase()));
        let family = family.map(|(family, _)| format!("`{family}_…`"));
        let is_named = variables.contains(&format!("`{variable}`"))
            || family.is_some_and(|family| variables.contains(&family));
        assert!(is_named, "{name}: {variables}");
        let parts = told.parts();
        match &parts[..] {
            _ if name == "domain" => {}
            [] => assert!(default.contains("none"), "{name}: {default}"),
            parts => {
                let said = |part: &String| default.contains(part.as_str());
                assert!(parts.iter().all(said), "{name}: {default}");
            }
        }
    }
}
