//! `/{lang}/manage/backup`: everything the node holds, as one file to load down.

use std::io;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::owner::Owner;
use super::posted::Posted;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path};
use crate::federation::Federation;
use crate::web::page::{Page, language_of, send};

/// How many pieces wait for whoever loads them down.
const MAX_WAITING: usize = 4;
/// How long a piece waits before the download is given up: until then the database keeps for it whatever
/// others change.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Template)]
#[template(path = "manage_backup.html")]
struct Backup {
    page: Page,
    tabs: Vec<TabLink>,
    action: String,
}

/// `GET /{lang}/manage/backup`: what it holds.
pub(super) async fn page(request: HttpRequest, _: Owner) -> HttpResponse {
    let l = language_of(&request);
    let title = l.t("manage.nav.backup").to_owned();
    let Desk { page, tabs } = Desk::new(&request, l, title, Tab::Backup);
    let backup = Backup {
        page,
        tabs,
        action: path(l, "/backup"),
    };
    send(StatusCode::OK, &backup)
}

/// `POST /{lang}/manage/backup`: the file. What breaks off has no last line, so nobody takes it for whole.
pub(super) async fn download(request: HttpRequest, _: Posted, owner: Owner) -> HttpResponse {
    let Some(leave) = owner.node.begin_backup() else {
        return Sorry::BackupRuns.answer(&request);
    };
    let node = owner.node.into_inner();
    let (sender, mut receiver) = mpsc::channel(MAX_WAITING);
    let name = file_name(&node);
    actix_web::rt::spawn(async move {
        read(&node, leave, sender).await;
    });
    // The first piece tells whether the database answers.
    let Some(Some(first)) = receiver.recv().await else {
        return Sorry::Away.answer(&request);
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/zstd"))
        .insert_header((CONTENT_DISPOSITION, disposition))
        // It is packed as it is.
        .insert_header(ContentEncoding::Identity)
        .streaming(stream::once(async { Ok(first) }).chain(rest(receiver)))
}

/// A piece; `None` says that it was the last.
type Piece = Option<Bytes>;

/// The pieces until the last. Where that does not come, the answer is cut off, so that a browser says so.
fn rest(receiver: Receiver<Piece>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(receiver), |receiver| async {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(piece)) => Some((Ok(piece), Some(receiver))),
            Some(None) => None,
            None => Some((Err(io::ErrorKind::UnexpectedEof.into()), None)),
        }
    })
}

/// Reads everything for one reader.
async fn read(node: &Federation, leave: OwnedSemaphorePermit, sender: Sender<Piece>) {
    let send = async |piece| {
        let sent = tokio::time::timeout(PATIENCE, sender.send(piece)).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    };
    match node.back_up(async |piece| send(Some(piece)).await).await {
        Ok(_) => {
            drop(leave);
            // Whoever is gone by now has all but this.
            drop(send(None).await);
        }
        Err(error) => {
            tracing::warn!("a backup broke off: {:#}", anyhow::Error::from(error));
        }
    }
}

/// Whose it is and of which day, and nothing that would have to be escaped.
fn file_name(node: &Federation) -> String {
    let home = node.addresses().home();
    let host = home.host_str().unwrap_or_default();
    let day = node.now().format("%Y-%m-%d");
    format!("archipelago-{host}-{day}.backup")
}
