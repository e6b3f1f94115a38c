//! A change as a value: what becomes different here and what others are told of it, kept together or
//! not at all.

use chrono::{DateTime, Utc};
use url::Url;

use super::actors::NewKey;
use super::assertion_keys::{NewAssertionKey, Replaced};
use super::flags::Question;
use super::follows::Reader;
use super::frontier::Sown;
use super::objects::Travelling;
use super::outbox::Publication;
use super::relations::{Answer, Relation};
use super::visits::Visit;
use super::vouches::{Revocation, Said};
use super::{
    Error, Store, Writing, actors, assertion_keys, delivery, flags, follows, frontier, keep,
    left_out, meant, objects, peers, relations, remote, visits, vouches,
};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::service::ServiceId;
use crate::domain::text::Prose;
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::Local;

/// What becomes different, in this order, and what is then published about it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What becomes different here.
    pub effects: Vec<Effect>,
    /// What others are told.
    pub publications: Vec<Publication>,
}

impl Change {
    /// What another changes, too, after this.
    pub fn add(&mut self, other: Self) {
        self.effects.extend(other.effects);
        self.publications.extend(other.publications);
    }
}

/// One thing that becomes different. Each may be applied twice without harm, and each leaves alone
/// what its speaker does not own.
#[derive(Debug, Clone)]
pub enum Effect {
    /// The directory keeps a hoster.
    KeepHoster(Box<Hoster>),
    /// The directory keeps a service as its owner now describes it.
    KeepService(Box<Travelling>),
    /// What travelled as an object is no more.
    Remove {
        /// The object's id.
        object: Url,
        /// Its owner: nobody else's word removes it.
        owner: Url,
        /// The service it describes.
        service: ServiceId,
    },
    /// A hoster and its services leave the directory by its own word; nobody else's brings it back.
    RemoveHoster(HosterId),
    /// An actor elsewhere is known, or known better.
    KeepActor(Box<RemoteActor>),
    /// An actor elsewhere is no more: it follows nobody, and nobody follows it.
    RemoveActor(Url),
    /// An actor elsewhere, which is known, follows one of ours.
    AddFollower {
        /// Ours.
        role: Local,
        /// Who follows.
        actor: Url,
        /// How it reads us.
        reader: Reader,
        /// Its Follow.
        activity: Url,
    },
    /// An actor elsewhere no longer follows what it followed by this activity.
    UndoFollow {
        /// Who followed.
        actor: Url,
        /// Its Follow.
        activity: Url,
    },
    /// An actor elsewhere no longer follows one of ours, however that began.
    RemoveFollower {
        /// Ours.
        role: Local,
        /// Who followed.
        actor: Url,
    },
    /// One of ours asks to follow an actor elsewhere, which is known.
    AskToFollow {
        /// Ours.
        role: Local,
        /// Who is to be followed.
        actor: Url,
        /// Our Follow.
        activity: Url,
    },
    /// An actor answered our Follow.
    FollowAnswered {
        /// Who answered.
        actor: Url,
        /// Our Follow.
        activity: Url,
        /// What it said.
        accepted: bool,
    },
    /// None of ours follows an actor any longer.
    Unfollow(Url),
    /// A directory, which is known, becomes a peer.
    AddPeer(Url),
    /// A document is to be read by the crawler.
    Sow(Box<Sown>),
    /// A peer says that something changed at a hoster, which the crawler is to read.
    HearFromPeer {
        /// The peer.
        peer: Url,
        /// What is to be read.
        sown: Box<Sown>,
    },
    /// An address is to be read in its time.
    Visit {
        /// The address.
        url: Url,
        /// What is expected there.
        kind: Visit,
        /// Whose word leads there.
        actor: Url,
    },
    /// An address was read.
    Visited(Url),
    /// An actor says something of another that people have yet to decide.
    State(Box<Relation>),
    /// Whom something was asked of answers.
    Answer(Box<Answer>),
    /// An actor takes back what it said.
    Withdraw {
        /// The activity or object that said it.
        id: Url,
        /// Who said it.
        actor: Url,
    },
    /// An actor no longer asks to belong to one of ours.
    Leave {
        /// Who leaves.
        actor: Url,
        /// Ours.
        object: Url,
    },
    /// We ask a hoster about an entry because of reports, by their numbers.
    Flag(Box<Question>, Vec<i64>),
    /// Somebody asks a hoster of ours.
    BeFlagged(Box<Question>),
    /// A question about an entry is answered.
    AnswerFlag {
        /// The Flag that asked.
        flag: Url,
        /// Who answers: nobody but whom it was put to.
        actor: Url,
        /// The note that answers.
        note: Url,
        /// What it says.
        words: Prose,
    },
    /// Somebody vouches.
    Vouch(Box<Said>),
    /// An issuer takes a vouch back.
    Revoke(Box<Revocation>),
    /// An issuer's server answers and does not know a vouch.
    Missing(Url),
    /// Whom a vouch is for lists it, too.
    Acknowledge {
        /// Whom it is for.
        actor: Url,
        /// The vouch.
        vouch: Url,
    },
    /// Whom a vouch was for lists it no longer.
    Disavow {
        /// Whom it was for.
        actor: Url,
        /// The vouch.
        vouch: Url,
    },
    /// All the vouches an actor lists as ones for itself: what is not among them it lists no longer.
    Acknowledges {
        /// Whom they are for.
        actor: Url,
        /// The vouches.
        vouches: Vec<Url>,
    },
    /// A new key to sign vouches with replaces the one in use.
    ReplaceAssertionKey {
        /// Ours.
        role: Local,
        /// The new key.
        key: NewAssertionKey,
        /// What becomes of the old one.
        replaced: Replaced,
    },
    /// A new key of one of ours replaces the one in use, which is kept for what it signed.
    RotateKey {
        /// Ours.
        role: Local,
        /// The new key.
        key: NewKey,
    },
    /// The document of one of ours is another now.
    TouchActor(Local),
    /// An actor that may have been silent for long gave a sign of life.
    Wake(Url),
}

