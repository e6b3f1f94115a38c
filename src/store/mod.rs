//! All SQL, and nothing but it: methods of one [`Store`], a file per noun.
//!
//! One portable SQL text serves SQLite and PostgreSQL; only `dialect` knows which it is.
//! A transaction begins and ends inside one method. Nothing is logged here but by `watch` and `servers`,
//! which nobody calls: errors go up.

mod actors;
mod adopt;
mod ahead;
mod anchors;
mod assertion_keys;
pub mod backup;
mod batch;
mod blocks;
mod change;
mod changes;
mod charters;
mod choices;
mod cut;
mod decisions;
mod delivery;
mod dialect;
mod directory;
mod dossier;
mod failures;
mod flags;
mod follows;
pub mod frontier;
mod gate;
mod health;
mod held;
mod identities;
mod inbox;
mod keep;
mod left_out;
mod load;
mod meant;
mod mirror;
mod noun;
mod objects;
mod open;
mod outbox;
mod peers;
mod pool;
mod proposals;
mod relations;
mod remote;
mod renewal;
mod reports;
mod sent;
mod servers;
mod settings;
mod statements;
mod tallies;
mod tokens;
mod visits;
mod vouches;
mod watch;
mod writing;

pub use actors::{LocalActor, LocalKey, NewKey};
pub use assertion_keys::{NewAssertionKey, Replaced};
pub use blocks::Blocked;
pub use change::{Change, Effect};
pub use changes::{MAX_LOGGED, MAX_LOGGED_AT_ONCE};
pub use charters::Charter;
pub use delivery::{Debt, Health, Postponed, Scheme, Settled, Target, TargetState};
pub use dialect::sqlite_file;
pub use directory::Directory;
pub use dossier::{Dossier, Dossiers, LeftOutAt, MAX_HOSTERS_SHOWN, MAX_SERVICES_SHOWN};
pub use failures::{Failures, failures};
pub use flags::{KnownQuestion, MAX_UNANSWERED, MAX_UNANSWERED_OF_ASKER, Question};
pub use follows::{Circle, Follow, FollowState, Reader};
pub use gate::{MAX_SHARE_PERCENT, MIN_CHANGES, Run, WINDOW};
pub use held::{Decision, Held, HeldSource};
pub use identities::Speaker;
pub use inbox::{Received, Waiting};
pub use keep::{Counts, Kept, Misplaced, Outcome, Told};
pub use load::Load;
pub use mirror::{Begun, Copied, Copying, HandedOn, Mirror, Pinned};
pub use objects::{Known, Travelling};
pub use open::without_password;
pub use outbox::{Audience, Publication, Published};
pub use proposals::{MAX_PROPOSALS, ProposalVerdict, Proposed, ReceivedProposals};
pub use relations::{Answer, Asked, MAX_ASKED, Relation, RelationKind, Verdict};
pub use renewal::{Changes, Renewal};
pub use reports::{Filed, MAX_OF_ENTRY_PER_DAY, MAX_PER_HOUR, MAX_WAITING, NewReport, Report};
pub use statements::MAX_STATEMENTS;
pub use tokens::{KnownToken, MAX_TOKENS, TokenAdded, TokenTakenBack};
pub use visits::{Due, Visit};
pub use vouches::{
    ASK_SITES_AFTER, Issuer, KnownVouch, MAX_ACKNOWLEDGED, MAX_SITES_ASKED, MAX_VOUCHES_OF_ISSUER,
    Revocation, Said,
};

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use dialect::Engine;
use pool::Pool;
use writing::Writing;

/// The database of a node. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    engine: Engine,
}

/// What went wrong, by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operator has to change the address or mend the place it names.
    #[error("cannot open the database {url}: {hint}")]
    CannotOpen {
        /// Its address, without a password.
        url: String,
        /// What to do about it.
        hint: &'static str,
        /// What the engine said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Others are writing: the same call may succeed in a moment.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// The database is out of reach, or takes no writes: the same call succeeds once it is back. What was
    /// being committed just then may be kept or not.
    #[error("the database is away")]
    Away(#[source] sqlx::Error),
    /// There is no room left on its disk: nothing was kept, and what is kept can be read.
    #[error("the disk of the database is full")]
    Full(#[source] sqlx::Error),
    /// The database is a copy of another directory, which alone changes it.
    #[error(
        "this database is a mirror of {origin} and shows what that one says: change it there, or name \
         another database with --database-url"
    )]
    Mirror {
        /// The address of that directory.
        origin: String,
    },
    /// A row cannot become a value of ours: somebody wrote to the database beside us.
    #[error("table {table}, row {row}, column {column}: {problem}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The key of the row.
        row: String,
        /// What is wrong with the value.
        problem: String,
    },
    /// Anything else: a broken rule of the tables, a broken file.
    #[error("the database failed")]
    Other(#[source] sqlx::Error),
}

impl Store {
    /// The directory's revision: it grows by one with each change that visitors can see.
    pub async fn revision(&self) -> Result<u64, Error> {
        let sql = "select number from revision where name = 'directory'";
        let number: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        known_revision(number)
    }

    /// What tells the directory as it is now from any other.
    pub async fn version(&self) -> Result<Version, Error> {
        let row = sqlx::query(VERSION).fetch_one(&self.pool).await?;
        version(&row)
    }

    /// For how long no server of the database answers that takes writes; `None` while one does, and of
    /// SQLite, whose file says so only when it is asked. Nobody is asked for this.
    pub fn away_for(&self) -> Option<Duration> {
        self.pool.away_since().map(|since| since.elapsed())
    }

    /// Writes to the database without changing anything, to show that it can be written.
    pub async fn write_nothing(&self) -> Result<(), Error> {
        let mut transaction = self.engine.begin_writing(&self.pool).await?;
        let sql = "update revision set number = number where name = 'directory'";
        sqlx::query(sql).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }
}

/// What tells one directory from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version {
    /// See [`Store::revision`].
    pub revision: u64,
    /// How often a copy came to hold something else under the revision it had; no log knows what changed.
    pub generation: u64,
}

const VERSION: &str = "select r.number as revision, m.number as generation
     from revision r join revision m on m.name = 'mirror' where r.name = 'directory'";

fn version(row: &AnyRow) -> Result<Version, Error> {
    Ok(Version {
        revision: known_revision(row.try_get("revision")?)?,
        generation: known_revision(row.try_get("generation")?)?,
    })
}

/// A time as the tables keep it, in milliseconds since 1970.
fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// A day as the tables keep it: its beginning in UTC.
fn beginning(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

/// The address in a column.
fn url_in(row: &AnyRow, table: &'static str, column: &'static str) -> Result<Url, Error> {
    let text: String = row.try_get(column)?;
    text.parse()
        .map_err(|error: url::ParseError| Error::Corrupt {
            table,
            column,
            row: text.clone(),
            problem: error.to_string(),
        })
}

fn known_revision(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Corrupt {
        table: "revision",
        column: "number",
        row: "directory".to_owned(),
        problem: format!("{number} is below zero"),
    })
}
