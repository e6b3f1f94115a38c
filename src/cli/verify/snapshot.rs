//! A snapshot of a directory, checked: whose it is, as of when, and whether every record is as it was signed.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use crate::cli::{Failure, document, output};
use crate::domain::vouch::AssertionKey;
use crate::fetch::header::{ACCEPT, HeaderMap, HeaderValue};
use crate::fetch::{Fetcher, Most};
use crate::formats::activitypub::proof;
use crate::formats::snapshot::{Checked, Kind, NotASnapshot};
use crate::mirror::{MAX_AGE, MAX_AHEAD, MAX_PACKED_BYTES};

use super::judged::Judged;
use super::keys::{Keys, NoKey};
use super::words;

/// How a snapshot begins: packed, or as it is written by us.
const BEGINNINGS: [&[u8]; 2] = [&[0x1f, 0x8b], b"{\"archipelago\":"];
/// How the address of a snapshot ends.
const ENDINGS: [&str; 2] = ["/snapshot", ".gz"];
/// How long loading one down may last.
const WITHIN: Duration = Duration::from_secs(600);

/// What a snapshot says of itself.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    origin: Url,
    revision: u64,
    issued: DateTime<Utc>,
    records: u64,
    hosters: u64,
    services: u64,
    issuers: u64,
    vouches: u64,
}

/// The snapshot at a path or an address, as a file; `None` if something else is there.
pub(super) async fn at(what: &str, fetcher: &Fetcher) -> Result<Option<File>, Failure> {
    if document::is_address(what) {
        let url = Url::parse(what);
        let url = url.map_err(|error| Failure::Usage(format!("{what:?}: {error}")))?;
        return match ENDINGS.iter().any(|ending| url.path().ends_with(ending)) {
            true => loaded(&url, fetcher).await.map(Some),
            false => Ok(None),
        };
    }
    // Standard input is read once, and a document of any other kind is small.
    if what == "-" || !Path::new(what).is_file() {
        return Ok(None);
    }
    let cannot_read = || format!("cannot read {what}");
    let mut file = File::open(what).with_context(cannot_read)?;
    let mut beginning = Vec::new();
    let longest = BEGINNINGS.iter().map(|beginning| beginning.len()).max();
    let longest = longest.unwrap_or(0) as u64;
    let mut first = Read::by_ref(&mut file).take(longest);
    first
        .read_to_end(&mut beginning)
        .with_context(cannot_read)?;
    file.rewind().with_context(cannot_read)?;
    let is_one = BEGINNINGS.iter().any(|known| beginning.starts_with(known));
    Ok(is_one.then_some(file))
}

async fn loaded(url: &Url, fetcher: &Fetcher) -> Result<File, Failure> {
    let mut file = tempfile::tempfile().context("cannot keep a snapshot on this machine")?;
    let most = Most {
        bytes: MAX_PACKED_BYTES,
        time: WITHIN,
    };
    let accept = HeaderValue::from_static("application/gzip, application/json;q=0.9");
    let headers = HeaderMap::from_iter([(ACCEPT, accept)]);
    let keep = |piece: &[u8]| -> io::Result<()> { file.write_all(piece) };
    let answer = fetcher.download(url, &headers, most, keep).await;
    let answer = answer.with_context(|| format!("{url} cannot be read"))?;
    if !answer.status.is_success() {
        let status = answer.status.as_u16();
        return Err(Failure::said(format!(
            "{url} cannot be read: it answered {status}"
        )));
    }
    file.rewind()
        .context("cannot keep a snapshot on this machine")?;
    Ok(file)
}

/// Checks a snapshot with the keys that are known, and those its directory lists, if that was asked.
pub(super) fn of_snapshot(
    checked: &Result<Checked, NotASnapshot>,
    keys: &Keys,
    heard: Option<&Result<Vec<AssertionKey>, String>>,
    now: DateTime<Utc>,
) -> Judged {
    let mut judged = Judged::default();
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => {
            judged.add("records", Err(error.to_string()));
            return judged.closed();
        }
    };
    let said = &checked.signed;
    judged.id = Some(said.origin.clone());
    let summary = Summary::of(checked);
    judged.add("records", Ok(summary.in_words()));
    judged.snapshot = Some(summary);
    let just_now = heard.and_then(|heard| heard.as_deref().ok());
    match keys.find(&said.origin, &checked.claimed.method, just_now) {
        Ok((key, whose)) => {
            let proven = proof::verify(&checked.document, &key.multibase);
            judged.add("proof", words::proof(proven.as_ref()));
            if proven.is_ok() {
                let kept = match key.had_ended(said.issued) {
                    true => Err(words::ENDED_KEY.to_owned()),
                    false => words::whose(whose),
                };
                judged.add("key", kept);
            }
        }
        Err(NoKey::Unknown) => {
            let unheard = heard.and_then(|heard| heard.as_ref().err());
            judged.add("proof", Err(words::no_key(unheard)));
        }
        Err(NoKey::Unlisted) => {
            judged.add("proof", Err(words::foreign_key(&checked.claimed)));
        }
    }
    judged.add("dates", dates(said.issued, now));
    judged.closed()
}

fn dates(issued: DateTime<Utc>, now: DateTime<Utc>) -> Result<String, String> {
    let day = words::day(issued);
    if issued > now + MAX_AHEAD {
        return Err(format!("it was signed on {day}, which is yet to come"));
    }
    Ok(match now - issued {
        age if age > MAX_AGE => format!(
            "signed on {day}, {} ago: a mirror takes none older than {} days",
            output::count(u64::try_from(age.num_days()).unwrap_or(0), "day"),
            MAX_AGE.num_days()
        ),
        _ => format!("signed on {day}"),
    })
}

impl Summary {
    fn of(checked: &Checked) -> Self {
        let of = |kind| checked.counts.get(&kind).copied().unwrap_or(0);
        Self {
            origin: checked.signed.origin.clone(),
            revision: checked.signed.revision,
            issued: checked.signed.issued,
            records: checked.signed.records,
            hosters: of(Kind::Hoster),
            services: checked.services,
            issuers: of(Kind::Issuer),
            vouches: of(Kind::Vouch),
        }
    }

    fn in_words(&self) -> String {
        let vouches = match self.vouches {
            1 => "1 vouch".to_owned(),
            n => format!("{n} vouches"),
        };
        format!(
            "revision {}: {} with {}, {vouches}, each as it was signed",
            self.revision,
            output::count(self.hosters, "hoster"),
            output::count(self.services, "service"),
        )
    }
}
