//! Whom this directory trusts from the start.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::decision::Via;
use super::text::{Name, Prose};

/// A collective or a hoster that this directory trusts from the start: paths of vouches begin there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Anchor {
    /// Its actor.
    pub actor: Url,
    /// Its name, as it was when it was chosen.
    pub name: Option<Name>,
    /// Why, in the operator's words; the settings give none.
    pub reason: Option<Prose>,
    /// Since when; not known of one that the settings name.
    pub since: Option<DateTime<Utc>>,
    /// Where it was chosen.
    pub via: Via,
}
