use super::*;

const SCHEMAS: [(Version, &str); 2] = [
    (
        Version::V2_0,
        include_str!("../../../fixtures/nodeinfo/schema-2.0.json"),
    ),
    (
        Version::V2_1,
        include_str!("../../../fixtures/nodeinfo/schema-2.1.json"),
    ),
];

fn ours() -> Addresses {
    Addresses::of(url("https://hosteur.example"))
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn node() -> Node<'static> {
    Node {
        version: "0.1.0",
        name: "Hosteur Exemple",
        description: "",
        roles: &[Role::Hoster, Role::Directory],
        actors: &[Local::Hoster],
    }
}

/// What is wrong with a value by a schema of JSON Schema draft 4, as far as NodeInfo uses that.
fn faults(value: &Value, schema: &Value, path: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "id" | "description" => true,
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_u64() || value.is_i64(),
                other => panic!("the type {other} is not checked"),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "required" => {
                let names = rule.as_array().unwrap().iter();
                names
                    .into_iter()
                    .all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        faults.extend(self::faults(value, schema, &format!("{path}/{name}")));
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties");
                let is_known = |name: &String| known.is_some_and(|it| it.get(name).is_some());
                rule == true || value.as_object().unwrap().keys().all(is_known)
            }
            "items" => {
                for item in value.as_array().unwrap() {
                    faults.extend(self::faults(item, rule, &format!("{path}/-")));
                }
                true
            }
            "minItems" => value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(),
            "minProperties" => value.as_object().unwrap().len() as u64 >= rule.as_u64().unwrap(),
            "minimum" => value.as_f64().unwrap() >= rule.as_f64().unwrap(),
            "pattern" => {
                assert_eq!(rule, "^[a-z0-9-]+$", "no other pattern is checked");
                let text = value.as_str().unwrap();
                !text.is_empty()
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            }
            other => panic!("the keyword {other} is not checked"),
        };
        if !holds {
            faults.push(format!("{path}: {keyword}"));
        }
    }
    faults
}

#[test]
fn our_documents_are_valid_by_the_official_schemas() {
    for (version, schema) in SCHEMAS {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let document = write(version, &node(), &ours());
        assert_eq!(faults(&document, &schema, ""), Vec::<String>::new());

        let mut wrong = document;
        wrong["software"]["name"] = json!("Archipelago");
        wrong["software"]["licence"] = json!("AGPL");
        wrong["protocols"] = json!(["gopher"]);
        wrong["usage"] = json!({ "users": { "total": -1 } });
        wrong.as_object_mut().unwrap().remove("metadata");
        let mut found = faults(&wrong, &schema, "");
        found.sort();
        assert_eq!(
            found,
            [
                "/protocols/-: enum",
                "/software/name: pattern",
                "/software: additionalProperties",
                "/usage/users/total: minimum",
                ": required",
            ]
        );
    }
}

#[test]
fn our_documents_are_those_of_the_contract() {
    insta::assert_json_snapshot!([write_links(&ours()), write(Version::V2_1, &node(), &ours()),]);
    assert_eq!(
        Version::V2_1.media_type(),
        "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\""
    );
}

#[test]
fn our_documents_are_read_back() {
    let ours = ours();
    let links = Links::read(&write_links(&ours), &ours.home());
    assert_eq!(links.document, Some(ours.nodeinfo("2.1")));
    assert_eq!(links.application, Some(ours.actor(Local::Node)));
    let info = NodeInfo::read(&write(Version::V2_0, &node(), &ours), &ours.home()).unwrap();
    assert_eq!(info.software.as_str(), "archipelago");
    assert!(info.speaks_activitypub);
    assert_eq!(info.roles, [Role::Hoster, Role::Directory]);
    assert_eq!(info.actors, [ours.actor(Local::Hoster)]);
}

#[test]
fn what_fits_of_others_documents_is_read() {
    let server = url("https://a.example");
    let old = json!({ "links": [
        { "rel": "http://nodeinfo.diaspora.software/ns/schema/1.0", "href": "https://a.example/1" },
        { "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://a.example/2" },
        5,
    ] });
    let links = Links::read(&old, &server);
    assert_eq!(links.document, Some(url("https://a.example/2")));
    assert_eq!(links.application, None);
    let many: Vec<String> = (0..50).map(|n| format!("https://a.example/{n}")).collect();
    let info = json!({
        "version": "2.2", "software": { "name": "mastodon", "version": 4 }, "protocols": {},
        "metadata": { "archipelago": { "roles": ["hoster", "king", 5], "actors": many } },
    });
    let info = NodeInfo::read(&info, &server).unwrap();
    assert_eq!((info.version, info.speaks_activitypub), (None, false));
    assert_eq!(info.roles, [Role::Hoster]);
    assert_eq!(info.actors.len(), MAX_ACTORS);
    for nothing in [
        json!({}),
        json!([]),
        json!({ "software": "x" }),
        json!({ "metadata": [] }),
    ] {
        assert_eq!(NodeInfo::read(&nothing, &server), None);
        assert_eq!(Links::read(&nothing, &server), Links::default());
    }
}

#[test]
fn a_server_speaks_for_its_own_origin_only() {
    let server = url("https://a.example");
    let elsewhere = json!({ "links": [
        { "rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": "https://b.example/2.1" },
        { "rel": APPLICATION_LINK, "href": "http://a.example/actor" },
    ] });
    assert_eq!(Links::read(&elsewhere, &server), Links::default());
    let info = json!({
        "software": { "name": "archipelago" },
        "metadata": { "archipelago": { "actors": ["https://b.example/ap/org"] } },
    });
    assert_eq!(NodeInfo::read(&info, &server).unwrap().actors, []);
}
