//! People who look around, sites that embed, programs that ask, nodes that post: in the mix that a directory may
//! expect.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use archipelago::domain::taxonomy::Taxonomy;
use serde_json::Value;
use tokio::task::JoinSet;

use super::asking::Connection;
use super::draw::Draw;
use super::scene::Scene;
use super::support::Any;
use super::tally::Tally;

/// On how many connections they come, in turn.
const CONNECTIONS: usize = 16;

/// What is asked, of a hundred.
pub const MIX: [(&str, usize); 7] = [
    ("pages", 40),
    ("search", 20),
    ("suggest and places", 10),
    ("widget", 15),
    ("go", 5),
    ("feeds, badges, the rest", 5),
    ("inbox", 5),
];

/// What can be asked for.
#[derive(Clone)]
pub struct Visitors {
    pub address: SocketAddr,
    names: Arc<Names>,
    posts: Arc<Posts>,
}

/// What the hoster posts, each in its turn; after the last the first is posted again.
struct Posts {
    signed: Vec<Arc<[u8]>>,
    posted: AtomicUsize,
}

struct Names {
    needs: Vec<String>,
    services: Vec<String>,
    hosters: Vec<String>,
}

/// One question, and the status of its answer.
pub struct Visit {
    /// Its place in [`MIX`].
    pub kind: usize,
    pub request: Request,
    pub status: u16,
}

/// What is sent.
pub enum Request {
    Get(String),
    Post(Arc<[u8]>),
}

impl Visitors {
    pub async fn of(scene: &Scene) -> Any<Self> {
        let address = scene.directory.address;
        let taxonomy = Taxonomy::embedded();
        let needs = taxonomy.needs().iter().map(|need| need.id.to_string());
        let names = Names {
            needs: needs.collect(),
            services: listed(address, "services").await?,
            hosters: listed(address, "hosters").await?,
        };
        Ok(Self {
            address,
            names: Arc::new(names),
            posts: Arc::new(Posts {
                signed: scene.posts().await?.into_iter().map(Arc::from).collect(),
                posted: AtomicUsize::new(0),
            }),
        })
    }

    /// Lets so many come each second, whether or not those before them were answered by then.
    pub fn come(&self, per_second: f64, tally: &Arc<Tally>, people: &mut JoinSet<()>) {
        let pause = Duration::from_secs_f64(CONNECTIONS as f64 / per_second);
        for line in 0..CONNECTIONS {
            let (visitors, tally) = (self.clone(), Arc::clone(tally));
            people.spawn(async move {
                let mut next = Instant::now() + pause.mul_f64(line as f64 / CONNECTIONS as f64);
                let mut connection = None;
                for number in (line..).step_by(CONNECTIONS) {
                    tokio::time::sleep_until(next.into()).await;
                    let visit = visitors.visit(number as u64);
                    let answered = ask(visitors.address, &mut connection, &visit).await;
                    // Counted from when it was due: who waits for others waits, too.
                    tally.note(&visit, answered, next.elapsed());
                    next += pause;
                }
            });
        }
    }

    /// The so many-th question, always the same but for what is posted.
    pub fn visit(&self, number: u64) -> Visit {
        let mut draw = Draw(number);
        let mut left = draw.below(100);
        let mut kind = 0;
        while left >= MIX[kind].1 {
            left -= MIX[kind].1;
            kind += 1;
        }
        let (request, status) = match MIX[kind].0 {
            "inbox" => (Request::Post(self.posts.next()), 202),
            _ => {
                let (path, status) = self.names.path(kind, &mut draw);
                (Request::Get(path), status)
            }
        };
        Visit {
            kind,
            request,
            status,
        }
    }
}

impl Posts {
    fn next(&self) -> Arc<[u8]> {
        let number = self.posted.fetch_add(1, Relaxed) % self.signed.len();
        Arc::clone(&self.signed[number])
    }
}

impl Names {
    fn path(&self, kind: usize, draw: &mut Draw) -> (String, u16) {
        let place = place(draw);
        let (need, service, hoster) = (
            draw.one(&self.needs).clone(),
            draw.one(&self.services).clone(),
            draw.one(&self.hosters).clone(),
        );
        let lang = *draw.one(&["fr", "en"]);
        match kind {
            0 => match draw.below(10) {
                0 | 1 => (format!("/{lang}/"), 200),
                2 | 3 => (format!("/{lang}/leave/framadate?near={place}"), 200),
                4 | 5 => (format!("/{lang}/services?need={need}&near={place}"), 200),
                6 => (format!("/{lang}/services/{service}"), 200),
                7 => (format!("/{lang}/hosters/{hoster}"), 200),
                8 => (format!("/{lang}/map?need={need}"), 200),
                // Some have mistyped an address.
                _ => (format!("/{lang}/hosters/nobody-{need}"), 404),
            },
            1 => match draw.below(4) {
                0 => (format!("/api/v1/search?q=pads+{need}&near={place}"), 200),
                _ => (format!("/api/v1/search?need={need}&near={place}"), 200),
            },
            2 => match draw.below(2) {
                0 => (format!("/api/v1/suggest?q={}", &need[..2]), 200),
                _ => (format!("/api/v1/places?q={}", &need[..3]), 200),
            },
            3 => match draw.below(3) {
                0 => ("/widget.js".to_owned(), 200),
                1 => (format!("/embed?need={need}&near={place}"), 200),
                _ => (
                    format!("/api/v1/search?leave=framapad&near={place}&limit=3"),
                    200,
                ),
            },
            4 => (format!("/go/polls?near={place}"), 303),
            _ => match draw.below(5) {
                0 => (format!("/{lang}/services.atom?need={need}"), 200),
                1 => (format!("/{lang}/closings.ics"), 200),
                2 => (format!("/badge/{hoster}.svg"), 200),
                3 => (format!("/{lang}/about"), 200),
                _ => ("/api/v1/closings".to_owned(), 200),
            },
        }
    }
}

/// Asks on a connection, which is opened where there is none; after a failure, or an answer that is the last
/// there, there is none.
pub async fn ask(
    address: SocketAddr,
    connection: &mut Option<Connection>,
    visit: &Visit,
) -> Result<u16, String> {
    let mut open = match connection.take() {
        Some(open) => open,
        None => Connection::to(address)
            .await
            .map_err(|error| error.to_string())?,
    };
    let answered = match &visit.request {
        Request::Get(path) => open.get(path).await,
        Request::Post(post) => open.ask(post).await,
    };
    let status = answered.map_err(|error| error.to_string())?;
    *connection = Some(open).filter(|open| !open.has_ended);
    Ok(status)
}

/// Ids of a list of the API.
async fn listed(address: SocketAddr, list: &str) -> Any<Vec<String>> {
    let url = format!("http://{address}/api/v1/{list}?limit=100");
    let answer = reqwest::get(url).await?.json::<Value>().await?;
    let found = answer["results"].as_array().ok_or("no results")?;
    let ids = found.iter().filter_map(|entry| entry["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

/// Coordinates as a browser rounds them, in and about France.
fn place(draw: &mut Draw) -> String {
    let (north, east) = (draw.below(80), draw.below(120));
    format!(
        "{:.1},{:.1}",
        43.0 + north as f64 / 10.0,
        -3.0 + east as f64 / 10.0
    )
}
