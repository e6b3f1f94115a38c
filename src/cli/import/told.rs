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
use crate::formats::{self, Complaint, Document, Findings, Format, chatonsinfos};

/// The most files that are read of one folder: as many records as one document of ours may hold.
const MAX_FILES: usize = 300_000;
/// How many folders deep files are looked for: a directory's are two deep.
const MAX_DEPTH: usize = 8;
/// What is accepted of a far side: every format of ours is text.
const ACCEPT: &str = "text/plain, application/json, */*;q=0.5";

/// What was read.
pub(in crate::cli) struct Told {
    /// Where it lies; of a folder, the folder.
    pub(in crate::cli) address: Url,
    /// What it says; its complaints are those about one document.
    pub(in crate::cli) findings: Findings,
    /// What was left out of the files of a folder, each told with its file.
    pub(in crate::cli) of_files: Vec<String>,
}

/// Reads what `path` names.
pub(in crate::cli) async fn read(
    format: Format,
    path: &str,
    config: &Config,
    taxonomy: &Taxonomy,
) -> Result<Told, Failure> {
    if document::is_address(path) {
        return fetched(format, path, config, taxonomy).await;
    }
    if format == Format::ChatonsInfos && Path::new(path).is_dir() {
        return in_folder(Path::new(path), MAX_FILES, taxonomy);
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
    let answer = document::fetched(path, ACCEPT, config).await?;
    let findings = parsed(format, &answer.url, &answer.body, None, taxonomy);
    Ok(Told {
        findings: findings.with_context(|| cannot(path))?,
        address: answer.url,
        of_files: Vec::new(),
    })
}

/// Reads every file of ChatonsInfos in a folder and those in it, of which there may be `most`. A service
/// whose file does not say whose it is belongs to the organization in its folder, if there is one.
fn in_folder(root: &Path, most: usize, taxonomy: &Taxonomy) -> Result<Told, Failure> {
    let mut told = Told {
        address: document::address(&root.to_string_lossy()),
        findings: Findings::default(),
        of_files: Vec::new(),
    };
    let mut known = Known::default();
    let folders = folders(root, most)?;
    let is_empty = folders.iter().all(Vec::is_empty);
    for files in folders {
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
    if is_empty {
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
/// Links are not followed: they could lead round in a circle. More than `most` are refused.
fn folders(root: &Path, most: usize) -> Result<Vec<Vec<PathBuf>>, Failure> {
    let mut found = Vec::new();
    let mut count = 0;
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
                count += 1;
            }
            if count > most {
                let said = format!("{} holds more than {most} files", root.display());
                return Err(Failure::said(said));
            }
        }
        files.sort();
        inner.sort_by(|a, b| b.cmp(a));
        ahead.extend(inner);
        found.push(files);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORGANIZATION: &str = "file.class = organization\norganization.name = An association\n";

    /// A folder with an organization's file this many folders deep.
    fn folder_of(depth: usize, root: &Path) -> PathBuf {
        let inner: PathBuf = (0..depth).map(|number| number.to_string()).collect();
        let inner = root.join(inner);
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("organization.properties"), ORGANIZATION).unwrap();
        inner
    }

    #[test]
    fn files_are_looked_for_in_so_many_folders_within_each_other_and_no_deeper() {
        for (depth, found) in [(0, 1), (MAX_DEPTH, 1), (MAX_DEPTH + 1, 0)] {
            let root = tempfile::tempdir().unwrap();
            folder_of(depth, root.path());
            let folders = folders(root.path(), MAX_FILES).unwrap();
            assert_eq!(folders.concat().len(), found, "{depth}");
        }
    }

    #[test]
    fn a_folder_of_too_many_files_is_refused_before_any_is_read() {
        let root = tempfile::tempdir().unwrap();
        for depth in 0..3 {
            folder_of(depth, root.path());
        }
        let taxonomy = Taxonomy::embedded();
        assert_eq!(folders(root.path(), 3).unwrap().concat().len(), 3);
        assert!(in_folder(root.path(), 3, &taxonomy).is_ok());
        let refused = in_folder(root.path(), 2, &taxonomy).err().unwrap();
        let refused = format!("{refused:?}");
        assert!(refused.contains("holds more than 2 files"), "{refused}");
    }

    #[test]
    fn a_link_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let inner = folder_of(1, root.path());
        std::os::unix::fs::symlink(root.path(), inner.join("round")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        folder_of(0, elsewhere.path());
        let file = elsewhere.path().join("organization.properties");
        std::os::unix::fs::symlink(file, root.path().join("away.properties")).unwrap();
        let found = folders(root.path(), MAX_FILES).unwrap().concat();
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
