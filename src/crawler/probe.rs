//! Whether an address is up: one request, whose answer is not read.

use url::Url;

use crate::fetch::header::HeaderMap;
use crate::fetch::{Answer, Fetcher, Heard, Wanted};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// What it answered, if it did.
    pub status: Option<u16>,
    /// Why it counts as down, if it does.
    pub error: Option<String>,
}

/// Asks once, and follows no redirect: who sends us on is there. A server in trouble (5xx) counts as down.
pub async fn ask(fetcher: &Fetcher, url: &Url) -> Probed {
    let heard = fetcher
        .ask(url, HeaderMap::new(), Wanted::Beginning(0))
        .await;
    let status = match heard {
        Ok(Heard::Elsewhere { status, .. }) | Ok(Heard::Answer(Answer { status, .. })) => status,
        Err(error) => {
            return Probed {
                status: None,
                error: Some(error.to_string()),
            };
        }
    };
    let error = status
        .is_server_error()
        .then(|| format!("answered {}", status.as_u16()));
    Probed {
        status: Some(status.as_u16()),
        error,
    }
}
