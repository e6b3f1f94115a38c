//! Keeps a copy up with its origin: a snapshot first, then what changes, as it changes.
//!
//! It waits at the origin for the next change (a request that is answered late), which needs no address on
//! our side. Where the origin tells no changes, its snapshot is looked at every few hours. Whatever is
//! wrong with what comes, what is held stays.

use std::error::Error;
use std::fs::File;
use std::io::Seek;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::asks::{Answered, Asks};
use super::held::Held;
use super::queue::queue;
use super::refusal::NotCopied;
use super::trusts::{MAX_AGE, Shown, check_age, check_rotation};
use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::fetch::header::HeaderValue;
use crate::formats::activitypub::directory_state::{self, DirectoryState};
use crate::formats::snapshot::{self, Changes, Checked, State};
use crate::store::{Copied, Copying, HandedOn, Mirror, Pinned, Store};

/// How often the snapshot is looked at where an origin tells no changes; and how long an origin whose answers
/// are refused is left alone at most.
pub const POLL_EVERY: Duration = Duration::from_secs(4 * 3600);
/// How long we wait at the origin for the next change.
const WAIT: Duration = Duration::from_secs(25);
/// How long an origin that does not let us wait is left alone.
const PAUSE: Duration = Duration::from_secs(10);
/// How long it is left alone after news.
const AFTER_NEWS: Duration = Duration::from_millis(250);
/// How long an origin that cannot be asked is left alone at most: to ask again costs it little.
pub const RETRY_AT_LEAST_EVERY: Duration = Duration::from_secs(300);
/// How long an origin that failed is left alone at first; each time twice as long.
const RETRY_AFTER: Duration = Duration::from_secs(15);
/// How old keys become before they are read again: one may have been lost.
const KEYS_FRESH_FOR: TimeDelta = TimeDelta::days(1);
/// How often it is noted in the database that nothing changed.
const NOTE_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Keeps a copy up with its origin.
pub struct Follower {
    store: Store,
    asks: Asks,
    clock: Clock,
    shown: Arc<Held>,
    /// The state of what is held, and its revision.
    state: Option<(u64, State)>,
    /// The tag of the snapshot that was seen last, and its revision.
    seen: Option<(HeaderValue, u64)>,
    failures: u32,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synced {
    /// What is held is newer now.
    Renewed,
    /// What is held is how the origin stands.
    Unchanged,
    /// The origin wants to be asked again later.
    PutOff,
}

/// What a step came to, and how long the origin is then to be left alone.
type Step = (Synced, Duration);

impl Follower {
    /// Of a copy, by a fetcher.
    pub fn new(store: Store, fetcher: Fetcher, shown: Arc<Held>, clock: Clock) -> Self {
        Self {
            asks: Asks::new(fetcher, shown.origin.clone()),
            store,
            clock,
            shown,
            state: None,
            seen: None,
            failures: 0,
        }
    }

    /// Makes a step, notes what went wrong with it, and says how long the origin is to be left alone.
    pub async fn go_on(&mut self) -> Duration {
        // At first it is asked how it stands, which is then shown.
        let wait = match &self.state {
            Some(_) => WAIT,
            None => Duration::ZERO,
        };
        match self.step(wait).await {
            Ok((_, pause)) => {
                if self.failures > 0 {
                    tracing::info!("the mirror keeps up with its origin again");
                }
                self.failures = 0;
                pause
            }
            Err(error) => {
                let why = self.note(&error).await;
                if self.failures == 0 {
                    tracing::error!("the mirror does not keep up with its origin: {why}");
                }
                let pause = RETRY_AFTER.saturating_mul(1 << self.failures.min(16));
                self.failures += 1;
                let most = match error.is_out_of_reach() {
                    true => RETRY_AT_LEAST_EVERY,
                    false => POLL_EVERY,
                };
                spread(pause.min(most))
            }
        }
    }

