//! The database as a command wants it: there already.

use std::path::PathBuf;

use crate::config::Config;
use crate::store::Store;

use super::Failure;

/// What to do about a directory without a hoster.
pub(super) const FILL_IT: &str = "fill it with `archipelago import archipelago PATH`, or look around with `archipelago serve --demo`";

/// Opens the database of a command that only reads: no file is made for it.
pub(super) async fn open_existing(config: &Config) -> Result<Store, Failure> {
    if let Some(path) = file_of(&config.database_url).filter(|path| !path.exists()) {
        let sentence = format!(
            "there is no database {} yet: {FILL_IT} (another one is named with --database-url)",
            path.display()
        );
        return Err(Failure::said(sentence));
    }
    Ok(Store::open(&config.database_url).await?)
}

/// The file of an SQLite database's address.
fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty() && !path.contains(":memory:")).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_an_address_is_found() {
        assert_eq!(file_of("sqlite:a.db?mode=ro"), Some("a.db".into()));
        assert_eq!(file_of("sqlite:///var/a.db"), Some("/var/a.db".into()));
        assert_eq!(file_of("sqlite::memory:"), None);
        assert_eq!(file_of("postgres://me@db/a"), None);
    }
}
