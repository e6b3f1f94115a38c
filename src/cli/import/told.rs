//! What an import is told to read: a file, a folder of files, or an address.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use url::Url;

use crate::cli::{Failure, document};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::hoster::HosterId;
use crate::domain::service::ServiceId;
use crate::domain::taxonomy::Taxonomy;
use crate::fetch::Fetcher;
use crate::formats::{self, Complaint, Document, Findings, Format, chatonsinfos};

/// The most files that are read of one folder: as many records as one document of ours may hold.
const MAX_FILES: usize = 300_000;
/// How many folders deep files are looked for: a directory's are two deep.
const MAX_DEPTH: usize = 8;
/// What is accepted of a far side: every format of ours is text.
const ACCEPT: &str = "text/plain, application/json, */*;q=0.5";

/// What was read.
pub(super) struct Told {
    /// Where it lies; of a folder, the folder.
    pub(super) address: Url,
    /// What it says; its complaints are those about one document.
    pub(super) findings: Findings,
    /// What was left out of the files of a folder, each told with its file.
    pub(super) of_files: Vec<String>,
}

/// Reads what `path` names.
pub(super) async fn read(
    format: Format,
    path: &str,
    config: &Config,
    taxonomy: &Taxonomy,
) -> Result<Told, Failure> {
    if document::is_address(path) {
        return fetched(format, path, config, taxonomy).await;
    }
    if format == Format::ChatonsInfos && Path::new(path).is_dir() {
        return in_folder(Path::new(path), taxonomy);
    }
    let bytes = document::read(path)?;
    let address = document::address(path);
    let findings = parsed(format, &address, &bytes, None, taxonomy);
    Ok(Told {
        findings: findings.with_context(|| cannot(document::name(path)))?,
        address,
        of_files: Vec::new(),
    })
}

fn cannot(what: &str) -> String {
    format!("{what} cannot be imported")
}

fn parsed(
    format: Format,
    url: &Url,
    bytes: &[u8],
    of: Option<&HosterId>,
    taxonomy: &Taxonomy,
) -> Result<Findings, formats::Unreadable> {
    let document = Document {
        format,
        url,
        bytes,
        seen: Clock::system().today(),
        of,
    };
    formats::read(&document, taxonomy)
}

async fn fetched(
    format: Format,
    path: &str,
    config: &Config,
    taxonomy: &Taxonomy,
) -> Result<Told, Failure> {
    let address = Url::parse(path)
        .map_err(|error| Failure::Usage(format!("{path} is no address: {error}")))?;
    let fetcher = Fetcher::new(config.network.clone(), None)?;
    let answer = fetcher.get(&address, ACCEPT, |_| Default::default()).await;
    let answer = answer.with_context(|| format!("cannot read {address}"))?;
    if !answer.status.is_success() {
        let said = format!("cannot read {address}: it answers {}", answer.status);
        return Err(Failure::said(said));
    }
    let findings = parsed(format, &answer.url, &answer.body, None, taxonomy);
    Ok(Told {
        findings: findings.with_context(|| cannot(address.as_str()))?,
        address: answer.url,
        of_files: Vec::new(),
    })
}

/// Reads every file of ChatonsInfos in a folder and those in it. A service whose file does not say whose
/// it is belongs to the organization in its folder, if there is one.
fn in_folder(root: &Path, taxonomy: &Taxonomy) -> Result<Told, Failure> {
    let mut told = Told {
        address: document::address(&root.to_string_lossy()),
        findings: Findings::default(),
        of_files: Vec::new(),
    };
    let mut known = Known::default();
    let mut count = 0;
    for files in folders(root)? {
        count += files.len();
        if count > MAX_FILES {
            let said = format!("{} holds more than {MAX_FILES} files", root.display());
            return Err(Failure::said(said));
        }
        let mut read = Vec::new();
        for file in &files {
            let bytes = document::read(&file.to_string_lossy())?;
            let address = document::address(&file.to_string_lossy());
            let findings = parsed(Format::ChatonsInfos, &address, &bytes, None, taxonomy);
            read.push((file, address, bytes, findings));
        }
        let here = read.iter().filter_map(|(.., found)| found.as_ref().ok());
        let here: Vec<HosterId> = here
            .flat_map(|found| found.hosters.iter().map(|hoster| hoster.id.clone()))
            .collect();
        let of = here.first().filter(|_| here.len() == 1);
        for (file, address, bytes, findings) in read {
            let findings = match findings {
                Ok(found) if found.hosters.is_empty() && of.is_some() => {
                    parsed(Format::ChatonsInfos, &address, &bytes, of, taxonomy)
                }
                findings => findings,
            };
            let name = file
                .strip_prefix(root)
                .unwrap_or(file)
                .display()
                .to_string();
            match findings {
                Ok(found) => known.add(found, &name, &mut told),
                Err(error) => told.of_files.push(format!("{name}: {error}")),
            }
        }
    }
    if count == 0 {
        let ending = chatonsinfos::ENDING;
        let said = format!("{} holds no file that ends with {ending}", root.display());
        return Err(Failure::said(said));
    }
    Ok(told)
}

/// The hosters and services that files have told of.
#[derive(Default)]
struct Known {
    hosters: HashSet<HosterId>,
    services: HashSet<ServiceId>,
}

impl Known {
    /// Adds what a file says; of an id that stands twice the first counts.
    fn add(&mut self, found: Findings, file: &str, told: &mut Told) {
        let said = found.complaints.iter().map(Complaint::to_string);
        told.of_files
            .extend(said.map(|said| format!("{file}: {said}")));
        for hoster in found.hosters {
            if self.hosters.insert(hoster.id.clone()) {
                told.findings.hosters.push(hoster);
            } else {
                let said = format!(
                    "{file}: is left out: the hoster {} stands in another file",
                    hoster.id
                );
                told.of_files.push(said);
            }
        }
        for service in found.services {
            if self.services.insert(service.id.clone()) {
                told.findings.services.push(service);
            } else {
                let said = format!(
                    "{file}: is left out: the service {} stands in another file",
                    service.id
                );
                told.of_files.push(said);
            }
        }
    }
}

/// The files of ChatonsInfos in a folder and those in it, folder by folder, in the order of their names.
/// Links are not followed: they could lead round in a circle.
fn folders(root: &Path) -> Result<Vec<Vec<PathBuf>>, Failure> {
    let mut found = Vec::new();
    let mut ahead = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = ahead.pop() {
        let cannot_read = || format!("cannot read {}", folder.display());
        let mut files = Vec::new();
        let mut inner = Vec::new();
        for entry in fs::read_dir(&folder).with_context(cannot_read)? {
            let entry = entry.with_context(cannot_read)?;
            let kind = entry.file_type().with_context(cannot_read)?;
            let name = entry.file_name();
            if kind.is_dir() && depth < MAX_DEPTH {
                inner.push((entry.path(), depth + 1));
            } else if kind.is_file() && name.to_string_lossy().ends_with(chatonsinfos::ENDING) {
                files.push(entry.path());
            }
        }
        files.sort();
        inner.sort_by(|a, b| b.cmp(a));
        ahead.extend(inner);
        found.push(files);
    }
    Ok(found)
}
