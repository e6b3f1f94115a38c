//! `/{lang}/map`: the hosters that answer a question, on a map and as the list beside it.
//!
//! The same question as `services`, with `at` and `zoom` for what part of the earth is seen. Dot and row are one:
//! each leads to the other, and whoever does not see the map loses nothing.

mod row;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::place::Coordinates;
use crate::search::Results;
use crate::search::query::{FieldError, Problem, Query};
use crate::search::question::Question;
use crate::web::asking::Asking;
use crate::web::chart::map::{self, CLOSEST, MAP_HEIGHT, MAP_WIDTH, Port, View};
use crate::web::chart::mercator::{self, Point, project, unproject};
use crate::web::error::{Refused, wrong_parameters};
use crate::web::locale::Locale;
use crate::web::page::{Page, language_of, pairs, parameter, parameters, send};

use row::{Row, by_hoster, port};

/// How many results are read to find hosters, since one hoster may answer several times.
const HITS_READ: usize = 500;

#[derive(Template)]
#[template(path = "map.html")]
struct MapPage<'a> {
    page: Page,
    asking: Asking,
    count: String,
    /// The same question as a list.
    list: String,
    rows: Vec<Row<'a>>,
    chart: Option<Chart>,
    /// How many hosters are in nobody knows which place, in a sentence.
    unplaced: Option<String>,
    /// That there are more than are shown.
    more: Option<String>,
}

/// The map and the ways to look elsewhere on it.
struct Chart {
    /// Ids of the hosters with a mark of their own.
    alone: Vec<String>,
    label: String,
    /// The whole view, for the script: its middle on the canvas and its closeness.
    whole: String,
    marks: String,
    /// The land's place: its scale and where its corner lies.
    scale: String,
    left: String,
    top: String,
    ways: Vec<Way>,
    outside: Option<String>,
}

/// A step to another view.
struct Way {
    name: &'static str,
    label: &'static str,
    href: Option<String>,
}

/// The page.
pub async fn page(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let asked = Query::from_pairs(pairs(&given)).and_then(|query| {
        let query = Query {
            limit: Some(HITS_READ),
            offset: 0,
            ..query
        };
        let answer = edition.ask(&query, l.language)?;
        Ok((answer, wanted_view(&given)?))
    });
    let ((mut question, results), wanted) =
        asked.map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    question.query.limit = None;
    let view = map_page(&request, &edition, &question, &results, wanted, l);
    Ok(send(StatusCode::OK, &view))
}

/// The view that the address names: a middle, a closeness, or both.
fn wanted_view(given: &[(String, String)]) -> Result<(Option<Point>, Option<u8>), Vec<FieldError>> {
    let wrong = |field, problem| vec![FieldError { field, problem }];
    let middle = parameter(given, "at").map(|at| -> Result<Point, Vec<FieldError>> {
        let unknown = Problem::Unknown {
            similar: Vec::new(),
        };
        let at: Coordinates = at.parse().map_err(|_| wrong("at", unknown))?;
        Ok(project(at.latitude(), at.longitude()))
    });
    let middle = middle.transpose()?;
    let zoom = match parameter(given, "zoom") {
        None => None,
        Some(zoom) => Some(
            zoom.parse()
                .ok()
                .filter(|zoom| *zoom <= CLOSEST)
                .ok_or_else(|| {
                    let range = Problem::Number {
                        min: 0,
                        max: usize::from(CLOSEST),
                    };
                    wrong("zoom", range)
                })?,
        ),
    };
    Ok((middle, zoom))
}

fn map_page<'a>(
    request: &HttpRequest,
    edition: &'a Edition,
    question: &Question,
    results: &Results,
    wanted: (Option<Point>, Option<u8>),
    l: &'static Locale,
) -> MapPage<'a> {
    let query = question.query.to_query_string();
    let asking = Asking::new(request.path(), edition, question, results, l);
    let hosters = by_hoster(&results.hits);
    let shown: usize = hosters.iter().map(Vec::len).sum();
    let mut ports: Vec<Port> = hosters
        .iter()
        .filter_map(|hits| port(edition, hits[0]))
        .collect();
    map::spread(&mut ports);
    let here = question
        .place
        .as_ref()
        .map(|place| project(place.coordinates.latitude(), place.coordinates.longitude()));
    let link = |view: View| {
        let (latitude, longitude) = unproject(view.middle);
        let and = if query.is_empty() { "" } else { "&" };
        format!(
            "{}?{query}{and}at={latitude:.3},{longitude:.3}&zoom={}",
            request.path(),
            view.zoom
        )
    };
    let chart = chart(&ports, here, wanted, &link, l);
    let is_alone = |id: &str| {
        let alone = chart.as_ref().map(|chart| &chart.alone);
        alone.is_some_and(|alone| alone.iter().any(|known| known == id))
    };
    let unplaced = hosters.len() - ports.len();
    MapPage {
        page: Page {
            canonical: "/map".to_owned(),
            description: l.t("map.description").to_owned(),
            title: l.with("map.title", "what", &asking.heading),
            ..asking.page(request, l)
        },
        count: l.count("map.count", hosters.len()),
        list: format!("/{}/services?{query}", l.code()),
        rows: hosters
            .iter()
            .map(|hits| Row::new(edition, hits, &ports, is_alone, &link, l))
            .collect(),
        unplaced: (unplaced > 0).then(|| l.count("map.unplaced", unplaced)),
        more: (shown < results.total).then(|| l.with("map.more", "n", l.integer(results.total))),
        chart,
        asking,
    }
}

fn chart(
    ports: &[Port],
    here: Option<Point>,
    (middle, zoom): (Option<Point>, Option<u8>),
    link: &impl Fn(View) -> String,
    l: &'static Locale,
) -> Option<Chart> {
    let points: Vec<Point> = ports.iter().map(|port| port.at).collect();
    let whole = match here {
        Some(here) => View::around(here, &points),
        None => View::of(&points)?,
    };
    let view = View {
        middle: middle.unwrap_or(whole.middle),
        zoom: zoom.unwrap_or(whole.zoom),
    };
    let drawn = map::draw(ports, view, here, link, |n| l.count("map.count", n));
    let (left, top) = view.place(Point { x: 0.0, y: 0.0 });
    let way = |name, label, to: Option<View>| Way {
        name,
        label: l.t(label),
        href: to.filter(|to| *to != view).map(link),
    };
    let alone = drawn.alone.iter().map(|port| ports[*port].id.to_owned());
    Some(Chart {
        alone: alone.collect(),
        label: l.count("map.label", ports.len() - drawn.outside),
        whole: format!("{:.1} {:.1} {}", whole.middle.x, whole.middle.y, whole.zoom),
        marks: drawn.marks,
        scale: format!("{:.7}", view.scale()),
        left: format!("{left:.1}"),
        top: format!("{top:.1}"),
        ways: vec![
            way("in", "map.in", view.closer(1)),
            way("out", "map.out", view.closer(-1)),
            way("whole", "map.whole", Some(whole)),
            way("north", "map.north", Some(view.moved(0.0, -1.0))),
            way("west", "map.west", Some(view.moved(-1.0, 0.0))),
            way("east", "map.east", Some(view.moved(1.0, 0.0))),
            way("south", "map.south", Some(view.moved(0.0, 1.0))),
        ],
        outside: (drawn.outside > 0).then(|| l.count("map.outside", drawn.outside)),
    })
}
