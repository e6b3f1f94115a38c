//! What people look at: who waits, who vouches for whom until when, each by name.

use chrono::{DateTime, Utc};
use url::Url;

use super::charter::{Under, under};
use super::{Memberships, NotDone};
use crate::domain::term::Term;
use crate::domain::vouch::{CharterVersion, Vouch};
use crate::federation::{Acquaintance, Error, Federation};
use crate::formats::activitypub::activity::{charter_named, words};
use crate::formats::activitypub::addresses::Local;
use crate::store::{Asked, Charter, KnownVouch, RelationKind, Verdict};

/// The most that is shown of each list.
pub const MAX_LISTED: usize = 300;
/// The most vouchers of an applicant that are named.
const MAX_VOUCHERS: usize = 10;

/// All there is to see and to decide, as a collective or as a hoster.
#[derive(Debug, Clone, PartialEq)]
pub struct Roll {
    /// Which of ours.
    pub role: Local,
    /// The charter in force, on a collective's node.
    pub charter: Option<Charter>,
    /// What is asked of us and not answered yet, the oldest first.
    pub waiting: Vec<Waiting>,
    /// What we asked of others, the newest first.
    pub asked: Vec<OurWish>,
    /// The vouches we gave: what lapses soon first.
    pub given: Vec<Standing>,
    /// The vouches given for us: what lapses soon first.
    pub received: Vec<Standing>,
    /// How many more there are of all these than are listed.
    pub more: usize,
}

/// What somebody asks of us.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// For what.
    pub kind: RelationKind,
    /// Who.
    pub who: Acquaintance,
    /// Since when.
    pub at: DateTime<Utc>,
    /// In these words.
    pub words: Option<String>,
    /// The version of the charter it names.
    pub charter: Option<CharterVersion>,
    /// What that is to us.
    pub under: Under,
    /// Who vouches for it already, by their own word.
    pub vouchers: Vec<Acquaintance>,
}

/// What we asked of somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct OurWish {
    /// For what.
    pub kind: RelationKind,
    /// Whom.
    pub who: Acquaintance,
    /// When.
    pub at: DateTime<Utc>,
    /// The version of the charter we named.
    pub charter: Option<CharterVersion>,
    /// What became of it, and when.
    pub decision: Option<(Verdict, DateTime<Utc>)>,
    /// Why.
    pub reason: Option<String>,
}

/// A vouch that we gave or were given.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// For whom, or by whom.
    pub who: Acquaintance,
    /// What it says.
    pub vouch: Vouch,
    /// How far along it is.
    pub term: Term,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether the hoster lists it, too: without that it counts for nobody.
    pub is_listed_back: bool,
}

/// How much there is to be seen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pending {
    /// What is asked of us and not answered yet.
    pub waiting: usize,
    /// The vouches we give now.
    pub given: usize,
    /// Those among them that lapse soon.
    pub given_lapsing: usize,
    /// Those among them that the hoster does not list.
    pub not_listed_back: usize,
    /// The vouches we are given now.
    pub received: usize,
    /// Those among them that lapse soon.
    pub received_lapsing: usize,
}

impl Pending {
    /// Whether there is anything for people to do.
    pub fn is_any(&self) -> bool {
        self.waiting + self.given_lapsing + self.received_lapsing > 0
    }
}

impl Memberships {
    /// How much there is to be seen to.
    pub fn pending(&self, now: DateTime<Utc>) -> Pending {
        let lasting = |all: &[KnownVouch]| -> Vec<(Term, bool)> {
            let all = all
                .iter()
                .map(|known| (term(known, now), known.is_listed_back));
            all.filter(|(term, _)| term.lasts()).collect()
        };
        let lapsing = |all: &[(Term, bool)]| {
            let soon = all.iter().filter(|(term, _)| *term == Term::LapsesSoon);
            soon.count()
        };
        let (given, received) = (lasting(&self.given), lasting(&self.received));
        Pending {
            waiting: self.asked_of_us().count(),
            given_lapsing: lapsing(&given),
            not_listed_back: given.iter().filter(|(_, listed)| !listed).count(),
            given: given.len(),
            received_lapsing: lapsing(&received),
            received: received.len(),
        }
    }

