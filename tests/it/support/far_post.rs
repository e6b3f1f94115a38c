//! A post as it goes over the wire, to be spoilt by a test.

use std::net::SocketAddr;

use archipelago::fetch::header::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::{Digest, Sha256};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Position, Url};

use super::far_actor::Pair;
use super::fediverse::Founded;

/// A post to a node: every byte of it is the test's.
#[derive(Debug, Clone)]
pub struct Post {
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What a node answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// The status line and the headers, in lower case.
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Whether it is a problem for programs to read (RFC 9457) that names this status.
    pub fn is_problem(&self) -> bool {
        let problem: Option<serde_json::Value> = serde_json::from_str(&self.body).ok();
        self.head.contains("content-type: application/problem+json")
            && problem.is_some_and(|problem| problem["status"] == self.status)
    }
}

impl Post {
    /// A post to an address, with the Host header a client adds.
    pub fn new(to: &Url, headers: &HeaderMap, body: impl Into<Vec<u8>>) -> Self {
        let host = &to[Position::BeforeHost..Position::AfterPort];
        let signed = headers.iter();
        let signed = signed.map(|(name, value)| {
            let value = value.to_str().unwrap();
            (name.to_string(), value.to_owned())
        });
        Self {
            target: to[Position::BeforePath..Position::AfterQuery].to_owned(),
            headers: std::iter::once(("host".to_owned(), host.to_owned()))
                .chain(signed)
                .collect(),
            body: body.into(),
        }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no header {name}")).1
    }

    /// With one more line of a header.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// With another value of a header.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With a piece of a header's value replaced.
    pub fn replacing(self, name: &str, from: &str, to: &str) -> Self {
        let value = self.header(name).to_owned();
        assert!(value.contains(from), "{name}: {value}");
        self.with(name, &value.replacen(from, to, 1))
    }

    /// With another body, which the headers do not know.
    pub fn carrying(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// To another path.
    pub fn aimed_at(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// Signed anew by draft-cavage over what `covered` names, with the digest and headers as they are.
    pub fn signed_over(self, pair: &Pair, key_id: &str, covered: &str) -> Self {
        let lines = covered.split(' ').map(|name| match name {
            "(request-target)" => format!("{name}: post {}", self.target),
            name => format!("{name}: {}", self.header(name)),
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let key = RsaPrivateKey::from_pkcs8_pem(pair.0.expose()).unwrap();
        let hash = Sha256::digest(text);
        let signature = key.sign(Pkcs1v15Sign::new::<Sha256>(), &hash).unwrap();
        let signature = BASE64.encode(signature);
        let value = format!(
            r#"keyId="{key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{signature}""#
        );
        self.with("signature", &value)
    }

    /// With a signature in good form that no key made.
    pub fn signed_with_nonsense(self, key_id: &str) -> Self {
        let nonsense = BASE64.encode([7; 256]);
        let covered = "(request-target) host date digest";
        let value = format!(
            r#"keyId="{key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{nonsense}""#
        );
        self.with("signature", &value)
    }

    /// The bytes that are sent.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("POST {} HTTP/1.1\r\nconnection: close\r\n", self.target);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let told = self
            .headers
            .iter()
            .any(|(name, _)| name == "content-length");
        if !told {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends it, and reads the whole answer.
    pub async fn send(&self, node: &Founded) -> Answer {
        self.send_to(node.listens_at()).await
    }

    /// The same, to a node of which only the address is known.
    pub async fn send_to(&self, node: SocketAddr) -> Answer {
        Self::send_bytes(&self.bytes(), node).await
    }

    /// Sends bytes as they are.
    pub async fn send_bytes(bytes: &[u8], node: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(node).await.unwrap();
        // The node may have heard enough before the end.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }
}
