//! Vouches in words: who says what for how long, how anybody checks it, whether it counts here or why not.

use chrono::{NaiveDate, TimeDelta};

use super::choices::{Day, day};
use super::facts::Cited;
use super::locale::Locale;
use super::party::{self, Named, link, named, word_of_command};
use crate::catalogue::{Edition, Said};

/// For how many days a vouch that has ended or was taken back is still shown.
const ENDED_SHOWN_FOR: TimeDelta = TimeDelta::days(30);

/// Those of one side, as many as are shown.
pub struct Vouches {
    /// A line each, those that count first.
    pub lines: Vec<VouchLine>,
    /// How many more there are, if there are.
    pub more: Option<String>,
}

/// A vouch.
pub struct VouchLine {
    /// The other side: of those for a hoster who gave it, of a collective's the member.
    pub who: Named,
    /// On what ground.
    pub basis: String,
    /// From when.
    pub since: Day,
    /// Until when.
    pub until: Day,
    /// What a member agreed to.
    pub charter: Option<String>,
    /// The SHA-256 of that text.
    pub sha256: Option<String>,
    /// Where people can read how it came to be.
    pub evidence: Option<Cited>,
    /// Its own address, where that can be a link.
    pub document: Option<String>,
    /// The command that checks it.
    pub check: String,
    /// Whether it counts here.
    pub counts: bool,
    /// That it counts, or why not.
    pub verdict: String,
}

/// Vouches for somebody, told by who gave them.
pub fn received(edition: &Edition, all: Vec<Said<'_>>, most: usize, l: &Locale) -> Vouches {
    lines(edition, all, most, l, |said| named(said.issuer, edition, l))
}

/// Vouches that somebody gave, told by whom they are for.
pub fn given(edition: &Edition, all: Vec<Said<'_>>, most: usize, l: &Locale) -> Vouches {
    lines(edition, all, most, l, |said| named(said.object, edition, l))
}

/// Without those whose end is long past.
pub fn still_shown<'a>(all: Vec<Said<'a>>, today: NaiveDate) -> Vec<Said<'a>> {
    let is_shown = |said: &Said| {
        let ended = said.evidence.revoked_at.unwrap_or(said.vouch().until);
        let ended = ended.min(said.vouch().until).date_naive();
        today - ended <= ENDED_SHOWN_FOR
    };
    all.into_iter().filter(is_shown).collect()
}

/// That a vouch counts, or why not, in a sentence.
pub fn verdict(said: &Said<'_>, l: &Locale) -> String {
    match said.verdict {
        Ok(()) => l.t("vouch.counts").to_owned(),
        Err(why) => l.with2(
            &format!("vouch.why.{}", why.word()),
            ("by", &party::name(said.issuer)),
            ("for", &party::name(said.object)),
        ),
    }
}

fn lines(
    edition: &Edition,
    all: Vec<Said<'_>>,
    most: usize,
    l: &Locale,
    who: impl Fn(&Said<'_>) -> Named,
) -> Vouches {
    let all = still_shown(all, edition.day());
    let hidden = all.len().saturating_sub(most);
    let line = |said: &Said| line(said, who(said), l);
    Vouches {
        lines: all.iter().take(most).map(line).collect(),
        more: (hidden > 0).then(|| l.count("vouch.more", hidden)),
    }
}

fn line(said: &Said<'_>, who: Named, l: &Locale) -> VouchLine {
    let vouch = said.vouch();
    let charter = vouch.charter.as_ref();
    let evidence = vouch.evidence.as_ref().map(|link| Cited {
        label: link.host().to_owned(),
        href: Some(link.to_string()),
    });
    VouchLine {
        who,
        basis: l
            .t(&format!("vouch.basis.{}", vouch.basis.word()))
            .to_owned(),
        since: day(vouch.since, l),
        until: day(vouch.until, l),
        charter: charter.map(|charter| l.with("vouch.charter", "version", &charter.version)),
        sha256: charter.and_then(|charter| charter.sha256.clone()),
        evidence,
        check: format!("archipelago verify {}", word_of_command(vouch.id.as_str())),
        document: link(&vouch.id),
        counts: said.verdict.is_ok(),
        verdict: verdict(said, l),
    }
}
