//! Speaks ActivityPub: what this node publishes reaches others, what others publish reaches it.
//!
//! Our changes run `publish` → store → `delivery` → outside; what others say runs outside →
//! `inbox` (verified, kept, answered) → `apply` → store. Nothing here knows a page or a route: `web`
//! asks for documents and hands over what was posted.

mod actors;
mod alone;
mod apply;
mod backup;
mod chance;
mod choices;
mod counted;
mod delivery;
mod discover;
mod documents;
mod elsewhere;
mod exchange;
mod gate;
mod identity;
mod inbox;
mod intake;
mod keyring;
mod library;
mod membership;
mod overview;
mod own_list;
mod preview;
mod proposals;
mod publish;
mod reports;
mod rotation;
pub mod signature;
mod tokens;
mod visits;
mod vouching;

pub use crate::formats::activitypub::activity::MAX_WORDS_CHARS;
pub use crate::store::{
    Charter, Debt, KnownToken, MAX_TOKENS, RelationKind, Scheme, Target, TargetState, TokenAdded,
    TokenTakenBack, Verdict,
};
pub use counted::{Came, Counted, Went};
pub use delivery::Delivery;
pub use documents::Document;
pub use exchange::MAX_TOLD;
pub use gate::{MAX_WRONG_TOKENS, TOKENS_READ_AGAIN_AFTER};
pub use identity::{Founder, Kind, Token, UsernameError, check_username};
pub use inbox::{MAX_BODY_BYTES, Refused};
pub use membership::{
    Candidate, Fate, MAX_CHARTER_BYTES, MAX_IMPORTED, Memberships, NotDone, NotImported, NotSet,
    OurWish, Pending, Roll, Standing, Under, Waiting,
};
pub use overview::{ACTORS_ON_A_PAGE, Acquaintance, Acquaintances, Admission, MAX_DEBTS, Ours};
pub use preview::Preview;
pub use proposals::PROPOSALS_ON_A_PAGE;
pub use publish::NotPublished;
pub use reports::{MAX_CLOSED_SHOWN, MAX_QUESTIONS_SHOWN, MAX_WAITING_SHOWN};
pub use visits::{Named, named_by};

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::block::{Blocks, Domain};
use crate::domain::choices::Choices;
use crate::domain::taxonomy::Taxonomy;
use crate::fetch::{self, Fetcher, Refusals};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::store::{self, LocalActor, Store};

use chrono::TimeDelta;
use tokio::sync::{Notify, Semaphore};

use actors::KnownActors;
use gate::Gate;
use intake::Intake;
use keyring::Keyring;

/// How long an activity that was applied is known again: a signature is only good for an hour.
const REMEMBERED_FOR: TimeDelta = TimeDelta::days(30);

/// A node's part in the fediverse. Clones are the same.
#[derive(Clone)]
pub struct Federation(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Clock,
    fetcher: Fetcher,
    refusals: Refusals,
    /// What the settings choose.
    chosen: Choices,
    addresses: Addresses,
    taxonomy: Taxonomy,
    /// The node's own first.
    local: Vec<LocalActor>,
    keyring: Keyring,
    known: KnownActors,
    library: library::Verifier,
    intake: Intake,
    counted: Counted,
    gate: Gate,
    /// Leave to read a backup.
    backups: Arc<Semaphore>,
    /// Something was received.
    something_came: Notify,
    /// Something was published.
    something_owed: Notify,
}

impl Federation {
    /// Takes up what a store says this node is; `None` for one that was never founded.
    pub async fn open(store: Store, config: &Config, clock: Clock) -> Result<Option<Self>, Error> {
        let local = store.local_actors().await?;
        let Some(node) = local.first() else {
            return Ok(None);
        };
        let addresses = Addresses::of(node.id.clone());
        let home = addresses.home();
        if let Some(named) = config
            .domain
            .as_ref()
            .filter(|named| named.origin() != home.origin())
        {
            return Err(Error::OtherDomain {
                founded: home.into(),
                named: named.to_string(),
            });
        }
        let chosen = config.choices();
        let blocks = chosen.clone().over(store.choices().await?).blocks;
        if let Some(block) = blocks.iter().find(|block| block.domain.covers(&home)) {
            return Err(Error::BlocksItself(block.domain.clone()));
        }
        let refusals = Refusals::of(Blocks::of(blocks));
        let fetcher = Fetcher::new(config.network.clone(), Some(&home))?;
        let fetcher = fetcher.refusing(refusals.clone());
        fetcher
            .check(&home)
            .map_err(|why| Error::NotReachable { home, why })?;
        identity::keep_assertion_keys(&store, &addresses, &local, clock.now()).await?;
        Ok(Some(Self(Arc::new(Parts {
            library: library::Verifier::new(addresses.authority()).await?,
            intake: Intake::start(store.clone(), clock.clone()),
            counted: Counted::default(),
            known: KnownActors::new(),
            keyring: Keyring::default(),
            gate: Gate::default(),
            backups: Arc::new(Semaphore::new(backup::MAX_BACKUPS)),
            something_came: Notify::new(),
            something_owed: Notify::new(),
            store,
            clock,
            fetcher,
            refusals,
            chosen,
            addresses,
            taxonomy: Taxonomy::embedded(),
            local,
        }))))
    }

