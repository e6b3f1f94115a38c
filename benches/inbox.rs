//! How many activities a node takes per second of one core, against what verifying their signatures
//! alone would allow.
//!
//! `cargo bench --bench inbox`. Figures stand in BENCHMARKS.md. Signing is done beforehand. The node is
//! this program once more, as a process of its own with the real routes over a real database file, so
//! that the time of its processors, as the system counts it (`/proc`, Linux), is all of what receiving
//! costs and nothing of what sending does: reading HTTP, the guard, the federation library, JSON, and
//! the commit that an activity is answered after. Applying comes later and is not in it. Requests come
//! on connections that are kept, one after the other on each.
//!
//! `cargo bench --bench inbox -- flood` posts what nobody should post instead, and tells how much memory
//! the node holds before and after.
//!
//! `INBOX_DATABASE_URL` names another database than a new SQLite file, which must be empty.

#[path = "support/signed.rs"]
mod signed;
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use actix_web::{App, HttpServer};
use archipelago::catalogue::Catalogue;
use archipelago::clock::Clock;
use archipelago::config::{Blocks, Config, Directory, Limits, Log, Network, Server, Trust};
use archipelago::domain::choices::Choices;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::domain::text::Name;
use archipelago::federation::signature::{Parts, PrivateKey, PublicKey, SigningKey, cavage, check};
use archipelago::federation::{Federation, Founder, Kind};
use archipelago::formats::activitypub::activity;
use archipelago::formats::activitypub::actor::read_actor;
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::formats::activitypub::ids::hoster_id;
use archipelago::store::{Change, Effect, Received, Store};
use archipelago::web::{self, Condition};
use mimalloc::MiMalloc;
use serde_json::json;
use signed::{signed, written};
use support::{Any, cpu, held};
use url::Url;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many activities are posted in one run, each signed and with an id of its own.
const ACTIVITIES: usize = 7_680;
/// How many parts a run is posted in. Verification alone is measured before each, since the machine
/// becomes slower and faster meanwhile.
const PARTS: usize = 4;
/// How many runs; the median counts.
const RUNS: usize = 5;
/// How many connections post at once.
const CONNECTIONS: usize = 128;
/// How often each part is timed alone.
const ROUNDS: u32 = 3_000;
/// As much as the intake keeps at once at most.
const BATCH: usize = 128;

/// How often each processor verifies to be measured, about a quarter of a second.
const VERIFICATIONS: usize = 1_000;

fn main() -> Any<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("receive") => receive(&arguments[2], &arguments[3]),
        Some("flood") => tokio::runtime::Runtime::new()?.block_on(flood()),
        _ => tokio::runtime::Runtime::new()?.block_on(measure()),
    }
}

/// The node: the real routes and nothing beside them.
fn receive(database_url: &str, listen: &str) -> Any<()> {
    let listen: SocketAddr = listen.parse()?;
    let config = config(database_url, listen);
    actix_web::rt::System::new().block_on(async {
        let store = Store::open(database_url).await?;
        let clock = Clock::system();
        let catalogue = Catalogue::open(&store, Choices::default(), clock.now()).await?;
        let federation = Federation::open(store, &config, clock).await?;
        let data = (
            Data::new(catalogue),
            Data::new(federation.ok_or("not founded")?),
            Data::new(Condition::new(Clock::system().now(), None)),
        );
        let app = move || {
            let (catalogue, federation, condition) = data.clone();
            let app = App::new().wrap_fn(web::headers);
            app.app_data(catalogue)
                .app_data(condition)
                .app_data(federation)
                .configure(web::configure)
        };
        let server = HttpServer::new(app).bind(listen)?.run();
        println!("ready");
        Ok(server.await?)
    })
}

fn config(database_url: &str, listen: SocketAddr) -> Config {
    Config {
        database_url: database_url.to_owned(),
        listen,
        domain: None,
        directory: Directory {
            least_standing: None,
        },
        trust: Trust::default(),
        blocks: Blocks::default(),
        network: Network {
            allow: vec!["127.0.0.0/8".parse().expect("it is a range")],
        },
        limits: Limits::default(),
        server: Server::default(),
        log: Log::default(),
    }
}

/// What is posted: made by a hoster's node of its own.
struct Sender {
    document: String,
    id: Url,
    key: SigningKey,
    public_pem: String,
    actor: Effect,
}

