//! Who there is: a directory, a hoster that it follows, and a web that it has crawled.

use std::time::{Duration, Instant};

use archipelago::federation::signature::{PrivateKey, SigningKey};
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::formats::activitypub::ids::hoster_id;
use archipelago::store::Store;
use serde_json::Value;
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, AssertSqlSafe};
use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

use super::nodes::{Place, command, database, found, log, run, serve};
use super::program::Server as Program;
use super::signed::{signed, written};
use super::simulated_web::{Server as Far, Web};
use super::support::Any;

/// How long what the hoster said last may take to be seen in the directory.
const SEEN_WITHIN: Duration = Duration::from_secs(15);
/// The same of what it said first, which waits behind the actors of all that was crawled.
const SEEN_FIRST_WITHIN: Duration = Duration::from_secs(120);
/// The service that the hoster edits, and the one that it posts again and again.
const EDITED: &str = "pads";
const POSTED: &str = "polls";
/// How many posts are signed beforehand: more than a day of the soak has.
const POSTS: usize = 8_192;
/// How long a node may take to end once it is asked to.
const ENDS_WITHIN: Duration = Duration::from_secs(15);
/// What a node counts of its own failures.
const FAILURES: [&str; 3] = [
    "archipelago_panics_total",
    "archipelago_loop_failures_total",
    "archipelago_database_failures_total",
];
pub struct Scene {
    pub web: Far,
    pub directory: Program,
    /// It ends with the scene.
    _hoster: Program,
    /// The address of the hoster's node.
    hoster: Addresses,
    /// Where the directory takes posts.
    inbox: Url,
    frontier: AnyPool,
    folder: TempDir,
}

impl Scene {
    /// Crawls a web of so many hosts, and starts the nodes.
    pub async fn set(seed: u64, hosts: usize) -> Any<Self> {
        let web = Far::start(Web::of(seed, hosts)).await?;
        let folder = tempfile::tempdir()?;
        let directory = Place::free("directory")?;
        let hoster = Place::free("hoster")?;
        found(folder.path(), &directory, &["--kind", "directory"]).await?;
        let of_hoster = ["--kind", "hoster", "--place", "Lyon"];
        found(folder.path(), &hoster, &of_hoster).await?;
        for (service, name) in [(EDITED, "Pads 0"), (POSTED, "Polls")] {
            let address = format!("https://{service}.hoster.example/");
            let add = [
                "service", "add", service, "--name", name, "--need", service, "--url", &address,
            ];
            run(&mut command(folder.path(), hoster.name, &add)).await?;
        }
        let crawl = ["crawl", "--once", "--json"];
        let mut crawl = command(folder.path(), directory.name, &crawl);
        let hosts = web.web().hosts(|_| true);
        let seeds = hosts.map(|host| web.web().url(host, web.port()).to_string());
        crawl.args(seeds.flat_map(|seed| ["--seed".to_owned(), seed]));
        let crawled: Value = serde_json::from_slice(&run(&mut crawl).await?)?;
        println!("crawled: {crawled}");
        web.log().take();
        let hoster_runs = serve(folder.path(), &hoster)?;
        let runs = serve(folder.path(), &directory)?;
        let follow = ["follow", &hoster.home()];
        run(&mut command(folder.path(), directory.name, &follow)).await?;
        install_default_drivers();
        let scene = Self {
            web,
            directory: runs,
            _hoster: hoster_runs,
            hoster: Addresses::of(hoster.home().parse()?),
            inbox: Addresses::of(directory.home().parse()?).shared_inbox(),
            frontier: AnyPool::connect(&database(folder.path(), directory.name)).await?,
            folder,
        };
        let begun = Instant::now();
        scene.shows(0, SEEN_FIRST_WITHIN).await?;
        println!("The hoster's word is seen after {:.1?}.", begun.elapsed());
        Ok(scene)
    }

    /// Lets the frontier believe that an hour has passed.
    pub async fn an_hour_passes(&self) -> Any<()> {
        const HOUR: i64 = 3_600_000;
        for sql in [
            format!(
                "update hosts set due_at = due_at - {HOUR}, robots_at = robots_at - {HOUR},
                   round_at = round_at - {HOUR}"
            ),
            format!("update targets set due_at = due_at - {HOUR}"),
        ] {
            let change = sqlx::query(AssertSqlSafe(sql));
            change.execute(&self.frontier).await?;
        }
        Ok(())
    }

    /// Has the hoster say something new of its service.
    pub async fn edit(&self, number: u32) -> Any<()> {
        let name = format!("Pads {number}");
        let edit = ["service", "edit", EDITED, "--name", &name];
        run(&mut command(self.folder.path(), "hoster", &edit)).await?;
        Ok(())
    }