    /// What is asked of us and not answered yet, the newest first.
    fn asked_of_us(&self) -> impl Iterator<Item = &Asked> {
        let ours = |asked: &&Asked| asked.object == self.actor && asked.decision.is_none();
        self.asked.iter().filter(ours)
    }
}

impl Federation {
    /// All there is to see and to decide, by name.
    pub async fn roll(&self) -> Result<Roll, NotDone> {
        let memberships = self.memberships().await?;
        let charters = self.charters().await?;
        let mut waiting = Vec::new();
        let of_us: Vec<&Asked> = memberships.asked_of_us().collect();
        for asked in of_us.iter().rev().take(MAX_LISTED) {
            waiting.push(self.waiting(asked, &memberships.actor, &charters).await?);
        }
        let mut asked = Vec::new();
        let by_us = memberships.asked.iter();
        let by_us: Vec<&Asked> = by_us
            .filter(|asked| asked.actor == memberships.actor)
            .collect();
        for wish in by_us.iter().take(MAX_LISTED) {
            asked.push(OurWish {
                kind: wish.kind,
                who: self.acquaintance(wish.object.clone()).await?,
                at: wish.at,
                charter: charter_named(&wish.document),
                decision: wish.decision,
                reason: wish.reason.clone(),
            });
        }
        let given = self.standings(&memberships.given, |vouch| &vouch.object);
        let given = given.await?;
        let received = self.standings(&memberships.received, |vouch| &vouch.issuer);
        let received = received.await?;
        let all = [
            of_us.len(),
            by_us.len(),
            memberships.given.len(),
            memberships.received.len(),
        ];
        Ok(Roll {
            role: memberships.role,
            charter: charters.into_iter().next(),
            more: all
                .into_iter()
                .map(|all| all.saturating_sub(MAX_LISTED))
                .sum(),
            waiting,
            asked,
            given,
            received,
        })
    }

    async fn waiting(
        &self,
        asked: &Asked,
        ours: &Url,
        charters: &[Charter],
    ) -> Result<Waiting, Error> {
        let charter = charter_named(&asked.document);
        let mut vouchers = Vec::new();
        for known in self.0.store.vouches_for(&asked.actor).await? {
            let counts = term(&known, self.now()).lasts() && known.heard_at.is_some();
            let is_new = known.vouch.issuer != *ours
                && !vouchers
                    .iter()
                    .any(|voucher: &Acquaintance| voucher.id == known.vouch.issuer);
            if counts && is_new && vouchers.len() < MAX_VOUCHERS {
                vouchers.push(self.acquaintance(known.vouch.issuer).await?);
            }
        }
        Ok(Waiting {
            kind: asked.kind,
            who: self.acquaintance(asked.actor.clone()).await?,
            at: asked.at,
            words: words(&asked.document),
            under: under(charter.as_ref(), charters),
            charter,
            vouchers,
        })
    }

    async fn standings(
        &self,
        known: &[KnownVouch],
        other: impl Fn(&Vouch) -> &Url,
    ) -> Result<Vec<Standing>, Error> {
        let now = self.now();
        let mut known: Vec<(Term, &KnownVouch)> = known
            .iter()
            .map(|known| (term(known, now), known))
            .collect();
        // What hosters of ours list comes first among equals: anybody can vouch for us.
        known.sort_by_key(|(term, known)| {
            let soonest = (*term == Term::LapsesSoon).then_some(known.vouch.until);
            (*term, !known.is_listed_back, soonest)
        });
        let mut standings = Vec::new();
        for (term, known) in known.into_iter().take(MAX_LISTED) {
            standings.push(Standing {
                who: self.acquaintance(other(&known.vouch).clone()).await?,
                vouch: known.vouch.clone(),
                term,
                revoked_at: known.revoked_at,
                is_listed_back: known.is_listed_back,
            });
        }
        Ok(standings)
    }
}

fn term(known: &KnownVouch, now: DateTime<Utc>) -> Term {
    Term::of(&known.vouch, known.revoked_at, now)
}
