//! The few files the pages need, embedded in the binary, each with an ETag made from its content.
//!
//! Their addresses carry no version: a browser asks each time whether its copy is still good, so that
//! a page never meets the style of another version.

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::etag;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "site.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/site.css")),
    },
    Asset {
        name: "site.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/site.js")),
    },
    Asset {
        name: "map.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/map.js")),
    },
    Asset {
        name: "land.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/land.svg")),
    },
    Asset {
        name: "card.png",
        media_type: "image/png",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/card.png")),
    },
    Asset {
        name: "manage.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/manage.js")),
    },
    Asset {
        name: "depth.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/depth.svg")),
    },
    Asset {
        name: "favicon.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/favicon.svg")),
    },
];

/// The tags of [`ASSETS`], in their order.
static TAGS: LazyLock<Vec<EntityTag>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| etag::of(asset.bytes)).collect());

/// `/assets/{file}`
pub async fn asset(request: HttpRequest, file: Path<String>) -> HttpResponse {
    named(&request, &file)
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    named(&request, "favicon.svg")
}

fn named(request: &HttpRequest, name: &str) -> HttpResponse {
    let mut tagged = ASSETS.iter().zip(TAGS.iter());
    let Some((asset, tag)) = tagged.find(|(asset, _)| asset.name == name) else {
        return HttpResponse::NotFound().finish();
    };
    etag::send(
        request,
        HttpResponse::build,
        tag,
        asset.media_type,
        asset.bytes,
    )
}
