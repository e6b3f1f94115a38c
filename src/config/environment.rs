//! The environment as a source of settings: `ARCHIPELAGO_*`, each variable by its name.

use std::ffi::OsString;

use super::read::{self, list, none_of, rule};
use super::{Error, Layer, LogFormat, ProxyHeader};
use crate::domain::collective::Standing;
use crate::domain::policy::Rule;

const PREFIX: &str = "ARCHIPELAGO_";
/// Variables of ours that are no settings: the log's filter, and the binary under test.
const NO_SETTINGS: [&str; 2] = ["ARCHIPELAGO_LOG", "ARCHIPELAGO_BIN"];
/// A variable of the federation library that switches its own checks of addresses off.
const LIBRARY_DANGER: &str = "DANGER_FEDERATION_ALLOW_LOCAL_IP";

impl Layer {
    pub(super) fn from_environment(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Error> {
        let mut layer = Self::default();
        for (name, value) in variables {
            if name == LIBRARY_DANGER {
                return Err(Error::Variable {
                    name: LIBRARY_DANGER.to_owned(),
                    problem: "would let anybody make this node connect to private addresses; \
                              unset it, and name the ranges that may be with --allow-net"
                        .to_owned(),
                });
            }
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if NO_SETTINGS.contains(&name) {
                continue;
            }
            let refused = |problem| Error::Variable {
                name: name.to_owned(),
                problem,
            };
            let value = value
                .to_str()
                .ok_or_else(|| refused("is not UTF-8".to_owned()))?;
            let (_, set) = VARIABLES
                .iter()
                .find(|(known, _)| *known == name)
                .ok_or_else(|| refused(unknown_variable()))?;
            set(&mut layer, value).map_err(refused)?;
        }
        Ok(layer)
    }
}

type Set = fn(&mut Layer, &str) -> Result<(), String>;

/// Every variable that is a setting, and how its text becomes one.
const VARIABLES: &[(&str, Set)] = &[
    ("ARCHIPELAGO_DATABASE_URL", |layer, text| {
        layer.database_url = Some(text.to_owned());
        Ok(())
    }),
    ("ARCHIPELAGO_LISTEN", |layer, text| {
        layer.listen = Some(read::listen(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_DOMAIN", |layer, text| {
        layer.domain = Some(read::domain(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", |layer, text| {
        let standing = Standing::from_word(text);
        layer.directory.least_standing =
            Some(standing.ok_or_else(|| none_of(text, Standing::ALL, Standing::word))?);
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_ANCHORS", |layer, text| {
        layer.trust.anchors = Some(list(text, read::anchor)?);
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_MAX_DEPTH", |layer, text| {
        layer.trust.max_depth = rule(Rule::MaxDepth, text)?.max_depth;
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_COLLECTIVE_QUOTA", |layer, text| {
        layer.trust.collective_quota = rule(Rule::CollectiveQuota, text)?.collective_quota;
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_HOSTER_QUOTA", |layer, text| {
        layer.trust.hoster_quota = rule(Rule::HosterQuota, text)?.hoster_quota;
        Ok(())
    }),
    ("ARCHIPELAGO_BLOCKS_DOMAINS", |layer, text| {
        layer.blocks.domains = Some(list(text, read::blocked)?);
        Ok(())
    }),
    ("ARCHIPELAGO_NETWORK_ALLOW", |layer, text| {
        layer.network.allow = Some(list(text, read::range)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_PER_MINUTE", |layer, text| {
        layer.limits.per_minute = Some(read::per_minute(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_BURST", |layer, text| {
        layer.limits.burst = Some(read::burst(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_TRUSTED_PROXIES", |layer, text| {
        layer.limits.trusted_proxies = Some(list(text, read::range)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_PROXY_HEADER", |layer, text| {
        let header = ProxyHeader::from_word(text);
        layer.limits.proxy_header =
            Some(header.ok_or_else(|| none_of(text, ProxyHeader::ALL, ProxyHeader::word))?);
        Ok(())
    }),
    ("ARCHIPELAGO_SERVER_REQUESTS_AT_ONCE", |layer, text| {
        layer.server.requests_at_once = Some(read::burst(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_SERVER_CONNECTIONS", |layer, text| {
        layer.server.connections = Some(read::connections(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_SERVER_LEAVE_SECONDS", |layer, text| {
        layer.server.leave_seconds = Some(read::leave(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LOG_FORMAT", |layer, text| {
        let format = LogFormat::from_word(text);
        layer.log.format =
            Some(format.ok_or_else(|| none_of(text, LogFormat::ALL, LogFormat::word))?);
        Ok(())
    }),
];

fn unknown_variable() -> String {
    let known: Vec<_> = VARIABLES.iter().map(|(name, _)| *name).collect();
    format!(
        "names no setting; the settings are {} (and {})",
        known.join(", "),
        NO_SETTINGS.join(", ")
    )
}
