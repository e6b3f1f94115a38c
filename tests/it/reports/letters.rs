//! Questions of a directory to a hoster about its entry, and the answers: over the wire, between real
//! nodes, and what others may not do with them.

use archipelago::domain::report::{Entry, Reason, ReportState};
use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{MAX_UNANSWERED_OF_ASKER, NewReport};
use serde_json::{Value, json};

use super::{pads, pads_over, waiting};
use crate::support::browser::Browser;
use crate::support::database::Database;
use crate::support::far_actor::{Far, FarActor};
use crate::support::fediverse::{Founded, eventually};

const ACTIVITY: [(&str, &str); 1] = [("accept", "application/activity+json")];

/// A directory that follows a hoster and shows its pads.
async fn following(hoster: &Founded, database: Database) -> Founded {
    let directory = Founded::start("d", Kind::Directory, database).await;
    let id = hoster.id(Local::Hoster);
    directory.federation.follow(id.as_str()).await.unwrap();
    eventually("the directory shows the pads", async || {
        let listed = directory
            .node
            .get(&format!("/en/services/{}", pads_of(hoster)))
            .await;
        listed.status().is_success().then_some(())
    })
    .await;
    directory
}

/// What the pads of a hoster's node are called elsewhere.
fn pads_of(hoster: &Founded) -> String {
    format!("{}_pads", entry_of(hoster).hoster)
}

/// The entry of a hoster's node elsewhere.
fn entry_of(hoster: &Founded) -> Entry {
    let id = archipelago::formats::activitypub::ids::hoster_id(&hoster.id(Local::Hoster));
    Entry {
        hoster: id.unwrap(),
        service: None,
    }
}

/// Reports the pads at a directory, and returns the number of the report.
async fn report(directory: &Founded, hoster: &Founded, words: &str) -> String {
    let entry = Entry {
        service: Some(pads_of(hoster).try_into().unwrap()),
        ..entry_of(hoster)
    };
    let report = NewReport {
        entry,
        reason: Reason::Broken,
        words: words.to_owned().try_into().ok(),
    };
    directory.federation.file_report(&report).await.unwrap();
    waiting(directory).await.last().unwrap().seq.to_string()
}

#[actix_web::test]
async fn a_hoster_is_asked_answers_and_the_answer_stands_beside_the_report() {
    for (ours, theirs) in [
        (Database::sqlite().await, Database::sqlite().await),
        (Database::postgres().await, Database::postgres().await),
    ] {
        let hoster = pads_over(ours).await;
        let directory = following(&hoster, theirs).await;
        let seq = report(&directory, &hoster, "It <says> 502").await;
        let people = Browser::of_owner(&directory);
        let queue = people.page("/en/manage/reports").await;
        assert!(queue.contains("formaction=\"/en/manage/reports/ask\""));
        let ask = format!("/en/manage/reports/ask?report={seq}");
        let draft = people.page(&ask).await;
        assert!(draft.contains("It does not work: It &#60;says&#62; 502"));
        let asking = [("report", seq.as_str()), ("words", "Is it <down>?")];
        let queue = people.done("/en/manage/reports/ask", &asking).await;
        assert!(queue.contains("Is it &#60;down&#62;?"));
        assert_eq!(waiting(&directory).await[0].state, ReportState::Asked);

        let question = eventually("the question arrives", async || {
            hoster.federation.questions().await.unwrap().pop()
        })
        .await;
        let object = hoster.federation.addresses().service("pads");
        assert_eq!(question.question.object, Some(object));
        assert_eq!(question.question.asker, directory.id(Local::Node));
        let owner = Browser::of_owner(&hoster);
        assert!(owner.page("/en/manage").await.contains("1 question to you"));
        let asked = owner.page("/en/manage/reports").await;
        assert!(asked.contains("Is it &#60;down&#62;?") && asked.contains("d.localhost"));
        let flag = question.question.flag.as_str();
        let answering = [("flag", flag), ("words", "It was.\n\nIt is up again.")];
        owner.done("/en/manage/reports/answer", &answering).await;
        assert_eq!(hoster.federation.count_unanswered().await.unwrap(), 0);

        let queue = eventually("the answer arrives", async || {
            let queue = people.page("/en/manage/reports").await;
            queue.contains("It is up again.").then_some(queue)
        })
        .await;
        assert!(queue.contains("It was.\n\nIt is up again."));
        // A later answer takes the place of the first.
        let answering = [("flag", flag), ("words", "For good.")];
        owner.done("/en/manage/reports/answer", &answering).await;
        eventually("the later answer arrives", async || {
            let queue = people.page("/en/manage/reports").await;
            (queue.contains("For good.") && !queue.contains("up again")).then_some(())
        })
        .await;

        // Neither is shown to anybody else: not in an outbox, and not at its own address.
        for (node, role) in [(&directory, Local::Node), (&hoster, Local::Hoster)] {
            let outbox = format!("{}/outbox?page=1", role.path());
            let outbox = node
                .node
                .ask(reqwest::Method::GET, &outbox, &ACTIVITY)
                .await;
            let outbox = outbox.text().await.unwrap();
            assert!(!outbox.contains("down") && !outbox.contains("up again"));
        }
        let flag = question.question.flag.path();
        for (node, path) in [
            (&directory, flag.to_owned()),
            (&hoster, answered_by(&directory).await),
        ] {
            let response = node.node.ask(reqwest::Method::GET, &path, &ACTIVITY).await;
            assert_eq!(response.status(), 404, "{path}");
        }
    }
}