    /// Keeps why a step failed, and says it.
    async fn note(&self, error: &NotCopied) -> String {
        let mut why = error.to_string();
        for cause in std::iter::successors(error.source(), |&cause| cause.source()) {
            let cause = cause.to_string();
            // Some quote their cause already.
            if !why.contains(&cause) {
                why = format!("{why}: {cause}");
            }
        }
        let noted = self.store.note_not_copied(&why, self.clock.now()).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "why the mirror does not keep up cannot be noted");
        }
        why
    }

    /// Takes what is new at the origin, once; where nothing is, the next change may be waited for.
    pub async fn sync(&mut self, wait: Duration) -> Result<Synced, NotCopied> {
        match self.step(wait).await {
            Ok((synced, _)) => Ok(synced),
            Err(error) => {
                self.note(&error).await;
                Err(error)
            }
        }
    }

    async fn step(&mut self, wait: Duration) -> Result<Step, NotCopied> {
        let held = self.store.mirror().await?.ok_or(NotCopied::NoMirror)?;
        let Some(state) = self.held_state(&held).await? else {
            return Ok((self.take_snapshot(&held).await?, AFTER_NEWS));
        };
        let since = state.0;
        let asked = Instant::now();
        let now = self.clock.now();
        match self.asks.changes(since, wait, now).await? {
            Answered::Changes(changes) => {
                let changed = self.apply(&held, *changes).await;
                if let Err(NotCopied::NotChanges(error)) = &changed {
                    // Another replica may have told them, or what is held was changed beside us.
                    tracing::info!(%error, "the snapshot is taken instead of changes");
                    let synced = self.take_snapshot(&held).await?;
                    if let (Synced::Unchanged, Err(error)) = (synced, changed) {
                        self.note(&error).await;
                    }
                    return Ok((synced, pause_after(synced, RETRY_AFTER)));
                }
                let synced = changed?;
                let is_at_once = asked.elapsed() < wait / 2;
                let pause = if is_at_once { PAUSE } else { Duration::ZERO };
                Ok((synced, pause_after(synced, pause)))
            }
            // What changed since is told once a newer snapshot is written.
            Answered::Forgotten => {
                let synced = self.take_snapshot(&held).await?;
                Ok((synced, pause_after(synced, RETRY_AFTER)))
            }
            Answered::NotThere => Ok((self.take_snapshot(&held).await?, POLL_EVERY)),
            Answered::Later(later) => {
                let later = later.to_std().unwrap_or_default();
                Ok((Synced::PutOff, later.clamp(PAUSE, POLL_EVERY)))
            }
        }
    }

    /// The revision and the state of what is held. `None` where nothing is, or where that is not what was
    /// signed: somebody wrote to the database beside us.
    async fn held_state(&mut self, held: &Mirror) -> Result<Option<&(u64, State)>, NotCopied> {
        let Some(said) = held.signed.as_ref().and_then(said) else {
            return Ok(None);
        };
        if self
            .state
            .as_ref()
            .is_none_or(|(at, _)| *at != said.revision)
        {
            let mut state = State::default();
            let read = self.store.hand_on(async |part| {
                if let HandedOn::Record(record) = part {
                    state.put(&record);
                }
                Ok(())
            });
            read.await??;
            self.state = Some((said.revision, state));
        }
        let is_signed = |(_, state): &&(u64, State)| said.state == state.digest();
        Ok(self.state.as_ref().filter(is_signed))
    }

    /// Takes what changed, if it leads to what was signed.
    async fn apply(&mut self, held: &Mirror, changes: Changes) -> Result<Synced, NotCopied> {
        let (said, claimed) = changes.signed()?;
        let shown = Shown {
            said: &said,
            claimed: &claimed,
            document: &changes.signed,
        };
        self.believe(held, shown).await?;
        let held_said = held.signed.as_ref().and_then(self::said);
        let now = self.clock.now();
        let Some((revision, state)) = &self.state else {
            return Err(NotCopied::NoMirror);
        };
        let next = changes.over(state)?;
        if shown.is_before(held_said.as_ref()) {
            return Ok(Synced::Unchanged);
        }
        if said.revision == *revision && next == *state {
            self.unchanged(held, &changes.signed, now).await?;
            return Ok(Synced::Unchanged);
        }
        let mut changed = Vec::with_capacity(changes.changed.len());
        for record in changes.changed {
            let content = record.content();
            let content = content.map_err(snapshot::NotChanges::OtherShape)?;
            changed.push((record, content));
        }
        let copied = Copied {
            signed: &changes.signed,
            revision: said.revision,
            at: now,
        };
        let since = *revision;
        let copying = (self.store).copy_changes(copied, since, changed, &changes.gone);
        if copying.await? == Copying::Kept {
            self.state = Some((said.revision, next));
            self.shown.heard(&changes.signed, now);
        } else {
            // Another replica was first; what it kept is read anew.
            self.state = None;
        }
        Ok(Synced::Renewed)
    }

    /// Notes that nothing changed, not each time.
    async fn unchanged(
        &self,
        held: &Mirror,
        signed: &Value,
        now: DateTime<Utc>,
    ) -> Result<(), NotCopied> {
        let is_noted = held.heard_at.is_some_and(|at| now - at < NOTE_EVERY)
            && held.signed.as_ref() == Some(signed)
            && held.trouble.is_none();
        if !is_noted {
            self.store.note_heard(signed, now).await?;
        }
        self.shown.heard(signed, now);
        Ok(())
    }

    /// Takes the snapshot, if it is the origin's and none that is older than what is held.
    async fn take_snapshot(&mut self, held: &Mirror) -> Result<Synced, NotCopied> {
        // Where nothing is held, or something else than was signed, the one that was seen is wanted again.
        let known = self.seen.clone().filter(|_| self.state.is_some());
        let tag = known.as_ref().map(|(tag, _)| tag);
        let Some((file, tag)) = self.asks.snapshot(tag).await? else {
            return self
                .unmoved(held, known.map(|(_, revision)| revision))
                .await;
        };
        let (file, checked) = checked(file).await?;
        let shown = Shown {
            said: &checked.signed,
            claimed: &checked.claimed,
            document: &checked.document,
        };
        self.believe(held, shown).await?;
        let now = self.clock.now();
        let is_held =
            |(at, state): &(u64, State)| *at == checked.signed.revision && *state == checked.state;
        if held.signed.is_some() && self.state.as_ref().is_some_and(is_held) {
            if !shown.is_before(held.signed.as_ref().and_then(said).as_ref()) {
                self.unchanged(held, &checked.document, now).await?;
            }
            self.seen = tag.zip(Some(checked.signed.revision));
            return Ok(Synced::Unchanged);
        }
        let copied = Copied {
            signed: &checked.document,
            revision: checked.signed.revision,
            at: now,
        };
        if self.keep(file, copied).await? == Copying::Overtaken {
            // Another replica was first; what it kept is read anew.
            self.state = None;
            return Ok(Synced::Renewed);
        }
        self.shown.heard(&checked.document, now);
        self.seen = tag.zip(Some(checked.signed.revision));
        self.state = Some((checked.signed.revision, checked.state));
        Ok(Synced::Renewed)
    }

    /// The origin shows the snapshot that was seen before. That nobody signs, so it counts as its word on what is
    /// held only where that is this very revision, and only as long as the signature does.
    async fn unmoved(&self, held: &Mirror, seen: Option<u64>) -> Result<Synced, NotCopied> {
        let now = self.clock.now();
        if let Some(signed) = &held.signed
            && let Some(said) = said(signed)
        {
            check_age(&said, None, now)?;
            if seen == Some(said.revision) {
                self.unchanged(held, signed, now).await?;
            }
        }
        Ok(Synced::Unchanged)
    }

    /// Keeps a snapshot that was checked. It is read a second time, as it is kept.
    async fn keep(&self, file: File, copied: Copied<'_>) -> Result<Copying, NotCopied> {
        let (entrance, mut exit) = queue();
        let runtime = Handle::current();
        let reading = spawn_blocking(move || {
            let gone = |_| snapshot::NotASnapshot::CutOff("nobody keeps it".to_owned());
            let read = snapshot::read(file, |record, content| {
                let bytes = record.text.len();
                let put = entrance.put(Some((record, content)), bytes);
                runtime.block_on(put).map_err(gone)
            });
            read.and_then(|_| runtime.block_on(entrance.put(None, 0)).map_err(gone))
        });
        let copying = self
            .store
            .copy_all(copied, async || exit.next().await)
            .await;
        drop(exit);
        let read = reading.await.expect("reading a snapshot does not panic");
        match copying? {
            // Nobody waits for what is left to be read.
            Copying::Overtaken => Ok(Copying::Overtaken),
            copying => Ok(read.map(|()| copying)?),
        }
    }

    /// Whether a state is the origin's word, by keys that are fresh, and not older than what is held.
    async fn believe(&self, held: &Mirror, shown: Shown<'_>) -> Result<(), NotCopied> {
        shown.check_origin(self.asks.home())?;
        let now = self.clock.now();
        let pinned = held.pinned.as_ref();
        if pinned.is_some_and(|pinned| pinned.actor != shown.said.origin) {
            return Err(NotCopied::OtherActor(shown.said.origin.to_string()));
        }
        let is_good = |pinned: &&Pinned| {
            now - pinned.read_at < KEYS_FRESH_FOR && shown.check_signature(&pinned.keys).is_ok()
        };
        if pinned.filter(is_good).is_none() {
            self.pin(pinned, shown, now).await?;
        }
        let held = held.signed.as_ref().and_then(said);
        check_age(shown.said, held.as_ref(), now)
    }

    /// Reads the origin's keys anew, and believes them if they follow from those that were believed. While
    /// the origin's actor cannot be read, those go on for as long as a signature does.
    async fn pin(
        &self,
        before: Option<&Pinned>,
        shown: Shown<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), NotCopied> {
        let actor = &shown.said.origin;
        let keys = match (self.asks.keys(actor, now.date_naive()).await, before) {
            (Ok(keys), _) => keys,
            (Err(_), Some(before))
                if now - before.read_at < MAX_AGE
                    && shown.check_signature(&before.keys).is_ok() =>
            {
                return Ok(());
            }
            (Err(error), _) => return Err(error),
        };
        if let Some(before) = before {
            check_rotation(&before.keys, &keys)?;
        }
        shown.check_signature(&keys)?;
        let pinned = Pinned {
            actor: actor.clone(),
            keys,
            read_at: now,
        };
        Ok(self.store.pin(&pinned).await?)
    }
}

/// The pause after a step that brought nothing; after one that did it is short, so that what changes in
/// between comes at once.
fn pause_after(synced: Synced, pause: Duration) -> Duration {
    match synced {
        Synced::Renewed => AFTER_NEWS,
        Synced::Unchanged | Synced::PutOff => pause,
    }
}

/// A pause that is up to a quarter longer or shorter: those who lost an origin together do not come back so.
fn spread(pause: Duration) -> Duration {
    let mut byte = [128];
    // Without chance it is as it was.
    let _ = SystemRandom::new().fill(&mut byte);
    pause.mul_f64(0.75 + f64::from(byte[0]) / 510.0)
}

/// What a signed document says of its directory's state.
fn said(signed: &Value) -> Option<DirectoryState> {
    directory_state::read(signed).ok().map(|(said, _)| said)
}

/// Checks a snapshot, and gives its file back from the beginning.
async fn checked(mut file: File) -> Result<(File, Checked), NotCopied> {
    let checking = spawn_blocking(move || {
        let checked = snapshot::check(&file)?;
        file.rewind()?;
        Ok((file, checked))
    });
    checking.await.expect("reading a snapshot does not panic")
}