impl Store {
    /// Makes a change in one transaction, all of it or nothing. The directory's revision grows by one
    /// if visitors can see it.
    pub async fn commit(&self, change: &Change, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.begin_change().await?;
        let visible = apply(&mut writing, change, now).await?;
        Self::end_change(writing, visible).await
    }

    /// Makes the change that a received activity asks for, and says so in its row, in one transaction.
    /// An activity that was settled before changes nothing, and `false` is returned.
    pub async fn settle(
        &self,
        seq: i64,
        outcome: &str,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let mine = sqlx::query(
            "update inbox set applied_at = $1, outcome = $2 where seq = $3 and applied_at is null",
        )
        .bind(now.timestamp_millis())
        .bind(outcome)
        .bind(seq)
        .execute(&mut *writing)
        .await?
        .rows_affected();
        if mine == 0 {
            return Ok(false);
        }
        let visible = apply(&mut writing, change, now).await?;
        Self::end_change(writing, visible).await?;
        Ok(true)
    }
}

/// Applies a change inside a transaction that has had its turn; says whether visitors can see it.
async fn apply(writing: &mut Writing, change: &Change, now: DateTime<Utc>) -> Result<bool, Error> {
    let mut visible = false;
    for effect in &change.effects {
        visible |= effect.apply(writing, now).await?;
    }
    for publication in &change.publications {
        publication.keep(writing, now).await?;
    }
    Ok(visible)
}

impl Effect {
    async fn apply(&self, writing: &mut Writing, now: DateTime<Utc>) -> Result<bool, Error> {
        match self {
            Self::KeepHoster(hoster) => {
                let hoster = meant::hoster_named(writing, hoster).await?;
                return keep::keep_hoster(writing, &hoster, now).await;
            }
            Self::KeepService(travelling) => return travelling.keep(writing, now).await,
            Self::Remove {
                object,
                owner,
                service,
            } => return objects::remove(writing, object, owner, service, now).await,
            Self::RemoveHoster(hoster) => {
                let node = format!("the node of {hoster}");
                let hoster = meant::hoster(writing, hoster).await?;
                return left_out::take_out(writing, &hoster, &node, now).await;
            }
            Self::KeepActor(actor) => return remote::keep(writing, actor, now).await,
            Self::RemoveActor(actor) => remote::remove(writing, actor.as_str()).await?,
            Self::AddFollower {
                role,
                actor,
                reader,
                activity,
            } => follows::add(writing, *role, actor, *reader, activity, now).await?,
            Self::UndoFollow { actor, activity } => {
                follows::undo(writing, actor, activity).await?;
            }
            Self::RemoveFollower { role, actor } => {
                follows::remove(writing, *role, actor).await?;
            }
            Self::AskToFollow {
                role,
                actor,
                activity,
            } => follows::ask(writing, *role, actor, activity, now).await?,
            Self::FollowAnswered {
                actor,
                activity,
                accepted,
            } => follows::answered(writing, actor, activity, *accepted, now).await?,
            Self::Unfollow(actor) => follows::unfollow(writing, actor).await?,
            Self::AddPeer(actor) => peers::add(writing, actor, now).await?,
            Self::Sow(sown) => drop(frontier::plan(writing, sown, now).await?),
            Self::HearFromPeer { peer, sown } => {
                frontier::heard_from_peer(writing, peer, sown, now).await?;
            }
            Self::Visit { url, kind, actor } => {
                visits::plan(writing, url, *kind, actor, now).await?;
            }
            Self::Visited(url) => visits::done(writing, url).await?,
            Self::State(relation) => relation.keep(writing, now).await?,
            Self::Answer(answer) => answer.keep(writing, now).await?,
            Self::Vouch(said) => return said.keep(writing, now).await,
            Self::Revoke(revocation) => return vouches::revoke(writing, revocation).await,
            Self::Missing(vouch) => return vouches::missing(writing, vouch, now).await,
            Self::Acknowledge { actor, vouch } => {
                return vouches::acknowledge(writing, actor, vouch, now).await;
            }
            Self::Disavow { actor, vouch } => {
                return vouches::disavow(writing, actor, vouch).await;
            }
            Self::Acknowledges { actor, vouches } => {
                return vouches::acknowledges(writing, actor, vouches, now).await;
            }
            Self::ReplaceAssertionKey {
                role,
                key,
                replaced,
            } => {
                assertion_keys::replace(writing, *role, key, *replaced, now).await?;
                let keys = assertion_keys::listed(writing, *role).await?;
                let issuer = actors::id_of(writing, *role).await?;
                return vouches::recheck(writing, &issuer, &keys).await;
            }
            Self::Withdraw { id, actor } => {
                relations::withdraw(writing, id, actor, now).await?;
                flags::withdraw(writing, id, actor, now).await?;
            }
            Self::Leave { actor, object } => {
                relations::leave(writing, actor, object, now).await?;
            }
            Self::Flag(question, reports) => flags::ask(writing, question, reports, now).await?,
            Self::BeFlagged(question) => flags::asked(writing, question, now).await?,
            Self::AnswerFlag {
                flag,
                actor,
                note,
                words,
            } => flags::answer(writing, flag, actor, note, words, now).await?,
            Self::RotateKey { role, key } => {
                actors::rotate(writing, *role, key, now).await?;
            }
            Self::TouchActor(role) => actors::touch(writing, *role, now).await?,
            Self::Wake(actor) => delivery::wake(writing, actor, now).await?,
        }
        Ok(false)
    }
}
