//! What a limit knows of each client, in memory alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

use crate::web::client::Client;

/// How many clients are told apart at once: some 3 MB.
const MAX_CLIENTS: usize = 65_536;

/// When each client will have all of its requests again, as the limiter counts time.
pub struct Clients {
    known: Mutex<HashMap<Client, Nanos>>,
    most: usize,
}

impl Default for Clients {
    fn default() -> Self {
        Self::at_most(MAX_CLIENTS)
    }
}

impl Clients {
    fn at_most(most: usize) -> Self {
        Self {
            known: Mutex::default(),
            most,
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Client, Nanos>> {
        // What a panic leaves behind is whole: values are written at once.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Clients {
    type Key = Client;

    fn measure_and_replace<T, F, E>(&self, client: &Client, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut known = self.known();
        let (judged, back) = judge(known.get(client).copied())?;
        if known.len() >= self.most && !known.contains_key(client) {
            make_room(&mut known);
        }
        known.insert(*client, back);
        Ok(judged)
    }
}

impl ShrinkableKeyedStateStore<Client> for Clients {
    fn retain_recent(&self, before: Nanos) {
        self.known().retain(|_, back| *back > before);
    }

    fn shrink_to_fit(&self) {
        self.known().shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.known().len()
    }

    fn is_empty(&self) -> bool {
        self.known().is_empty()
    }
}

/// Half of the clients are as new: those who would be the soonest. So a flood of new addresses frees nobody who is over
/// the limit, and each of them costs as little as before.
fn make_room(known: &mut HashMap<Client, Nanos>) {
    let mut times: Vec<Nanos> = known.values().copied().collect();
    let middle = times.len() / 2;
    if let Some(middle) = (!times.is_empty()).then(|| *times.select_nth_unstable(middle).1) {
        known.retain(|_, back| *back > middle);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::num::NonZeroU32;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;
    use governor::middleware::StateInformationMiddleware;
    use governor::{Quota, RateLimiter};

    use super::*;

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory_and_frees_nobody_who_is_over_the_limit() {
        let quota = Quota::per_hour(NonZeroU32::MIN).allow_burst(NonZeroU32::new(3).unwrap());
        let clock = FakeRelativeClock::default();
        let limiter: RateLimiter<_, _, _, StateInformationMiddleware> =
            RateLimiter::new(quota, Clients::at_most(100), clock.clone());
        let client = |number| Client::V4(Ipv4Addr::from_bits(number));
        for _ in 0..3 {
            assert!(limiter.check_key(&client(0)).is_ok());
        }
        for number in 1..10_000 {
            clock.advance(Duration::from_millis(1));
            assert!(limiter.check_key(&client(number)).is_ok());
            assert!(limiter.check_key(&client(0)).is_err(), "after {number}");
            assert!(limiter.len() <= 100);
        }
    }
}
