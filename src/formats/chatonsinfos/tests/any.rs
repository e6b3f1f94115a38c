//! Whatever comes in.

use proptest::prelude::*;

use super::*;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;

/// Lines such as real files have, broken in all ways.
fn lines() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        "(file|organization|service|software|host|subs|archipelago|metrics)\\.[a-zA-Z.]{1,12}",
        proptest::sample::select(vec![
            "file.class",
            "organization.name",
            "organization.website",
            "organization.type",
            "organization.status.level",
            "organization.memberof.chatons.status.level",
            "organization.country.name",
            "organization.geolocation.latitude",
            "organization.geolocation.longitude",
            "organization.enddate",
            "service.name",
            "service.description",
            "service.website",
            "service.enddate",
            "service.registration",
            "service.registration.load",
            "service.status.level",
            "software.name",
            "subs.a",
            "archipelago.id",
            "archipelago.need",
            "archipelago.hoster",
            "archipelago.other",
            "archipelago.closing",
            "archipelago.price",
            "archipelago.status",
            "archipelago.source",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ];
    let value = prop_oneof![
        proptest::sample::select(vec![
            "Organization",
            "Service",
            "FEDERATION",
            "https://a.example/x",
            "2020-07-06",
            "6/7/2030",
            "48,5",
            "ACTIVE",
            "AWAY",
            "Free;Member",
            "FULL",
            "Etherpad",
            "CHATONS",
            "France",
            "polls",
            "''",
            "'\"x\"'",
            "{\"a\":\"b\"}",
            "{\"on\":\"2027\"}",
            "null",
            "[]",
            "OVER",
            "MICROCOMPANY",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,40}",
        ".{0,40}",
    ];
    proptest::collection::vec((key, value), 0..30).prop_map(|entries| {
        entries
            .iter()
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect()
    })
}

/// Whether what was read stays as it is when it is written and read again.
fn survives(hoster: &Hoster, services: &[Service]) {
    let offered: Vec<&Service> = services.iter().collect();
    let files = writer().hoster(hoster, &offered, None);
    let again = at("file:///organization.properties", &files[0].text);
    assert_eq!(again.hosters.first(), Some(hoster), "{}", files[0].text);
    for (file, service) in files[1..].iter().zip(services) {
        let again = at("file:///x.properties", &file.text);
        assert_eq!(again.services.first(), Some(service), "{}", file.text);
    }
}

proptest! {
    #[test]
    fn whatever_bytes_come_in_findings_or_a_reason_come_out(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        drop(found_at("https://a.example/x.properties", &bytes, None));
    }

    #[test]
    fn whatever_lines_come_in_what_is_read_is_bounded_and_written_back_without_loss(text in lines()) {
        if let Ok(found) = found_at("https://a.example/x.properties", text.as_bytes(), None) {
            prop_assert!(found.hosters.len() <= 1 && found.services.len() <= 1);
            prop_assert!(found.leads.len() <= MAX_LEADS);
            for hoster in &found.hosters {
                survives(hoster, &found.services);
            }
        }
    }
}
