//! `/api/v1/instances/hosts`: the PeerTube instances among the listed services, in the shape and with the
//! parameters of PeerTube's own index.
//!
//! An operator of PeerTube can name this directory as the index to follow
//! (`followings.instance.auto_follow_index.index_url`), which asks with `count` and `since`.

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::catalogue::{Catalogue, Edition};
use crate::domain::date::{PartialDate, Precision};
use crate::domain::service::Service;
use crate::formats::peertube_index::{self, CREATED, Index};
use crate::search::query::{FieldError, MAX_OFFSET, Problem};
use crate::web::page::{parameter, parameters};

use super::answer::{DEFAULT_LANGUAGE, send_written};
use super::parameters::Hosts;
use super::refused::Refused;

/// How many hosts an answer holds where nobody said how many: as PeerTube's index.
pub const DEFAULT_COUNT: usize = 20;
/// The most hosts of one answer: as many as PeerTube asks for.
pub const MAX_COUNT: usize = 1_000;

/// The orders that can be asked for; with a minus the other way round.
pub const SORTS: [&str; 4] = ["createdAt", "-createdAt", "host", "-host"];
/// The order where nobody asks for another.
pub const DEFAULT_SORT: &str = "-createdAt";

/// What the hosts are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Host,
    Created,
}

/// What is asked for.
#[derive(Debug, PartialEq)]
struct Ask {
    start: usize,
    count: usize,
    since: Option<DateTime<Utc>>,
    sort: Sort,
    descending: bool,
}

/// The answer.
#[utoipa::path(
    get,
    path = "/instances/hosts",
    operation_id = "instances",
    params(Hosts),
    responses((status = 200, body = Index)),
)]
pub async fn hosts(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&parameters(&request))
        .map_err(|errors| Refused::new(&errors, DEFAULT_LANGUAGE))?;
    let edition = catalogue.current();
    let written = edition
        .answers
        .get_or_write(format!("instances {ask:?}"), || {
            let hosts = ask.of(instances(&edition));
            let shown = hosts.iter().skip(ask.start).take(ask.count);
            let index = peertube_index::write(hosts.len(), shown.map(String::as_str));
            serde_json::to_vec(&index)
        });
    Ok(send_written(&request, written))
}

impl Ask {
    fn read(parameters: &[(String, String)]) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut number = |field: &'static str, min: usize, max: usize, default: usize| {
            let Some(text) = parameter(parameters, field) else {
                return default;
            };
            let number = text
                .parse()
                .ok()
                .filter(|number| (min..=max).contains(number));
            number.unwrap_or_else(|| {
                let problem = Problem::Number { min, max };
                errors.push(FieldError { field, problem });
                default
            })
        };
        let start = number("start", 0, MAX_OFFSET, 0);
        let count = number("count", 0, MAX_COUNT, DEFAULT_COUNT);
        let since = parameter(parameters, "since").and_then(|text| {
            let since = moment(text);
            if since.is_none() {
                let problem = Problem::Moment;
                errors.push(FieldError {
                    field: "since",
                    problem,
                });
            }
            since
        });
        let sort = parameter(parameters, "sort").unwrap_or(DEFAULT_SORT);
        let (descending, name) = match sort.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, sort),
        };
        let sort = match name {
            "host" => Sort::Host,
            "createdAt" => Sort::Created,
            _ => {
                let problem = Problem::Word(SORTS.join(", "));
                errors.push(FieldError {
                    field: "sort",
                    problem,
                });
                Sort::Created
            }
        };
        match errors.is_empty() {
            true => Ok(Self {
                start,
                count,
                since,
                sort,
                descending,
            }),
            false => Err(errors),
        }
    }

    /// The hosts that are asked for, in their order, each once.
    fn of(&self, instances: HashMap<String, DateTime<Utc>>) -> Vec<String> {
        let mut instances: Vec<_> = instances
            .into_iter()
            .filter(|(_, created)| self.since.is_none_or(|since| *created >= since))
            .collect();
        instances.sort_by(|(a, created_a), (b, created_b)| {
            let order = match self.sort {
                Sort::Host => a.cmp(b),
                Sort::Created => created_a.cmp(created_b).then_with(|| a.cmp(b)),
            };
            if self.descending {
                order.reverse()
            } else {
                order
            }
        });
        instances.into_iter().map(|(host, _)| host).collect()
    }
}

