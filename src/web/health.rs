//! `/healthz` and `/readyz`: whether this process answers, and whether visitors may be sent to it.
//!
//! Neither asks the database, so that any number of probes costs nothing. A node whose database is away still
//! answers from memory, and every replica loses it at the same time: it stays ready, and says since when.

mod condition;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HOST};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::limit::{Limit, Whom};
use super::traffic::Traffic;
use super::wire::Node;
use crate::mirror::Held;
pub use condition::{Condition, Database, free_bytes};

/// What `/healthz` says: that this process answers, which it is, and what arrived of the question. `doctor`
/// compares it with what it asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Always "answers".
    pub status: String,
    /// Where the node was founded, if it was.
    pub node: Option<Url>,
    /// A name of this process, by chance and for as long as it runs.
    pub instance: String,
    /// What arrived of the question.
    pub asked: Asked,
}

/// What arrived of a question, behind whatever stands in front of the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The host that was asked.
    pub host: String,
    /// `https`, if whoever stands in front says so and is believed.
    pub scheme: String,
    /// Whether it says for whom it asks.
    pub client: Whom,
}

/// `/healthz`
pub async fn alive(
    request: HttpRequest,
    condition: Data<Condition>,
    limit: Data<Limit>,
    node: Node,
) -> HttpResponse {
    let host = request.headers().get(HOST);
    let scheme = match limit.is_by_proxy(&request) {
        true => request.connection_info().scheme().to_owned(),
        false => "http".to_owned(),
    };
    let health = Health {
        status: "answers".to_owned(),
        node: node.map(|node| node.addresses().home()),
        instance: condition.instance().to_owned(),
        asked: Asked {
            host: String::from_utf8_lossy(host.map_or(b"", |host| host.as_bytes())).into_owned(),
            scheme,
            client: limit.whom(&request),
        },
    };
    told(StatusCode::OK, &health)
}

/// What `/readyz` says.
#[derive(Serialize)]
struct Readiness {
    /// "ready", or why not: "stopping", "empty".
    status: &'static str,
    /// "answers", or since when it does not.
    database: String,
}

/// `/readyz`
pub async fn ready(
    condition: Data<Condition>,
    traffic: Data<Traffic>,
    held: Option<Data<Held>>,
) -> HttpResponse {
    let status = status(&traffic, held.as_deref().map(AsRef::as_ref));
    let database = match condition.database() {
        Database::Answers => "answers".to_owned(),
        Database::Away { since } => format!("away since {}", shown(since)),
    };
    let code = match status {
        "ready" => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    told(code, &Readiness { status, database })
}

/// "ready", or why visitors must not be sent here.
pub(super) fn status(traffic: &Traffic, held: Option<&Held>) -> &'static str {
    if traffic.leaves() {
        "stopping"
    } else if held.is_some_and(|held| held.as_of().is_none()) {
        "empty"
    } else {
        "ready"
    }
}

fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn told(status: StatusCode, what: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(what)
}
