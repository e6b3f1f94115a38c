//! The guides say what works: their blocks of commands run as they stand, with real nodes for the names in
//! them, and every other command they name is one the program knows.

mod blocks;
mod cast;
mod named;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use archipelago::clock::Clock;
use chrono::NaiveDate;

use crate::support::desk::{Desk, stderr};
use crate::support::fediverse::eventually;
use blocks::{Block, blocks, commands, targets};
use cast::Cast;

/// Where people read.
const FOLDERS: [&str; 5] = ["", "docs", "docs/fr", "fixtures", "frontend/widget"];

/// The guides that are followed, each with whose it is.
const FOLLOWED: [(&str, &str); 6] = [
    ("README.md", "hoster"),
    ("docs/hoster.md", "hoster"),
    ("docs/collective.md", "collective"),
    ("docs/directory.md", "directory"),
    ("docs/embedding.md", "visitor"),
    ("docs/developing.md", "visitor"),
];
/// Guides in both languages, which have the same commands.
const TRANSLATED: [(&str, &str); 2] = [
    ("docs/hoster.md", "docs/fr/hebergeur.md"),
    ("docs/collective.md", "docs/fr/collectif.md"),
];
/// How a block is marked that is not run here, each with a day behind it: when it was last run, or since when
/// nobody has run it.
const MARKS: [&str; 2] = ["by-hand", "untried"];

/// What is behind the mark of a block that is not run here.
fn day_of(block: &Block) -> Option<&str> {
    let (mark, day) = block
        .how
        .split_once(' ')
        .unwrap_or((block.how.as_str(), ""));
    MARKS.contains(&mark).then_some(day)
}

/// Where the relative links of a document lead, without the place inside.
pub fn links(text: &str) -> Vec<&str> {
    let links = text.split("](").skip(1);
    let links = links.filter_map(|rest| rest.split([')', '#']).next());
    let relative = links.filter(|path| !path.is_empty() && !path.contains("://"));
    relative.collect()
}

/// Every document for people, by its path.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = Vec::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(root.join(folder)).unwrap();
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|end| end == "md") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                documents.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    documents.sort();
    documents
}

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Runs every block of a guide, in order, as the one whose guide it is.
async fn follow(guide: &str, owner: &str) {
    let cast = Cast::gathered(owner).await;
    for block in blocks(&document(guide)) {
        match block.how.as_str() {
            _ if day_of(&block).is_some() => {}
            "" => cast.run(owner, &block).await,
            "applied" => {
                let say = "We host, and read your charter.";
                let apply = Block {
                    how: String::new(),
                    lines: vec![format!(
                        "archipelago member apply collective.example --say \"{say}\""
                    )],
                };
                cast.run("hoster", &apply).await;
                eventually("the application is there", async || {
                    let list = cast
                        .desk("collective")
                        .said("--allow-net 127.0.0.0/8 member list");
                    list.contains(say).then_some(())
                })
                .await;
                cast.run(owner, &block).await;
            }
            other => panic!("{guide}: nobody knows how to run a block that is {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_guides_work_as_they_stand() {
    for (guide, owner) in FOLLOWED {
        follow(guide, owner).await;
    }
}

/// The French guides have the commands of the English ones, word for word but for what is said to people.
#[test]
fn both_languages_of_a_guide_name_the_same_commands() {
    for (english, french) in TRANSLATED {
        let named = |guide: &str| -> Vec<Vec<String>> {
            let blocks = blocks(&document(guide));
            let words = |block: Block| {
                let lines = block.lines.into_iter();
                lines
                    .map(|line| line.split('"').step_by(2).collect::<String>())
                    .map(|line| line.replace("--lang fr", "--lang en"))
                    .collect()
            };
            blocks.into_iter().map(words).collect()
        };
        assert_eq!(named(english), named(french), "{french}");
    }
}

#[test]
fn every_command_that_a_document_names_is_one_the_program_knows() {
    let desk = Desk::new();
    let named: BTreeSet<(String, String)> = documents()
        .into_iter()
        .flat_map(|(name, text)| {
            let commands = commands(&text);
            commands.into_iter().map(move |line| (name.clone(), line))
        })
        .collect();
    assert!(named.len() > 60, "{} commands", named.len());
    for (name, line) in named {
        let words = line.split_whitespace().skip(1).collect::<Vec<_>>();
        let asked = desk.run_of(&[&words[..], &["--help"]].concat());
        assert!(asked.status.success(), "{name}: {line}: {}", stderr(&asked));
    }
}

#[test]
fn every_block_of_commands_is_run_here_or_says_when_it_was_run_or_since_when_it_was_not() {
    for (name, text) in documents() {
        let is_followed = FOLLOWED.iter().any(|(guide, _)| *guide == name);
        let is_translated = TRANSLATED.iter().any(|(_, french)| *french == name);
        for block in blocks(&text) {
            let is_told = match day_of(&block).map(str::parse) {
                Some(day) => day.is_ok_and(|day: NaiveDate| day <= Clock::system().today()),
                None => is_followed || is_translated,
            };
            assert!(is_told, "{name}: {:?}", block.lines);
        }
    }
}

#[test]
fn every_target_that_a_document_names_is_in_the_makefile() {
    let makefile = document("Makefile");
    let rules = makefile.lines().filter_map(|line| line.split_once(':'));
    let known: BTreeSet<_> = rules.map(|(target, _)| target).collect();
    let mut named = 0;
    for (name, text) in documents() {
        for target in targets(&text) {
            named += 1;
            assert!(known.contains(&*target), "{name}: make {target}");
        }
    }
    assert!(named > 40, "{named} targets");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut followed = 0;
    for (name, text) in documents() {
        let folder = root.join(&name).parent().unwrap().to_owned();
        for link in links(&text) {
            followed += 1;
            assert!(folder.join(link).exists(), "{name}: {link}");
        }
    }
    assert!(followed > 30, "{followed} links");
}

#[test]
fn nobody_in_the_guides_has_a_real_name() {
    for (name, text) in documents() {
        for block in blocks(&text)
            .into_iter()
            .filter(|block| block.how.is_empty())
        {
            for line in block.lines {
                let hosts = line.split("https://").skip(1);
                for host in hosts.filter_map(|rest| rest.split(['/', '\'', '"', ' ']).next()) {
                    let stands_for_any = host.chars().all(|letter| letter.is_ascii_uppercase());
                    assert!(
                        host.ends_with(".example") || stands_for_any,
                        "{name}: {line}"
                    );
                }
            }
        }
    }
}