async fn founded(
    url: &str,
    listen: SocketAddr,
    name: &str,
    kind: Kind,
) -> Any<(Store, Federation)> {
    let store = Store::open(url).await?;
    let clock = Clock::system();
    let addresses = addresses(name, listen);
    let actor = addresses.actor(Local::Hoster);
    let hoster: Hoster = serde_json::from_value(json!({
        "id": hoster_id(&actor).ok_or("no id")?, "name": "Pads for all", "actor": actor,
        "place": { "country": "FR", "city": "Nantes", "coordinates": [47.2184, -1.5536] },
        "languages": ["fr"], "source": { "kind": "own-node", "by": actor, "seen": "2026-11-23" },
    }))?;
    let founder = Founder {
        addresses,
        kind,
        username: name.to_owned(),
        name: Name::parse("Pads for all")?,
        hoster: (kind == Kind::Hoster).then_some(hoster),
    };
    founder.found(&store, clock.now()).await?;
    let federation = Federation::open(store.clone(), &config(url, listen), clock).await?;
    Ok((store, federation.ok_or("not founded")?))
}

fn addresses(name: &str, listen: SocketAddr) -> Addresses {
    let origin = format!("http://{name}.localhost:{}/", listen.port());
    Addresses::of(origin.parse().expect("it is an address"))
}

impl Sender {
    async fn new(directory: &str) -> Any<Self> {
        let url = format!("sqlite:{directory}/sender.db");
        let listen: SocketAddr = "127.0.0.1:9".parse()?;
        let (store, federation) = founded(&url, listen, "sender", Kind::Hoster).await?;
        let service: Service = serde_json::from_value(json!({
            "id": "pads", "hoster": "x", "name": "Pads", "need": "pads",
            "url": "https://pads.example.org/", "registration": "none", "price": { "kind": "free" },
            "description": { "fr": "Des pads pour écrire à plusieurs, sans compte." },
            "languages": ["fr"], "source": { "kind": "own-node", "by": "x" },
        }))?;
        federation.add_services(vec![service]).await?;
        let (published, _) = store.outbox(Local::Hoster, 1, 0).await?;
        let keys = store.local_keys(Local::Hoster).await?;
        let id = federation.addresses().actor(Local::Hoster);
        let document = federation.document(id.path(), None).await?;
        let document = document.ok_or("no actor")?.body;
        let actor = read_actor(&document, &id, Clock::system().today())?;
        Ok(Self {
            document: published[0].document.clone(),
            id: published[0].id.clone(),
            public_pem: keys[0].public_pem.clone(),
            key: SigningKey {
                id: keys[0].id.clone(),
                private: PrivateKey::from_pem(&keys[0].private_pem)?,
            },
            actor: Effect::KeepActor(Box::new(actor)),
        })
    }

    /// The `number`th activity.
    fn body(&self, number: usize) -> String {
        let other = format!("{}{number:06}", self.id);
        self.document.replacen(self.id.as_str(), &other, 1)
    }

    /// The request that posts it to an inbox.
    fn request(&self, number: usize, inbox: &Url) -> (String, Vec<(String, String)>) {
        signed(&self.key, self.body(number), inbox)
    }

    fn bytes(&self, number: usize, inbox: &Url) -> Vec<u8> {
        let (body, headers) = self.request(number, inbox);
        written(inbox, &body, &headers)
    }

    /// A Delete by an actor of itself, signed in good form, whose like reaches every node by the
    /// thousands.
    fn delete_of_unknown(&self, number: usize, inbox: &Url) -> Vec<u8> {
        let actor = format!("http://far.localhost:9/u{number}");
        let document = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}#delete"),
            "type": "Delete", "actor": actor, "object": actor,
        });
        let id = format!("{actor}#main-key")
            .parse()
            .expect("it is an address");
        let private = self.key.private.clone();
        let (body, headers) = signed(&SigningKey { id, private }, document.to_string(), inbox);
        written(inbox, &body, &headers)
    }
}

