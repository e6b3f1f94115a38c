//! The whole directory as one signed snapshot: a node's own, or the one that a mirror holds.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use flate2::bufread::GzDecoder;
use url::Url;

use crate::catalogue::Catalogue;
use crate::cli::{Failure, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::formats::activitypub::addresses::Local;
use crate::formats::snapshot::{self, Checked};
use crate::mirror::{Held, Kept, sign_directory};
use crate::store::Store;

use super::Report;

/// A snapshot, packed.
pub(super) struct Snapshot(Arc<Kept>);

/// The snapshot of a database; `None` if nobody signed what it holds.
pub(super) async fn of(store: &Store, config: &Config) -> Result<Option<Snapshot>, Failure> {
    if let Some(mirror) = store.mirror().await? {
        let held = Held::new(store.clone(), &mirror).snapshot().await?;
        let nothing = || Failure::said(format!("nothing was copied from {} yet", mirror.origin));
        return Ok(Some(Snapshot(held.ok_or_else(nothing)?)));
    }
    let local = store.local_actors().await?;
    let Some(node) = local.iter().find(|actor| actor.role == Local::Node) else {
        return Ok(None);
    };
    let clock = Clock::system();
    let catalogue = Catalogue::open(store, config.choices(), clock.now()).await?;
    let issue = sign_directory(store, catalogue.current(), &node.id, &clock).await?;
    let issue = issue.context("the directory changed while it was read: try again")?;
    let packed = Kept::pack(issue.tag(), |out| issue.write(out).map(drop));
    let packed = packed.context("the snapshot cannot be written")?;
    Ok(Some(Snapshot(Arc::new(packed))))
}

impl Snapshot {
    /// Writes it to a file, packed where its name says so, or to standard output.
    pub(super) async fn written(&self, path: Option<&Path>, json: bool) -> Result<(), Failure> {
        let Some(path) = path else {
            let mut out = BufWriter::new(io::stdout().lock());
            return match self.unpack(&mut out).and_then(|()| out.flush()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(error).context("cannot write to standard output")?
                }
                _ => Ok(()),
            };
        };
        let cannot_write = || format!("cannot write {}", path.display());
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let file = tempfile::Builder::new()
            .prefix(".archipelago-export-")
            .suffix(".part")
            .tempfile_in(folder.unwrap_or(Path::new(".")));
        let mut file = file.with_context(cannot_write)?;
        match path.extension() == Some(OsStr::new("gz")) {
            true => self.copy(&mut file),
            false => self.unpack(&mut file),
        }
        .with_context(cannot_write)?;
        file.rewind().with_context(cannot_write)?;
        let checked = snapshot::check(file.as_file()).context("what was written is not whole")?;
        file.as_file().sync_all().with_context(cannot_write)?;
        readable_by_all(file.as_file()).with_context(cannot_write)?;
        file.persist(path).with_context(cannot_write)?;
        let report = report(path, &checked);
        match json {
            true => output::print_json(&report),
            false => output::print(&report.in_words()),
        }
    }

    fn copy(&self, out: &mut impl Write) -> io::Result<()> {
        let mut at = 0;
        loop {
            let piece = self.0.piece(at)?;
            if piece.is_empty() {
                return Ok(());
            }
            out.write_all(&piece)?;
            at += piece.len() as u64;
        }
    }

    fn unpack(&self, out: &mut impl Write) -> io::Result<()> {
        let mut packed = tempfile::tempfile()?;
        self.copy(&mut packed)?;
        packed.rewind()?;
        io::copy(&mut GzDecoder::new(BufReader::new(packed)), out)?;
        out.write_all(b"\n")
    }
}

/// A file for a time is its owner's alone; what is exported is for everybody.
fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(PermissionsExt::from_mode(0o644))
}

fn report(path: &Path, checked: &Checked) -> Report {
    let hosters = checked.counts.get(&snapshot::Kind::Hoster);
    let actor: Url = checked.signed.origin.clone();
    Report {
        path: path.to_owned(),
        files: 1,
        hosters: usize::try_from(hosters.copied().unwrap_or(0)).unwrap_or(usize::MAX),
        services: usize::try_from(checked.services).unwrap_or(usize::MAX),
        signed_by: Some(actor),
    }
}
