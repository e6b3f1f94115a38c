#![allow(missing_docs)]
use super::proof::{Claimed, NotProven};
use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;
pub struct Revocation {
    pub id: Url,
    pub vouch: Url,
    pub issuer: Url,
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
}
pub fn write(_: &Url, _: &Url, _: DateTime<Utc>, _: Option<&str>) -> Value {
    panic!()
}
pub fn read(_: &Value) -> Result<(Revocation, Claimed), NotProven> {
    panic!()
}