/// The path of the note that answers the one question of a directory.
async fn answered_by(directory: &Founded) -> String {
    if directory.config.database_url.starts_with("postgres") {
        return "/ap/org/notes/1".to_owned();
    }
    let rows = directory.dump().await;
    let row = rows.iter().find(|row| row.starts_with("flags | ")).unwrap();
    let cells: Vec<&str> = row.split(" | ").collect();
    let note: url::Url = cells[7].parse().unwrap();
    assert!(note.path().starts_with("/ap/org/notes/"), "{row}");
    note.path().to_owned()
}

/// A directory elsewhere that asks about our hoster.
fn asker(far: &Far) -> FarActor {
    far.actor(far.at("directory", "/ap/actor"), "Application")
}

fn flag(by: &FarActor, about: Value, words: &str) -> Value {
    let mut flag = by.activity("Flag", about);
    flag["content"] = json!(words);
    flag
}

#[actix_web::test]
async fn a_flag_of_other_software_is_a_question_whatever_it_holds() {
    let (hoster, far) = (pads().await, Far::start().await);
    let asker = asker(&far);
    let us = hoster.id(Local::Hoster);
    let pads = hoster.federation.addresses().service("pads");
    let elsewhere = "https://elsewhere.example/ap/services/pads";
    for (about, words) in [
        (json!(us), ""),
        (json!([us, elsewhere]), "a\u{0}b\u{202e}c"),
        (json!([pads]), "<script>alert(1)</script>"),
        (json!([us, pads]), &"é".repeat(50_000)),
    ] {
        asker.is_heard(&hoster, &flag(&asker, about, words)).await;
    }
    let questions = hoster.federation.questions().await.unwrap();
    let said: Vec<_> = (questions.iter())
        .map(|asked| {
            let words = asked.question.words.as_ref();
            let chars = words.map_or(0, |words| words.as_str().chars().count());
            (asked.question.object.is_some(), chars)
        })
        .collect();
    assert_eq!(said.len(), 4);
    for expected in [(false, 0), (false, 3), (true, 25), (true, 1_000)] {
        assert!(said.contains(&expected), "{said:?}");
    }
    let page = Browser::of_owner(&hoster).page("/en/manage/reports").await;
    assert!(page.contains("Without a word.") && !page.contains("<script>alert"));
}

#[actix_web::test]
async fn what_is_no_question_to_our_hoster_is_passed_over() {
    let (hoster, far) = (pads().await, Far::start().await);
    let (asker, person) = (asker(&far), far.person("alice"));
    let us = hoster.id(Local::Hoster);
    person
        .is_heard(&hoster, &flag(&person, json!(us), "x"))
        .await;
    for about in [
        json!(null),
        json!([]),
        json!(5),
        json!(hoster.id(Local::Node)),
        json!(asker.id),
        json!(format!("{us}?x")),
    ] {
        asker
            .is_heard(&hoster, &flag(&asker, about.clone(), "x"))
            .await;
        let questions = hoster.federation.questions().await.unwrap();
        assert!(questions.is_empty(), "{about}");
    }
    let directory = Founded::start("e", Kind::Directory, Database::sqlite().await).await;
    let about = json!(directory.id(Local::Hoster));
    asker.is_heard(&directory, &flag(&asker, about, "x")).await;
    assert!(directory.federation.questions().await.unwrap().is_empty());
}

