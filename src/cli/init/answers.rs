//! From flags and answers to whoever founds a node.

use std::collections::BTreeMap;
use std::io::{BufReader, Stderr, Stdin};

use chrono::NaiveDate;
use url::Url;

use super::dialogue::Dialogue;
use super::{Init, missing, place};
use crate::cli::Failure;
use crate::cli::failure::parsed;
use crate::config::{self, Config};
use crate::domain::hoster::{Hoster, HosterStatus, LanguageCode};
use crate::domain::localized::Localized;
use crate::domain::place::Place;
use crate::domain::provenance::{Source, SourceKind};
use crate::domain::text::{Link, Name, Prose};
use crate::federation::{Founder, Kind, check_username};
use crate::fetch::Fetcher;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::ids::hoster_id;

/// What nobody can guess.
const REQUIRED: [&str; 3] = ["--domain", "--kind", "--name"];

type Somebody = Dialogue<BufReader<Stdin>, Stderr>;

/// What a node is founded as.
pub(super) struct Answers {
    pub(super) founder: Founder,
    /// Where its hoster is.
    pub(super) place: Option<Place>,
}

impl Answers {
    /// Takes what flags and settings say, checks it, and asks somebody for the rest.
    pub(super) fn of(
        init: &Init,
        config: &Config,
        today: NaiveDate,
        mut somebody: Option<&mut Somebody>,
    ) -> Result<Self, Failure> {
        let given = [
            config.domain.is_some(),
            init.kind.is_some(),
            init.name.is_some(),
        ];
        let not_given: Vec<&str> = REQUIRED
            .into_iter()
            .zip(given)
            .filter_map(|(flag, is_given)| (!is_given).then_some(flag))
            .collect();
        if somebody.is_none() && !not_given.is_empty() {
            return Err(missing(&not_given));
        }
        let fetcher = Fetcher::new(config.network.clone(), None)?;
        let fit = |home: Url| fit_address(home, &fetcher);
        let home = match (&config.domain, somebody.as_deref_mut()) {
            (Some(domain), _) => fit(domain.clone()).map_err(|p| Failure::flag("--domain", p))?,
            (None, Some(somebody)) => {
                let question = "Domain (public, for good, such as hoster.example)";
                somebody.ask(question, None, |text| fit(config::domain(text)?))?
            }
            (None, None) => return Err(missing(&["--domain"])),
        };
        let kind = match (init.kind, somebody.as_deref_mut()) {
            (Some(kind), _) => kind,
            (None, Some(somebody)) => {
                let question = "Whose node is it: hoster, collective or directory";
                let problem = "one of these words, please".to_owned();
                somebody.ask(question, Some(Kind::Hoster.word()), |text| {
                    Kind::from_word(text).ok_or_else(|| problem.clone())
                })?
            }
            (None, None) => return Err(missing(&["--kind"])),
        };
        let addresses = Addresses::of(home);
        if kind == Kind::Hoster && hoster_id(&addresses.actor(Local::Hoster)).is_none() {
            let problem = "no hoster can be called by this host: one without _ and a number at its end \
                           after - can";
            return Err(Failure::flag("--domain", problem));
        }
        let read_name = |text: &str| Name::parse(text).map_err(|error| error.to_string());
        let name = match (&init.name, somebody.as_deref_mut()) {
            (Some(name), _) => read_name(name).map_err(|p| Failure::flag("--name", p))?,
            (None, Some(somebody)) => somebody.ask("Name, for people", None, read_name)?,
            (None, None) => return Err(missing(&["--name"])),
        };
        let usual = usual_username(kind, &addresses);
        let read_username = |text: &str| {
            let checked = check_username(text, kind, &addresses);
            checked.map(|()| text.to_owned()).map_err(|p| p.to_string())
        };
        let username = match (&init.username, somebody.as_deref_mut()) {
            (Some(username), _) => {
                read_username(username).map_err(|p| Failure::flag("--username", p))?
            }
            (None, Some(somebody)) => {
                let question = format!("Name before @{}", addresses.authority());
                somebody.ask(&question, Some(&usual), read_username)?
            }
            (None, None) => usual,
        };
        let (hoster, place) = match kind {
            Kind::Hoster => {
                let (hoster, place) = hoster(init, &addresses, name.clone(), today, somebody)?;
                (Some(hoster), place)
            }
            Kind::Collective | Kind::Directory => {
                refuse_facts_of_hosters(init, kind)?;
                (None, None)
            }
        };
        let founder = Founder {
            addresses,
            kind,
            username,
            name,
            hoster,
        };
        Ok(Self { founder, place })
    }
}

