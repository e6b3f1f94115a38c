//! Our records as files, and read back.

use serde_json::json;
use url::Url;

use super::*;
use crate::domain::service::Service;
use crate::formats::archipelago;

fn shipped() -> Findings {
    archipelago::read(include_bytes!("../../../../fixtures/data/hosters.json")).unwrap()
}

#[test]
fn the_shipped_directory_is_written_as_files_and_read_back_without_loss() {
    let shipped = shipped();
    let (name, website) = (
        "Ici".to_owned().try_into().unwrap(),
        Url::parse("https://ici.example/").unwrap(),
    );
    let federation = Federation {
        name: &name,
        website: Some(&website),
    };
    let files = writer().directory(&federation, &shipped.hosters, &shipped.services);
    assert_eq!(files.len(), 1 + 106 + 333);
    let mut read_back = Findings::default();
    for file in &files {
        let found = at(&format!("file:///{}", file.path), &file.text);
        assert_eq!(said(&found), [""; 0], "{}\n{}", file.path, file.text);
        read_back.hosters.extend(found.hosters);
        read_back.services.extend(found.services);
        read_back.leads.extend(found.leads);
    }
    assert_eq!(read_back.hosters, shipped.hosters);
    assert_eq!(read_back.services, shipped.services);
    assert_eq!(read_back.leads.len(), 106 + 333);
}

#[test]
fn mandatory_paths_always_stand_there() {
    let shipped = shipped();
    let offered: Vec<&Service> = shipped.services.iter().collect();
    let files = writer().hoster(&shipped.hosters[0], &offered, None);
    let has = |file: &File, path: &str| {
        file.text
            .lines()
            .any(|line| line.split(" =").next() == Some(path))
    };
    for path in [
        "file.class",
        "organization.name",
        "organization.type",
        "organization.country.name",
    ] {
        assert!(has(&files[0], path), "{path}");
    }
    for file in &files[1..] {
        for path in [
            "file.class",
            "service.name",
            "service.status.level",
            "service.registration",
            "service.registration.load",
            "service.install.type",
            "software.name",
            "software.license.name",
            "host.server.type",
            "host.provider.type",
        ] {
            assert!(has(file, path), "{path}\n{}", file.text);
        }
    }
}

#[test]
fn a_file_that_was_read_is_written_back_with_all_it_said() {
    for (url, text) in [
        (NUAGE, fixture!("yunohost/organization.properties")),
        (
            "http://www.vieux.example/chaton.properties",
            fixture!("old/organization.properties"),
        ),
        (
            "https://nuage.example/framadate.properties",
            fixture!("yunohost/framadate.properties"),
        ),
        (
            "https://nuage.example/nextcloud__2.properties",
            fixture!("yunohost/nextcloud__2.properties"),
        ),
        (
            "https://vieux.example/pads.properties",
            fixture!("old/pads.properties"),
        ),
        (
            "https://parti.example/organization.properties",
            fixture!("away.properties"),
        ),
    ] {
        let found = at(url, text);
        let offered: Vec<&Service> = found.services.iter().collect();
        let files = writer().hoster(&found.hosters[0], &offered, None);
        let written = &files.last().unwrap().text;
        let again = at("file:///x.properties", written);
        if found.services.is_empty() {
            assert_eq!(again.hosters, found.hosters, "{written}");
        }
        assert_eq!(again.services, found.services, "{written}");
        for line in text.lines().filter_map(|line| line.split_once('=')) {
            let (key, value) = (line.0.trim(), line.1.trim().trim_matches(['\'', '"']));
            let is_kept = !["file.", "subs."]
                .iter()
                .any(|section| key.starts_with(section));
            let is_spelled_otherwise = [
                "organization.description",
                "organization.website",
                "organization.geolocation.latitude",
                "organization.geolocation.longitude",
                "service.description",
                "service.website",
                "service.enddate",
                "service.registration.load",
                "software.name",
            ];
            if is_kept && !value.is_empty() && !is_spelled_otherwise.contains(&key) {
                assert!(
                    written.contains(&format!("{key} = {value}\n")),
                    "{key} = {value}\n\n{written}"
                );
            }
        }
    }
}

#[test]
fn services_have_files_of_different_names() {
    let service = |id: &str| -> Service {
        let source = json!({ "kind": "own-file", "by": "a" });
        let service = json!({ "id": id, "hoster": "a.example", "name": "S", "need": "pads", "source": source });
        serde_json::from_value(service).unwrap()
    };
    let services = [
        "a.example_pads",
        "pads",
        "organization",
        "a.example_organization",
    ]
    .map(service);
    let services: Vec<&Service> = services.iter().collect();
    assert_eq!(
        file_names(&services),
        [
            "pads.properties",
            "pads-2.properties",
            "organization-2.properties",
            "a.example_organization.properties",
        ]
    );
}
