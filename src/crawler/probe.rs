//! Whether a service works: one request, of whose answer nothing but the head is read.

use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::health::Probe;
use crate::fetch::{Fetcher, StatusCode};

/// Asks once, and follows no redirect: who sends us on is there.
pub async fn ask(fetcher: &Fetcher, url: &Url, now: DateTime<Utc>) -> Probe {
    match fetcher.look(url).await {
        Ok(looked) => Probe {
            at: now,
            status: Some(looked.status.as_u16()),
            latency_ms: Some(u32::try_from(looked.latency.as_millis()).unwrap_or(u32::MAX)),
            certificate_until: looked.certificate_until,
            error: trouble(looked.status),
        },
        Err(error) => silent(error.to_string(), now),
    }
}

/// What is seen of an address whose host does not answer.
pub fn silent(error: String, now: DateTime<Utc>) -> Probe {
    Probe {
        at: now,
        status: None,
        latency_ms: None,
        certificate_until: None,
        error: Some(error),
    }
}

/// What a status says against it: a server in trouble, or nothing there. Who turns a program away (401,
/// 403, 429) may well let people in.
fn trouble(status: StatusCode) -> Option<String> {
    let is_down = status.is_server_error() || matches!(status.as_u16(), 404 | 410);
    is_down.then(|| format!("answered {}", status.as_u16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trouble_and_emptiness_count_as_down() {
        for status in [200, 204, 301, 303, 401, 403, 418, 429] {
            assert_eq!(
                trouble(StatusCode::from_u16(status).unwrap()),
                None,
                "{status}"
            );
        }
        for status in [404, 410, 500, 502, 503, 599] {
            let said = trouble(StatusCode::from_u16(status).unwrap());
            assert_eq!(said, Some(format!("answered {status}")));
        }
    }
}