    /// What the hoster's node may post of a service to the directory, each as if it were said for the first time.
    pub async fn posts(&self) -> Any<Vec<Vec<u8>>> {
        let store = Store::open(&database(self.folder.path(), "hoster")).await?;
        let (said, _) = store.outbox(Local::Hoster, 10, 0).await?;
        let keys = store.local_keys(Local::Hoster).await?;
        let key = SigningKey {
            id: keys[0].id.clone(),
            private: PrivateKey::from_pem(&keys[0].private_pem)?,
        };
        let said = said.iter().find(|said| said.document.contains("Polls"));
        let said = said.ok_or("the hoster said nothing of it")?;
        let posts = (0..POSTS).map(|number| {
            let id = format!("{}-{number}", said.id);
            let body = said.document.replacen(said.id.as_str(), &id, 1);
            let (body, headers) = signed(&key, body, &self.inbox);
            written(&self.inbox, &body, &headers)
        });
        Ok(posts.collect())
    }

    /// Whether the directory comes to show what the hoster said last.
    pub async fn shows_last(&self, number: u32) -> Any<()> {
        self.shows(number, SEEN_WITHIN).await
    }

    async fn shows(&self, number: u32, within: Duration) -> Any<()> {
        let hoster = hoster_id(&self.hoster.actor(Local::Hoster)).ok_or("no id")?;
        let url = format!("http://{}/api/v1/hosters/{hoster}", self.directory.address);
        let name = format!("Pads {number}");
        let begun = Instant::now();
        while begun.elapsed() < within {
            let answer: Value = reqwest::get(&url).await?.json().await?;
            let services = answer["services"].as_array().into_iter().flatten();
            if services.into_iter().any(|service| service["name"] == name) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("edit {number} is not in the directory").into())
    }

    /// Whether the directory applied each of so many edits, in their order.
    pub async fn has_applied(&self, edits: u32) -> Any<()> {
        let sql = "select body from inbox where applied_at is not null order by applied_at, seq";
        let bodies: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.frontier).await?;
        let number = |body: &String| {
            body.split("\"Pads ")
                .nth(1)?
                .split('"')
                .next()?
                .parse()
                .ok()
        };
        let applied: Vec<u32> = bodies.iter().filter_map(number).collect();
        println!("{} posts were applied.", bodies.len());
        match applied.iter().copied().eq(1..=edits) {
            true => Ok(()),
            false => Err(format!("of edits 1 to {edits} these were applied: {applied:?}").into()),
        }
    }

    /// Makes a backup, while the directory answers.
    pub async fn back_up(&self) -> Any<()> {
        let path = self.folder.path().join("directory.backup");
        let backup = ["backup", &path.display().to_string()];
        run(&mut command(self.folder.path(), "directory", &backup)).await?;
        Ok(())
    }

    /// Asks the directory to end, and looks whether it says that all was well and its database is whole.
    pub async fn ends_whole(&self) -> Any<()> {
        let failed = self.failures().await?;
        let process = self.directory.process.id().to_string();
        run(Command::new("kill").args(["-TERM", &process])).await?;
        let begun = Instant::now();
        let stat = format!("/proc/{process}/stat");
        // Ended and not yet waited for, it is a zombie.
        while !std::fs::read_to_string(&stat)?.contains(") Z ") {
            if begun.elapsed() > ENDS_WITHIN {
                return Err("the directory does not end".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let check = sqlx::query_scalar::<_, String>("pragma integrity_check");
        let said = check.fetch_one(&self.frontier).await?;
        println!(
            "The directory ended after {:.1?}; its database: {said}.",
            begun.elapsed()
        );
        let log = std::fs::read_to_string(log(self.folder.path(), "directory"))?;
        let is_bad = |line: &&str| line.contains(" ERROR ") || line.contains("panicked");
        let warned = log.lines().filter(|line| line.contains(" WARN ")).count();
        let bad: Vec<_> = log.lines().filter(is_bad).chain(failed.lines()).collect();
        println!(
            "It logged {} lines, of which {warned} warn.",
            log.lines().count()
        );
        match said == "ok" {
            true if bad.is_empty() => Ok(()),
            true => Err(format!("the directory failed:\n{}", bad.join("\n")).into()),
            false => Err("its database is damaged".into()),
        }
    }

    /// What the directory counts of its own failures, without what never failed.
    async fn failures(&self) -> Any<String> {
        let url = format!("http://{}/metrics", self.directory.address);
        let metrics = reqwest::get(&url).await?.text().await?;
        let counted = metrics.lines().filter(|line| {
            let is_failure = FAILURES.iter().any(|name| line.starts_with(name));
            is_failure && !line.ends_with(" 0")
        });
        Ok(counted.collect::<Vec<_>>().join("\n"))
    }
}
