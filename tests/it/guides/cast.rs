//! Who plays the hoster, the collective and the directory of the guides.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::support::desk::{Desk, SHIPPED, Served};
use crate::support::fediverse::free_port;

use super::Block;

/// The names that stand for real nodes, each with `.example` behind it.
const NAMES: [&str; 3] = ["hoster", "collective", "directory"];

/// Who only looks around.
const VISITOR: &str = "visitor";

/// A desk, a port and perhaps a running node for each name.
pub struct Cast {
    desks: BTreeMap<&'static str, (Desk, SocketAddr)>,
    running: RefCell<Vec<Served>>,
}

impl Cast {
    /// All but the owner of the guide are there already.
    pub async fn gathered(owner: &str) -> Self {
        let people = NAMES.into_iter().chain([VISITOR]);
        let desks = people.map(|name| (name, (Desk::new(), free_port())));
        let cast = Self {
            desks: desks.collect(),
            running: RefCell::default(),
        };
        for name in NAMES {
            let desk = cast.desk(name);
            desk.write("hosters.json", SHIPPED);
            if name == owner {
                continue;
            }
            let home = cast.home(name);
            let founding = match name {
                "hoster" => "--kind hoster --place Lyon",
                kind => &format!("--kind {kind}"),
            };
            let mut lines = vec![format!(
                "archipelago init --domain {home} --name {name} {founding}"
            )];
            if name == "collective" {
                lines.push("echo We host. > charter.txt".to_owned());
                lines.push("archipelago member charter set charter.txt --version 1".to_owned());
            }
            if name == "directory" {
                lines.push("archipelago import archipelago hosters.json".to_owned());
            }
            lines.push("archipelago serve".to_owned());
            let block = Block {
                how: String::new(),
                lines,
            };
            cast.run(name, &block).await;
        }
        cast
    }

    /// Where somebody's commands run.
    pub fn desk(&self, name: &str) -> &Desk {
        &self.desks[name].0
    }

    /// Somebody's address.
    pub fn home(&self, name: &str) -> String {
        format!("http://{name}.localhost:{}", self.desks[name].1.port())
    }

    /// Runs each line of a block at somebody's desk; a node that is started goes on.
    pub async fn run(&self, owner: &str, block: &Block) {
        for line in &block.lines {
            if line == "archipelago serve" {
                // A directory may hold the names of real sites.
                let serve = self.shell(owner, "exec archipelago serve --without crawler");
                self.running.borrow_mut().push(Served::of(serve));
                continue;
            }
            let output = self.shell(owner, &self.cast(line)).output().unwrap();
            let (said, complaint) = (&output.stdout, &output.stderr);
            let (said, complaint) = (
                String::from_utf8_lossy(said),
                String::from_utf8_lossy(complaint),
            );
            assert!(output.status.success(), "{line}: {complaint}");
            assert!(
                !line.starts_with("archipelago") || !said.is_empty(),
                "{line} says nothing"
            );
        }
    }

    /// A line as a shell runs it, with the program in its path.
    fn shell(&self, owner: &str, line: &str) -> Command {
        let (desk, address) = &self.desks[owner];
        let template = desk.command("");
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_archipelago"));
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::env::split_paths(&paths);
        let paths = std::iter::once(program.parent().unwrap().to_owned()).chain(paths);
        let mut shell = Command::new("sh");
        shell.args(["-ec", line]).current_dir(desk.path());
        for (name, value) in template.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell
            .env("PATH", std::env::join_paths(paths).unwrap())
            .env("ARCHIPELAGO_NETWORK_ALLOW", "127.0.0.0/8")
            .env("ARCHIPELAGO_LISTEN", address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        shell
    }

    /// A line with real addresses for the names in it.
    fn cast(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for name in NAMES {
            let stands_for = format!("{name}.example");
            let mut pieces = line.split(&stands_for);
            let mut cast = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let before = cast.strip_suffix("https://").unwrap_or(&cast).to_owned();
                let is_part = before
                    .ends_with(|letter: char| letter.is_alphanumeric() || ".-@".contains(letter));
                cast = match is_part {
                    true => cast + &stands_for + piece,
                    false => before + &self.home(name) + piece,
                };
            }
            line = cast;
        }
        line
    }
}
