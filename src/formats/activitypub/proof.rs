#![allow(missing_docs)]
use crate::domain::secret::PrivatePem;
use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub method: Url,
    pub created: DateTime<Utc>,
}
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("x")]
pub struct NotProven;
pub fn claimed(_: &Value) -> Result<Claimed, NotProven> {
    panic!()
}
pub fn verify(_: &Value, _: &str) -> Result<Claimed, NotProven> {
    panic!()
}
pub fn generate() -> (PrivatePem, String) {
    panic!()
}
pub struct Signer;
impl Signer {
    pub fn new(_: &PrivatePem, _: Url) -> Result<Self, NotProven> {
        panic!()
    }
    pub fn sign(&self, _: Value, _: DateTime<Utc>) -> Value {
        panic!()
    }
}
