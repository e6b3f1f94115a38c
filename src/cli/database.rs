//! The database as a command wants it: there already.

use crate::config::Config;
use crate::domain::block::Blocks;
use crate::domain::choices::Choices;
use crate::fetch::Refusals;
use crate::store::{Store, sqlite_file};

use super::Failure;

/// What to do about a directory without a hoster.
pub(super) const FILL_IT: &str = "fill it with `archipelago import archipelago PATH`, or look around with `archipelago serve --demo`";

/// Opens the database of a command that only reads: no file is made for it.
pub(super) async fn open_existing(config: &Config) -> Result<Store, Failure> {
    match open_if_any(config).await? {
        Some(store) => Ok(store),
        None => Err(missing(config, &format!("yet: {FILL_IT}"))),
    }
}

/// Opens the database if there is one: no file is made.
pub(super) async fn open_if_any(config: &Config) -> Result<Option<Store>, Failure> {
    match sqlite_file(&config.database_url) {
        Some(path) if !path.exists() => Ok(None),
        _ => Ok(Some(Store::open(&config.database_url).await?)),
    }
}

/// What is blocked: by the settings, and by the store, where there is one.
pub(super) async fn blocks(config: &Config, store: Option<&Store>) -> Result<Blocks, Failure> {
    let kept = match store {
        Some(store) => store.choices().await?,
        None => Choices::default(),
    };
    Ok(Blocks::of(config.choices().over(kept).blocks))
}

/// Whom a command asks nothing.
pub(super) async fn refusals(config: &Config, store: Option<&Store>) -> Result<Refusals, Failure> {
    Ok(Refusals::of(blocks(config, store).await?))
}

/// There is no database, and `more` about that.
pub(super) fn missing(config: &Config, more: &str) -> Failure {
    let path = sqlite_file(&config.database_url).unwrap_or_default();
    Failure::said(format!(
        "there is no database {} {more} (another one is named with --database-url)",
        path.display()
    ))
}
