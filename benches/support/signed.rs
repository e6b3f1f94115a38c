//! Activities that are posted as other servers post them.

use archipelago::clock::Clock;
use archipelago::federation::signature::{SigningKey, cavage};
use url::Url;

/// An activity, with the headers under which it is posted.
pub fn signed(key: &SigningKey, body: String, inbox: &Url) -> (String, Vec<(String, String)>) {
    let headers = cavage::sign_post(key, inbox, body.as_bytes(), Clock::system().now());
    let mut headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().expect("it is plain");
            (name.to_string(), value.to_owned())
        })
        .collect();
    let authority = &inbox[url::Position::BeforeHost..url::Position::AfterPort];
    let program = "archipelago/0 (+https://sender.example/)";
    for (name, value) in [
        ("host", authority),
        ("content-length", &body.len().to_string()),
        ("user-agent", program),
        ("accept", "*/*"),
    ] {
        headers.push((name.to_owned(), value.to_owned()));
    }
    (body, headers)
}

/// A post as it goes over the wire.
pub fn written(inbox: &Url, body: &str, headers: &[(String, String)]) -> Vec<u8> {
    let mut text = format!("POST {} HTTP/1.1\r\n", inbox.path());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}
