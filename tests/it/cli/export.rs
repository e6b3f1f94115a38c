//! `archipelago export` and `import` of other formats than our own, and the files a hoster's node serves.

use std::fs;
use std::path::Path;

use reqwest::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use serde_json::json;

use super::service;
use crate::support::desk::{Desk, stderr, stdout};
use crate::support::far_web::{FarWeb, Reply};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/chatonsinfos");

/// Everything a directory holds, as our own format has it.
fn everything(desk: &Desk) -> serde_json::Value {
    let mut document: serde_json::Value =
        serde_json::from_str(&desk.said("export archipelago")).unwrap();
    document.as_object_mut().unwrap().remove("as_of");
    document
}

#[test]
fn a_directory_exported_in_any_format_and_imported_elsewhere_is_the_same_directory() {
    let here = Desk::with_directory();
    assert_eq!(
        here.said("export archipelago -o all.json"),
        "106 hosters and 333 services in 1 file: all.json\n"
    );
    assert_eq!(
        here.json("export chatonsinfos -o files"),
        json!({ "path": "files", "files": 440, "hosters": 106, "services": 333 })
    );
    for (format, path) in [("archipelago", "all.json"), ("chatonsinfos", "files")] {
        let there = Desk::new();
        let path = here.path().join(path);
        let imported = there.run(&format!("import {format} {}", path.display()));
        assert_eq!(stderr(&imported), "", "{format}");
        assert!(stdout(&imported).starts_with("hosters: 106 added, 0 changed"));
        assert!(stdout(&imported).contains("services: 333 added, 0 changed"));
        assert_eq!(everything(&there), everything(&here), "{format}");
    }
    // Again over what is there, nothing changes.
    let again = here.said("import chatonsinfos files");
    assert!(
        again.contains("hosters: 0 added, 0 changed, 106 unchanged"),
        "{again}"
    );
}

#[test]
fn one_hoster_is_exported_with_its_services() {
    let desk = Desk::with_directory();
    desk.said("export chatonsinfos --hoster zaclys -o zaclys");
    let organization = desk.read("zaclys/organization.properties");
    assert!(
        organization.contains("file.class = Organization\n"),
        "{organization}"
    );
    assert!(
        organization.contains("/.well-known/chatonsinfos/zaclys-"),
        "{organization}"
    );
    let files = fs::read_dir(desk.path().join("zaclys")).unwrap().count();
    let one: serde_json::Value =
        serde_json::from_str(&desk.said("export archipelago --hoster zaclys")).unwrap();
    assert_eq!(one["hosters"].as_array().unwrap().len(), 1);
    assert_eq!(
        files,
        1 + one["hosters"][0]["services"].as_array().unwrap().len()
    );
    let several = desk.run("export chatonsinfos --hoster zaclys");
    assert_eq!(several.status.code(), Some(2));
    assert!(
        stderr(&several).contains("name a folder for them"),
        "{}",
        stderr(&several)
    );
    let nobody = desk.run("export archipelago --hoster nobody");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("there is no hoster nobody here"));
    desk.write("taken", "");
    let taken = desk.run("export chatonsinfos -o taken");
    assert_eq!(taken.status.code(), Some(1));
    assert!(
        stderr(&taken).contains("cannot make the folder taken"),
        "{}",
        stderr(&taken)
    );
}

#[test]
fn other_directories_formats_are_written_for_whom_they_fit() {
    let desk = Desk::with_directory();
    let parsed = |arguments: &str| -> serde_json::Value {
        serde_json::from_str(&desk.said(arguments)).unwrap()
    };
    let index = parsed("export peertube-index");
    assert_eq!(index["total"], index["data"].as_array().unwrap().len());
    assert!(index["total"].as_u64() > Some(10), "{index}");
    let librehost = parsed("export librehost --hoster zaclys");
    assert_eq!(librehost.as_object().unwrap().len(), 17);
    for (code, arguments, problem) in [
        (
            2,
            "export librehost",
            "--hoster: librehost.json is of one hoster: name it",
        ),
        (
            2,
            "export xmpp-provider",
            "--hoster: a provider file is of one hoster",
        ),
        (
            1,
            "export xmpp-provider --hoster zaclys",
            "zaclys offers no XMPP service",
        ),
    ] {
        let refused = desk.run(arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments}");
        assert!(stderr(&refused).contains(problem), "{}", stderr(&refused));
    }
}

