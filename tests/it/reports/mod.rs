//! What visitors say is wrong with entries, and what becomes of it: real nodes, plain forms.

mod form;
mod letters;
mod lists;
mod queue;

use archipelago::federation::Kind;
use archipelago::store::Report;

use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually, offer};

/// A hoster's node that offers pads, and shows them.
async fn pads() -> Founded {
    pads_over(Database::sqlite().await).await
}

async fn pads_over(database: Database) -> Founded {
    let founded = Founded::start("a", Kind::Hoster, database).await;
    let pads = vec![offer("pads", "Nos pads")];
    founded.federation.add_services(pads).await.unwrap();
    eventually("the service is listed", async || {
        let response = founded.node.get("/fr/services/pads").await;
        response.status().is_success().then_some(())
    })
    .await;
    founded
}

async fn waiting(founded: &Founded) -> Vec<Report> {
    founded.federation.waiting_reports().await.unwrap()
}
