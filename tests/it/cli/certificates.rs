//! What a crawl learns of certificates, with TLS as it is on the web.

use archipelago::clock::Clock;
use archipelago::store::Store;
use chrono::TimeDelta;
use serde_json::json;

use crate::support::desk::{Desk, stderr};
use crate::support::far_tls::Authority;

#[tokio::test]
async fn a_look_tells_when_a_certificate_ends_and_why_one_is_not_trusted() {
    let authority = Authority::new("known");
    let now = Clock::system().now();
    let [soon, over] = [TimeDelta::days(9), TimeDelta::days(-9)].map(|time| now + time);
    let good = authority.server("good.localhost", soon).await.port();
    let old = authority.server("old.localhost", over).await.port();
    let stranger = Authority::new("unknown")
        .server("stranger.localhost", soon)
        .await
        .port();
    let addresses = [
        format!("https://good.localhost:{good}/"),
        format!("https://old.localhost:{old}/"),
        format!("https://stranger.localhost:{stranger}/"),
        format!("https://other-name.localhost:{good}/"),
    ];
    let source = json!({ "kind": "third-party-list", "by": "a list", "seen": "2026-11" });
    let services: Vec<_> = addresses
        .iter()
        .enumerate()
        .map(|(number, url)| {
            json!({ "id": format!("h-{number}"), "name": "S", "need": "pads", "url": url,
                    "source": source })
        })
        .collect();
    let directory = json!({ "archipelago": 1, "hosters": [
        { "id": "h", "name": "H", "source": source, "services": services },
    ] });
    let desk = Desk::new();
    std::fs::write(desk.path().join("list.json"), directory.to_string()).unwrap();
    authority.write(&desk.path().join("authority.pem"));
    desk.said("import archipelago list.json");
    let mut command = desk.command("crawl --once --allow-net 127.0.0.0/8");
    command.env("SSL_CERT_FILE", desk.path().join("authority.pem"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));

    let database = format!("sqlite:{}", desk.path().join("archipelago.db").display());
    let store = Store::open(&database).await.unwrap();
    let mut seen = Vec::new();
    for address in &addresses {
        let health = store.health(&address.parse().unwrap()).await.unwrap();
        seen.push(health.unwrap_or_else(|| panic!("nobody looked at {address}")));
    }
    assert_eq!(seen[0].last.error, None);
    assert_eq!(
        seen[0].last.certificate_until.unwrap().date_naive(),
        soon.date_naive()
    );
    assert!(seen[0].certificate_ends_soon(now));
    for (health, problem) in
        seen[1..]
            .iter()
            .zip(["expired", "UnknownIssuer", "not valid for name"])
    {
        let error = health.last.error.as_deref().unwrap();
        assert!(
            error.contains("a certificate that is not valid: "),
            "{error}"
        );
        assert!(error.contains(problem), "{error}");
        assert_eq!(health.last.certificate_until, None);
    }
}
