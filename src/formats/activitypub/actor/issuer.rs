//! An actor that vouches, as far as others need to know it.

use serde::{Deserialize, Serialize};

use super::Charter;
use crate::domain::text::{Link, Name};
use crate::domain::vouch::AssertionKey;

/// Who vouches, as far as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issuer {
    /// Its name for people.
    pub name: Option<Name>,
    /// Its page for people.
    pub page: Option<Link>,
    /// Whether it is a collective; else it is a hoster, or not read yet.
    pub is_collective: bool,
    /// What its members agree to, if it is a collective and says so.
    pub charter: Option<Charter>,
    /// Its keys.
    pub keys: Vec<AssertionKey>,
}
