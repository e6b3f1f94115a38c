//! `archipelago member import`: a collective vouches for members without nodes, by a command.

use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::desk::{Desk, stderr, stdout};
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::Reply;
use crate::support::fediverse::Founded;

struct Hand {
    node: Founded,
    desk: Desk,
}

impl Hand {
    async fn of(kind: Kind) -> Self {
        let node = Founded::start(kind.word(), kind, Database::sqlite().await).await;
        Self {
            node,
            desk: Desk::new(),
        }
    }

    /// What an import says on standard output and on standard error.
    fn imports(&self, arguments: &[&str]) -> (String, String) {
        let mut command = self.desk.command_of(&self.arguments(arguments));
        let output = command.output().unwrap();
        let told = (stdout(&output), stderr(&output));
        assert!(output.status.success(), "{told:?}");
        told
    }

    fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let here = ["--allow-net", "127.0.0.0/8", "--database-url"];
        let url = self.node.config.database_url.as_str();
        [&["member", "import"], arguments, &here, &[url]].concat()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (told, _) = self.imports(&[arguments, &["--json"]].concat());
        serde_json::from_str(&told).unwrap()
    }

    async fn given(&self) -> usize {
        let ours = self.node.id(Local::Collective);
        self.node.store.vouches_by(&ours).await.unwrap().len()
    }
}

const LIST: &str = "# Our members\na.localhost:4001,2019-04-01,A hoster\nnonsense\n\
    http://b.localhost:4002/\nhttps://10.0.0.1/\n";

#[tokio::test]
async fn a_list_with_bad_lines_is_imported_and_each_bad_line_is_told_with_its_reason() {
    let hand = Hand::of(Kind::Collective).await;
    let home = hand.node.federation.addresses().home().to_string();
    hand.desk.write("members.csv", &format!("{LIST}{home}\n"));
    let (told, faults) = hand.imports(&["members.csv", "--dry-run"]);
    assert!(told.starts_with("Would vouch for 2 sites; nothing is published yet:\n  https://a.localhost:4001/ (A hoster), until "), "{told}");
    assert!(
        told.contains(&format!("Left out:\n  {home}: is this node itself\n")),
        "{told}"
    );
    assert_eq!(
        faults,
        "line 3, nonsense: is left out: it is no address of a site, such as https://hoster.example/\n\
         line 5, https://10.0.0.1/: is left out: it is no name: a site is known by its name, not by a number\n"
    );
    assert_eq!(hand.given().await, 0);

    let told = hand.json(&["members.csv"]);
    let outcomes: Vec<_> = told["members"].as_array().unwrap().iter().collect();
    let of = |member: &Value| (member["site"].clone(), member["outcome"].clone());
    assert_eq!(
        outcomes.iter().map(|member| of(member)).collect::<Vec<_>>(),
        [
            (json!("https://a.localhost:4001/"), json!("vouched")),
            (json!("http://b.localhost:4002/"), json!("vouched")),
            (json!(home), json!("left-out")),
        ]
    );
    assert_eq!(outcomes[0]["since"], "2019-04-01");
    let vouch = outcomes[0]["vouch"].as_str().unwrap();
    assert!(vouch.starts_with(&format!("{home}ap/vouches/")));
    assert_eq!(told["complaints"].as_array().unwrap().len(), 2);
    assert_eq!(hand.given().await, 2);

    let (told, _) = hand.imports(&["members.csv"]);
    assert!(
        told.starts_with("Vouched for before, and left as they are:\n"),
        "{told}"
    );
    assert!(told.contains(vouch), "{told}");
    assert_eq!(hand.given().await, 2);
}

#[tokio::test]
async fn what_a_member_has_to_do_is_said_with_the_address_of_its_vouch() {
    let hand = Hand::of(Kind::Collective).await;
    hand.desk.write("members.txt", "http://b.localhost:4002/\n");
    let (told, _) = hand.imports(&["members.txt"]);
    assert!(
        told.starts_with(
            "Vouched for 1 site (nobody follows yet):\n  http://b.localhost:4002/, until "
        ),
        "{told}"
    );
    assert!(told.contains("/ap/vouches/"), "{told}");
    assert!(
        told.contains("on a line of /.well-known/archipelago-vouches,\n"),
        "{told}"
    );
}

