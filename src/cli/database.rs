//! The database as a command wants it: there already.

use crate::config::Config;
use crate::store::{Store, sqlite_file};

use super::Failure;

/// What to do about a directory without a hoster.
pub(super) const FILL_IT: &str = "fill it with `archipelago import archipelago PATH`, or look around with `archipelago serve --demo`";

/// Opens the database of a command that only reads: no file is made for it.
pub(super) async fn open_existing(config: &Config) -> Result<Store, Failure> {
    if let Some(path) = sqlite_file(&config.database_url).filter(|path| !path.exists()) {
        let sentence = format!(
            "there is no database {} yet: {FILL_IT} (another one is named with --database-url)",
            path.display()
        );
        return Err(Failure::said(sentence));
    }
    Ok(Store::open(&config.database_url).await?)
}
