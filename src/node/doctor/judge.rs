//! What was seen, judged: a pure function, so that each case can be tried.

mod address;

use crate::node::too_few_files;

use super::{Finding, Seen};
pub use address::judge_address;

/// Below so many free bytes it is time to make room, and below so many it is late.
const FREE_BYTES: [u64; 2] = [1_000_000_000, 100_000_000];

/// Judges all that was seen, in the order in which it is to be mended.
pub fn judge(seen: &Seen) -> Vec<Finding> {
    let mut findings = vec![database(seen)];
    findings.extend(disk(seen));
    findings.push(files(seen));
    findings.extend(domain(seen));
    findings.extend([network(seen), here(seen)]);
    if let Some(there) = &seen.there {
        let here = seen.here.as_ref().ok();
        findings.extend(judge_address(there, here, &seen.others_ahead));
    }
    findings
}

fn database(seen: &Seen) -> Finding {
    let database = &seen.database;
    let address = &database.address;
    if let Some(problem) = &database.problem {
        let advice = "archipelago init founds a node, archipelago serve --demo shows one; another database is \
                      named with database_url";
        return Finding::wrong("database", format!("{address}: {problem}"), advice);
    }
    if database.changes_to_come > 0 {
        return Finding::warning(
            "database",
            format!(
                "{address}: its tables are behind this program, changes to come: {}",
                database.changes_to_come
            ),
            "make a backup with the program that runs now, then start this one: it brings them up to date",
        );
    }
    match &database.cannot_write {
        Some(problem) => Finding::wrong(
            "database",
            format!("{address} can be read and not be changed: {problem}"),
            "is its disk full, does the file belong to somebody else, is the server a standby?",
        ),
        None => Finding::ok("database", format!("{address} answers and can be changed")),
    }
}

fn disk(seen: &Seen) -> Option<Finding> {
    let free = seen.database.free_bytes?;
    let told = format!("{} MB are free beside the database", free / 1_000_000);
    let advice = "free some space, or move the file to a larger disk: where it is full nothing can be changed";
    let [early, late] = FREE_BYTES;
    Some(if free < late {
        Finding::wrong("disk", told, advice)
    } else if free < early {
        Finding::warning("disk", told, advice)
    } else {
        Finding::ok("disk", told)
    })
}

fn files(seen: &Seen) -> Finding {
    let (files, told) = match seen.files_of_node {
        Some(files) => (files, format!("the node may open {files} files")),
        None => (
            seen.files,
            format!(
                "what is started from here may open {} files; a service may have another limit",
                seen.files
            ),
        ),
    };
    match too_few_files(files, &seen.config.server) {
        Some(problem) => Finding::warning("files", told, problem),
        None => Finding::ok("files", told),
    }
}

/// Where the node was founded; a database that was not read does not say so.
fn domain(seen: &Seen) -> Option<Finding> {
    if !seen.database.was_read() {
        return None;
    }
    Some(match (&seen.founded, &seen.config.domain) {
        (Some(founded), Some(named)) if founded.origin() != named.origin() => Finding::wrong(
            "domain",
            format!("this node was founded at {founded}, and the settings name {named}"),
            "set domain back, or begin with a new database: ids that others know cannot move",
        ),
        (Some(founded), _) => Finding::ok("domain", format!("founded at {founded}")),
        (None, _) => Finding::warning(
            "domain",
            "this node was never founded: it exchanges with nobody and visits nobody",
            "archipelago init --domain NAME founds it, once it has a name for good",
        ),
    })
}

fn network(seen: &Seen) -> Finding {
    let ranges = seen.config.network.allow.iter();
    let ranges: Vec<_> = ranges.map(ToString::to_string).collect();
    match ranges.is_empty() {
        true => Finding::ok("network", "private addresses are out of reach for others"),
        false => Finding::warning(
            "network",
            format!(
                "others may make this node connect to private addresses in {}",
                ranges.join(", ")
            ),
            "take [network] allow and --allow-net away on a public node",
        ),
    }
}

fn here(seen: &Seen) -> Finding {
    let listen = seen.config.listen;
    match &seen.here {
        Ok(_) => Finding::ok("here", format!("a node answers at {listen}")),
        Err(problem) => Finding::warning(
            "here",
            format!("no node answers at {listen}: {problem}"),
            "start it with archipelago serve, or name its address here as there (listen)",
        ),
    }
}

#[cfg(test)]
mod tests;
