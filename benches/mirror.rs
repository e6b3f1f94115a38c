//! What a signed snapshot costs: how large it is, how long it takes to write, check and copy, and how much
//! memory each takes; and how long one changed hoster takes from an edition to signed changes.
//!
//! `cargo bench --bench mirror`, `cargo bench --bench mirror -- 1000000`. Figures and what they are held
//! against stand in BENCHMARKS.md; `support/grown.rs` and `support/filled.rs` say how the store is filled.
//! The copy goes into another SQLite database, as `archipelago mirror` does it.

#[path = "support/filled.rs"]
#[expect(dead_code, reason = "other benchmarks fill PostgreSQL as well")]
mod filled;
#[path = "support/grown.rs"]
mod grown;
#[expect(dead_code, reason = "other benchmarks count the time of processors")]
mod support;

use std::fs::File;
use std::io::{Seek, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use archipelago::catalogue::{Catalogue, Vocabulary};
use archipelago::clock::Clock;
use archipelago::domain::choices::Choices;
use archipelago::federation::{Founder, Kind};
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::formats::activitypub::proof::generate;
use archipelago::formats::snapshot;
use archipelago::mirror::{Kept, Publisher, Told};
use archipelago::store::{Copied, Copying, NewAssertionKey, Store};
use mimalloc::MiMalloc;
use support::{Any, held};
use tokio::sync::mpsc;
use url::Url;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> Any<()> {
    let sizes = std::env::args().filter_map(|size| size.parse().ok());
    let sizes: Vec<usize> = sizes.collect();
    let sizes = match sizes.is_empty() {
        true => vec![10_000, 100_000],
        false => sizes,
    };
    for size in sizes {
        measure(size).await?;
    }
    Ok(())
}

async fn measure(size: usize) -> Any<()> {
    let folder = tempfile::tempdir()?;
    let url = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let clock = Clock::system();
    let store = Store::open(&url("origin.db")).await?;
    let addresses = Addresses::of("https://origin.example/".parse()?);
    let origin = addresses.actor(Local::Node);
    found(&store, addresses, &clock).await?;
    let filled = filled::fill(
        &url("origin.db"),
        size,
        &Vocabulary::embedded(),
        clock.now(),
    )
    .await?;
    let catalogue = Catalogue::open(&store, Choices::default(), clock.now()).await?;
    let before = held("self")?;

    let publisher = Publisher::new(store.clone(), origin, clock.clone());
    let (first, published) = timed(publisher.publish(&catalogue.current())).await;
    published?;
    let with_it = held("self")?;
    let (writing, kept) = timed(publisher.snapshot()).await;
    let kept = kept?.ok_or("nothing is published")?;
    let written = held("self")?;
    println!(
        "{} services of {} hosters, {} vouches",
        filled.services, filled.hosters, filled.vouches
    );
    println!(
        "  snapshot {:.2} MB packed ({:.2} MB for 10,000 services), written in {writing:.2?}",
        kept.bytes as f64 / 1e6,
        kept.bytes as f64 / 1e6 * 1e4 / filled.services as f64
    );
    println!("  first hashed and signed in {first:.2?}");
    println!(
        "  memory {before:.0} MB with the edition, {with_it:.0} MB with what is published, {written:.0} MB \
         once it was written"
    );
    changed(&store, &catalogue, &publisher, &clock).await?;
    copied(&kept, &Store::open(&url("copy.db")).await?, &clock).await
}

/// One hoster is renamed: until what changed can be told.
async fn changed(
    store: &Store,
    catalogue: &Catalogue,
    publisher: &Publisher,
    clock: &Clock,
) -> Any<()> {
    let edition = catalogue.current();
    let since = edition.revision;
    let mut hoster = edition.hosters[edition.hosters.len() / 2].as_ref().clone();
    hoster.name = archipelago::domain::text::Name::parse("Renamed")?;
    drop(edition);
    store.keep(&[hoster], &[], clock.now()).await?;
    catalogue.refresh(store, clock.now()).await?;
    let edition = catalogue.current();
    let (publishing, published) = timed(publisher.publish(&edition)).await;
    published?;
    let (telling, told) = timed(publisher.changes(since, Duration::ZERO)).await;
    let Told::Changes(changes) = told else {
        return Err("the change is not told".into());
    };
    let bytes = changes.len();
    println!(
        "  a change hashed and signed in {publishing:.2?}, told in {telling:.2?}: {bytes} bytes"
    );
    Ok(())
}

/// The snapshot is checked, then kept in another database.
async fn copied(kept: &Arc<Kept>, copy: &Store, clock: &Clock) -> Any<()> {
    let mut file: File = tempfile::tempfile()?;
    let mut at = 0;
    while let Some(piece) = Some(kept.piece(at)?).filter(|piece| !piece.is_empty()) {
        file.write_all(&piece)?;
        at += piece.len() as u64;
    }
    file.rewind()?;
    let before = held("self")?;
    let began = Instant::now();
    let checked = snapshot::check(&file)?;
    let checking = began.elapsed();
    let with_it = held("self")?;
    file.rewind()?;
    let home: Url = "https://origin.example/".parse()?;
    copy.begin_mirror(&home, clock.now()).await?;
    let (sender, mut receiver) = mpsc::channel(256);
    let reading = tokio::task::spawn_blocking(move || {
        let read = snapshot::read(file, |record, content| {
            let sent = sender.blocking_send(Some((record, content)));
            sent.map_err(|_| snapshot::NotASnapshot::CutOff("nobody keeps it".to_owned()))
        });
        drop(sender.blocking_send(None));
        read.map(drop)
    });
    let signed = Copied {
        signed: &checked.document,
        revision: checked.signed.revision,
        at: clock.now(),
    };
    let copying = copy.copy_all(signed, async || receiver.recv().await);
    let (keeping, copying) = timed(copying).await;
    reading.await??;
    assert_eq!(copying?, Copying::Kept);
    let kept = held("self")?;
    println!(
        "  checked in {checking:.2?}, kept in {keeping:.2?}; memory {before:.0} MB before, {with_it:.0} MB \
         with the hashes, {kept:.0} MB once it was kept"
    );
    Ok(())
}

async fn found(store: &Store, addresses: Addresses, clock: &Clock) -> Any<()> {
    let key = addresses.assertion_key(Local::Node, 1);
    let founder = Founder {
        addresses,
        kind: Kind::Directory,
        username: "origin".to_owned(),
        name: archipelago::domain::text::Name::parse("Origin")?,
        hoster: None,
    };
    founder.found(store, clock.now()).await?;
    let (private_pem, multibase) = generate();
    let key = NewAssertionKey {
        id: key,
        number: 1,
        private_pem,
        multibase,
    };
    store
        .keep_first_assertion_key(Local::Node, &key, clock.now())
        .await?;
    Ok(())
}

async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let began = Instant::now();
    let done = work.await;
    (began.elapsed(), done)
}
