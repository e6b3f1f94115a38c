//! The settings file that `init` writes, once.

mod text;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::Failure;
use crate::config::{DEFAULT_FILE, Layer};
use text::text;

/// The file as it is found.
pub(super) struct File {
    path: PathBuf,
    /// What it says, if it is there and not empty: an empty one was made by an `init` that was stopped.
    said: Option<Layer>,
}

impl File {
    /// The file that was named, or the usual one.
    pub(super) fn at(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE)).to_owned();
        let said = match is_empty(&path) {
            true => None,
            false => Layer::from_file_if_any(&path).map_err(Failure::wrong_settings)?,
        };
        Ok(Self { path, said })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says already.
    pub(super) fn said(&self) -> Layer {
        self.said.clone().unwrap_or_default()
    }

    /// Refuses a file that is there and does not say what is wanted: the next command would read it, and
    /// mean another node. It is the operator's, so it is not changed.
    pub(super) fn check(&self, wanted: &Layer) -> Result<(), Failure> {
        let Some(said) = &self.said else {
            return Ok(());
        };
        let ranges = &wanted.network.allow;
        let differ = [
            ("domain", said.domain != wanted.domain),
            (
                "database_url",
                wanted.database_url.is_some() && said.database_url != wanted.database_url,
            ),
            (
                "listen",
                wanted.listen.is_some() && said.listen != wanted.listen,
            ),
            (
                "[network] allow",
                ranges.is_some() && said.network.allow != *ranges,
            ),
        ];
        let differing: Vec<&str> = differ
            .iter()
            .filter_map(|(key, differs)| differs.then_some(*key))
            .collect();
        if differing.is_empty() {
            return Ok(());
        }
        Err(Failure::said(format!(
            "{} is there already and does not say the same of {}: mend it by hand, move it away, or name \
             another file with --config; then run `archipelago init` again",
            self.path.display(),
            differing.join(", ")
        )))
    }

    /// Writes the file, unless it is there: then [`check`](Self::check) has found that it says the same.
    pub(super) fn write(&self, wanted: &Layer) -> Result<(), Failure> {
        if self.said.is_some() {
            return Ok(());
        }
        // A password may stand in the address of a server.
        let url = wanted.database_url.as_deref();
        let is_secret = url.is_some_and(|url| !url.starts_with("sqlite:"));
        self.place(&text(wanted), is_secret)
            .with_context(|| format!("cannot write {}", self.path.display()))
            .map_err(Failure::Failed)
    }

    /// Takes the name first, so that nobody's file is overwritten, then puts the whole text there at
    /// once, so that nobody reads half of it.
    fn place(&self, text: &str, is_secret: bool) -> io::Result<()> {
        let reserved = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.path);
        match reserved {
            Err(error) if !is_empty(&self.path) => return Err(error),
            _ => {}
        }
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let _ = fs::remove_file(&beside);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if is_secret {
            options.mode(0o600);
        }
        let written = options.open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)
        });
        if written.is_err() {
            // What is left behind would be finished by the next `init`; better nothing is.
            let _ = fs::remove_file(&beside);
            let _ = fs::remove_file(&self.path);
        }
        written
    }
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
}

#[cfg(test)]
mod tests {
    use super::text::tests::wanted;
    use super::*;

    #[test]
    fn an_empty_file_of_an_init_that_was_stopped_is_filled_and_another_is_not_touched() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        fs::write(&path, "").unwrap();
        let wanted = wanted();
        let file = File::at(Some(&path)).unwrap();
        file.check(&wanted).unwrap();
        file.write(&wanted).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text(&wanted));
        let files = fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside it");

        // Somebody writes the file between our look and our pen.
        let path = directory.path().join("b.toml");
        let file = File::at(Some(&path)).unwrap();
        fs::write(&path, "theirs").unwrap();
        assert!(file.write(&wanted).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }

    #[test]
    fn a_file_that_may_hold_a_password_is_read_by_nobody_else() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        let file = File::at(Some(&path)).unwrap();
        file.write(&wanted()).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