async fn measure() -> Any<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().display().to_string();
    let url = std::env::var("INBOX_DATABASE_URL").unwrap_or(format!("sqlite:{path}/receiver.db"));
    let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let sender = Sender::new(&path).await?;
    let (store, _) = founded(&url, listen, "receiver", Kind::Directory).await?;
    let change = Change {
        effects: vec![sender.actor.clone()],
        publications: Vec::new(),
    };
    store.commit(&change, Clock::system().now()).await?;
    let inbox = addresses("receiver", listen).shared_inbox();
    println!("an activity has {} bytes", sender.body(0).len());

    let mut ratios = Vec::new();
    let mut node = Node::start(&url, listen)?;
    for run in 0..RUNS {
        let requests: Vec<_> = (0..ACTIVITIES)
            .map(|number| sender.bytes(run * ACTIVITIES + number, &inbox))
            .collect();
        let mut connections = connect(listen);
        let (mut alone, mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for part in requests.chunks(ACTIVITIES / PARTS) {
            alone += verify_alone(&sender)?;
            let before = (Instant::now(), node.cpu()?);
            post(&mut connections, "202", part);
            wall += before.0.elapsed();
            cpu += node.cpu()? - before.1;
        }
        let kept = store.waiting().await?;
        assert_eq!(kept, u64::try_from((run + 1) * ACTIVITIES)?, "each is kept");
        let alone = (PARTS * VERIFICATIONS * processors()?) as f64 / alone.as_secs_f64();
        let per_cpu = ACTIVITIES as f64 / cpu.as_secs_f64();
        let ratio = per_cpu / alone;
        println!(
            "verification alone {alone:.0}/s; received {per_cpu:.0} per second of a core ({:.0}/s by the clock, {:.2} cores): {:.0} %",
            ACTIVITIES as f64 / wall.as_secs_f64(),
            cpu.as_secs_f64() / wall.as_secs_f64(),
            ratio * 100.0
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median {:.0} %", ratios[RUNS / 2] * 100.0);
    node.0.kill()?;
    node.0.wait()?;
    parts(&sender, &inbox, &store).await
}

/// The node in its process.
struct Node(Child);

impl Node {
    fn start(url: &str, listen: SocketAddr) -> Any<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["receive", url, &listen.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        BufReader::new(output).read_line(&mut String::new())?;
        Ok(Self(process))
    }

    fn cpu(&self) -> Any<Duration> {
        cpu(&self.0.id().to_string())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What [`VERIFICATIONS`] of each processor cost, done as the federation library does them: the key read
/// from its text each time. Every processor is busy with it, as all are while the node is posted to: two
/// virtual processors may be halves of one.
fn verify_alone(sender: &Sender) -> Any<Duration> {
    let text = sender.body(0);
    let signature = signature_of(sender, text.as_bytes());
    let processors = processors()?;
    let begun = cpu("self")?;
    thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                for _ in 0..VERIFICATIONS {
                    verify_once(&sender.public_pem, &signature);
                }
            });
        }
    });
    Ok(cpu("self")? - begun)
}

fn processors() -> Any<usize> {
    Ok(thread::available_parallelism()?.get())
}

/// A signature, and what it signs.
struct Made {
    text: String,
    signature: Vec<u8>,
}

fn signature_of(sender: &Sender, body: &[u8]) -> Made {
    let inbox: Url = "http://receiver.localhost:8080/ap/inbox"
        .parse()
        .expect("it is an address");
    let headers = cavage::sign_post(&sender.key, &inbox, body, Clock::system().now());
    let of = |name: &str| headers[name].to_str().expect("it is plain").to_owned();
    let text = format!(
        "(request-target): post /ap/inbox\nhost: receiver.localhost:8080\ndate: {}\ndigest: {}",
        of("date"),
        of("digest")
    );
    let signature = of("signature");
    let signature = signature.rsplit('"').nth(1).expect("it has a signature");
    let signature = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, signature);
    Made {
        text,
        signature: signature.expect("it is base64"),
    }
}

fn verify_once(pem: &str, made: &Made) {
    let key = PublicKey::parse(pem).expect("it is a key");
    let verified = key.verify_pkcs1v15_sha256(made.text.as_bytes(), &made.signature);
    verified.expect("it is its signature");
}

fn connect(address: SocketAddr) -> Vec<TcpStream> {
    let connect = |_| {
        let stream = TcpStream::connect(address).expect("the node listens");
        stream.set_nodelay(true).expect("it is a socket");
        stream
    };
    (0..CONNECTIONS).map(connect).collect()
}

/// Posts all requests, each of which must be answered with `status`.
fn post(connections: &mut [TcpStream], status: &str, requests: &[Vec<u8>]) {
    let each = requests.len().div_ceil(connections.len());
    thread::scope(|scope| {
        for (stream, mine) in connections.iter_mut().zip(requests.chunks(each)) {
            scope.spawn(move || {
                for request in mine {
                    stream.write_all(request).expect("the node reads");
                    let answer = answer(stream);
                    assert!(
                        answer[9..].starts_with(status),
                        "{status} expected: {answer}"
                    );
                }
            });
        }
    });
}

/// One answer, to its end.
fn answer(mut stream: &TcpStream) -> String {
    let mut answer = Vec::new();
    loop {
        let mut some = [0; 4096];
        let more = stream.read(&mut some).expect("the node answers");
        answer.extend_from_slice(&some[..more]);
        let text = String::from_utf8_lossy(&answer);
        assert!(more > 0, "the node broke off: {text}");
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1).map_or(0, |rest| {
                let digits = rest.lines().next().unwrap_or_default();
                digits.parse().expect("it is a length")
            });
            if body.len() >= length {
                return text.into_owned();
            }
        }
    }
}