// The command asks a server that runs beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_federation_of_chatonsinfos_names_its_members_at_an_address_and_in_a_file() {
    let hand = Hand::of(Kind::Collective).await;
    let far = FarHosts::start(|host, path, request| {
        let at = |host: &str, path: &str| {
            let own = request.header("host").unwrap();
            let port = own.rsplit(':').next().unwrap();
            format!("http://{host}.localhost:{port}{path}")
        };
        let organization = |host: &str| {
            format!(
                "file.class = organization\norganization.name = Hoster {host}\norganization.website = {}\n",
                at(host, "/fr/")
            )
        };
        match (host, path) {
            ("federation", "/federation.properties") => Reply::new(200).body(format!(
                "file.class = federation\nfederation.name = All\nsubs.one = {}\nsubs.two = {}\nsubs.gone = {}\n",
                at("one", "/organization.properties"),
                at("two", "/organization.properties"),
                at("gone", "/organization.properties"),
            )),
            ("one" | "two", "/organization.properties") => Reply::new(200).body(organization(host)),
            _ => Reply::new(404),
        }
    })
    .await;
    let address = far.url("federation", "/federation.properties");
    let told = hand.json(&[address.as_str()]);
    let sites: Vec<_> = told["members"].as_array().unwrap().iter().collect();
    assert_eq!(sites.len(), 2, "{told}");
    for (site, host) in sites.iter().zip(["one", "two"]) {
        assert_eq!(site["site"], far.url(host, "/").as_str());
        assert_eq!(site["name"], format!("Hoster {host}"));
        assert_eq!(site["outcome"], "vouched");
    }
    let gone = far.url("gone", "/organization.properties");
    let complaints = told["complaints"].as_array().unwrap();
    assert!(
        complaints.contains(&json!(format!(
            "{gone}: is left out: it answers 404 Not Found"
        ))),
        "{told}"
    );

    let file = format!(
        "file.class = federation\nfederation.name = All\nsubs.one = {}\n",
        far.url("one", "/organization.properties")
    );
    hand.desk.write("federation.properties", &file);
    let told = hand.json(&["federation.properties"]);
    assert_eq!(told["members"][0]["outcome"], "already");
    assert_eq!(hand.given().await, 2);
}

#[tokio::test]
async fn a_directory_of_ours_names_members_by_their_sites_or_tells_those_with_a_node_to_apply() {
    let hand = Hand::of(Kind::Collective).await;
    let source = json!({ "kind": "own-file", "by": "a" });
    let hosters = json!([
        { "id": "a", "name": "A", "source": source, "website": "http://a.localhost:4001/x" },
        { "id": "b", "name": "B", "source": source },
        { "id": "c", "name": "C", "source": source, "website": "http://c.localhost:4001/",
          "actor": "http://c.localhost:4001/ap/org" },
        { "id": "d", "name": "D", "source": source, "website": "http://a.localhost:4001/y" },
    ]);
    let document = json!({ "archipelago": 1, "hosters": hosters });
    hand.desk.write("hosters.json", &document.to_string());
    let (told, faults) = hand.imports(&["hosters.json"]);
    assert!(
        told.contains("  http://a.localhost:4001/ (A), until "),
        "{told}"
    );
    assert!(
        told.contains("  http://c.localhost:4001/ (C): http://c.localhost:4001/ap/org\n"),
        "{told}"
    );
    assert!(
        told.contains("archipelago member apply http://collective.localhost:"),
        "{told}"
    );
    assert_eq!(
        faults,
        "b: is left out: has no site\nd: is left out: http://a.localhost:4001/ is that of another above\n"
    );
    assert_eq!(hand.given().await, 1);
}

#[tokio::test]
async fn what_is_no_list_or_no_collectives_changes_nothing_and_says_so() {
    let hand = Hand::of(Kind::Collective).await;
    hand.desk.write("page.html", "<html>\nNot found\n</html>\n");
    let refused = hand.desk.refused(1, &hand.arguments(&["page.html"]));
    assert_eq!(
        refused,
        "archipelago: page.html cannot be imported (the document is no list of sites: on no line does one stand)\n"
    );
    let many: String = (0..1_001)
        .map(|n| format!("http://m{n}.localhost/\n"))
        .collect();
    hand.desk.write("many.txt", &many);
    let refused = hand.desk.refused(1, &hand.arguments(&["many.txt"]));
    assert!(
        refused.contains("names 1001 sites, and at most 1000 are taken at once"),
        "{refused}"
    );
    assert_eq!(hand.given().await, 0);

    let hoster = Hand::of(Kind::Hoster).await;
    hoster
        .desk
        .write("members.txt", "http://b.localhost:4002/\n");
    let refused = hoster.desk.refused(1, &hoster.arguments(&["members.txt"]));
    assert_eq!(refused, "archipelago: this is no collective's node\n");
}