#[actix_web::test]
async fn an_asker_has_so_many_questions_and_takes_back_its_own_alone() {
    let (hoster, far) = (pads().await, Far::start().await);
    let asker = asker(&far);
    let other = far.actor(far.at("other", "/ap/actor"), "Application");
    let us = hoster.id(Local::Hoster);
    let first = flag(&asker, json!(us), "first");
    asker.is_heard(&hoster, &first).await;
    for n in 0..MAX_UNANSWERED_OF_ASKER + 5 {
        let more = flag(&asker, json!(us), &format!("question {n}"));
        asker.is_heard(&hoster, &more).await;
    }
    let most = u64::from(MAX_UNANSWERED_OF_ASKER);
    assert_eq!(hoster.federation.count_unanswered().await.unwrap(), most);
    other.is_heard(&hoster, &flag(&other, json!(us), "y")).await;
    assert_eq!(
        hoster.federation.count_unanswered().await.unwrap(),
        most + 1
    );

    let undo = |by: &FarActor| by.activity("Undo", first["id"].clone());
    other.is_heard(&hoster, &undo(&other)).await;
    assert_eq!(
        hoster.federation.count_unanswered().await.unwrap(),
        most + 1
    );
    asker.is_heard(&hoster, &undo(&asker)).await;
    assert_eq!(hoster.federation.count_unanswered().await.unwrap(), most);
    // What was taken back is not answered, and not asked again under the same id.
    let flag_id: url::Url = first["id"].as_str().unwrap().parse().unwrap();
    let words = "x".to_owned().try_into().unwrap();
    assert!(!hoster.federation.answer(&flag_id, words).await.unwrap());
}

#[actix_web::test]
async fn only_whom_we_asked_answers_and_only_once_it_was_asked() {
    let directory = Founded::start("d", Kind::Directory, Database::sqlite().await).await;
    let far = Far::start().await;
    let hoster = far.actor(far.at("hoster", "/ap/org"), "Organization");
    let other = far.actor(far.at("other", "/ap/org"), "Organization");
    let neighbour = far.actor(far.at("hoster", "/ap/other"), "Organization");
    let words = "Well?".to_owned().try_into().unwrap();
    let asked = directory.federation.ask(&hoster.id, None, &[], words).await;
    asked.unwrap();
    let flag = directory_flag(&directory).await;
    let reply = |by: &FarActor, attributed_to: &FarActor, to: &str, words: &str| {
        by.activity(
            "Create",
            json!({
                "id": by.url("/ap/org/notes/1"), "type": "Note", "attributedTo": attributed_to.id,
                "inReplyTo": to, "content": format!("<p>{words}</p>"),
            }),
        )
    };
    for (by, wrong) in [
        (&other, reply(&other, &other, flag.as_str(), "Not asked")),
        (
            &other,
            reply(&other, &hoster, flag.as_str(), "As the hoster"),
        ),
        (
            &neighbour,
            reply(&neighbour, &neighbour, flag.as_str(), "Next door"),
        ),
        (
            &hoster,
            reply(&hoster, &hoster, &format!("{flag}1"), "Another"),
        ),
        (&hoster, reply(&hoster, &other, flag.as_str(), "As another")),
        (&hoster, reply(&hoster, &hoster, flag.as_str(), " ")),
    ] {
        by.is_heard(&directory, &wrong).await;
        let question = directory.federation.question(&flag).await.unwrap().unwrap();
        assert_eq!(question.answer, None, "{wrong}");
    }
    let right = reply(&hoster, &hoster, flag.as_str(), "Yes &amp; no");
    hoster.is_heard(&directory, &right).await;
    let question = directory.federation.question(&flag).await.unwrap().unwrap();
    assert_eq!(question.answer.unwrap().0.as_str(), "Yes & no");
    // Not ours to answer, though it lies here.
    let words = "x".to_owned().try_into().unwrap();
    assert!(!directory.federation.answer(&flag, words).await.unwrap());
}

/// The one question of a directory.
async fn directory_flag(directory: &Founded) -> url::Url {
    let rows = directory.dump().await;
    let row = rows.iter().find(|row| row.starts_with("flags | ")).unwrap();
    row.split(" | ").nth(1).unwrap().parse().unwrap()
}

#[actix_web::test]
async fn a_hoster_that_cannot_be_read_is_not_asked_and_nothing_typed_is_lost() {
    let hoster = pads().await;
    let directory = following(&hoster, Database::sqlite().await).await;
    let seq = report(&directory, &hoster, "It is down").await;
    // Nobody has met it but through a list. A visit under way would keep its actor once more.
    directory.settled().await;
    let pool = directory.rows().await;
    let forget = sqlx::query("delete from remote_actors").execute(&pool);
    forget.await.unwrap();
    pool.close().await;
    drop(hoster);
    let people = Browser::of_owner(&directory);
    let asking = [("report", seq.as_str()), ("words", "Are you there?")];
    let response = people.post("/en/manage/reports/ask", &asking).await;
    assert_eq!(response.status(), 502);
    let page = response.text().await.unwrap();
    assert!(page.contains("Are you there?") && page.contains("id=\"words-error\""));
    assert_eq!(waiting(&directory).await[0].state, ReportState::Open);
}
