//! What a node's own address shows, judged.

use chrono::TimeDelta;
use url::Url;

use crate::domain::text::printable;
use crate::formats::activitypub::addresses::Addresses;
use crate::formats::activitypub::vocabulary::MEDIA_TYPE;
use crate::formats::webfinger::JRD;
use crate::node::doctor::{Document, Finding, Found, Reached, There};
use crate::web::{Health, Whom};

/// How long a certificate should still hold, and how long it must: what renews one does so a month before.
const CERTIFICATE_HOLDS: [TimeDelta; 2] = [TimeDelta::days(14), TimeDelta::days(3)];
/// How far a clock may be off before it is told, and before others refuse what is signed by it.
const CLOCK_OFF: [TimeDelta; 2] = [TimeDelta::seconds(30), TimeDelta::minutes(5)];
/// How much of what others wrote is shown, in characters.
const MAX_SHOWN_CHARS: usize = 80;

/// Judges what the address shows; `here` is what the node on this machine says.
pub fn judge_address(there: &There, here: Option<&Health>, others: &[TimeDelta]) -> Vec<Finding> {
    let mut findings = vec![reached(there)];
    findings.extend(certificate(there));
    if !matches!(there.reached, Reached::Answered { .. }) {
        return findings;
    }
    match &there.health {
        Some(health) => {
            findings.push(node(there, health, here));
            findings.push(host(there, health));
            findings.push(scheme(there, health));
            findings.push(forwarded(health));
        }
        None => findings.push(Finding::wrong(
            "node",
            format!("what answers at {}healthz is no archipelago", there.home),
            "let the server in front pass every path on to the node",
        )),
    }
    findings.push(clock(there, others));
    if let Some(found) = &there.found {
        let Found {
            actor,
            webfinger,
            own,
        } = found;
        findings.push(document("webfinger", webfinger, JRD, actor));
        findings.push(document("actor", own, MEDIA_TYPE, actor));
    }
    findings
}

fn reached(there: &There) -> Finding {
    let home = &there.home;
    let check = "address";
    match &there.reached {
        Reached::Answered { status: 200, .. } => Finding::ok(check, format!("{home} answers")),
        Reached::Answered { status, .. } => Finding::wrong(
            check,
            format!("{home}healthz answers {status}"),
            "the server in front must pass this name on to the node, without a redirect",
        ),
        Reached::Private => Finding::wrong(
            check,
            format!("{home} leads to a private or reserved address"),
            "let the name lead to the public address of this machine (A and AAAA records); where that is asked \
             from inside only, this is no mistake",
        ),
        Reached::Unknown(problem) => Finding::wrong(
            check,
            problem,
            "set A and AAAA records for the name, and look whether this machine can look names up",
        ),
        Reached::Certificate(problem) => Finding::wrong(
            check,
            format!("{home} cannot be asked: its certificate is not valid ({problem})"),
            "have a certificate made for exactly this name, and let the server in front show it with the whole \
             chain",
        ),
        Reached::Failed(problem) => Finding::wrong(
            check,
            problem,
            "does the server in front run, and is port 443 open for everybody?",
        ),
    }
}

fn certificate(there: &There) -> Option<Finding> {
    let until = there.certificate_until()?;
    let told = format!("the certificate ends on {}", until.format("%Y-%m-%d"));
    let advice = "look why it is not renewed: most are, a month before";
    let [early, late] = CERTIFICATE_HOLDS;
    let left = until - there.at;
    Some(if left < late {
        Finding::wrong("certificate", told, advice)
    } else if left < early {
        Finding::warning("certificate", told, advice)
    } else {
        Finding::ok("certificate", told)
    })
}

fn node(there: &There, health: &Health, here: Option<&Health>) -> Finding {
    let home = &there.home;
    match (&health.node, here) {
        (Some(node), _) if node != home => Finding::wrong(
            "node",
            format!("the node that answers at {home} was founded at {node}"),
            "let the server in front pass this name on to the right port",
        ),
        (None, _) if there.found.is_some() => Finding::wrong(
            "node",
            format!("the node that answers at {home} was never founded"),
            "it runs with another database than this: name the same settings for both",
        ),
        (_, Some(here)) if here.instance != health.instance => Finding::warning(
            "node",
            format!("{home} is answered by another process than the one on this machine"),
            "right, if that is a replica over the same database; if not, two nodes live under one name",
        ),
        _ => Finding::ok("node", format!("{home} is this node")),
    }
}

