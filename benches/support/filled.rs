//! A database filled with a grown directory, each service looked at and one hoster in five vouched for, by
//! rows as the store writes them and without the minutes it takes to hear a million services one by one.

use std::sync::Arc;

use archipelago::catalogue::Vocabulary;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::vouch::{AssertionKey, Basis, Vouch};
use archipelago::federation::signature::PrivateKey;
use archipelago::formats::activitypub::actor::read_actor;
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::activitypub::vouch;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use url::Url;

use super::grown::grown;

/// How many collectives there are at most; each vouches for as many as are kept of one.
const COLLECTIVES: usize = 300;
/// How many rows one statement adds.
const AT_ONCE: usize = 50;
/// How many rows one transaction adds.
const IN_ONE: usize = 20_000;

type Any<T> = Result<T, Box<dyn std::error::Error>>;
/// The texts of one row; numbers stand in the statement.
type Row = Vec<String>;

/// How many rows of each sort there are.
pub struct Filled {
    pub hosters: usize,
    pub services: usize,
    pub vouches: usize,
}

/// Fills the empty tables of a database.
pub async fn fill(
    url: &str,
    size: usize,
    vocabulary: &Vocabulary,
    now: DateTime<Utc>,
) -> Any<Filled> {
    sqlx::any::install_default_drivers();
    let grown = grown(size, vocabulary);
    let mut connection = AnyConnection::connect(url).await?;
    let connection = &mut connection;
    let hosters = grown.hosters.iter();
    let rows = hosters.map(|hoster| vec![hoster.id.to_string(), written(&**hoster)]);
    add(
        connection,
        "hosters (id, document, changed_at)",
        "$, $, 0",
        rows,
    )
    .await?;
    let services = grown.services.iter();
    let rows = services.map(|service| {
        let (id, hoster) = (service.id.to_string(), service.hoster.to_string());
        vec![id, hoster, written(&**service)]
    });
    let table = "services (id, hoster, document, changed_at)";
    add(connection, table, "$, $, $, 0", rows).await?;
    let services = grown.services.iter();
    let rows = services.filter_map(|service| Some(vec![service.url.as_ref()?.as_str().to_owned()]));
    let table = "health (url, probed_at, fails, asked, up, history)";
    add(connection, table, "$, 0, 0, 700, 690, '{}'", rows).await?;
    let vouches = vouch(connection, &grown.hosters, now).await?;
    sqlx::query("update revision set number = 1 where name = 'directory'")
        .execute(&mut *connection)
        .await?;
    Ok(Filled {
        hosters: grown.hosters.len(),
        services: grown.services.len(),
        vouches,
    })
}

/// Has collectives vouch for one hoster in five, by its site; none is an anchor but the first ten.
async fn vouch(
    connection: &mut AnyConnection,
    hosters: &[Arc<Hoster>],
    now: DateTime<Utc>,
) -> Any<usize> {
    let group = |number: usize| format!("https://c{number}.example/ap/group");
    let (private, multibase) = generate();
    let (_, public_pem) = PrivateKey::generate();
    let mut actors = Vec::new();
    for number in 0..COLLECTIVES {
        let id = group(number);
        let inbox = format!("{id}/inbox");
        let public_key =
            json!({ "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": public_pem });
        let document = json!({
            "id": id, "type": "Group", "name": format!("Collective {number}"),
            "preferredUsername": "group", "inbox": inbox, "publicKey": public_key,
        });
        let mut actor = read_actor(&document, &id.parse()?, now.date_naive())?;
        actor.assertion_keys = vec![AssertionKey {
            id: format!("{id}#key").parse()?,
            multibase: multibase.clone(),
            expires: None,
            revoked: None,
        }];
        actors.push(vec![id, written(&actor), inbox]);
    }
    let table = "remote_actors (id, document, inbox, fetched_at)";
    add(connection, table, "$, $, $, 0", actors.into_iter()).await?;
    let anchors = (0..10).map(|number| vec![group(number)]);
    add(connection, "anchors (actor, since)", "$, 0", anchors).await?;
    let mut rows = Vec::new();
    for (number, hoster) in hosters.iter().step_by(5).enumerate() {
        let issuer: Url = group(number % COLLECTIVES).parse()?;
        let Some(site) = &hoster.website else {
            continue;
        };
        let said = Vouch {
            id: issuer.join(&format!("/ap/vouches/{number}"))?,
            object: site.as_url().clone(),
            basis: Basis::Membership,
            since: now - TimeDelta::days(10),
            until: now + TimeDelta::days(300),
            charter: None,
            evidence: None,
            issuer,
        };
        let method = format!("{}#key", said.issuer).parse()?;
        let signer = Signer::new(&private, method)?;
        let document = signer.sign(vouch::write(&said), now - TimeDelta::days(10));
        rows.push(vec![
            said.id.to_string(),
            said.issuer.to_string(),
            said.object.to_string(),
            document.to_string(),
            multibase.clone(),
        ]);
    }
    let count = rows.len();
    let acknowledged = rows.iter().map(|row| vec![row[2].clone(), row[0].clone()]);
    let acknowledged: Vec<Row> = acknowledged.collect();
    let table = "vouches (id, issuer, object, document, multibase, made_at, proof, ends_at, kept_at, heard_at)";
    let ends_at = (now + TimeDelta::days(300)).timestamp_millis();
    let heard_at = now.timestamp_millis();
    let values = format!("$, $, $, $, $, 0, 'holds', {ends_at}, 0, {heard_at}");
    add(connection, table, &values, rows.into_iter()).await?;
    let table = "acknowledged (actor, vouch, since)";
    add(connection, table, "$, $, 0", acknowledged.into_iter()).await?;
    Ok(count)
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it is JSON")
}

/// Adds rows to a table; each `$` of `values` is a text of the row.
async fn add(
    connection: &mut AnyConnection,
    table: &str,
    values: &str,
    rows: impl Iterator<Item = Row>,
) -> Any<()> {
    let rows: Vec<Row> = rows.collect();
    for part in rows.chunks(IN_ONE) {
        let mut transaction = connection.begin().await?;
        for rows in part.chunks(AT_ONCE) {
            let mut number = 0;
            let mut row = || {
                let parts: Vec<String> = values
                    .split('$')
                    .enumerate()
                    .map(|(place, part)| match place {
                        0 => part.to_owned(),
                        _ => {
                            number += 1;
                            format!("${number}{part}")
                        }
                    })
                    .collect();
                format!("({})", parts.concat())
            };
            let all: Vec<String> = rows.iter().map(|_| row()).collect();
            let sql = format!(
                "insert into {table} values {} on conflict do nothing",
                all.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for text in rows.iter().flatten() {
                query = query.bind(text.as_str());
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

/// Makes an empty schema of a PostgreSQL database.
pub async fn make_schema(url: &str, schema: &str) -> Any<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let sql = format!("create schema {schema}");
    sqlx::query(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}
