//! The unit for systemd.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{adapted, debian, path, run_if_any, text};
use crate::support::desk::{Desk, stderr, stdout};

const UNIT: &str = "packaging/systemd/archipelago.service";
/// The most that `systemd-analyze security` may find exposed, in tenths; its author calls up to 4.0 "OK".
const MOST_EXPOSED: &str = "15";

/// What the unit starts, with the paths of this machine.
fn started(desk: &Desk) -> Command {
    let unit = text(UNIT);
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let settings = desk.path().join("settings.toml");
    let state = desk.path().to_str().unwrap();
    let shipped = text("packaging/debian/archipelago.toml");
    let shipped = adapted(&shipped, &[("/var/lib/archipelago", state)]);
    fs::write(&settings, format!("listen = \"127.0.0.1:0\"\n{shipped}")).unwrap();
    let line = adapted(
        line.unwrap(),
        &[
            ("/usr/bin/archipelago", env!("CARGO_BIN_EXE_archipelago")),
            (
                "/etc/archipelago/archipelago.toml",
                settings.to_str().unwrap(),
            ),
        ],
    );
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap());
    command.args(words).current_dir("/");
    command
}

#[test]
fn the_unit_starts_a_node_with_the_settings_of_the_package() {
    let desk = Desk::new();
    let mut command = started(&desk);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut node = command.spawn().unwrap();
    let mut said = String::new();
    let output = node.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut said).unwrap();
    node.kill().unwrap();
    node.wait().unwrap();
    assert!(said.starts_with("Archipelago answers on "), "{said:?}");
    assert!(desk.has("archipelago.db"));
}

#[test]
fn the_documents_that_the_unit_names_are_in_the_package() {
    let unit = text(UNIT);
    let lines = unit.lines();
    let named = lines.filter_map(|line| line.strip_prefix("Documentation="));
    let files = named.flat_map(|named| named.split(' '));
    let files: Vec<_> = files
        .filter_map(|file| file.strip_prefix("file:///"))
        .collect();
    assert!(!files.is_empty());
    let packed = debian::packed();
    for file in files {
        assert!(packed.contains_key(Path::new(file)), "{file}");
    }
}

#[test]
fn systemd_finds_no_fault_with_the_unit() {
    let desk = tempfile::tempdir().unwrap();
    let program = ("/usr/bin/archipelago", env!("CARGO_BIN_EXE_archipelago"));
    let file = desk.path().join("archipelago.service");
    fs::write(&file, adapted(&text(UNIT), &[program])).unwrap();
    let arguments = ["verify", "--man=no", file.to_str().unwrap()];
    if let Some(verified) = run_if_any("systemd-analyze", &arguments) {
        assert_eq!(stderr(&verified), "");
        assert!(verified.status.success());
    }
}

#[test]
fn a_node_that_was_taken_over_could_reach_little_of_its_machine() {
    let file = path(UNIT);
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let file = file.to_str().unwrap();
    let arguments = ["security", "--offline=true", &threshold, file];
    if let Some(judged) = run_if_any("systemd-analyze", &arguments) {
        let said = stdout(&judged);
        assert!(said.contains("Overall exposure level"), "{said}");
        assert!(judged.status.success(), "{said}");
    }
}