/// What nobody should post, by the tens of thousands, and the memory that the node then holds.
async fn flood() -> Any<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().display().to_string();
    let url = format!("sqlite:{path}/receiver.db");
    let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let sender = Sender::new(&path).await?;
    let (store, _) = founded(&url, listen, "receiver", Kind::Directory).await?;
    let change = Change {
        effects: vec![sender.actor.clone()],
        publications: Vec::new(),
    };
    store.commit(&change, Clock::system().now()).await?;
    let inbox = addresses("receiver", listen).shared_inbox();
    let node = Node::start(&url, listen)?;
    let tell = |what: &str| -> Any<()> {
        println!("{:.1} MB after {what}", held(&node.0.id().to_string())?);
        Ok(())
    };
    tell("the start")?;
    let good: Vec<_> = (0..1_000)
        .map(|number| sender.bytes(number, &inbox))
        .collect();
    post(&mut connect(listen), "202", &good);
    tell("1,000 good posts")?;
    for _ in 0..2 {
        let unsigned = (0..20_000).map(|number| {
            let body = sender.body(number);
            let authority = addresses("receiver", listen).authority().to_owned();
            let length = body.len();
            format!("POST /ap/inbox HTTP/1.1\r\nhost: {authority}\r\ncontent-length: {length}\r\n\r\n{body}")
        });
        let unsigned: Vec<_> = unsigned.map(String::into_bytes).collect();
        post(&mut connect(listen), "401", &unsigned);
        tell("20,000 unsigned posts")?;
        let deletes = (0..20_000).map(|number| sender.delete_of_unknown(number, &inbox));
        let deletes: Vec<_> = deletes.collect();
        post(&mut connect(listen), "202", &deletes);
        tell("20,000 Deletes of actors nobody knows")?;
        let wrong = (0..5_000).map(|number| {
            let other = sender.bytes(number, &inbox);
            // As long as before, and another.
            let text = String::from_utf8(other).expect("it is text");
            text.replacen("signature=\"", "signature=\"AAAA", 1)
                .into_bytes()
        });
        let wrong: Vec<_> = wrong.collect();
        post(&mut connect(listen), "401", &wrong);
        tell("5,000 wrongly signed posts")?;
    }
    assert_eq!(store.waiting().await?, 1_000, "nothing of it is kept");
    Ok(())
}

/// Where the time goes: the parts one by one, in microseconds of this process.
async fn parts(sender: &Sender, inbox: &Url, store: &Store) -> Any<()> {
    let (body, headers) = sender.request(9_999_999, inbox);
    let home: Url = inbox.join("/")?;
    let now = Clock::system().now();
    let parts = Parts {
        method: "POST",
        path_and_query: inbox.path(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect(),
    };
    let made = signature_of(sender, body.as_bytes());
    timed("the guard, digest included", || {
        check(&parts, body.as_bytes(), &home, now).expect("it is signed");
    });
    timed("the activity, read", || {
        activity::read(body.as_bytes()).expect("it is an activity");
    });
    timed("the key, read from its text", || {
        PublicKey::parse(&sender.public_pem).expect("it is a key");
    });
    timed("the key read and the signature verified", || {
        verify_once(&sender.public_pem, &made)
    });
    let Effect::KeepActor(actor) = &sender.actor else {
        return Err("no actor".into());
    };
    for size in [1, 8, 32, BATCH] {
        let rounds = 512 / size;
        let begun = cpu("self")?;
        let clock = Instant::now();
        for round in 0..rounds {
            let batch: Vec<_> = (0..size)
                .map(|number| Received {
                    id: format!("{}x{size}-{round}-{number}", sender.id)
                        .parse()
                        .expect("it is an address"),
                    actor: actor.id.clone(),
                    body: body.clone(),
                    newly_read: None,
                })
                .collect();
            store.receive(&batch, now).await?;
        }
        let each = |time: Duration| time.as_secs_f64() * 1e6 / (rounds * size) as f64;
        println!(
            "{:>8.1} µs of a core ({:.1} by the clock): kept, {size} in a transaction",
            each(cpu("self")? - begun),
            each(clock.elapsed())
        );
    }
    Ok(())
}

fn timed(what: &str, mut part: impl FnMut()) {
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        part();
    }
    let each = begun.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
    println!("{each:>8.1} µs: {what}");
}
