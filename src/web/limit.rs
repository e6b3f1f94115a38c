//! How much one client may ask for: so many requests at once, and so many a minute (GCRA).
//!
//! Who asked is known in memory alone, and only until it no longer matters. Pages are not limited: they are for
//! people, of whom many share an address, and one who is refused may lose a service. Not here: what is limited,
//! which the routes say.

mod clients;

use std::num::NonZeroU32;

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::{Quota, RateLimiter};

use crate::config::Limits;

pub use super::client::Whom;
use super::client::{Client, Proxies};
use super::locale::Locale;
use clients::Clients;

/// How much is left, and what there is in all (draft-ietf-httpapi-ratelimit-headers-10).
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// See [`RATE_LIMIT`].
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What one client may ask for, and what each has asked.
pub struct Limit<C: Clock = DefaultClock> {
    proxies: Proxies,
    rate: Option<Rate<C>>,
}

/// So many requests at once, and so many a minute.
struct Rate<C: Clock> {
    limiter: Limiter<C>,
    clock: C,
    per_minute: NonZeroU32,
    burst: NonZeroU32,
    policy: HeaderValue,
}

type Limiter<C> = RateLimiter<Client, Clients, C, StateInformationMiddleware>;

/// Whether a request is answered.
#[derive(Debug, PartialEq, Eq)]
pub enum Judged {
    /// Nobody knows who asks, or nothing is limited.
    Unlimited,
    /// It is: what is said of the limit in the answer's header.
    Within([(HeaderName, HeaderValue); 2]),
    /// Not before so many seconds, at least one.
    Over(u64, [(HeaderName, HeaderValue); 2]),
}

