//! What goes out: to whom, how much of the answer is read, and for how long.

use std::net::{IpAddr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use archipelago::config::Network;
use archipelago::domain::block::{Block, Blocks, Domain, Severity};
use archipelago::domain::decision::Via;
use archipelago::fetch::header::{CONTENT_TYPE, HeaderMap};
use archipelago::fetch::{
    Answer, DEADLINE, Error, Fetcher, Lookup, MAX_DOCUMENT_BYTES, MAX_REMARK_BYTES, Refusals,
    Refused, Wanted,
};
use url::Url;

use super::support::far_web::{FarWeb, Reply, Request};
use super::support::fediverse::free_port;

const ACTIVITY: &str = "application/activity+json";

fn network(allow: &[&str]) -> Network {
    Network {
        allow: allow.iter().map(|range| range.parse().unwrap()).collect(),
    }
}

fn fetcher_with(allow: &[&str], lookup: Lookup, deadline: Duration) -> Fetcher {
    // As main does; the first test to come here does it for all.
    drop(rustls::crypto::ring::default_provider().install_default());
    let home = "https://our.example/".parse().unwrap();
    Fetcher::with(network(allow), Some(&home), lookup, deadline).unwrap()
}

/// One that may connect to this machine.
fn fetcher() -> Fetcher {
    fetcher_with(&["127.0.0.0/8"], Lookup::system(), DEADLINE)
}

/// One of a closed network, to which this machine does not belong: it may use http and ports, so that only
/// the guard keeps it from the servers of these tests.
fn stranger() -> Fetcher {
    fetcher_with(&["10.0.0.0/8"], Lookup::system(), DEADLINE)
}

async fn get(fetcher: &Fetcher, url: &Url) -> Result<Answer, Error> {
    fetcher.get(url, ACTIVITY, |_| HeaderMap::new()).await
}

fn why(result: Result<Answer, Error>) -> Refused {
    match result.unwrap_err() {
        Error::Refused { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

/// Whether nobody but this call has ever connected to `web`.
async fn saw_nobody(web: &FarWeb) -> bool {
    get(&fetcher(), &web.url("localhost", "/are-you-there"))
        .await
        .unwrap();
    web.connections() == 1
}

fn hello(_: &Request) -> Reply {
    Reply::new(200).body("hello")
}

#[tokio::test]
async fn an_answer_comes_with_its_status_its_headers_and_its_body() {
    let web = FarWeb::start(|request| match request.target.as_str() {
        "/gone" => Reply::new(410).body("gone"),
        "/busy" => Reply::new(503).header("Retry-After", "120"),
        "/nowhere" => Reply::new(302),
        "/choice" => Reply::redirect(300, "/elsewhere"),
        "/same" => Reply::redirect(304, "/elsewhere"),
        _ => Reply::new(200).header("Content-Type", ACTIVITY).body("{}"),
    })
    .await;
    let fetcher = fetcher();
    let ok = get(&fetcher, &web.url("a.localhost", "/actor?x=y#main-key"))
        .await
        .unwrap();
    assert_eq!(ok.url, web.url("a.localhost", "/actor?x=y"));
    assert_eq!((ok.status.as_u16(), &ok.body[..]), (200, &b"{}"[..]));
    assert_eq!(ok.media_type().unwrap(), ACTIVITY);
    for (path, status) in [
        ("/gone", 410),
        ("/busy", 503),
        ("/nowhere", 302),
        ("/choice", 300),
        ("/same", 304),
    ] {
        let answer = get(&fetcher, &web.url("a.localhost", path)).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(
            answer.headers.contains_key("retry-after"),
            path == "/busy",
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_request_says_who_asks_and_what_for_and_asks_for_no_compression() {
    let web = FarWeb::start(hello).await;
    let url = web.url("a.localhost", "/actor?x=y#main-key");
    let sign = |url: &Url| {
        let mut headers = HeaderMap::new();
        headers.insert("signature", format!("for {url}").parse().unwrap());
        headers
    };
    fetcher().get(&url, ACTIVITY, sign).await.unwrap();
    let request = &web.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("GET", "/actor?x=y")
    );
    let expected = [
        (
            "host",
            Some(format!("a.localhost:{}", web.address().port())),
        ),
        ("accept", Some(ACTIVITY.to_owned())),
        (
            "user-agent",
            Some(format!(
                "archipelago/{} (+https://our.example/)",
                env!("CARGO_PKG_VERSION")
            )),
        ),
        (
            "signature",
            Some(format!("for {}", web.url("a.localhost", "/actor?x=y"))),
        ),
        ("accept-encoding", None),
        ("cookie", None),
        ("referer", None),
    ];
    for (name, value) in expected {
        assert_eq!(request.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn an_address_that_may_not_be_fetched_is_never_connected_to() {
    let web = FarWeb::start(hello).await;
    let port = web.address().port();
    let mut refused: Vec<_> = [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ]
    .map(|host| (format!("http://{host}:{port}/"), Refused::IpAddress))
    .into();
    refused.extend([
        (format!("http://a.localhost.:{port}/"), Refused::HostName),
        (format!("http://a:b@a.localhost:{port}/"), Refused::User),
        (format!("http://a@a.localhost:{port}/"), Refused::User),
        ("file:///etc/passwd".to_owned(), Refused::Scheme),
        ("data:text/plain,hello".to_owned(), Refused::Scheme),
        (format!("ftp://a.localhost:{port}/"), Refused::Scheme),
        (format!("gopher://a.localhost:{port}/"), Refused::Scheme),
    ]);
    let fetcher = fetcher();
    for (text, reason) in refused {
        let url = text.parse().unwrap();
        assert_eq!(fetcher.check(&url), Err(reason), "{text}");
        assert_eq!(why(get(&fetcher, &url).await), reason, "{text}");
        let posted = fetcher.post(&url, HeaderMap::new(), "{}".into()).await;
        assert_eq!(why(posted), reason, "{text}");
    }
    assert!(saw_nobody(&web).await);
}

#[tokio::test]
async fn a_public_node_asks_neither_http_nor_ports_nor_this_machine() {
    let web = FarWeb::start(hello).await;
    let port = web.address().port();
    let public = fetcher_with(&[], Lookup::system(), DEADLINE);
    for (text, reason) in [
        (format!("http://a.localhost:{port}/"), Refused::Scheme),
        (format!("https://a.localhost:{port}/"), Refused::Port),
        ("https://a.localhost/".to_owned(), Refused::Localhost),
    ] {
        let url = text.parse().unwrap();
        assert_eq!(why(get(&public, &url).await), reason, "{text}");
    }
    assert!(saw_nobody(&web).await);
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_not_connected_to() {
    let web = FarWeb::start(hello).await;
    let url = web.url("a.localhost", "/?token=secret");
    let refused = get(&stranger(), &url).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "http://a.localhost:{}/ leads to a private or reserved IP address, so no request is made",
            web.address().port()
        )
    );
    let posted = stranger().post(&url, HeaderMap::new(), "{}".into()).await;
    assert_eq!(why(posted), Refused::Network);
    assert!(saw_nobody(&web).await);
}

#[tokio::test]
async fn a_name_that_turns_from_an_allowed_address_to_another_is_not_followed() {
    let here = free_port();
    let outside = FarWeb::at(SocketAddr::from(([127, 0, 0, 2], here.port())), hello).await;
    let inside = FarWeb::at(here, hello).await;
    let lookups = Arc::new(AtomicUsize::new(0));
    let counted = lookups.clone();
    let rebind = Lookup::told(move |name| {
        assert_eq!(name, "rebind.example");
        let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(vec![IpAddr::from([127, 0, 0, if first { 2 } else { 1 }])])
    });
    let fetcher = fetcher_with(&["127.0.0.2/32"], rebind, DEADLINE);
    let url = outside.url("rebind.example", "/");
    assert_eq!(get(&fetcher, &url).await.unwrap().body, "hello");
    // One lookup for the check and the connection: there is no moment to change the answer in.
    assert_eq!(lookups.load(Ordering::Relaxed), 1);
    assert_eq!(why(get(&fetcher, &url).await), Refused::Network);
    assert_eq!(lookups.load(Ordering::Relaxed), 2);
    assert!(saw_nobody(&inside).await);
}

#[tokio::test]
async fn a_name_that_leads_here_and_there_is_connected_to_in_neither_place() {
    let allowed = FarWeb::at(SocketAddr::from(([127, 0, 0, 2], 0)), hello).await;
    let mixed = Lookup::told(|_| Ok(vec![[127, 0, 0, 2].into(), [127, 0, 0, 1].into()]));
    let fetcher = fetcher_with(&["127.0.0.2/32"], mixed, DEADLINE);
    let refused = get(&fetcher, &allowed.url("mixed.example", "/")).await;
    assert_eq!(why(refused), Refused::Network);
    let alone = Lookup::told(|_| Ok(vec![[127, 0, 0, 2].into()]));
    let fetcher = fetcher_with(&["127.0.0.2/32"], alone, DEADLINE);
    let answer = get(&fetcher, &allowed.url("mixed.example", "/")).await;
    assert_eq!(answer.unwrap().body, "hello");
    assert_eq!(allowed.connections(), 1);
}

#[tokio::test]
async fn one_redirect_is_followed_and_signed_for_its_own_address() {
    for status in [301, 302, 303, 307, 308] {
        let web = FarWeb::start(move |request| match request.target.as_str() {
            "/old" => Reply::redirect(status, "new?x=y#fragment"),
            _ => Reply::new(200).body("new"),
        })
        .await;
        let sign = |url: &Url| {
            let mut headers = HeaderMap::new();
            headers.insert("signature", url.as_str().parse().unwrap());
            headers
        };
        let old = web.url("a.localhost", "/old");
        let answer = fetcher().get(&old, ACTIVITY, sign).await.unwrap();
        let new = web.url("a.localhost", "/new?x=y");
        assert_eq!((&answer.url, &answer.body[..]), (&new, &b"new"[..]));
        let signed: Vec<_> = web
            .requests()
            .iter()
            .map(|request| request.header("signature").unwrap())
            .collect();
        assert_eq!(signed, [old.as_str(), new.as_str()]);
        assert_eq!(web.requests()[1].method, "GET");
    }
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_by_the_rules_of_every_address() {
    let other = FarWeb::start(hello).await;
    let port = other.address().port();
    let through = async |location: &str| {
        let location = location.to_owned();
        let web = FarWeb::start(move |_| Reply::redirect(302, &location)).await;
        get(&fetcher(), &web.url("a.localhost", "/")).await
    };
    for (location, reason) in [
        (format!("http://127.0.0.1:{port}/"), Refused::IpAddress),
        (format!("//2130706433:{port}/"), Refused::IpAddress),
        (format!("http://[::1]:{port}/"), Refused::IpAddress),
        (format!("http://a:b@b.localhost:{port}/"), Refused::User),
        ("file:///etc/passwd".to_owned(), Refused::Scheme),
        (format!("/{}", "a".repeat(3_000)), Refused::TooLong),
    ] {
        assert_eq!(why(through(&location).await), reason, "{location}");
    }
    let answer = through(&format!("http://b.localhost:{port}/new")).await;
    assert_eq!(answer.unwrap().url, other.url("b.localhost", "/new"));
    assert_eq!(other.connections(), 1);
    assert_eq!(
        other.requests()[0].header("host"),
        Some(format!("b.localhost:{port}"))
    );
}

#[tokio::test]
async fn a_redirect_to_a_name_that_leads_inside_is_refused_at_the_connection() {
    let inside = FarWeb::start(hello).await;
    let target = inside.url("internal.example", "/");
    let outside = FarWeb::at(SocketAddr::from(([127, 0, 0, 2], 0)), move |_| {
        Reply::redirect(302, target.as_str())
    })
    .await;
    let lookup = Lookup::told(|name| {
        Ok(vec![match name {
            "outside.example" => [127, 0, 0, 2].into(),
            _ => [127, 0, 0, 1].into(),
        }])
    });
    let fetcher = fetcher_with(&["127.0.0.2/32"], lookup, DEADLINE);
    let refused = get(&fetcher, &outside.url("outside.example", "/")).await;
    assert_eq!(why(refused), Refused::Network);
    assert_eq!(outside.connections(), 1);
    assert!(saw_nobody(&inside).await);
}

#[tokio::test]
async fn a_second_redirect_is_not_followed() {
    let web = FarWeb::start(|request| match request.target.as_str() {
        "/1" => Reply::redirect(302, "/2"),
        "/2" => Reply::redirect(302, "/3"),
        "/loop" => Reply::redirect(302, "/loop"),
        _ => Reply::new(200),
    })
    .await;
    for path in ["/1", "/loop"] {
        let before = web.connections();
        let error = get(&fetcher(), &web.url("a.localhost", path))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Redirects { .. }), "{error:?}");
        assert!(error.to_string().ends_with("redirects a second time"));
        assert_eq!(web.connections(), before + 2);
    }
}

#[tokio::test]
async fn a_redirect_to_no_address_is_an_error() {
    let web = FarWeb::start(|_| Reply::redirect(302, "http://")).await;
    let error = get(&fetcher(), &web.url("a.localhost", "/"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("redirects to something that is no address"),
        "{error}"
    );
}

#[tokio::test]
async fn a_document_up_to_the_limit_is_read_whole_and_a_larger_one_not_to_its_end() {
    let web = FarWeb::start(|request| match request.target.as_str() {
        "/limit" => Reply::new(200).body(vec![b'a'; MAX_DOCUMENT_BYTES]),
        "/more" => Reply::new(200).body(vec![b'a'; MAX_DOCUMENT_BYTES + 1]),
        "/endless" => Reply::new(200)
            .body(vec![b'a'; 65_536])
            .for_ever(Duration::ZERO),
        // Nothing of it comes, so that only what it says can be the reason.
        _ => Reply::new(200)
            .header("Content-Length", &(MAX_DOCUMENT_BYTES + 1).to_string())
            .for_ever(Duration::from_millis(20)),
    })
    .await;
    let limit = get(&fetcher(), &web.url("a.localhost", "/limit")).await;
    assert_eq!(limit.unwrap().body.len(), MAX_DOCUMENT_BYTES);
    for path in ["/more", "/endless", "/announced"] {
        let error = get(&fetcher(), &web.url("a.localhost", path))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{path} {error:?}");
        assert!(error.to_string().ends_with("is larger than 1024 KiB"));
    }
}

#[tokio::test]
async fn a_compressed_document_is_not_unpacked_but_refused() {
    let web = FarWeb::start(|request| {
        let encoding = &request.target[1..];
        Reply::new(200)
            .header("Content-Encoding", encoding)
            .body("x")
    })
    .await;
    for encoding in ["gzip", "br", "identity,gzip"] {
        let url = web.url("a.localhost", &format!("/{encoding}"));
        let error = get(&fetcher(), &url).await.unwrap_err();
        assert!(matches!(error, Error::Encoded { .. }), "{error:?}");
    }
    let plain = get(&fetcher(), &web.url("a.localhost", "/identity")).await;
    assert_eq!(plain.unwrap().body, "x");
}

#[tokio::test]
async fn a_slow_drip_is_cut_off_by_the_deadline_of_the_whole() {
    let web = FarWeb::start(|request| match request.target.as_str() {
        "/redirect" => Reply::redirect(302, "/drip"),
        _ => Reply::new(200)
            .body("x")
            .for_ever(Duration::from_millis(20)),
    })
    .await;
    let deadline = Duration::from_millis(300);
    let fetcher = fetcher_with(&["127.0.0.0/8"], Lookup::system(), deadline);
    for path in ["/drip", "/redirect"] {
        let begun = std::time::Instant::now();
        let error = get(&fetcher, &web.url("a.localhost", path))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
        assert!(begun.elapsed() >= deadline, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_host_that_takes_the_request_and_says_nothing_is_not_waited_for() {
    // The kernel accepts for it; nobody reads.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://a.localhost:{}/",
        silent.local_addr().unwrap().port()
    );
    let url = url.parse().unwrap();
    let deadline = Duration::from_millis(200);
    let fetcher = fetcher_with(&["127.0.0.0/8"], Lookup::system(), deadline);
    let error = get(&fetcher, &url).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    let posted = fetcher.post(&url, HeaderMap::new(), "{}".into()).await;
    assert!(matches!(posted, Err(Error::TimedOut { .. })), "{posted:?}");
}

#[tokio::test]
async fn a_post_brings_its_body_and_headers_and_follows_no_redirect() {
    let web = FarWeb::start(|_| Reply::redirect(307, "/elsewhere").body("moved")).await;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, ACTIVITY.parse().unwrap());
    headers.insert("digest", "SHA-256=x".parse().unwrap());
    let url = web.url("a.localhost", "/inbox");
    let answer = fetcher()
        .post(&url, headers, r#"{"a":1}"#.into())
        .await
        .unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.body[..]),
        (307, &b"moved"[..])
    );
    let requests = web.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/inbox")
    );
    assert_eq!(request.body, br#"{"a":1}"#);
    assert_eq!(request.header("content-type"), Some(ACTIVITY.to_owned()));
    assert_eq!(request.header("digest"), Some("SHA-256=x".to_owned()));
    assert_eq!(
        request.header("host"),
        Some(format!("a.localhost:{}", web.address().port()))
    );
}

#[tokio::test]
async fn a_status_counts_whatever_is_wrong_with_the_remark_beside_it() {
    let web = FarWeb::start(|request| {
        let status = request.target[1..4].parse().unwrap();
        match &request.target[4..] {
            "/long" => Reply::new(status).body(vec![b'a'; MAX_REMARK_BYTES + 1]),
            "/endless" => Reply::new(status)
                .body(vec![b'a'; 65_536])
                .for_ever(Duration::ZERO),
            "/dripping" => Reply::new(status)
                .body("x")
                .for_ever(Duration::from_millis(20)),
            "/gzip" => Reply::new(status)
                .header("Content-Encoding", "gzip")
                .body("x"),
            _ => Reply::new(status).header("Content-Length", "9").body("cut"),
        }
    })
    .await;
    let fetcher = fetcher();
    for (how, length) in [
        ("long", MAX_REMARK_BYTES),
        ("endless", MAX_REMARK_BYTES),
        ("gzip", 0),
        ("cut", 3),
    ] {
        let url = web.url("a.localhost", &format!("/410/{how}"));
        let got = get(&fetcher, &url).await.unwrap();
        assert_eq!((got.status.as_u16(), got.body.len()), (410, length));
        let url = web.url("a.localhost", &format!("/202/{how}"));
        let posted = fetcher.post(&url, HeaderMap::new(), "{}".into());
        let posted = posted.await.unwrap();
        assert_eq!((posted.status.as_u16(), posted.body.len()), (202, length));
    }
    // Time enough for the status on a busy machine, and a fraction of what it takes to drip a whole remark.
    let deadline = Duration::from_secs(5);
    let fetcher = fetcher_with(&["127.0.0.0/8"], Lookup::system(), deadline);
    let url = web.url("a.localhost", "/202/dripping");
    let posted = fetcher.post(&url, HeaderMap::new(), "{}".into()).await;
    let posted = posted.unwrap();
    assert_eq!(posted.status.as_u16(), 202);
    assert!(posted.body.len() < MAX_REMARK_BYTES);
}

#[tokio::test]
async fn a_document_that_is_cut_off_is_no_document() {
    let web = FarWeb::start(|_| Reply::new(200).header("Content-Length", "9").body("cut")).await;
    let error = get(&fetcher(), &web.url("a.localhost", "/?token=secret"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_without_query_or_answer() {
    let garbage = FarWeb::start(|_| Reply::new(200).header("secret header", "x")).await;
    let nobody = free_port().port();
    let unknown = Lookup::told(|_| Err(std::io::Error::other("no such name")));
    let fetcher = fetcher_with(&["127.0.0.0/8"], unknown, DEADLINE);
    for url in [
        garbage.url("a.localhost", "/?token=secret"),
        // A server without TLS.
        format!(
            "https://a.localhost:{}/?token=secret",
            garbage.address().port()
        )
        .parse()
        .unwrap(),
        format!("http://a.localhost:{nobody}/?token=secret")
            .parse()
            .unwrap(),
        "https://unknown.example/?token=secret".parse().unwrap(),
    ] {
        let error = get(&fetcher, &url).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
        let shown = format!("{error:?}");
        let told = format!("{shown} {:#}", anyhow::Error::from(error));
        assert!(told.contains("cannot be reached"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    let proxy = FarWeb::start(hello).await;
    let address = format!("http://{}", proxy.address());
    // Another process, since a test must not change the environment of the others.
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([
        "--exact",
        "fetch::a_request_says_who_asks_and_what_for_and_asks_for_no_compression",
    ]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        again.env(name, &address).env(name.to_lowercase(), &address);
    }
    again.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || again.output().unwrap())
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert!(saw_nobody(&proxy).await);
}

#[tokio::test]
async fn a_blocked_host_is_asked_nothing_by_any_way_of_asking_and_through_no_redirect() {
    let web = FarWeb::start(|request| match request.target.as_str() {
        "/to-evil" => {
            let evil = request.header("host").unwrap().replace("good.", "a.evil.");
            Reply::redirect(302, &format!("http://{evil}/"))
        }
        _ => Reply::new(200).body("hello"),
    })
    .await;
    let refusals = Refusals::default();
    let fetcher = fetcher().refusing(refusals.clone());
    let evil = web.url("a.evil.localhost", "/");
    // A change takes effect at once, for every clone.
    assert_eq!(get(&fetcher, &evil).await.unwrap().status, 200);
    let block = Block {
        domain: Domain::parse("evil.localhost").unwrap(),
        severity: Severity::Suspend,
        reason: None,
        source: None,
        since: None,
        via: Via::Operator,
    };
    refusals.replace(Arc::new(Blocks::of([block])));
    let asked = web.requests().len();
    assert_eq!(why(get(&fetcher, &evil).await), Refused::Blocked);
    let post = fetcher.post(&evil, HeaderMap::new(), Default::default());
    assert_eq!(why(post.await), Refused::Blocked);
    let asking = fetcher.ask(&evil, HeaderMap::new(), Wanted::Whole).await;
    assert!(
        asking
            .unwrap_err()
            .to_string()
            .contains("is blocked by the operator")
    );
    let looking = fetcher.look(&evil).await.unwrap_err().to_string();
    assert!(looking.ends_with("so no request is made"), "{looking}");
    assert_eq!(web.requests().len(), asked);
    let through = web.url("good.localhost", "/to-evil");
    assert_eq!(why(get(&fetcher, &through).await), Refused::Blocked);
    assert_eq!(web.requests().len(), asked + 1);
    assert_eq!(
        fetcher.check(&web.url("notevil.localhost", "/")),
        Ok(()),
        "a neighbour is nobody else"
    );
}
