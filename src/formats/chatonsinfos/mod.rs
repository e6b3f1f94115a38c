//! ChatonsInfos: the `.properties` files of the CHATONS, one for a federation, an organization or a service.
//!
//! ```properties
//! file.class = Service
//! service.name = Pads
//! service.registration = None
//! software.name = Etherpad
//! ```
//!
//! The format is StatoolInfos' (its ONTOLOGY.md, versions 0.1 to 0.5). What it lacks (languages, price, a
//! closing with its notice, the need) stands under `archipelago.`: a fact by its name in [`Hoster`] or
//! [`Service`], a plain word or JSON; other readers pass over it. What the format has and we do not is
//! kept in `other` and written back.
//!
//! [`Hoster`]: crate::domain::hoster::Hoster
//! [`Service`]: crate::domain::service::Service

mod organization;
mod properties;
mod read;
mod record;
mod serves;
mod service;
mod values;
mod words;
mod write;

pub use properties::{MAX_ENTRIES, MAX_KEY_BYTES};
pub use read::read;
pub use write::{Federation, File, Writer, file_names, folder_of};

/// The largest file that is read, in bytes: some hundred times a service with a year of daily figures.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The most further files one file leads to: the federation of the CHATONS names about a hundred.
pub const MAX_LEADS: usize = 2_000;
/// The most entries without a place in our nouns that are kept of one file, which has some fifty.
pub const MAX_OTHER: usize = 400;
/// How long those may be together, in characters: less than a record may have in our own format, in
/// bytes, though each took four.
pub const MAX_OTHER_CHARS: usize = 40_000;
/// The most memberships that are read of one file.
pub const MAX_MEMBERSHIPS: usize = 50;

/// Where files of this format stand on a site, as StatoolInfos has it. The YunoHost package writes
/// `.well_known`.
pub const FOLDER: &str = "/.well-known/chatonsinfos/";
/// What an organization's file is called.
pub const ORGANIZATION_FILE: &str = "organization.properties";
/// What a federation's file is called.
pub const FEDERATION_FILE: &str = "federation.properties";
/// How the names of all files end.
pub const ENDING: &str = ".properties";

/// What comes before a path of the format in `other`.
const PREFIX: &str = "chatonsinfos:";
/// What the paths of our own facts begin with.
const EXTENSION: &str = "archipelago.";

/// Why a file as a whole was refused; nothing of it was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChatonsInfos {
    /// No content but white space.
    #[error("the file is empty")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("the file is larger than {} KiB", MAX_BYTES / 1024)]
    TooLarge,
    /// A byte on this line belongs to no UTF-8 text.
    #[error("line {0}: the file is not UTF-8")]
    NotUtf8(usize),
    /// No `file.class`, and no path that only one class has.
    #[error(
        "the file is none of ChatonsInfos: it has no file.class and no name of an organization or a service"
    )]
    NoClass,
    /// A class nobody knows.
    #[error(
        "line {0}: a file of class {1} is none of Federation, Organization, Service, Device, Metrics"
    )]
    OtherClass(usize, String),
}

#[cfg(test)]
mod tests;
