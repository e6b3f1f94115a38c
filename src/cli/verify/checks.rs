//! The checks, one after the other. What makes a vouch good is `trust`'s to say; here each of its reasons
//! is asked for by itself, with all else taken as good.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::domain::vouch::{AssertionKey, Evidence, NotCounted, Proof, Vouch};
use crate::formats::activitypub::proof::{self, Claimed};
use crate::formats::activitypub::revocation::{self, Revocation};
use crate::formats::activitypub::vouch;
use crate::trust;

use super::judged::Judged;
use super::keys::{Keys, NoKey, Whose};
use super::online::{Heard, Own};
use super::words;

/// Checks a vouch with what came with it, and with what was heard of it if anybody was asked.
pub(super) fn of_vouch(
    document: &Value,
    revocations: &[Value],
    keys: &Keys,
    heard: Option<&Heard>,
    now: DateTime<Utc>,
) -> Judged {
    let mut judged = Judged::default();
    let (vouch, claimed) = match vouch::read(document) {
        Ok(read) => read,
        Err(error) => {
            judged.add("form", Err(error.to_string()));
            return judged;
        }
    };
    judged.id = Some(vouch.id.clone());
    judged.add("form", Ok(words::vouch(&vouch)));
    let just_now = heard.map(|heard| &heard.keys);
    let key = signed(
        &mut judged,
        document,
        &vouch.issuer,
        &claimed,
        keys,
        just_now,
    );
    if let Some((key, whose)) = key {
        let evidence = with_key(&vouch, key, &claimed);
        // On its first day no vouch has lapsed.
        let kept = match trust::holds(&evidence, vouch.since) {
            Err(NotCounted::EndedKey) => Err(words::ENDED_KEY.to_owned()),
            _ => words::whose(whose),
        };
        judged.add("key", kept);
    }
    let dated = trust::holds(&good(&vouch), now);
    judged.add("dates", words::dates(&vouch, dated));
    let just_now = heard.and_then(|heard| heard.keys.as_deref().ok());
    let found = heard.and_then(|heard| heard.revocation.as_ref());
    let all = revocations.iter().chain(found);
    let revoked: Vec<_> = all
        .filter_map(|document| revokes(document, &vouch, keys, just_now))
        .collect();
    match (revoked.iter().find_map(|one| one.as_ref().ok()), heard) {
        (Some(revocation), _) => judged.add("revocation", Err(words::revoked(revocation))),
        (None, Some(Heard { own: Own::Gone, .. })) => {
            judged.add(
                "revocation",
                Err("its issuer's server says that it is gone (410)".to_owned()),
            );
        }
        (None, _) if !revoked.is_empty() => {
            judged.add(
                "revocation",
                Ok("what came with it is not its issuer's".to_owned()),
            );
        }
        (None, None) => {
            judged.leave_open("revocation", "none came with it; --online asks its issuer")
        }
        (None, Some(_)) => judged.add("revocation", Ok("its issuer shows none".to_owned())),
    }
    match heard {
        None => {
            judged.leave_open(
                "issuer",
                "was not asked whether it stands by it; --online asks",
            );
            judged.leave_open("hoster", "was not asked whether it lists it; --online asks");
        }
        Some(heard) => {
            judged.add("issuer", stands_by(&vouch, document, heard, keys));
            judged.add("hoster", words::listed_back(&vouch, &heard.is_listed_back));
        }
    }
    judged.closed()
}

/// Checks a revocation that came alone.
pub(super) fn of_revocation(
    document: &Value,
    keys: &Keys,
    heard: Option<&Result<Vec<AssertionKey>, String>>,
) -> Judged {
    let mut judged = Judged::default();
    match revocation::read(document) {
        Err(error) => judged.add("form", Err(error.to_string())),
        Ok((revocation, claimed)) => {
            judged.id = Some(revocation.id.clone());
            judged.add("form", Ok(words::revocation(&revocation)));
            let key = signed(
                &mut judged,
                document,
                &revocation.issuer,
                &claimed,
                keys,
                heard,
            );
            if let Some((_, whose)) = key {
                judged.add("key", words::whose(whose));
            }
        }
    }
    judged.closed()
}

