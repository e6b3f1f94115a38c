use super::*;

fn hoster_of(name: &str) -> Hoster {
    let record = json!({
        "id": "a", "name": name, "website": "https://a.example/", "languages": ["fr"],
        "place": { "country": "FR", "city": "Metz", "coordinates": { "lat": 49.1, "lon": 6.2 } },
        "source": { "kind": "own-file", "by": "x" },
    });
    serde_json::from_value(record).unwrap()
}

fn service_with(more: Value) -> Service {
    let mut record = json!({
        "id": "a-pads", "hoster": "a", "name": "Pads", "need": "pads", "url": "https://pads.a.example/",
        "source": { "kind": "own-file", "by": "x" },
    });
    record
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

fn told() -> Told<'static> {
    Told {
        page: "/fr/services/a-pads",
        hoster_page: "/fr/hosters/a",
        need: "Écriture à plusieurs",
        software: Some("Etherpad"),
        language: Language::French,
        today: "2026-11-28".parse().unwrap(),
    }
}

#[test]
fn a_service_is_told_with_its_provider_its_place_and_its_end() {
    let pads = service_with(json!({
        "registration": "free", "price": { "kind": "free" },
        "closing": { "on": "2027-06-30", "new_accounts_until": "2027-01" },
    }));
    let written = service(&pads, &hoster_of("A"), &told());
    assert_eq!(
        written,
        json!({
            "@context": "https://schema.org", "@type": "Service", "@id": "/fr/services/a-pads",
            "name": "Pads", "serviceType": "Écriture à plusieurs", "url": "https://pads.a.example/",
            "isRelatedTo": { "@type": "Product", "name": "Etherpad" },
            "provider": {
                "@type": "Organization", "@id": "/fr/hosters/a", "name": "A", "url": "https://a.example/",
                "location": {
                    "@type": "Place",
                    "address": { "@type": "PostalAddress", "addressLocality": "Metz", "addressCountry": "FR" },
                    "geo": { "@type": "GeoCoordinates", "latitude": 49.1, "longitude": 6.2 },
                },
                "knowsLanguage": ["fr"],
            },
            "offers": {
                "@type": "Offer", "availability": "https://schema.org/InStock",
                "availabilityEnds": "2027-01", "validThrough": "2027-06-30",
                "price": 0, "priceCurrency": "EUR",
            },
        })
    );
}

#[test]
fn what_is_full_over_or_not_known_is_not_said_to_be_in_stock() {
    let availability = |more: Value| {
        let written = service(&service_with(more), &hoster_of("A"), &told());
        let word = written["offers"]["availability"].as_str();
        word.map(|word| word.rsplit('/').next().unwrap().to_owned())
    };
    for (more, word) in [
        (json!({}), None),
        (
            json!({ "registration": "free", "capacity": { "room": "full" } }),
            Some("SoldOut"),
        ),
        (json!({ "registration": "closed" }), Some("SoldOut")),
        (
            json!({ "registration": "members" }),
            Some("LimitedAvailability"),
        ),
        (
            json!({ "registration": "none", "closing": { "on": "2026-11" } }),
            Some("InStock"),
        ),
        (
            json!({ "registration": "none", "closing": { "on": "2026-10" } }),
            Some("Discontinued"),
        ),
    ] {
        assert_eq!(availability(more.clone()).as_deref(), word, "{more}");
    }
    let mut closed = hoster_of("A");
    closed.status = HosterStatus::Closed;
    let written = service(
        &service_with(json!({ "registration": "free" })),
        &closed,
        &told(),
    );
    assert_eq!(
        written["offers"]["availability"],
        "https://schema.org/Discontinued"
    );
}

#[test]
fn a_hoster_is_told_with_what_it_offers() {
    let pads = service_with(json!({ "registration": "none" }));
    let offers = [(&pads, "/fr/services/a-pads".to_owned())];
    let written = hoster(
        &hoster_of("A"),
        "/fr/hosters/a",
        &offers,
        Language::French,
        told().today,
    );
    assert_eq!(
        written["makesOffer"][0]["itemOffered"],
        json!({ "@type": "Service", "@id": "/fr/services/a-pads", "name": "Pads" })
    );
    assert_eq!(
        written["makesOffer"][0]["availability"],
        "https://schema.org/InStock"
    );
}

#[test]
fn nothing_in_a_data_block_ends_it() {
    let hostile = "</script><script>alert(1)</script><!-- & \u{2028}\"'";
    let written = hoster(
        &hoster_of(hostile),
        "/",
        &[],
        Language::English,
        told().today,
    );
    let block = data_block(&written);
    assert!(!block.contains(['<', '>', '&', '\u{2028}']));
    assert_eq!(serde_json::from_str::<Value>(&block).unwrap(), written);
}
