//! The far side: a small web server on loopback that says what a test tells it, right or wrong, and
//! remembers what it was asked.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A server that ends with the test's runtime. Each connection serves one request.
pub struct FarWeb {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<Request>,
}

/// What was asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The values of a header, with commas between them.
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.iter().filter(|(known, _)| known == name);
        let values: Vec<_> = values.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// What is answered.
pub struct Reply {
    head: String,
    body: Vec<u8>,
    pause: Duration,
    then: Then,
}

enum Then {
    Close,
    /// The body again and again, with this pause in between, until nobody listens.
    Repeat(Duration),
}

impl Reply {
    /// A status and no body.
    pub fn new(status: u16) -> Self {
        Self {
            head: format!("HTTP/1.1 {status} As told\r\nConnection: close\r\n"),
            body: Vec::new(),
            pause: Duration::ZERO,
            then: Then::Close,
        }
    }

    /// A redirect.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status).header("Location", location)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    /// A body that ends with the connection, unless a header gives its length.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Is remembered at once, and answered only after a pause.
    pub fn after(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Sends the body for ever.
    pub fn for_ever(mut self, pause: Duration) -> Self {
        self.then = Then::Repeat(pause);
        self
    }
}

impl FarWeb {
    /// Starts a server on a free port of 127.0.0.1.
    pub async fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::at(any_port, answer).await
    }

    /// Starts a server on an address.
    pub async fn at(
        address: SocketAddr,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let answer = Arc::new(answer);
        let remembered = seen.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                remembered.lock().unwrap().connections += 1;
                let (seen, answer) = (remembered.clone(), answer.clone());
                tokio::spawn(serve(stream, seen, answer));
            }
        });
        Self { address, seen }
    }

    /// The address of a path, under a host name that leads here.
    pub fn url(&self, host: &str, path: &str) -> Url {
        let port = self.address.port();
        format!("http://{host}:{port}{path}").parse().unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came in, whatever was said on them. A kernel accepts them before we do: to be
    /// sure of none, connect once yourself; they are counted in the order of their coming.
    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// What was asked, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().requests.clone()
    }
}

async fn serve<A: Fn(&Request) -> Reply>(
    stream: TcpStream,
    seen: Arc<Mutex<Seen>>,
    answer: Arc<A>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let request = read(&mut stream).await?;
    let reply = answer(&request);
    seen.lock().unwrap().requests.push(request);
    tokio::time::sleep(reply.pause).await;
    let head = reply.head + "\r\n";
    stream.write_all(head.as_bytes()).await.ok()?;
    loop {
        stream.write_all(&reply.body).await.ok()?;
        match reply.then {
            Then::Close => break,
            Then::Repeat(pause) => tokio::time::sleep(pause).await,
        }
    }
    stream.shutdown().await.ok()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = stream.lines();
    let first = lines.next_line().await.ok()??;
    let mut words = first.split(' ');
    let mut request = Request {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        ..Request::default()
    };
    while let Some(line) = lines.next_line().await.ok()? {
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let header = (name.to_lowercase(), value.trim().to_owned());
        request.headers.push(header);
    }
    let length = request.header("content-length");
    request.body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    lines
        .into_inner()
        .read_exact(&mut request.body)
        .await
        .ok()?;
    Some(request)
}