#[test]
fn a_folder_of_files_as_they_are_found_is_imported_and_its_faults_are_named_by_file_and_line() {
    let desk = Desk::new();
    let imported = desk.run(&format!("import chatonsinfos {FIXTURES}"));
    assert_eq!(imported.status.code(), Some(0), "{}", stderr(&imported));
    assert!(
        stdout(&imported).starts_with("hosters: 3 added"),
        "{}",
        stdout(&imported)
    );
    assert!(
        stdout(&imported).contains("services: 3 added"),
        "{}",
        stdout(&imported)
    );
    let faults = stderr(&imported);
    for fault in [
        "federation.properties: line 19, subs.casse: is ignored: is not an http",
        "old/pads.properties: line 4, service.website: is ignored: is not an http",
        "yunohost/nextcloud__2.properties: line 9, service.registration.load: stands on line 8 too",
    ] {
        assert!(faults.contains(fault), "{fault}\n{faults}");
    }
    let found = desk.json("search Dates");
    assert_eq!(
        found["results"][0]["id"], "nuage.example_framadate",
        "{found}"
    );
    desk.write("broken.properties", "no equals sign");
    let broken = desk.run("import chatonsinfos broken.properties");
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        stderr(&broken).contains("the file is none of ChatonsInfos"),
        "{}",
        stderr(&broken)
    );
    fs::create_dir(desk.path().join("empty")).unwrap();
    let empty = desk.run("import chatonsinfos empty");
    assert_eq!(empty.status.code(), Some(1));
    assert!(stderr(&empty).contains("holds no file that ends with .properties"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_at_an_address_is_imported_within_the_guards_rules() {
    let far = FarWeb::start(|request| match request.target.as_str() {
        "/organization.properties" => {
            let file = Path::new(FIXTURES).join("yunohost/organization.properties");
            Reply::new(200).body(fs::read(file).unwrap())
        }
        _ => Reply::new(404),
    })
    .await;
    let desk = Desk::new();
    let url = far.url("a.localhost", "/organization.properties");
    let (imported, missing, refused) = tokio::task::block_in_place(|| {
        (
            desk.run(&format!(
                "import chatonsinfos {url} --allow-net 127.0.0.0/8"
            )),
            desk.run(&format!(
                "import chatonsinfos {url}x --allow-net 127.0.0.0/8"
            )),
            desk.run(&format!("import chatonsinfos {url}")),
        )
    });
    assert_eq!(
        stdout(&imported),
        "hosters: 1 added, 0 changed, 0 unchanged, 0 left as a stronger source has them\n\
         services: 0 added, 0 changed, 0 unchanged, 0 left as a stronger source has them\n\
         2 further documents named there and not read: import each, or let the node crawl\n",
        "{}",
        stderr(&imported)
    );
    assert_eq!(
        (missing.status.code(), refused.status.code()),
        (Some(1), Some(1))
    );
    assert!(
        stderr(&missing).contains("it answers 404"),
        "{}",
        stderr(&missing)
    );
    assert!(
        stderr(&refused).contains("cannot read http://a.localhost"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(far.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hosters_node_serves_its_files_and_others_have_none() {
    let desk = tokio::task::block_in_place(service::with_pads);
    let node = desk.serve("");
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::new();
    let get = |path: &str| client.get(format!("{}{path}", node.url)).send();
    let mut texts = Vec::new();
    for folder in ["/.well-known/chatonsinfos", "/.well_known/chatonsinfos"] {
        for file in ["organization", "pads"] {
            let path = format!("{folder}/{file}.properties");
            let answer = get(&path).await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
            let tag = answer.headers()[ETAG].clone();
            texts.push(answer.text().await.unwrap());
            let again = client
                .get(format!("{}{path}", node.url))
                .header(IF_NONE_MATCH, tag);
            assert_eq!(again.send().await.unwrap().status(), 304, "{path}");
        }
        for path in ["/polls.properties", "/pads", "/../pads.properties", "/"] {
            let answer = get(&format!("{folder}{path}")).await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
        }
    }
    assert_eq!(texts[..2], texts[2..]);
    assert!(
        texts[0].contains(
            "subs.pads = https://hoster.example/.well-known/chatonsinfos/pads.properties\n"
        ),
        "{}",
        texts[0]
    );
    assert!(
        texts[1].contains("service.name = Les pads\n"),
        "{}",
        texts[1]
    );
    let directory = Desk::with_directory();
    let node = directory.serve("");
    let answer = client
        .get(format!(
            "{}/.well-known/chatonsinfos/organization.properties",
            node.url
        ))
        .send();
    assert_eq!(answer.await.unwrap().status(), 404);
}
