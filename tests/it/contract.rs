//! The contract of the API: its description, its examples, and whether answers are what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use archipelago::search::query::MAX_VALUES;
use insta::assert_json_snapshot;
use jsonschema::Draft;
use reqwest::Method;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::support::node::TestNode;
use crate::vouch_pages;

/// The shape of a description (OpenAPI 3.1), as its makers describe it:
/// <https://spec.openapis.org/oas/3.1/schema/2022-10-07>.
const OPENAPI: &str = include_str!("../../fixtures/openapi-3.1.json");

const LANGUAGES: [&str; 2] = ["fr", "en"];

async fn contract(node: &TestNode) -> Value {
    node.json("/api/openapi.json").await
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Each path with what can be asked there.
fn operations(contract: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let paths = contract["paths"].as_object().unwrap().iter();
    paths.map(|(path, item)| (path.as_str(), &item["get"]))
}

fn id(operation: &Value) -> &str {
    operation["operationId"].as_str().unwrap()
}

/// The example question of an operation, in a language.
fn example(path: &str, operation: &Value, language: &str) -> String {
    let mut path = format!("/api/v1{path}");
    let mut query = form_urlencoded::Serializer::new(String::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let value = match &parameter["schema"]["examples"][0] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        if parameter["in"] == "path" {
            path = path.replace(&format!("{{{name}}}"), &value);
        } else if name != "lang" || value == language {
            query.append_pair(name, &value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}

/// Where the example answer of an operation is kept, if it has one.
fn kept(operation: &Value, language: &str) -> Option<PathBuf> {
    let path = root().join(format!("fixtures/api/{language}/{}.json", id(operation)));
    path.exists().then_some(path)
}

/// What an operation answers with this status; nothing if the description does not say.
fn response<'a>(contract: &'a Value, operation: &'a Value, status: &str) -> &'a Value {
    let response = &operation["responses"][status];
    match response["$ref"].as_str() {
        Some(shared) => contract.pointer(shared.trim_start_matches('#')).unwrap(),
        None => response,
    }
}

/// A schema that lets nothing stand that it does not name: references are looked up, and what is put together is one.
fn strict(schema: &Value, contract: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = contract.pointer(reference.trim_start_matches('#'));
        return strict(named.unwrap(), contract);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in parts {
            let mut part = strict(part, contract);
            properties.append(part["properties"].as_object_mut().unwrap());
            required.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        return json!({
            "type": "object", "properties": properties, "required": required,
            "additionalProperties": false,
        });
    }
    let Some(mut object) = schema.as_object().cloned() else {
        return schema.clone();
    };
    for (word, value) in &mut object {
        match word.as_str() {
            "properties" => {
                for property in value.as_object_mut().unwrap().values_mut() {
                    *property = strict(property, contract);
                }
            }
            "items" | "additionalProperties" => *value = strict(value, contract),
            "oneOf" => {
                for choice in value.as_array_mut().unwrap() {
                    *choice = strict(choice, contract);
                }
            }
            _ => {}
        }
    }
    if object.contains_key("properties") {
        object.entry("additionalProperties").or_insert(json!(false));
    }
    object.into()
}

/// What is wrong with an answer, by the description of its operation.
async fn faults(
    node: &TestNode,
    contract: &Value,
    operation: &Value,
    address: &str,
) -> Vec<String> {
    let answer = node.get(address).await;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer.bytes().await.unwrap();
    let response = response(contract, operation, &status.to_string());
    if response.is_null() {
        return vec![format!("{address}: {status} is not described")];
    }
    let media_type = headers["content-type"].to_str().unwrap();
    let schema = &response["content"][media_type]["schema"];
    if schema.is_null() {
        return vec![format!(
            "{address}: {status} as {media_type} is not described"
        )];
    }
    let unlimited = |name: &str| name.starts_with("RateLimit");
    let mut faults: Vec<String> = (response["headers"].as_object().unwrap().keys())
        .filter(|name| !unlimited(name) && !headers.contains_key(name.as_str()))
        .map(|name| format!("{address}: {status} without {name}"))
        .collect();
    let options = jsonschema::options().should_validate_formats(true);
    let shape = options.build(&strict(schema, contract)).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    faults.extend(shape.iter_errors(&body).map(|error| {
        let (place, wrong) = (error.instance_path().to_string(), error.to_string());
        format!(
            "{address}: {place}: {}",
            wrong.chars().take(300).collect::<String>()
        )
    }));
    faults
}

#[tokio::test]
async fn a_change_of_the_contract_shows() {
    let node = TestNode::start().await;
    let mut contract = contract(&node).await;
    // The example answers stand in files of their own, which a change shows in as well.
    for item in contract["paths"].as_object_mut().unwrap().values_mut() {
        let content = item.pointer_mut("/get/responses/200/content/application~1json");
        if let Some(Value::Object(content)) = content {
            content.remove("example");
        }
    }
    assert_json_snapshot!(contract);
}

#[tokio::test]
async fn the_description_is_openapi_and_all_its_shapes_are_json_schema() {
    let node = TestNode::start().await;
    let contract = contract(&node).await;
    let openapi: Value = serde_json::from_str(OPENAPI).unwrap();
    let openapi = jsonschema::validator_for(&openapi).unwrap();
    let faults: Vec<_> = openapi
        .iter_errors(&contract)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(faults, Vec::<String>::new());
    for (name, shape) in contract["components"]["schemas"].as_object().unwrap() {
        let meta = jsonschema::draft202012::meta::validate(shape);
        assert!(meta.is_ok(), "{name}: {meta:?}");
        assert!(strict(shape, &contract).is_object(), "{name}");
    }
    assert_eq!(Draft::Draft202012, Draft::default());
}

#[tokio::test]
async fn every_route_is_described() {
    let node = TestNode::start().await;
    let contract = contract(&node).await;
    let described: BTreeSet<&str> = operations(&contract).map(|(path, _)| path).collect();
    let routes = fs::read_to_string(root().join("src/web/api/mod.rs")).unwrap();
    let (_, version_1) = routes.split_once("fn version_1(").unwrap();
    let routes: BTreeSet<&str> = (version_1.split("at(\"").skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(routes.len() >= 18, "{routes:?}");
    assert_eq!(routes, described);
    for (path, operation) in operations(&contract) {
        let given = operation["parameters"].as_array().into_iter().flatten();
        let in_path = given.filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(in_path, path.matches('{').count(), "{path}");
    }
}

#[tokio::test]
async fn everything_in_the_description_says_what_it_means() {
    fn unexplained(schema: &Value, place: &str, found: &mut Vec<String>) {
        for part in schema["allOf"].as_array().into_iter().flatten() {
            unexplained(part, place, found);
        }
        for (name, value) in schema["properties"].as_object().into_iter().flatten() {
            if !value["description"].is_string() {
                found.push(format!("{place}.{name}"));
            }
        }
    }
    let node = TestNode::start().await;
    let contract = contract(&node).await;
    let mut found = Vec::new();
    for (path, operation) in operations(&contract) {
        let said = |text: &Value| text.as_str().is_some_and(|text| !text.starts_with("api."));
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let statuses = operation["responses"].as_object().unwrap().keys();
        let responses = statuses.map(|status| response(&contract, operation, status));
        for list in (parameters.clone()).filter(|given| given["schema"]["type"] == "array") {
            assert_eq!(list["schema"]["maxItems"], MAX_VALUES, "{list}");
            let meaning = list["description"].as_str().unwrap();
            assert!(
                meaning.contains(&format!("Up to {MAX_VALUES} values")),
                "{list}"
            );
        }
        let texts = parameters.chain(responses).map(|part| &part["description"]);
        if !texts.chain([&operation["summary"]]).all(said) {
            found.push(path.to_owned());
        }
    }
    for (name, shape) in contract["components"]["schemas"].as_object().unwrap() {
        unexplained(shape, name, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn every_example_is_what_the_demos_directory_answers() {
    let node = TestNode::start().await;
    let contract = contract(&node).await;
    let renew = std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always");
    for language in LANGUAGES {
        for (path, operation) in operations(&contract) {
            let Some(kept) = kept(operation, language) else {
                continue;
            };
            let answer = node.json(&example(path, operation, language)).await;
            if renew {
                fs::write(&kept, format!("{answer:#}\n")).unwrap();
            }
            let example: Value = serde_json::from_str(&fs::read_to_string(&kept).unwrap()).unwrap();
            assert_eq!(
                answer, example,
                "{path} in {language}: INSTA_UPDATE=always writes it anew"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_is_what_the_description_says_and_nothing_else() {
    let node = TestNode::start().await;
    let contract = contract(&node).await;
    let mut found = Vec::new();
    for (path, operation) in operations(&contract) {
        let mut addresses = vec![];
        for language in LANGUAGES {
            if kept(operation, language).is_some() {
                addresses.push(example(path, operation, language));
            }
        }
        let plain = format!("/api/v1{path}");
        if path.contains('{') {
            addresses.push(plain.replace("{id}", "nothing-of-that-name"));
        } else {
            addresses.extend(
                [
                    "q=&limit=100",
                    "q=pad&lang=en&limit=100&offset=100",
                    "q=a&limit=0",
                ]
                .map(|query| format!("{plain}?{query}")),
            );
        }
        for address in addresses {
            found.extend(faults(&node, &contract, operation, &address).await);
        }
    }
    let search = &contract["paths"]["/search"]["get"];
    for query in [
        "need=polls&near=Lyon&within=200&standing=any&sort=distance&limit=100",
        "q=pad+lyon&registration=none,free&price=free&language=fr&country=FR",
        "q=xyzzy",
        "near=Lyonn",
        "limit=0&sort=best&lang=de",
    ] {
        let address = format!("/api/v1/search?{query}");
        found.extend(faults(&node, &contract, search, &address).await);
    }
    for (path, ids) in [
        ("/departures/{id}", "departures"),
        ("/hosters/{id}", "hosters"),
        ("/services/{id}", "services"),
    ] {
        let operation = &contract["paths"][path]["get"];
        let all = node.json(&format!("/api/v1/{ids}?limit=100")).await;
        for one in all["results"].as_array().unwrap() {
            let id = one.get("slug").unwrap_or(&one["id"]).as_str().unwrap();
            let address = format!("/api/v1/{ids}/{id}");
            found.extend(faults(&node, &contract, operation, &address).await);
        }
    }
    let (trusting, _store) = vouch_pages::directory().await;
    for (path, address) in [
        ("/collectives", "/api/v1/collectives"),
        ("/collectives/{id}", "/api/v1/collectives/chatons.example"),
        ("/collectives/{id}", "/api/v1/collectives/stranger.example"),
        ("/hosters/{id}", "/api/v1/hosters/infini"),
        ("/policy", "/api/v1/policy"),
        ("/decisions", "/api/v1/decisions"),
    ] {
        let operation = &contract["paths"][path]["get"];
        assert_eq!(trusting.get(address).await.status(), 200, "{address}");
        found.extend(faults(&trusting, &contract, operation, address).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn every_parameter_that_is_left_empty_counts_as_not_given_and_is_said_to() {
    let node = TestNode::start().await;
    let contract = contract(&node).await;
    for (path, operation) in operations(&contract) {
        if kept(operation, "en").is_none() {
            continue;
        }
        for given in operation["parameters"].as_array().into_iter().flatten() {
            if given["in"] == "query" {
                let name = given["name"].as_str().unwrap();
                assert_eq!(given["allowEmptyValue"], true, "{path} {name}");
                let mut address = url::Url::parse("http://x/").unwrap();
                let example = example(path, operation, "en");
                address = address.join(&example).unwrap();
                let others: Vec<_> = (address.query_pairs().into_owned())
                    .filter(|(other, _)| other != name)
                    .collect();
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(others).append_pair(name, "");
                let address = format!("{}?{}", address.path(), query.finish());
                assert_eq!(node.get(&address).await.status(), 200, "{address}");
            }
        }
    }
}

#[tokio::test]
async fn the_description_is_kept_and_asked_about_like_any_answer() {
    let node = TestNode::start().await;
    let first = node.get("/api/openapi.json").await;
    assert_eq!(first.headers()["access-control-allow-origin"], "*");
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let known = [("if-none-match", tag.as_str())];
    let again = node.ask(Method::GET, "/api/openapi.json", &known).await;
    assert_eq!(again.status(), 304);
}
