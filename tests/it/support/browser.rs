//! A browser without script: pages, plain forms, the owner's cookie.

use reqwest::header::{COOKIE, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};

use super::fediverse::Founded;
use super::node::TestNode;

/// Somebody at a browser.
pub struct Browser<'a> {
    node: &'a TestNode,
    client: Client,
    /// What it says of itself: the owner's token, with others' cookies.
    pub cookie: Option<String>,
}

impl<'a> Browser<'a> {
    /// Whoever does not know the token.
    pub fn at(node: &'a TestNode) -> Self {
        let client = Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(Policy::none());
        Self {
            node,
            client: client.build().unwrap(),
            cookie: None,
        }
    }

    /// Whoever knows the token.
    pub fn of_owner(founded: &'a Founded) -> Self {
        Self {
            cookie: Some(format!("other=1; manage={}", founded.token.expose())),
            ..Self::at(&founded.node)
        }
    }

    /// A request, to be completed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.node.url(path));
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    /// Asks for an address.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// A page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// Sends a form from a page of this node.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_from(self.node.url("").as_str(), path, fields)
            .await
    }

    /// Sends a form from a page at an origin.
    pub async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.request(Method::POST, path)
            .header(ORIGIN, origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish())
            .send()
            .await
            .unwrap()
    }

    /// Sends a form that must be taken, and follows to the page that says so.
    pub async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let response = self.post(path, fields).await;
        let status = response.status();
        let next = response.headers().get("location").cloned();
        let body = response.text().await.unwrap();
        assert_eq!(status, 303, "{path}: {body}");
        self.page(next.unwrap().to_str().unwrap()).await
    }
}