/// The hosts of the listed instances, and when each may have been created at the latest.
fn instances(edition: &Edition) -> HashMap<String, DateTime<Utc>> {
    let services = edition.listed_with(peertube_index::PEERTUBE);
    services
        .filter_map(|service| {
            Some((
                peertube_index::host(service)?,
                created(service, edition.day()),
            ))
        })
        .collect()
}

/// When an instance was created, if an index said so; else the end of the day on which it was last seen,
/// before which it must have been: whoever asks for new ones gets rather too many than too few.
fn created(service: &Service, today: NaiveDate) -> DateTime<Utc> {
    let (format, key) = CREATED;
    let said = service.other.get(&format!("{format}:{key}"));
    let said = said.and_then(|json| moment(serde_json::from_str(json).ok()?));
    said.unwrap_or_else(|| {
        let seen = (service.source.seen).filter(|seen| seen.precision() == Precision::Day);
        end_of(seen.map_or(today, PartialDate::first_day))
    })
}

fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
    midnight.and_utc()
}

/// A moment (RFC 3339), or the beginning of a day.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let day = || {
        Some(
            text.parse::<NaiveDate>()
                .ok()?
                .and_time(NaiveTime::MIN)
                .and_utc(),
        )
    };
    let moment = DateTime::parse_from_rfc3339(text).ok();
    moment.map(|moment| moment.to_utc()).or_else(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Result<Ask, Vec<&'static str>> {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let pairs: Vec<_> = pairs.into_owned().collect();
        Ask::read(&pairs).map_err(|errors| errors.iter().map(|error| error.field).collect())
    }

    fn instances() -> HashMap<String, DateTime<Utc>> {
        let days = [
            ("b.example", "2025-01-01"),
            ("a.example", "2026-01-01"),
            ("c.example", "2024-01-01"),
        ];
        days.map(|(host, day)| (host.to_owned(), moment(day).unwrap()))
            .into()
    }

    #[test]
    fn hosts_come_in_the_order_and_since_the_day_that_is_asked_for() {
        let hosts = |query| ask(query).unwrap().of(instances()).join(" ");
        assert_eq!(hosts(""), "a.example b.example c.example");
        assert_eq!(hosts("sort=createdAt"), "c.example b.example a.example");
        assert_eq!(hosts("sort=-host"), "c.example b.example a.example");
        assert_eq!(hosts("since=2025-01-01"), "a.example b.example");
        assert_eq!(
            hosts("since=2025-01-01T00%3A00%3A01.000Z&sort=host"),
            "a.example"
        );
    }

    #[test]
    fn what_peertube_asks_is_understood_and_what_is_wrong_is_named() {
        let asked = ask("count=1000&since=2026-11-27T23%3A00%3A00.000Z").unwrap();
        assert_eq!((asked.start, asked.count), (0, 1000));
        let wrong = ask("start=-1&count=1001&since=yesterday&sort=name");
        assert_eq!(wrong, Err(vec!["start", "count", "since", "sort"]));
    }

    #[test]
    fn an_instance_is_as_old_as_an_index_says_or_else_as_young_as_it_may_be() {
        let today = "2026-11-28".parse().unwrap();
        let service = |other: &str| -> Service {
            serde_json::from_value(serde_json::json!({
                "id": "s", "hoster": "a", "name": "S", "need": "video-hosting", "software": "peertube", "url": "https://tube.example:9443/",
                "source": { "kind": "observation", "by": "x", "seen": "2026-11" },
                "other": { "peertube-index:createdAt": other },
            }))
            .unwrap()
        };
        let told = service("\"2020-03-14T10:11:12.000Z\"");
        assert_eq!(
            created(&told, today).to_rfc3339(),
            "2020-03-14T10:11:12+00:00"
        );
        assert_eq!(
            created(&service("5"), today).to_rfc3339(),
            "2026-11-29T00:00:00+00:00"
        );
        assert_eq!(
            peertube_index::host(&told).as_deref(),
            Some("tube.example:9443")
        );
    }
}
