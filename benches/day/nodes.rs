//! The program's own commands, each over the settings and the database of one node.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::program::Server as Program;
use super::support::Any;

/// Both nodes live in a closed network.
const ALLOW: [&str; 2] = ["--allow-net", "127.0.0.0/8"];

/// What a node is called, and where it will listen.
pub struct Place {
    pub name: &'static str,
    pub address: SocketAddr,
}

impl Place {
    /// A port that is free now.
    pub fn free(name: &'static str) -> Any<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        Ok(Self { name, address })
    }

    pub fn home(&self) -> String {
        format!("http://{}.localhost:{}", self.name, self.address.port())
    }
}

pub async fn found(folder: &Path, place: &Place, kind: &[&str]) -> Any<()> {
    let (home, address) = (place.home(), place.address.to_string());
    let init = [
        "init", "--domain", &home, "--name", place.name, "--listen", &address,
    ];
    run(&mut command(
        folder,
        place.name,
        &[&init[..], kind].concat(),
    ))
    .await?;
    Ok(())
}

/// A command of the program with the settings of one node.
pub fn command(folder: &Path, node: &str, arguments: &[&str]) -> Command {
    let settings = folder.join(node).with_extension("toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_archipelago"));
    command.arg("--config").arg(settings);
    command.args(["--database-url", &database(folder, node)]);
    command.args(ALLOW).args(arguments).kill_on_drop(true);
    // Whoever looks around sees what is merely said.
    command.env("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", "unknown");
    command
}

/// Starts a node; what it logs goes to a file.
pub fn serve(folder: &Path, node: &Place) -> Any<Program> {
    let mut serve = command(folder, node.name, &["serve"]);
    serve.stderr(File::create(log(folder, node.name))?);
    Program::start(serve.as_std_mut())
}

pub fn log(folder: &Path, node: &str) -> PathBuf {
    folder.join(node).with_extension("log")
}

pub fn database(folder: &Path, node: &str) -> String {
    format!(
        "sqlite:{}",
        folder.join(node).with_extension("db").display()
    )
}

/// Runs a command to its end, and gives what it printed.
pub async fn run(command: &mut Command) -> Any<Vec<u8>> {
    let output = command.stdin(Stdio::null()).output().await?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}
