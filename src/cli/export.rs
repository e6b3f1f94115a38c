//! `archipelago export`: the directory, or one hoster of it, as files for other programs.

mod documents;
mod files;
mod signed;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use serde::Serialize;
use url::Url;

use crate::catalogue::NotListed;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Name;
use crate::formats::activitypub::addresses::Addresses;
use crate::formats::{archipelago, chatonsinfos};
use crate::store::{LocalActor, Store};

use super::{Failure, database, output};

/// What a federation is called that nobody founded.
const UNNAMED: &str = "archipelago";

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// What to write it in
    format: Format,
    /// Only this hoster and its services, by its identifier
    #[arg(long, value_name = "ID")]
    hoster: Option<String>,
    /// Where to: a file, or a folder where several are written [default: standard output]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long, requires = "output")]
    json: bool,
}

/// The formats that are written today.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// The whole directory as one signed snapshot, which `import`, `verify` and mirrors read; packed by gzip
    /// where the file's name ends in .gz. Of a node that was never founded it is not signed
    Archipelago,
    /// Files of ChatonsInfos, in a folder: of each hoster and each service, and one that leads to all
    #[value(name = "chatonsinfos")]
    ChatonsInfos,
    /// librehost.json of one hoster
    #[value(name = "librehost")]
    LibreHost,
    /// An index of the PeerTube instances
    #[value(name = "peertube-index")]
    PeerTubeIndex,
    /// The provider file, version 2, of a hoster's XMPP service
    XmppProvider,
}

/// What is written: one document, or files in a folder.
enum Written {
    Document(String),
    Files(Vec<chatonsinfos::File>),
}

#[derive(Serialize)]
struct Report {
    path: PathBuf,
    files: usize,
    hosters: usize,
    services: usize,
    /// The directory whose signature it has, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by: Option<Url>,
}

impl Export {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let store = database::open_existing(&config).await?;
        if matches!(self.format, Format::Archipelago) && self.hoster.is_none() {
            if let Some(snapshot) = signed::of(&store, &config).await? {
                return snapshot.written(self.output.as_deref(), self.json).await;
            }
            eprintln!(
                "This node was never founded (archipelago init), so what is written is not signed: others can \
                 import it, and nobody can show whose it is."
            );
        }
        let mut directory = store.directory().await?;
        // What this directory does not list it does not hand on either.
        let blocks = database::blocks(&config, Some(&store)).await?;
        NotListed::take_out(&mut directory, &blocks);
        let hosters = directory.hosters.into_iter().map(Arc::unwrap_or_clone);
        let services = directory.services.into_iter().map(Arc::unwrap_or_clone);
        let (mut hosters, mut services): (Vec<_>, Vec<_>) = (hosters.collect(), services.collect());
        if let Some(id) = &self.hoster {
            hosters.retain(|hoster| hoster.id.as_str() == id);
            services.retain(|service| service.hoster.as_str() == id);
            if hosters.is_empty() {
                return Err(Failure::said(format!(
                    "--hoster: there is no hoster {id} here"
                )));
            }
        }
        let written = self.written(&store, &hosters, &services).await?;
        let Some(path) = self.output else {
            return match written {
                Written::Document(text) => output::print(&text),
                Written::Files(files) => print_one(&files),
            };
        };
        let count = match &written {
            Written::Document(text) => files::write_file(&path, text).map(|()| 1),
            Written::Files(files) => files::write_folder(&path, files),
        };
        let report = Report {
            files: count?,
            hosters: hosters.len(),
            services: services.len(),
            signed_by: None,
            path,
        };
        match self.json {
            true => output::print_json(&report),
            false => output::print(&report.in_words()),
        }
    }

    async fn written(
        &self,
        store: &Store,
        hosters: &[Hoster],
        services: &[Service],
    ) -> Result<Written, Failure> {
        let now = Clock::system().now();
        let document = match self.format {
            Format::Archipelago => archipelago::write(hosters, services, now.date_naive()),
            Format::LibreHost => documents::librehost(hosters, services, now)?,
            Format::PeerTubeIndex => documents::peertube_index(services, now),
            Format::XmppProvider => documents::xmpp_provider(hosters, services, now)?,
            Format::ChatonsInfos => return self.files(store, hosters, services, now).await,
        };
        Ok(Written::Document(document + "\n"))
    }

    /// The files of ChatonsInfos.
    async fn files(
        &self,
        store: &Store,
        hosters: &[Hoster],
        services: &[Service],
        now: DateTime<Utc>,
    ) -> Result<Written, Failure> {
        let writer = chatonsinfos::Writer {
            taxonomy: &Taxonomy::embedded(),
            made: now,
        };
        if let (Some(_), [hoster]) = (&self.hoster, hosters) {
            let offered: Vec<&Service> = services.iter().collect();
            let folder = chatonsinfos::folder_of(hoster);
            return Ok(Written::Files(writer.hoster(
                hoster,
                &offered,
                folder.as_ref(),
            )));
        }
        let local = store.local_actors().await?;
        let (name, website) = named(&local);
        let federation = chatonsinfos::Federation {
            name: &name,
            website: website.as_ref(),
        };
        Ok(Written::Files(writer.directory(
            &federation,
            hosters,
            services,
        )))
    }
}

/// Who keeps this directory, and where: the node, if it was founded.
fn named(local: &[LocalActor]) -> (Name, Option<Url>) {
    match local.last() {
        Some(actor) => {
            let home = Addresses::of(actor.id.clone()).home();
            (actor.name.clone(), Some(home))
        }
        None => (Name::parse(UNNAMED).expect("a word is a name"), None),
    }
}

fn print_one(files: &[chatonsinfos::File]) -> Result<(), Failure> {
    match files {
        [file] => output::print(&file.text),
        files => Err(Failure::flag(
            "--output",
            format!("these are {} files: name a folder for them", files.len()),
        )),
    }
}

impl Report {
    fn in_words(&self) -> String {
        let count = |number: usize, what| output::count(number as u64, what);
        let signed = match &self.signed_by {
            Some(actor) => format!(", signed by {actor}"),
            None => String::new(),
        };
        format!(
            "{} and {} in {}{signed}: {}\n",
            count(self.hosters, "hoster"),
            count(self.services, "service"),
            count(self.files, "file"),
            self.path.display()
        )
    }
}
