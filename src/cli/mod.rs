//! The command line: one enum, one file per subcommand.
//!
//! `anyhow` above this line, sentences below it: a command says what it was doing, [`Failure`] turns
//! that into one sentence and an exit code. What operators read is English; what people who search
//! read comes from the locales.

mod anchor;
mod backup;
mod block;
mod check;
mod crawl;
mod database;
mod doctor;
mod document;
mod export;
mod failure;
mod follow;
mod founded;
mod held;
mod import;
mod init;
mod key;
mod log;
mod member;
mod mirror;
mod output;
mod peer;
mod progress;
mod restore;
mod search;
mod serve;
mod service;
mod status;
mod stop;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use tracing_subscriber::filter::LevelFilter;

use crate::config::{self, Config, Layer, LogFormat, NetworkLayer};

pub use failure::Failure;

/// A federated directory that leads whoever leaves a closing service to a small hoster nearby.
#[derive(Debug, Parser)]
#[command(name = "archipelago", version, propagate_version = true)]
#[command(
    after_help = "Settings come from archipelago.toml, then ARCHIPELAGO_* in the environment, then flags.\n\
    Exit codes: 0 done, 1 failed, 2 wrong usage."
)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Settings {
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME [default: sqlite:archipelago.db]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The settings file, which init writes and every other command then needs [default: archipelago.toml, if there is one]
    #[arg(long, global = true, value_name = "PATH")]
    config: Option<PathBuf>,
    /// A private range that may be fetched from, such as 127.0.0.0/8; then http, ports and localhost
    /// may be too. Can be repeated [default: none]
    #[arg(long, global = true, value_name = "CIDR", value_parser = config::range)]
    allow_net: Vec<IpNet>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Found a node: a hoster's, a collective's or a directory's
    Init(Box<init::Init>),
    /// Run the node: the site, the API and federation
    Serve(serve::Serve),
    /// What the hoster of this node offers
    #[command(subcommand)]
    Service(service::Command),
    /// Who is a member of whom, and who vouches for whom
    #[command(subcommand)]
    Member(member::Command),
    /// Subscribe to what a hoster, a collective or a directory publishes
    Follow(follow::Follow),
    /// Directories this node exchanges with
    #[command(subcommand)]
    Peer(peer::Command),
    /// Keep a read-only copy of another directory, checking every word of it
    Mirror(mirror::Mirror),
    /// Whom this directory trusts from the start
    #[command(subcommand)]
    Anchor(anchor::Command),
    /// What this directory will have nothing to do with
    #[command(subcommand)]
    Block(block::Command),
    /// The keys this node signs with
    #[command(subcommand)]
    Key(key::Command),
    /// Visit the sites that are due, politely, and keep what they publish
    Crawl(crawl::Crawl),
    /// Say what a directory sees of a site or of a document, and what is wrong there
    Check(check::Check),
    /// Say whether a vouch or a snapshot is valid, or why not
    Verify(verify::Verify),
    /// Keep what a document says
    Import(import::Import),
    /// What a run would have changed too much of: look at it, let it pass or drop it
    Held(held::Held),
    /// Write the directory, or one hoster of it, for other programs
    Export(export::Export),
    /// Write everything the database holds to one file, while the node runs
    Backup(backup::Backup),
    /// Fill an empty database from such a file, whichever engine it came from
    Restore(restore::Restore),
    /// Search as on the site, with reasons and distances
    Search(Box<search::Search>),
    /// Say what of this node is set up wrongly, and what to do about it
    Doctor(doctor::Doctor),
    /// Say what the directory holds, what this node is and what it owes
    Status(status::Status),
}

/// Runs a command to its end.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { settings, command } = cli;
    log::start(
        if matches!(command, Command::Serve(_) | Command::Mirror(_)) {
            LevelFilter::INFO
        } else {
            LevelFilter::WARN
        },
        settings.log_format(),
    )?;
    match command {
        Command::Serve(serve) => {
            let flags = Layer {
                listen: serve.listen,
                ..Layer::default()
            };
            serve.run(settings.read(flags)?).await
        }
        Command::Mirror(mirror) => {
            let flags = Layer {
                listen: mirror.listen,
                ..Layer::default()
            };
            mirror.run(settings.read(flags)?).await
        }
        Command::Init(init) => init.run(settings).await,
        Command::Service(service) => service.run(settings.read(Layer::default())?).await,
        Command::Member(member) => member.run(settings.read(Layer::default())?).await,
        Command::Follow(follow) => follow.run(settings.read(Layer::default())?).await,
        Command::Peer(peer) => peer.run(settings.read(Layer::default())?).await,
        Command::Anchor(anchor) => anchor.run(settings.read(Layer::default())?).await,
        Command::Block(block) => block.run(settings.read(Layer::default())?).await,
        Command::Key(key) => key.run(settings.read(Layer::default())?).await,
        Command::Check(check) => check.run(settings.read(Layer::default())?).await,
        Command::Crawl(crawl) => crawl.run(settings.read(Layer::default())?).await,
        Command::Export(export) => export.run(settings.read(Layer::default())?).await,
        Command::Import(import) => import.run(settings.read(Layer::default())?).await,
        Command::Backup(backup) => backup.run(settings.read(Layer::default())?).await,
        Command::Restore(restore) => restore.run(settings.read(Layer::default())?).await,
        Command::Held(held) => held.run(settings.read(Layer::default())?).await,
        Command::Search(search) => search.run(settings.read(Layer::default())?).await,
        Command::Verify(verify) => verify.run(settings.read(Layer::default())?).await,
        Command::Doctor(doctor) => doctor.run(settings.read(Layer::default())?).await,
        Command::Status(status) => status.run(settings.read(Layer::default())?).await,
    }
}

impl Settings {
    fn read(self, flags: Layer) -> Result<Config, Failure> {
        self.config(flags).map_err(Failure::wrong_settings)
    }

    /// How the log is written. Settings that cannot be read are told by the command that needs them.
    fn log_format(&self) -> LogFormat {
        let config = self.config(Layer::default());
        config.map_or_else(|_| LogFormat::default(), |config| config.log.format)
    }

    fn config(&self, flags: Layer) -> Result<Config, config::Error> {
        let flags = self.over(flags);
        Config::read(self.config.as_deref(), std::env::vars_os(), flags)
    }

    /// What these flags say, and besides what those of one command say.
    fn over(&self, flags: Layer) -> Layer {
        Layer {
            database_url: self.database_url.clone(),
            network: NetworkLayer {
                allow: Some(self.allow_net.clone()).filter(|ranges| !ranges.is_empty()),
            },
            ..flags
        }
    }
}
