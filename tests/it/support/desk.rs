//! A directory of its own to run the real binary in, as people and scripts do.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The shipped directory.
pub const SHIPPED: &str = include_str!("../../../fixtures/data/hosters.json");

/// A directory to run commands in, with nothing of the tester's environment.
pub struct Desk(TempDir);

impl Desk {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One that holds a database with the shipped directory.
    pub fn with_directory() -> Self {
        let desk = Self::new();
        fs::write(desk.path().join("hosters.json"), SHIPPED).unwrap();
        let imported = desk.run("import archipelago hosters.json");
        assert!(imported.status.success(), "{}", stderr(&imported));
        desk
    }

    /// Where commands run.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A command, by its words.
    pub fn command(&self, arguments: &str) -> Command {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        self.command_of(&words)
    }

    /// A command whose arguments may hold spaces.
    pub fn command_of(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_archipelago"));
        command.args(arguments).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("ARCHIPELAGO_") || name.starts_with("LC_") || name == "LANG" {
                command.env_remove(name);
            }
        }
        command
            .env("LANG", "en_GB.UTF-8")
            .env("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", "reported");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command whose arguments may hold spaces.
    pub fn run_of(&self, arguments: &[&str]) -> Output {
        self.command_of(arguments).output().unwrap()
    }

    /// Runs a command that must end well, and returns what it says.
    pub fn said(&self, arguments: &str) -> String {
        said(&self.run(arguments), arguments)
    }

    /// Runs a command with `--json` that must end well, and returns what it says.
    pub fn json(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.said(&format!("{arguments} --json"))).unwrap()
    }

    /// Runs a command that must fail with this exit code and one sentence on standard error, which it
    /// returns.
    pub fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run_of(arguments);
        let sentence = stderr(&output);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {sentence}"
        );
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert_eq!(sentence.lines().count(), 1, "{arguments:?}: {sentence}");
        assert!(
            sentence.starts_with("archipelago: "),
            "{arguments:?}: {sentence}"
        );
        assert!(
            !sentence.trim_end().chars().any(char::is_control) && sentence.chars().count() < 1_500,
            "{arguments:?}: {sentence}"
        );
        sentence
    }

    /// The text of a file.
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Writes a file.
    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap();
    }

    /// Whether it has this file.
    pub fn has(&self, file: &str) -> bool {
        self.path().join(file).exists()
    }

    /// Runs a node on any free port.
    pub fn serve(&self, arguments: &str) -> Served {
        self.serve_as_set(&format!("--listen 127.0.0.1:0 {arguments}"))
    }

    /// Runs a node on the port its settings or flags name.
    pub fn serve_as_set(&self, arguments: &str) -> Served {
        // The directory of a test may name real sites.
        let serve = format!("serve --without crawler {arguments}");
        Served::of(self.command(&serve))
    }
}

/// A node that runs; killed if the test forgets to stop it.
pub struct Served {
    pub url: String,
    child: Child,
}

impl Served {
    /// A node that a command runs, once it answers.
    pub fn of(mut command: Command) -> Self {
        // For those who ask it; as main does.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.trim().strip_prefix("Archipelago answers on ");
        Self {
            url: url.unwrap_or_else(|| panic!("{line:?}")).to_owned(),
            child,
        }
    }

    /// What it answers with JSON.
    pub async fn json(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Sends a signal and waits; returns how the node ended, and after how long.
    pub fn stop(mut self, signal: &str) -> (Option<i32>, Duration) {
        let asked = Instant::now();
        let kill = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        (self.child.wait().unwrap().code(), asked.elapsed())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command said.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it complained of.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn said(output: &Output, arguments: &str) -> String {
    assert!(output.status.success(), "{arguments}: {}", stderr(output));
    stdout(output)
}
