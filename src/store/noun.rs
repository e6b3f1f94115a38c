//! What hosters and services have in common here: statements of both are kept and merged alike.

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::Error;
use super::batch::of_batch;
use super::changes::Part;
use super::keep::{Counts, Kept};
use crate::domain::hoster::Hoster;
use crate::domain::merge;
use crate::domain::provenance::Source;
use crate::domain::service::Service;
use crate::domain::text::Link;

/// A hoster or a service, and the statements of SQL that differ between them.
pub(super) trait Noun: Serialize + DeserializeOwned + Clone + PartialEq {
    /// The word of the tables for it.
    const SUBJECT: &'static str;
    /// What of the directory it is.
    const PART: Part;
    /// The table of what comes of its statements.
    const TABLE: &'static str;
    /// Reads the records of a batch of ids.
    const RECORDS: &'static str;
    /// Reads the statements about a batch of ids.
    const STATEMENTS: &'static str;
    /// Writes a record: its id, document, time and, for a service, hoster.
    const WRITE: &'static str;
    /// Removes a record by its id.
    const REMOVE: &'static str;

    /// Its identifier.
    fn id(&self) -> &str;
    /// Who says it.
    fn source(&self) -> &Source;
    /// A service's hoster.
    fn hoster(&self) -> Option<&str>;
    /// The actor a hoster is, if it has one.
    fn actor(&self) -> Option<&Url>;
    /// The record of all that is said.
    fn merged(said: &[Self], today: NaiveDate) -> Option<Self>;
    /// The counts of its like.
    fn counts(kept: &mut Kept) -> &mut Counts;
}

impl Noun for Hoster {
    const SUBJECT: &'static str = "hoster";
    const PART: Part = Part::Hoster;
    const TABLE: &'static str = "hosters";
    const RECORDS: &'static str = of_batch!("select id, document from hosters where id");
    const STATEMENTS: &'static str = of_batch!(
        "select id, kind, source, document, held from statements
         where subject = 'hoster' and id"
    );
    const WRITE: &'static str = "insert into hosters (id, document, changed_at)
        values ($1, $2, $3) on conflict (id) do update
        set document = excluded.document, changed_at = excluded.changed_at";
    const REMOVE: &'static str = "delete from hosters where id = $1";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn source(&self) -> &Source {
        &self.source
    }

    fn hoster(&self) -> Option<&str> {
        None
    }

    fn actor(&self) -> Option<&Url> {
        self.actor.as_ref().map(Link::as_url)
    }

    fn merged(said: &[Self], today: NaiveDate) -> Option<Self> {
        merge::hoster(said, today)
    }

    fn counts(kept: &mut Kept) -> &mut Counts {
        &mut kept.hosters
    }
}

impl Noun for Service {
    const SUBJECT: &'static str = "service";
    const PART: Part = Part::Service;
    const TABLE: &'static str = "services";
    const RECORDS: &'static str = of_batch!("select id, document from services where id");
    const STATEMENTS: &'static str = of_batch!(
        "select id, kind, source, document, held from statements
         where subject = 'service' and id"
    );
    const WRITE: &'static str = "insert into services (id, document, changed_at, hoster)
        values ($1, $2, $3, $4) on conflict (id) do update
        set document = excluded.document, changed_at = excluded.changed_at, hoster = excluded.hoster";
    const REMOVE: &'static str = "delete from services where id = $1";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn source(&self) -> &Source {
        &self.source
    }

    fn hoster(&self) -> Option<&str> {
        Some(self.hoster.as_str())
    }

    fn actor(&self) -> Option<&Url> {
        None
    }

    fn merged(said: &[Self], today: NaiveDate) -> Option<Self> {
        merge::service(said, today)
    }

    fn counts(kept: &mut Kept) -> &mut Counts {
        &mut kept.services
    }
}

/// A noun as its tables keep it.
pub(super) fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our nouns have only text keys, so they are always JSON")
}

/// A noun out of a document of `table`.
pub(super) fn read<T: DeserializeOwned>(
    document: &str,
    table: &'static str,
    column: &'static str,
    row: &str,
) -> Result<T, Error> {
    serde_json::from_str(document).map_err(|error| Error::Corrupt {
        table,
        column,
        row: row.to_owned(),
        problem: error.to_string(),
    })
}
