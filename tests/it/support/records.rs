//! Small hosters and services, in the words of our own format.

use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use chrono::{DateTime, Utc};
use serde_json::json;

/// A hoster as a third party's list gives it.
pub fn hoster(id: &str) -> Hoster {
    hoster_by("third-party-list", id, "A hoster")
}

/// A hoster of a kind of source, by a name.
pub fn hoster_by(source: &str, id: &str, name: &str) -> Hoster {
    let record = json!({
        "id": id, "name": name, "languages": ["fr"], "website": "https://example.org/",
        "description": { "fr": "Un hébergeur" },
        "source": { "kind": source, "by": "a test", "seen": "2026-11" },
    });
    serde_json::from_value(record).unwrap()
}

/// A service as a third party's list gives it.
pub fn service(hoster: &str, id: &str) -> Service {
    let record = json!({
        "id": id, "hoster": hoster, "name": "Pads", "need": "pads", "registration": "none",
        "price": { "kind": "free" }, "closing": { "on": "2027" },
        "source": { "kind": "third-party-list", "by": "a test" },
    });
    serde_json::from_value(record).unwrap()
}

/// A moment for those to whom it does not matter.
pub fn some_day() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
