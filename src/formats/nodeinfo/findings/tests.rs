use proptest::prelude::*;
use url::Url;

use super::*;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::anything;
use crate::formats::foreign::fields::kept;
use crate::formats::nodeinfo::{Node, Role, Version, write, write_links};

fn found(bytes: &[u8]) -> Result<Findings, NotOfFormat> {
    let url = Url::parse("https://social.nuages.example/nodeinfo/2.0").unwrap();
    let document = anything::document(Format::NodeInfo, &url, bytes);
    read(&document, anything::taxonomy())
}

fn links(bytes: &[u8]) -> Result<Findings, NotOfFormat> {
    let url = Url::parse("https://social.nuages.example/.well-known/nodeinfo").unwrap();
    let document = anything::document(Format::NodeInfoLinks, &url, bytes);
    read_links(&document, anything::taxonomy())
}

fn complaints(found: &Findings) -> Vec<String> {
    found.complaints.iter().map(ToString::to_string).collect()
}

#[test]
fn a_server_of_known_software_is_a_service_with_its_need() {
    let text = include_str!("../../../../fixtures/nodeinfo/mastodon.json");
    let found = found(text.as_bytes()).unwrap();
    assert_eq!(found.complaints, []);
    let (hoster, service) = (&found.hosters[0], &found.services[0]);
    assert_eq!(hoster.id.as_str(), "social.nuages.example");
    assert_eq!(hoster.name.as_str(), "Les Nuages sociaux");
    assert_eq!(hoster.source.kind, SourceKind::Observation);
    assert_eq!(service.id.as_str(), "social.nuages.example_mastodon");
    assert_eq!(service.need.as_str(), "microblog");
    assert_eq!(
        service.url.as_ref().unwrap().as_str(),
        "https://social.nuages.example/"
    );
    assert_eq!(service.registration, Some(Registration::Free));
    let said = |key| kept(&service.other, FORMAT, key);
    assert_eq!(said("software.version"), Some(json!("4.5.2")));
    assert_eq!(said("usage.users.total"), Some(json!(1200)));
    assert_eq!(said("usage.users.activeMonth"), Some(json!(310)));
}

#[test]
fn a_server_that_takes_nobody_alone_may_take_members() {
    let text = include_str!("../../../../fixtures/nodeinfo/peertube.json");
    let found = found(text.as_bytes()).unwrap();
    assert_eq!(found.services[0].registration, None);
    let said = kept(&found.services[0].other, FORMAT, "openRegistrations");
    assert_eq!(said, Some(json!(false)));
}

#[test]
fn ones_own_server_is_no_service_for_others() {
    let server = |users: u64, open: bool| {
        let info = json!({
            "software": { "name": "mastodon" }, "openRegistrations": open,
            "usage": { "users": { "total": users } },
        });
        found(info.to_string().as_bytes()).unwrap().services.len()
    };
    assert_eq!([server(1, false), server(0, false)], [0, 0]);
    assert_eq!([server(2, false), server(1, true)], [1, 1]);
}

#[test]
fn what_is_wrong_is_named_and_the_rest_is_read() {
    let text = include_str!("../../../../fixtures/nodeinfo/gnusocial.json");
    let found = found(text.as_bytes()).unwrap();
    let told = ["openRegistrations: is ignored: is neither true nor false"];
    assert_eq!(complaints(&found), told);
    assert_eq!(found.hosters[0].name.as_str(), "social.nuages.example");
    assert_eq!(
        found.services[0].software.as_ref().unwrap().as_str(),
        "gnu-social"
    );
}

#[test]
fn software_nobody_knows_is_no_service_but_a_complaint() {
    let text = include_str!("../../../../fixtures/nodeinfo/misskey.json");
    let found = found(text.as_bytes()).unwrap();
    assert_eq!((found.hosters.len(), found.services.len()), (0, 0));
    assert_eq!(
        complaints(&found),
        ["software.name: leads to no service: nobody knows the software misskey"]
    );
}

#[test]
fn links_lead_to_the_newest_document_and_to_the_servers_actor() {
    let text = include_str!("../../../../fixtures/nodeinfo/links-mastodon.json");
    let read = links(text.as_bytes()).unwrap();
    assert_eq!(read.leads.len(), 1);
    assert_eq!(read.leads[0].format, Format::NodeInfo);
    let ours = Addresses::of(Url::parse("https://social.nuages.example").unwrap());
    let read = links(write_links(&ours).to_string().as_bytes()).unwrap();
    let leads: Vec<_> = read
        .leads
        .iter()
        .map(|lead| (lead.url.as_str(), lead.format))
        .collect();
    assert_eq!(
        leads,
        [
            (
                "https://social.nuages.example/nodeinfo/2.1",
                Format::NodeInfo
            ),
            (ours.actor(Local::Node).as_str(), Format::Actor),
        ]
    );
    let none = links(br#"{"links":[]}"#).unwrap();
    assert_eq!((none.leads.len(), none.complaints.len()), (0, 1));
}

#[test]
fn a_node_like_ours_leads_to_its_actors_and_is_no_service() {
    let ours = Addresses::of(Url::parse("https://social.nuages.example").unwrap());
    let node = Node {
        version: "0.1.0",
        name: "Hosteur",
        description: "",
        roles: &[Role::Hoster],
        actors: &[Local::Hoster],
    };
    let document = write(Version::V2_1, &node, &ours).to_string();
    let found = found(document.as_bytes()).unwrap();
    assert_eq!((found.services.len(), found.complaints.len()), (0, 0));
    assert_eq!(found.leads[0].url, ours.actor(Local::Hoster));
    assert_eq!(found.leads[0].format, Format::Actor);
}

#[test]
fn a_document_of_another_format_is_refused() {
    for text in ["", "{}", "[]", "{", r#"{"software":"x"}"#, r#"{"links":5}"#] {
        assert!(found(text.as_bytes()).is_err(), "{text}");
        assert!(links(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(
        found(&vec![b' '; MAX_BYTES + 1]),
        Err(NotOfFormat::TooLarge(MAX_BYTES))
    );
}

#[test]
fn counts_have_two_figures() {
    let counts = [0, 9, 10, 99, 101, 1_299, u64::MAX];
    let told = [0, 9, 10, 99, 100, 1_200, 18_000_000_000_000_000_000];
    assert_eq!(counts.map(rounded), told);
}

proptest! {
    #[test]
    fn whatever_comes_in_is_read_or_refused(bytes in anything::bytes()) {
        drop(found(&bytes));
        drop(links(&bytes));
    }

    #[test]
    fn any_value_under_any_known_key_gives_at_most_one_service(
        mut document in anything::object(&["version", "protocols", "openRegistrations", "usage", "metadata"]),
        metadata in anything::object(&["nodeName", "nodeDescription", "archipelago"]),
    ) {
        document["software"] = json!({ "name": "Mastodon" });
        if document.get("metadata").is_some() {
            document["metadata"] = metadata;
        }
        let found = found(document.to_string().as_bytes()).unwrap();
        prop_assert!(found.services.len() <= 1);
        prop_assert!(found.services.iter().all(|service| service.other.len() <= 5));
    }

    #[test]
    fn any_links_give_at_most_two_leads(links in proptest::collection::vec(anything::object(&["rel", "href"]), 0..5)) {
        let found = self::links(json!({ "links": links }).to_string().as_bytes()).unwrap();
        prop_assert!(found.leads.len() <= 2);
    }
}
