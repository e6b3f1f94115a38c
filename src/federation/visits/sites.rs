//! Whether a site names the vouches for it: how a hoster without node lists back.
//!
//! It says so in a file of its own, or by a link on its home page; either has to come from the very host
//! the vouch is for. There is no third way by the domain name system: this program looks names up through
//! the machine's own resolver, which reads no TXT records, and both of these can be checked with a browser.

use url::Url;

use super::vouches::unexpected;
use crate::federation::{Error, Federation};
use crate::fetch::header::{ACCEPT, HeaderMap, HeaderValue, LINK};
use crate::fetch::{Answer, Fetcher, Heard, StatusCode, Wanted};
use crate::formats::{rel_me, vouch_list};
use crate::store::{Change, Effect};

/// How many redirects from one page of a site to another of it are followed.
const MAX_STEPS: usize = 3;

/// Which vouches a site names.
#[derive(Debug, Default)]
pub struct Named {
    /// Those that were asked about and that it names.
    pub vouches: Vec<Url>,
    /// Why one of the places could not be read; it might name more.
    pub failure: Option<Error>,
}

/// Which of these vouches a site names. Its file is read first, and its home page only if vouches are missing.
pub async fn named_by(fetcher: &Fetcher, site: &Url, wanted: &[Url]) -> Named {
    let mut named = Named::default();
    for place in [Place::File, Place::HomePage] {
        if wanted.iter().all(|vouch| named.vouches.contains(vouch)) {
            break;
        }
        match place.links(fetcher, site).await {
            Ok(links) => {
                let found = wanted.iter().filter(|vouch| links.contains(vouch));
                let new: Vec<Url> = found
                    .filter(|vouch| !named.vouches.contains(vouch))
                    .cloned()
                    .collect();
                named.vouches.extend(new);
            }
            Err(failure) => named.failure = named.failure.or(Some(failure)),
        }
    }
    named
}

/// Where a site names vouches.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The file of [`vouch_list`].
    File,
    /// Links of [`rel_me`].
    HomePage,
}

impl Place {
    async fn links(self, fetcher: &Fetcher, site: &Url) -> Result<Vec<Url>, Error> {
        let (path, accept, most) = match self {
            Self::File => (vouch_list::PATH, "text/plain", vouch_list::MAX_BYTES),
            Self::HomePage => ("/", "text/html", rel_me::MAX_BYTES),
        };
        let url = site
            .join(path)
            .map_err(|_| unexpected(site, "it is no site"))?;
        let Some(answer) = asked(fetcher, url, accept, most).await? else {
            return Ok(Vec::new());
        };
        Ok(match self {
            Self::File => vouch_list::read(&answer.body),
            Self::HomePage => {
                let headers = answer.headers.get_all(LINK).iter();
                let headers = headers.filter_map(|value| value.to_str().ok());
                let mut links: Vec<Url> = headers.flat_map(rel_me::in_header).collect();
                links.extend(rel_me::in_page(&answer.body));
                links
            }
        })
    }
}

/// The beginning of what a host shows at an address: nothing if it shows nothing there, or sends us to
/// another host, which cannot speak for this one.
async fn asked(
    fetcher: &Fetcher,
    url: Url,
    accept: &'static str,
    most: usize,
) -> Result<Option<Answer>, Error> {
    let mut at = url;
    for _ in 0..=MAX_STEPS {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        match fetcher.ask(&at, headers, Wanted::Beginning(most)).await? {
            Heard::Elsewhere { to, .. } if is_same_host(&at, &to) => at = to,
            Heard::Elsewhere { .. } => return Ok(None),
            Heard::Answer(answer) if answer.status.is_success() => return Ok(Some(answer)),
            Heard::Answer(answer) => {
                let status = answer.status;
                let is_put_off = status == StatusCode::TOO_MANY_REQUESTS;
                return match status.is_client_error() && !is_put_off {
                    true => Ok(None),
                    false => Err(Error::Answered { url: at, status }),
                };
            }
        }
    }
    Ok(None)
}

/// Whether a redirect stays with whoever speaks for the host: same name and port, and never back from
/// `https` to `http`.
fn is_same_host(from: &Url, to: &Url) -> bool {
    let is_as_safe = to.scheme() == "https" || to.scheme() == from.scheme();
    from.host() == to.host() && from.port() == to.port() && is_as_safe
}

impl Federation {
    /// A site that vouches are for: which of them it names today. What it names no longer is listed back no
    /// longer; what it does not name yet is looked for again.
    pub(super) async fn visit_site(&self, site: &Url) -> Result<Change, Error> {
        let known = self.0.store.vouches_for(site).await?;
        let now = self.now();
        let in_force = known
            .iter()
            .filter(|known| known.revoked_at.is_none() && known.vouch.until > now);
        let wanted: Vec<Url> = in_force.map(|known| known.vouch.id.clone()).collect();
        let Named { vouches, failure } = named_by(&self.0.fetcher, site, &wanted).await;
        let names_all = wanted.len() == vouches.len();
        let actor = site.clone();
        let effects = match failure {
            // A site that is down for a moment takes nothing back.
            Some(_) => vouches
                .into_iter()
                .map(|vouch| Effect::Acknowledge {
                    actor: actor.clone(),
                    vouch,
                })
                .collect(),
            None => vec![Effect::Acknowledges { actor, vouches }],
        };
        let change = Change {
            effects,
            publications: Vec::new(),
        };
        if names_all {
            return Ok(change);
        }
        self.commit(&change).await?;
        let not_yet = || unexpected(site, "it does not name every vouch for it yet");
        Err(failure.unwrap_or_else(not_yet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_itself_speaks_for_it() {
        for (from, to, expected) in [
            ("https://a.example/", "https://a.example/fr/", true),
            ("http://a.example/", "https://a.example/", true),
            ("https://a.example/", "http://a.example/", false),
            ("https://a.example/", "https://www.a.example/", false),
            ("https://a.example/", "https://b.example/", false),
            ("http://a.example:81/", "http://a.example:82/", false),
        ] {
            let (from, to): (Url, Url) = (from.parse().unwrap(), to.parse().unwrap());
            assert_eq!(is_same_host(&from, &to), expected, "{from} {to}");
        }
    }
}