/// An address that others may fetch from and take for an id.
fn fit_address(home: Url, fetcher: &Fetcher) -> Result<Url, String> {
    match fetcher.check(&home) {
        Ok(()) => Ok(home),
        Err(why) => Err(format!(
            "{home} {why}; others find a node by https and a host name alone, such as hoster.example \
             (http, ports and localhost are for closed networks, whose range --allow-net 127.0.0.0/8 names)"
        )),
    }
}

/// The first part of the host, unless it is only `www` or all there is.
fn usual_username(kind: Kind, addresses: &Addresses) -> String {
    let home = addresses.home();
    let host = home.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let first = host.split('.').next().unwrap_or_default();
    match check_username(first, kind, addresses) {
        Ok(()) => first.to_owned(),
        Err(_) => kind.word().to_owned(),
    }
}

/// The hoster whose node it is, and its place.
fn hoster(
    init: &Init,
    addresses: &Addresses,
    name: Name,
    today: NaiveDate,
    somebody: Option<&mut Somebody>,
) -> Result<(Hoster, Option<Place>), Failure> {
    let language = init.language();
    let find = |text: &str| match text {
        "" => Ok(None),
        text => place::find(text, language).map(Some),
    };
    let place = match (&init.place, somebody) {
        (Some(place), _) => find(place).map_err(|p| Failure::flag("--place", p))?,
        (None, Some(somebody)) => somebody.ask("Town or postcode", Some(""), find)?,
        (None, None) => None,
    };
    let languages = init.language.iter().map(|code| LanguageCode::parse(code));
    let languages = languages.collect::<Result<Vec<_>, _>>();
    let actor = addresses.actor(Local::Hoster);
    let hoster = Hoster {
        id: hoster_id(&actor).expect("its address was checked"),
        name,
        website: parsed("--website", &init.website, Link::parse)?,
        description: parsed("--description", &init.description, Prose::parse)?
            .map(|text| Localized::of(language, text)),
        legal_form: None,
        status: HosterStatus::Active,
        place: place
            .as_ref()
            .map(|place| place::of_hoster(place, language))
            .unwrap_or_default(),
        languages: languages.map_err(|error| Failure::flag("--language", error))?,
        memberships: Vec::new(),
        source: Source {
            kind: SourceKind::OwnNode,
            by: Name::parse(actor.as_str()).map_err(|error| Failure::flag("--domain", error))?,
            seen: Some(today.into()),
        },
        facts: BTreeMap::new(),
        unsourced: Vec::new(),
        other: BTreeMap::new(),
        sources: Vec::new(),
        actor: Some(Link::parse(actor.as_str())?),
    };
    Ok((hoster, place))
}

fn refuse_facts_of_hosters(init: &Init, kind: Kind) -> Result<(), Failure> {
    let given = [
        ("--place", init.place.is_some()),
        ("--website", init.website.is_some()),
        ("--description", init.description.is_some()),
        ("--language", !init.language.is_empty()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((flag, _)) => {
            let problem = format!(
                "is said of hosters, and this is to be the node of a {}",
                kind.word()
            );
            Err(Failure::flag(flag, problem))
        }
    }
}