impl Limit {
    /// Limits as the settings say.
    pub fn new(settings: &Limits) -> Self {
        Self::with_clock(settings, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limit<C> {
    fn with_clock(settings: &Limits, clock: C) -> Self {
        let rate = |per_minute| Rate::new(per_minute, settings.burst, clock.clone());
        Self {
            proxies: Proxies::new(settings.trusted_proxies.clone(), settings.proxy_header),
            rate: settings.per_minute.map(rate),
        }
    }

    /// What one client may ask for, in a sentence.
    pub fn told(&self, l: &Locale) -> String {
        match &self.rate {
            None => l.t("api.docs.limits.none").to_owned(),
            Some(rate) => {
                let [burst, rate] = [rate.burst, rate.per_minute]
                    .map(|number| l.integer(usize::try_from(number.get()).unwrap_or(usize::MAX)));
                l.with2("api.docs.limits.some", ("burst", &burst), ("rate", &rate))
            }
        }
    }

    /// Forgets all who have all of their requests again.
    pub fn forget_quiet(&self) {
        if let Some(rate) = &self.rate {
            rate.limiter.retain_recent();
            rate.limiter.shrink_to_fit();
        }
    }

    /// Whether a request comes through a proxy whose word is taken, for where it was asked as well.
    pub fn is_by_proxy(&self, request: &HttpRequest) -> bool {
        let peer = request.peer_addr();
        peer.is_some_and(|peer| self.proxies.trusts(peer.ip()))
    }

    /// Whether whoever stands in front says for whom a request comes.
    pub fn whom(&self, request: &HttpRequest) -> Whom {
        let peer = request.peer_addr();
        peer.map_or(Whom::Untold, |peer| {
            self.proxies.whom(peer.ip(), request.headers())
        })
    }

    /// Counts a request, and says whether it is answered.
    pub fn judge(&self, request: &ServiceRequest) -> Judged {
        let client = || {
            let peer = request.peer_addr()?.ip();
            self.proxies.client(peer, request.headers())
        };
        match &self.rate {
            Some(rate) => client().map_or(Judged::Unlimited, |client| rate.judge(client)),
            None => Judged::Unlimited,
        }
    }
}

impl<C: Clock + Clone> Rate<C> {
    fn new(per_minute: NonZeroU32, burst: NonZeroU32, clock: C) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        let window = seconds(burst.get(), per_minute);
        let clients = Clients::default();
        let policy = format!("\"api\";q={burst};w={window}");
        Self {
            limiter: RateLimiter::new(quota, clients, clock.clone()),
            clock,
            per_minute,
            burst,
            policy: HeaderValue::try_from(policy).expect("numbers may stand in a header"),
        }
    }

    fn judge(&self, client: Client) -> Judged {
        match self.limiter.check_key(&client) {
            Ok(state) => Judged::Within(self.told(state.remaining_burst_capacity())),
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Judged::Over(whole.max(1), self.told(0))
            }
        }
    }

    /// How much is left, and after how many seconds all will be there again.
    fn told(&self, left: u32) -> [(HeaderName, HeaderValue); 2] {
        let back = seconds(self.burst.get().saturating_sub(left), self.per_minute);
        let limit = format!("\"api\";r={left};t={back}");
        let limit = HeaderValue::try_from(limit).expect("numbers may stand in a header");
        [
            (RATE_LIMIT, limit),
            (RATE_LIMIT_POLICY, self.policy.clone()),
        ]
    }
}

/// In how many seconds so many requests are given back.
fn seconds(requests: u32, per_minute: NonZeroU32) -> u64 {
    (u64::from(requests) * 60).div_ceil(u64::from(per_minute.get()))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rate(per_minute: u32, burst: u32) -> Rate<FakeRelativeClock> {
        let number = |number| NonZeroU32::new(number).unwrap();
        Rate::new(
            number(per_minute),
            number(burst),
            FakeRelativeClock::default(),
        )
    }

    fn client(number: u32) -> Client {
        Client::V4(Ipv4Addr::from_bits(number))
    }

    fn wait(judged: &Judged) -> Option<u64> {
        match judged {
            Judged::Over(seconds, _) => Some(*seconds),
            _ => None,
        }
    }

    #[test]
    fn who_asks_too_much_waits_and_nobody_else_does() {
        let rate = rate(6, 3);
        for _ in 0..3 {
            assert_eq!(wait(&rate.judge(client(1))), None);
        }
        assert_eq!(wait(&rate.judge(client(1))), Some(10));
        assert_eq!(wait(&rate.judge(client(2))), None);
        rate.clock.advance(Duration::from_millis(9_100));
        assert_eq!(wait(&rate.judge(client(1))), Some(1));
        rate.clock.advance(Duration::from_millis(900));
        assert_eq!(wait(&rate.judge(client(1))), None);
        assert_eq!(wait(&rate.judge(client(1))), Some(10));
    }

    #[test]
    fn each_answer_tells_what_is_left_and_when_all_will_be() {
        let rate = rate(60, 5);
        let told = |judged| match judged {
            Judged::Within(told) | Judged::Over(_, told) => {
                told.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            }
            Judged::Unlimited => panic!("it is limited"),
        };
        assert_eq!(
            told(rate.judge(client(1))),
            [
                "ratelimit: \"api\";r=4;t=1",
                "ratelimit-policy: \"api\";q=5;w=5"
            ]
        );
        for _ in 0..5 {
            rate.judge(client(1));
        }
        assert_eq!(told(rate.judge(client(1)))[0], "ratelimit: \"api\";r=0;t=5");
    }

    #[test]
    fn who_has_all_requests_again_is_forgotten() {
        let rate = rate(60, 10);
        rate.judge(client(1));
        rate.clock.advance(Duration::from_secs(5));
        for _ in 0..10 {
            rate.judge(client(2));
        }
        rate.limiter.retain_recent();
        assert_eq!(rate.limiter.len(), 1);
        rate.clock.advance(Duration::from_secs(11));
        rate.limiter.retain_recent();
        assert!(rate.limiter.is_empty());
        assert_eq!(wait(&rate.judge(client(2))), None);
    }
}
