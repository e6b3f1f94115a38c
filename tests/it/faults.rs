//! Faults that are really injected: what a node does while something it stands on is gone, and that
//! afterwards nothing is lost and nothing doubled. `make faults` has them in full.

mod clock;
mod cut_off;
mod database_gone;
mod failover;
mod far_side;
mod full_disk;
mod held_row;
mod in_full;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use archipelago::config::Config;
use archipelago::federation::Kind;
use reqwest::Response;

use crate::support::database::Database;
use crate::support::far_actor::{Far, FarActor};
use crate::support::far_post::Answer;
use crate::support::fediverse::{Site, eventually, free_port, offer};
use crate::support::followers;
use crate::support::process::Process;

/// The longest that whoever writes may wait for an answer while the database is gone.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// The longest until what was changed elsewhere is shown, once the database is back: a loop that failed rests for a
/// second, looks each second and builds, which a busy machine may do ten times as slowly; TCP that waits for an
/// answer waits for minutes.
const SHOWN_WITHIN: Duration = Duration::from_secs(20);
/// Where anybody reports a service.
const REPORT: &str = "/en/services/pads/report";

/// What counts that no database answered.
const AWAY: &str = "archipelago_database_failures_total{kind=\"away\"}";
/// What counts that the disk of the database was full.
const FULL: &str = "archipelago_database_failures_total{kind=\"full\"}";
/// What counts that an inbox did not answer.
const UNREACHABLE: &str = "archipelago_deliveries_total{end=\"unreachable\"}";
/// What counts that the clock was set.
const CLOCK_SETS: &str = "archipelago_clock_sets_total";

/// Nothing is visited: what is offered here is nowhere.
const ALONE: &[&str] = &["--without", "crawler"];

/// A hoster's site that offers pads, and somebody far away who follows it.
struct Scene {
    site: Site,
    database: Database,
    far: Far,
    follower: FarActor,
}

impl Scene {
    async fn over(database: Database) -> Self {
        let site = Site::found("hoster", Kind::Hoster, &database, free_port()).await;
        let pads = vec![offer("pads", "Pads")];
        site.federation.add_services(pads).await.unwrap();
        let far = Far::start().await;
        let follower = far.person("jeanne");
        Self {
            site,
            database,
            far,
            follower,
        }
    }

    /// A node that answers, and shows the pads.
    async fn node(&self) -> Process {
        self.node_of(&self.site.config).await
    }

    /// One by other settings, that shows them as well.
    async fn node_of(&self, config: &Config) -> Process {
        let node = Process::serve(config, ALONE).await;
        shows(&node, "Pads").await;
        node
    }

    /// Reports the pads, by a sentence.
    async fn report(&self, node: &Process, words: &str) -> Response {
        let form = [("reason", "broken"), ("words", words)];
        node.post(REPORT, &form).await.unwrap()
    }

    /// Posts an activity to a node's inbox.
    async fn tell(&self, node: &Process, activity: &serde_json::Value) -> Answer {
        let inbox = self.site.federation.addresses().shared_inbox();
        let post = self.follower.post(&inbox, activity);
        post.send_to(node.listens_at()).await
    }

    /// A Follow of the site.
    fn follow(&self) -> serde_json::Value {
        let hoster = archipelago::formats::activitypub::addresses::Local::Hoster;
        let hoster = self.site.federation.addresses().actor(hoster);
        self.follower.activity("Follow", hoster.as_str())
    }

    async fn count(&self, sql: &str) -> usize {
        self.database.rows(sql).await[0][0].parse().unwrap()
    }

    /// While the database is gone: whoever reads is answered as ever, whoever writes is asked to come again.
    async fn reads_go_on_and_writes_do_not(&self, node: &Process) {
        for path in [
            "/en/services/pads",
            "/en/",
            "/api/v1/search?q=pads",
            "/go/pads",
        ] {
            let asked = Instant::now();
            let answer = node.get(path).await.unwrap();
            assert!(
                answer.status().as_u16() < 400,
                "{path}: {}",
                answer.status()
            );
            assert!(asked.elapsed() < Duration::from_secs(5), "{path}");
        }
        let asked = Instant::now();
        let answer = self.report(node, "It is down").await;
        assert!(asked.elapsed() < ANSWERED_WITHIN, "{:?}", asked.elapsed());
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        let asked = Instant::now();
        let answer = self.tell(node, &self.follow()).await;
        assert!(asked.elapsed() < ANSWERED_WITHIN, "{:?}", asked.elapsed());
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(answer.head.contains("retry-after"), "{}", answer.head);
    }

    /// Once it is back: what is written is kept, once, and what was refused is not.
    async fn writes_work_again(&self, node: &Process) {
        let follow = self.follow();
        eventually("a post is taken", async || {
            (self.tell(node, &follow).await.status == 202).then_some(())
        })
        .await;
        eventually("a report is taken", async || {
            (self.report(node, "It is up again").await.status() == 303).then_some(())
        })
        .await;
        eventually("what was posted is applied", async || {
            let applied = "select cast(count(*) as text) from inbox where applied_at is not null";
            (self.count(applied).await == 1).then_some(())
        })
        .await;
        let inbox = "select id from inbox";
        assert_eq!(
            self.database.rows(inbox).await,
            [[follow["id"].as_str().unwrap()]]
        );
        let followers = format!(
            "select cast(count(*) as text) from followers where actor = '{}'",
            self.follower.id
        );
        assert_eq!(self.count(&followers).await, 1);
        let words = self.database.rows("select words from reports").await;
        assert_eq!(words, [["It is up again"]]);
        eventually("a command is obeyed", async || {
            let update = offer("pads", "Pads anew");
            self.site.federation.update_service(update).await.ok()
        })
        .await;
        let changed = Instant::now();
        shows(node, "Pads anew").await;
        assert!(changed.elapsed() < SHOWN_WITHIN, "{:?}", changed.elapsed());
        eventually("the follower is told", async || {
            let posted = self.far.posted_to(&self.follower.inbox());
            let told: BTreeSet<_> = posted.iter().map(followers::id).collect();
            // The Accept and the Update, by their ids: one comes again if its lease ran out under way.
            (told.len() == 2).then_some(())
        })
        .await;
    }
}

/// Waits until a node's page of the pads says something.
async fn shows(node: &Process, words: &str) {
    eventually(&format!("the page says {words}"), async || {
        let page = node.get("/en/services/pads").await.ok()?;
        page.text().await.ok()?.contains(words).then_some(())
    })
    .await;
}