/// Checks the proof, and gives the key it holds under.
fn signed(
    judged: &mut Judged,
    document: &Value,
    issuer: &Url,
    claimed: &Claimed,
    keys: &Keys,
    heard: Option<&Result<Vec<AssertionKey>, String>>,
) -> Option<(AssertionKey, Whose)> {
    let just_now = heard.and_then(|heard| heard.as_deref().ok());
    let unheard = heard.and_then(|heard| heard.as_ref().err());
    let (key, whose) = match keys.find(issuer, &claimed.method, just_now) {
        Ok(found) => found,
        Err(NoKey::Unknown) => {
            judged.add("proof", Err(words::no_key(unheard)));
            return None;
        }
        Err(NoKey::Unlisted) => {
            judged.add("proof", Err(words::foreign_key(claimed)));
            return None;
        }
    };
    let checked = proof::verify(document, &key.multibase);
    judged.add("proof", words::proof(checked.as_ref()));
    checked.is_ok().then_some((key, whose))
}

/// What a document says of a vouch: that it is taken back, or nothing that counts. `None` if it is about
/// another.
fn revokes(
    document: &Value,
    vouch: &Vouch,
    keys: &Keys,
    just_now: Option<&[AssertionKey]>,
) -> Option<Result<Revocation, ()>> {
    let (revocation, claimed) = revocation::read(document).ok()?;
    if revocation.vouch != vouch.id || revocation.issuer != vouch.issuer {
        return None;
    }
    let key = keys.find(&vouch.issuer, &claimed.method, just_now);
    let holds = key.is_ok_and(|(key, _)| proof::verify(document, &key.multibase).is_ok());
    Some(holds.then_some(revocation).ok_or(()))
}

/// Whether the issuer's own server shows the vouch, or a later version of it.
fn stands_by(
    vouch: &Vouch,
    document: &Value,
    heard: &Heard,
    keys: &Keys,
) -> Result<String, String> {
    let shown = match &heard.own {
        Own::Shows(shown) => shown,
        Own::Gone => return Err("its server says that it is gone (410)".to_owned()),
        Own::Unknown => return Err("its server does not know it (404)".to_owned()),
        Own::Unheard(problem) => return Err(format!("its server could not be asked: {problem}")),
    };
    if shown == document {
        return Ok("its server shows it".to_owned());
    }
    let other = || "its server shows something else there".to_owned();
    let (there, claimed) = vouch::read(shown).map_err(|_| other())?;
    let is_the_same =
        there.id == vouch.id && there.issuer == vouch.issuer && there.object == vouch.object;
    let just_now = heard.keys.as_deref().ok();
    let key = keys.find(&vouch.issuer, &claimed.method, just_now);
    let holds = key.is_ok_and(|(key, _)| proof::verify(shown, &key.multibase).is_ok());
    match is_the_same && holds {
        true => Ok(words::other_version(&claimed)),
        false => Err(other()),
    }
}

/// A vouch of which nothing is wrong but what is wrong with itself.
fn good(vouch: &Vouch) -> Evidence {
    let key = AssertionKey {
        id: vouch.issuer.clone(),
        multibase: String::new(),
        expires: None,
        revoked: None,
    };
    let claimed = Claimed {
        method: key.id.clone(),
        created: vouch.since,
    };
    with_key(vouch, key, &claimed)
}

/// The same, signed with a key that may have ended.
fn with_key(vouch: &Vouch, key: AssertionKey, claimed: &Claimed) -> Evidence {
    Evidence {
        vouch: vouch.clone(),
        proof: Proof::Holds {
            method: claimed.method.clone(),
            multibase: key.multibase.clone(),
            created: claimed.created,
        },
        key: Some(key),
        heard_at: Some(vouch.since),
        revoked_at: None,
        missing_since: None,
        is_listed_back: true,
    }
}
