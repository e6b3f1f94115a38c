//! Files as they are found.

use serde_json::json;

use super::*;
use crate::domain::hoster::{HosterStatus, LegalForm};
use crate::domain::service::{Registration, Room};

#[test]
fn a_federation_leads_to_each_of_its_organizations_once() {
    let found = at(
        "https://collectif.example/f.properties",
        fixture!("federation.properties"),
    );
    let leads: Vec<_> = found
        .leads
        .iter()
        .map(|lead| (lead.url.as_str(), &lead.of))
        .collect();
    assert_eq!(
        leads,
        [
            (NUAGE, &None),
            ("http://www.vieux.example/chaton.properties", &None)
        ]
    );
    assert_eq!((found.hosters.len(), found.services.len()), (0, 0));
    assert_eq!(
        said(&found),
        [
            "line 19, subs.casse: is ignored: is not an http or https address with a host and without a password"
        ]
    );
}

#[test]
fn an_organization_is_a_hoster_with_all_its_oddities() {
    let found = at(NUAGE, fixture!("yunohost/organization.properties"));
    assert_eq!(said(&found), [""; 0]);
    let hoster = &found.hosters[0];
    assert_eq!(hoster.id.as_str(), "nuage.example");
    assert_eq!(hoster.name.as_str(), "Nuage Exemple");
    assert_eq!(hoster.status, HosterStatus::Active);
    assert_eq!(hoster.legal_form, Some(LegalForm::Association));
    assert_eq!(
        serde_json::to_value(&hoster.description).unwrap(),
        json!({ "und": "Des services libres\npour Rennes et alentour" })
    );
    assert_eq!(
        serde_json::to_value(&hoster.place).unwrap(),
        json!({ "country": "FR", "city": null, "postcode": null,
            "coordinates": { "lat": 48.1173, "lon": -1.6778 } })
    );
    let collectives: Vec<_> = hoster
        .memberships
        .iter()
        .map(|m| m.collective.as_str())
        .collect();
    assert_eq!(collectives, ["CHATONS", "ffdn"]);
    assert_eq!(hoster.source.by.as_str(), NUAGE);
    let other = |key: &str| {
        hoster
            .other
            .get(&format!("chatonsinfos:organization.{key}"))
    };
    for key in [
        "socialnetworks.pixelfeld",
        "funding.Tipee",
        "startdate",
        "memberof.chatons.startdate",
        "memberof.ffdn.status.level",
        "memberof.hier.enddate",
    ] {
        assert!(other(key).is_some(), "{key}");
    }
    assert_eq!(
        (other("name"), other("owner.name"), other("country.name")),
        (None, None, None)
    );
    let leads: Vec<_> = found
        .leads
        .iter()
        .map(|lead| lead.of.as_ref().unwrap())
        .collect();
    assert_eq!(leads, [&hoster.id, &hoster.id]);
    assert!(
        found.leads[0]
            .url
            .as_str()
            .ends_with("/framadate.properties")
    );
}

#[test]
fn a_service_belongs_to_whoever_named_its_file() {
    let of = HosterId::parse("ailleurs.example").unwrap();
    let url = "https://nuage.example/.well_known/chatonsinfos/framadate.properties";
    let text = fixture!("yunohost/framadate.properties");
    let found = found_at(url, text.as_bytes(), Some(&of)).unwrap();
    let service = &found.services[0];
    assert_eq!((said(&found), found.hosters.len()), (vec![], 0));
    assert_eq!(
        (service.id.as_str(), &service.hoster),
        ("ailleurs.example_framadate", &of)
    );
    assert_eq!(
        (service.need.as_str(), service.registration),
        ("polls", Some(Registration::None))
    );
    assert_eq!(service.capacity.unwrap().room, Some(Room::Open));
    assert_eq!(
        service.url.as_ref().unwrap().as_str(),
        "https://dates.nuage.example/"
    );
    assert_eq!(found.lines[&service.id], 8);
    assert!(service.other.contains_key("chatonsinfos:host.server.type"));
    assert!(
        !service
            .other
            .contains_key("chatonsinfos:service.status.level")
    );
}