fn host(there: &There, health: &Health) -> Finding {
    let addresses = Addresses::of(there.home.clone());
    let (asked, arrived) = (addresses.authority(), shown(&health.asked.host));
    match arrived.eq_ignore_ascii_case(asked) {
        true => Finding::ok("host", format!("the node is asked for {asked}")),
        false => Finding::wrong(
            "host",
            format!(
                "{asked} was asked for, and the node heard {arrived}: it refuses every signed post"
            ),
            "pass the Host header on (nginx: proxy_set_header Host $http_host; Caddy does so by itself)",
        ),
    }
}

fn scheme(there: &There, health: &Health) -> Finding {
    let (asked, arrived) = (there.home.scheme(), shown(&health.asked.scheme));
    match asked == arrived {
        true => Finding::ok(
            "scheme",
            format!("the node knows that {asked} was asked for"),
        ),
        false => Finding::warning(
            "scheme",
            format!("{asked} was asked for, and the node takes it for {arrived}"),
            "set X-Forwarded-Proto (nginx: proxy_set_header X-Forwarded-Proto $scheme;), and name the server in \
             front in [limits] trusted_proxies",
        ),
    }
}

fn forwarded(health: &Health) -> Finding {
    let check = "client";
    match health.asked.client {
        Whom::Told => Finding::ok(check, "the server in front says for whom it asks"),
        Whom::Direct => Finding::ok(check, "no server stands in front"),
        Whom::Untold => Finding::warning(
            check,
            "the server in front does not say for whom it asks: no client is held to [limits]",
            "set X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;)",
        ),
        Whom::NotBelieved => Finding::wrong(
            check,
            "the server in front says for whom it asks and is not believed: all visitors are limited as one",
            "name its address in [limits] trusted_proxies",
        ),
    }
}

/// What somebody else wrote, fit for a terminal and a log.
fn shown(text: &str) -> String {
    printable(text, MAX_SHOWN_CHARS)
}

/// The middle one of others' clocks. At the node's own address mostly this machine answers, whose clock says
/// something only where it is another.
fn clock(there: &There, others: &[TimeDelta]) -> Finding {
    let mut clocks = others.to_vec();
    if clocks.is_empty() {
        clocks.extend(there.ahead.filter(|ahead| ahead.abs() > CLOCK_OFF[0]));
    }
    clocks.sort();
    let Some(&middle) = clocks.get(clocks.len().saturating_sub(1) / 2) else {
        return Finding::ok(
            "clock",
            "nobody was there to compare the clock with (timedatectl says whether NTP sets it)",
        );
    };
    let off = middle.abs();
    let seconds = off.num_seconds();
    let side = match middle > TimeDelta::zero() {
        true => "behind",
        false => "ahead",
    };
    let told = format!("the clock is {seconds} seconds {side} of what others say");
    let advice = "let it be set by NTP (timedatectl set-ntp true)";
    let [early, late] = CLOCK_OFF;
    if off > late {
        let told = format!("{told}: they refuse what this node signs");
        Finding::wrong("clock", told, advice)
    } else if off > early {
        Finding::warning("clock", told, advice)
    } else {
        Finding::ok("clock", "the clock goes with those of others")
    }
}

fn document(
    check: &'static str,
    document: &Result<Document, String>,
    media_type: &str,
    actor: &Url,
) -> Finding {
    let advice = "let the server in front pass every path on as it is, /.well-known/ with its query and /ap/ with \
                  the Accept header too, and answer none of them itself";
    let document = match document {
        Ok(document) => document,
        Err(problem) => return Finding::wrong(check, problem, advice),
    };
    let Document {
        status,
        media_type: kind,
        names,
    } = document;
    if *status != 200 {
        Finding::wrong(check, format!("it answers {status}"), advice)
    } else if kind != media_type {
        let told = format!("it is {:?} and not {media_type:?}", shown(kind));
        Finding::wrong(check, told, advice)
    } else if names.as_ref() != Some(actor) {
        let told = format!("it does not name {actor}");
        Finding::wrong(check, told, advice)
    } else {
        Finding::ok(check, format!("{actor} is found"))
    }
}
