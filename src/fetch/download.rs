//! What is larger than a document, taken piece by piece as it comes.

use std::io;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderMap;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::answer::{Answer, is_encoded};
use super::error::{Error, shown};
use super::{Fetcher, MAX_REDIRECTS, send, target, without_fragment};

/// How much may be taken, and how long that may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// The bytes of its body.
    pub bytes: u64,
    /// With its redirect and the last byte.
    pub time: Duration,
}

impl Fetcher {
    /// Gets an address and hands the body of a success on in pieces, following at most one redirect as
    /// [`get`](Fetcher::get) does. The answer that is returned has no body then; of anything else it has the
    /// beginning. The headers must not hold `Host`.
    pub async fn download(
        &self,
        url: &Url,
        headers: &HeaderMap,
        most: Most,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Answer, Error> {
        let end = Instant::now() + most.time;
        let mut url = without_fragment(url.clone());
        for _ in 0..=MAX_REDIRECTS {
            self.admit(&url)?;
            let request = self.client.get(url.clone()).headers(headers.clone());
            let answer = send(&url, request, end).await?;
            match target(&url, &answer)? {
                Some(next) => url = next,
                None if !answer.status().is_success() => {
                    return Ok(Answer::remark(url, answer, end).await);
                }
                None => {
                    let bytes = most.bytes;
                    return Answer::in_pieces(url, answer, end, bytes, &mut take).await;
                }
            }
        }
        Err(Error::redirects_again(&url))
    }
}

impl Answer {
    async fn in_pieces(
        url: Url,
        mut answer: Response,
        end: Instant,
        most: u64,
        take: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Self, Error> {
        if is_encoded(&answer) {
            return Err(Error::encoded(&url));
        }
        let too_large = || Error::too_large(&url, most);
        if answer.content_length().unwrap_or_default() > most {
            return Err(too_large());
        }
        let mut taken = 0;
        loop {
            let piece = timeout_at(end, answer.chunk()).await;
            let piece = piece.map_err(|_| Error::timed_out(&url))?;
            let Some(piece) = piece.map_err(|error| Error::of_client(&url, error))? else {
                return Ok(Self::new(url, &answer, Vec::new()));
            };
            taken += piece.len() as u64;
            if taken > most {
                return Err(too_large());
            }
            take(&piece).map_err(|source| Error::NotKept {
                address: shown(&url),
                source,
            })?;
        }
    }
}