#[test]
fn a_service_alone_brings_the_hoster_at_its_host() {
    let url = "https://www.nuage.example/x/nextcloud__2.properties";
    let found = at(url, fixture!("yunohost/nextcloud__2.properties"));
    let (hoster, service) = (&found.hosters[0], &found.services[0]);
    assert_eq!(
        (hoster.id.as_str(), hoster.name.as_str()),
        ("nuage.example", "nuage.example")
    );
    assert_eq!(
        hoster.website.as_ref().unwrap().as_str(),
        "https://www.nuage.example/"
    );
    assert_eq!(hoster.unsourced[0].as_str(), "name");
    assert_eq!(service.id.as_str(), "nuage.example_nextcloud__2");
    assert_eq!(service.registration, Some(Registration::Members));
    assert_eq!(service.capacity.unwrap().room, Some(Room::Full));
    for (key, value) in [
        ("service.registration", "Member, Client"),
        ("service.status.level", "WARNING"),
        ("metrics.http.visits.humans.2021.months", ",73,33,10"),
        ("software.version", "31.0.2"),
    ] {
        assert_eq!(service.other[&format!("chatonsinfos:{key}")], value);
    }
    assert_eq!(
        said(&found),
        ["line 9, service.registration.load: stands on line 8 too: the last one counts"]
    );
}

#[test]
fn a_service_that_nobody_named_and_that_lies_nowhere_is_left_out() {
    let found = at("file:///pads.properties", fixture!("old/pads.properties"));
    assert_eq!((found.hosters.len(), found.services.len()), (0, 0));
    assert!(said(&found)[0].contains("nothing says whose it is"));
}

#[test]
fn old_files_are_read_as_far_as_they_can_be() {
    let found = at(
        "http://www.vieux.example/chaton.properties",
        fixture!("old/organization.properties"),
    );
    let hoster = &found.hosters[0];
    assert_eq!(
        (hoster.id.as_str(), hoster.name.as_str()),
        ("vieux.example", "Le Vieux Serveur")
    );
    assert_eq!(hoster.legal_form, Some(LegalForm::Company));
    assert_eq!(
        hoster.other["chatonsinfos:organization.type"],
        "Microcompany"
    );
    assert_eq!(
        hoster.other["chatonsinfos:organization.startDate"],
        "01/09/2009"
    );
    assert_eq!(hoster.place.country.unwrap().as_str(), "CH");
    assert_eq!(hoster.place.coordinates, None);
    assert_eq!(
        hoster.other["chatonsinfos:organization.geolocation.latitude"],
        "95,5"
    );
    assert_eq!(
        said(&found),
        ["organization.geolocation: is ignored: latitude 95.5 is not between -90 and 90"]
    );

    let url = "http://www.vieux.example/pads.properties";
    let found = found_at(
        url,
        fixture!("old/pads.properties").as_bytes(),
        Some(&hoster.id),
    )
    .unwrap();
    let service = &found.services[0];
    assert_eq!((service.need.as_str(), &service.software), ("pads", &None));
    assert_eq!(
        serde_json::to_value(&service.note).unwrap(),
        json!({ "und": "Écrire à plusieurs.\nFerme bientôt\nPrenez vos textes alert(\"x\")" })
    );
    assert_eq!(
        service.closing.as_ref().unwrap().on.to_string(),
        "2027-01-31"
    );
    assert_eq!(service.other["chatonsinfos:service.moon"], "full");
    assert_eq!(
        service.other["chatonsinfos:software.name"],
        "Le logiciel maison"
    );
    assert_eq!(
        said(&found),
        [
            "line 4, service.website: is ignored: is not an http or https address with a host and without a password"
        ]
    );
}