    /// Returns once something was received.
    pub async fn something_came(&self) {
        self.0.something_came.notified().await;
    }

    /// Forgets what nobody will ask about any more.
    pub async fn forget_settled(&self) -> Result<(), Error> {
        let now = self.0.clock.now();
        self.0.store.forget_settled(now - REMEMBERED_FOR).await?;
        let before = now - reports::REPORTS_KEPT_FOR;
        Ok(self.0.store.forget_reports(before).await?)
    }

    /// Plans to ask again those who vouch and were not heard of for long.
    pub async fn ask_again(&self) -> Result<(), Error> {
        Ok(self.0.store.plan_questions(self.0.clock.now()).await?)
    }

    /// What came in and went out since this process began.
    pub fn counted(&self) -> &Counted {
        &self.0.counted
    }

    /// Whom this node asks nothing, tells nothing and takes nothing from.
    pub fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }

    /// The node's own actor.
    pub fn own_actor(&self) -> &LocalActor {
        self.0.local.first().expect("a founded node has an actor")
    }

    /// What makes this node's requests.
    pub fn fetcher(&self) -> &Fetcher {
        &self.0.fetcher
    }

    /// Every address this node mints.
    pub fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }
}

/// Why something of ActivityPub could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A request of ours.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// The settings name another place than the one this node was founded at, whose ids are in use.
    #[error(
        "this database is that of {founded}, and the settings name {named}: ids that others know \
         cannot move; set domain back, or begin with a new database"
    )]
    OtherDomain {
        /// Where it was founded.
        founded: String,
        /// What the settings name.
        named: String,
    },
    /// The settings, or whoever wrote to the database beside us, block this node's own domain.
    #[error("{0} is blocked, and this node itself is there: take it out of [blocks] domains")]
    BlocksItself(Domain),
    /// No other node would write to this one's address.
    #[error(
        "this node lives at {home}, which {why}: allow its network with --allow-net or [network] allow"
    )]
    NotReachable {
        /// Its address.
        home: url::Url,
        /// What is wrong with it.
        why: fetch::Refused,
    },
    /// There is no way to ask anybody.
    #[error(transparent)]
    NoClient(#[from] fetch::NoClient),
    /// What a person typed names nobody.
    #[error(
        "{0:?} names nobody: an address such as https://hoster.example/ or @name@hoster.example does"
    )]
    NotAName(String),
    /// What a person typed names one of ours.
    #[error("{0} is this node itself")]
    Ourselves(url::Url),
    /// It is not one that can be a peer.
    #[error("{0} is no directory, and only directories are peers: follow it instead")]
    NoDirectory(url::Url),
    /// It is not one whose word anybody would take.
    #[error("{0} is no collective and no hoster, and only these vouch for others")]
    NoVoucher(url::Url),
    /// One of ours has no key.
    #[error("the database has no key of its {}", .0.word())]
    NoKey(Local),
    /// A key in the database cannot be used.
    #[error("the key {0} in the database cannot be used")]
    BadKey(url::Url),
    /// The library that verifies signatures could not be set up.
    #[error("the ActivityPub library does not start: {0}")]
    Library(String),
    /// A server answered that it does not show us what we asked for.
    #[error("{url}: answered {}", status.as_u16())]
    Answered {
        /// The address.
        url: url::Url,
        /// What it answered.
        status: fetch::StatusCode,
    },
    /// What was read at an address is not what was expected there.
    #[error("{url}: {problem}")]
    Unexpected {
        /// The address.
        url: url::Url,
        /// What is wrong with it.
        problem: String,
    },
}
