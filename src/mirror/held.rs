//! What a mirror holds, as visitors meet it: whose it is, as of when, and the proof of that.

use std::io;
use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::task::spawn_blocking;
use url::Url;

use super::issue::tag;
use super::publisher::Error;
use super::queue::{Exit, queue};
use super::shelf::{Kept, Shelf};
use crate::formats::activitypub::directory_state;
use crate::formats::snapshot::{State, Writer};
use crate::store::{HandedOn, Mirror, Store};

/// What a mirror holds of another directory.
pub struct Held {
    /// The address of that directory.
    pub origin: Url,
    store: Store,
    standing: RwLock<Standing>,
    shelf: Shelf,
}

/// How it stands.
#[derive(Debug, Clone, Default)]
struct Standing {
    /// A name for what is held, once there is anything.
    tag: Option<String>,
    /// When the origin last said that this is how it stands.
    heard_at: Option<DateTime<Utc>>,
}

impl Held {
    /// What a database holds that is a mirror.
    pub fn new(store: Store, mirror: &Mirror) -> Self {
        let held = Self {
            origin: mirror.origin.clone(),
            store,
            standing: RwLock::default(),
            shelf: Shelf::default(),
        };
        if let Some((signed, heard_at)) = mirror.signed.as_ref().zip(mirror.heard_at) {
            held.heard(signed, heard_at);
        }
        held
    }

    /// When the origin last said that this is how it stands.
    pub fn as_of(&self) -> Option<DateTime<Utc>> {
        self.standing().heard_at
    }

    /// Notes that this is how the origin stands.
    pub(super) fn heard(&self, signed: &Value, at: DateTime<Utc>) {
        let said = directory_state::read(signed).ok();
        let standing = Standing {
            tag: said.map(|(said, _)| tag(&said)),
            heard_at: Some(at),
        };
        *self
            .standing
            .write()
            .expect("nobody panics while holding it") = standing;
    }

    fn standing(&self) -> Standing {
        self.standing
            .read()
            .expect("nobody panics while holding it")
            .clone()
    }

    /// What its origin signed, as a packed file; `None` while nothing is held, or something else than was
    /// signed: then there is none before the origin was heard again.
    pub async fn snapshot(&self) -> Result<Option<Arc<Kept>>, Error> {
        let Some(wanted) = self.standing().tag else {
            return Ok(None);
        };
        let write = async || self.pack().await;
        let kept = self.shelf.get(&wanted, write).await;
        if let Err(Error::NotAsSigned) = kept {
            let mut standing = self.standing.write();
            let standing = standing.as_mut().expect("nobody panics while holding it");
            standing.tag.take_if(|tag| *tag == wanted);
        }
        kept.map(Some)
    }

    /// Packs what the database holds at one moment.
    async fn pack(&self) -> Result<Kept, Error> {
        let (entrance, exit) = queue();
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        let reading = async move {
            let hand_on = async |part| {
                let bytes = match &part {
                    HandedOn::Record(record) => record.text.len(),
                    HandedOn::Signed(_) => 0,
                };
                entrance.put(part, bytes).await.map_err(gone)
            };
            self.store.hand_on(hand_on).await
        };
        let packing = spawn_blocking(|| packed(exit));
        let (read, packed) = tokio::join!(reading, packing);
        let packed = packed.expect("packing a snapshot does not panic");
        // Where the disk was in the way, reading ended because of that.
        let is_whole = read?.unwrap_or(true);
        match is_whole {
            true => packed,
            false => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }
}

/// Packs records as they come, under the name of what was signed, if they are what was signed.
fn packed(mut exit: Exit<HandedOn>) -> Result<Kept, Error> {
    let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let Some(HandedOn::Signed(signed)) = exit.blocking_next() else {
        return Err(cut_off().into());
    };
    let (said, _) = directory_state::read(&signed).map_err(io::Error::other)?;
    let mut state = State::default();
    let kept = Kept::pack(tag(&said), |out| {
        let mut writer = Writer::begin(out, said.issued.date_naive(), &signed)?;
        while let Some(part) = exit.blocking_next() {
            if let HandedOn::Record(record) = part {
                state.put(&record);
                writer.add(&record)?;
            }
        }
        writer.end().map(drop)
    })?;
    match state.records() == said.records && state.digest() == said.state {
        true => Ok(kept),
        false => Err(Error::NotAsSigned),
    }
}