#[test]
fn who_is_away_has_closed_and_belongs_to_nobody() {
    let found = at(
        "file:///home/me/away.properties",
        fixture!("away.properties"),
    );
    let hoster = &found.hosters[0];
    assert_eq!(
        (hoster.status, hoster.memberships.len()),
        (HosterStatus::Closed, 0)
    );
    assert_eq!((hoster.legal_form, hoster.place.country), (None, None));
    assert_eq!(
        hoster.source.by.as_str(),
        "https://parti.example/organization.properties"
    );
    assert_eq!(
        hoster.other["chatonsinfos:organization.memberof.chatons.status.level"],
        "AWAY"
    );
    assert_eq!((found.leads.len(), said(&found)), (0, vec![]));
    let ended = "organization.name = A\norganization.website = https://a.example\norganization.enddate = 27/11/2026";
    assert_eq!(
        at("https://a.example/", ended).hosters[0].status,
        HosterStatus::Closed
    );
}

#[test]
fn a_service_that_is_over_takes_nobody() {
    let text = "service.name = Pads\nsoftware.name = etherpad\nservice.status.level = Over\nservice.registration = Free";
    let found = at("https://a.example/p.properties", text);
    assert_eq!(found.services[0].registration, Some(Registration::Closed));
    assert_eq!(
        found.services[0].other["chatonsinfos:service.registration"],
        "Free"
    );
}

#[test]
fn what_is_no_file_of_this_format_is_refused_with_a_reason() {
    for (bytes, reason) in [
        (&b""[..], "the file is empty"),
        (b" \n", "the file is empty"),
        (b"a\n\xff", "line 2: the file is not UTF-8"),
        (
            b"<html><a href=x></html>",
            "the file is none of ChatonsInfos: it has no file.class and no name of an organization or a service",
        ),
        (
            b"\nfile.class = Cat",
            "line 2: a file of class Cat is none of Federation, Organization, Service, Device, Metrics",
        ),
    ] {
        let error = found_at("https://a.example/", bytes, None).unwrap_err();
        assert_eq!(error.to_string(), reason);
    }
    let large = vec![b'#'; MAX_BYTES + 1];
    assert_eq!(
        found_at("https://a.example/", &large, None),
        Err(NotChatonsInfos::TooLarge)
    );
    let metrics = "file.class = Metrics\nmetrics.http.hits.2021.months = 1";
    assert_eq!(at("https://a.example/", metrics), Findings::default());
}

#[test]
fn what_one_file_leads_to_and_leaves_behind_is_bounded() {
    let mut text = "organization.name = A\n".to_owned();
    for number in 0..MAX_LEADS + 5 {
        text += &format!("subs.s{number} = https://a.example/{number}.properties\n");
    }
    let found = at("https://a.example/", &text);
    assert_eq!((found.leads.len(), found.complaints.len()), (MAX_LEADS, 1));
    let mut text = "organization.name = A\n".to_owned();
    for number in 0..MAX_OTHER + 5 {
        text +=
            &format!("x.s{number} = 1\norganization.memberof.m{number}.status.level = ACTIVE\n");
    }
    let hoster = &at("https://a.example/", &text).hosters[0];
    assert_eq!(
        (hoster.other.len(), hoster.memberships.len()),
        (MAX_OTHER, MAX_MEMBERSHIPS)
    );
    let long = "a".repeat(4_900);
    let text: String = (0..20)
        .map(|number| format!("x.y{number} = {long}\n"))
        .collect();
    let hoster = &at(
        "https://a.example/",
        &format!("organization.name = A\n{text}"),
    )
    .hosters[0];
    assert_eq!(hoster.other.len(), MAX_OTHER_CHARS / 4_920);
}

#[test]
fn what_lies_on_the_web_cannot_say_whose_word_it_is_or_take_an_id() {
    let text = "organization.name = A\norganization.website = https://a.example\narchipelago.id = framasoft\n\
        archipelago.source = {\"kind\":\"own-node\",\"by\":\"x\"}\narchipelago.languages = [\"fr\"]\narchipelago.status = nope";
    let found = at("https://a.example/", text);
    let hoster = &found.hosters[0];
    assert_eq!(
        (hoster.id.as_str(), hoster.source.by.as_str()),
        ("a.example", "https://a.example/")
    );
    assert_eq!(hoster.languages[0].as_str(), "fr");
    assert_eq!(
        said(&found),
        ["line 6, archipelago.status: is ignored: is not what this fact may be"]
    );
    assert_eq!(at("file:///a", text).hosters[0].id.as_str(), "framasoft");
}
