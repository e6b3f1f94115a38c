//! The few files the pages need, embedded in the binary, each with an ETag made from its content.
//!
//! What gets smaller by it is compressed once, as well as gzip can: the server's own compression is made for pages,
//! which differ each time, and is quick instead.
//!
//! Their addresses carry no version: a browser asks each time whether its copy is still good, so that
//! a page never meets the style of another version.

use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header::{AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header, VARY};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;

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
        name: "widget.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/widget.js")),
    },
    Asset {
        name: "day.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/day.css")),
    },
    Asset {
        name: "night.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/night.css")),
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

/// [`ASSETS`] compressed, in their order; nothing where that saves less than a tenth.
static COMPRESSED: LazyLock<Vec<Option<Vec<u8>>>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| smaller(asset.bytes)).collect());

fn smaller(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(bytes).ok()?;
    let compressed = compressed.finish().ok()?;
    (compressed.len() < bytes.len() * 9 / 10).then_some(compressed)
}

/// `/assets/{file}`
pub async fn asset(request: HttpRequest, file: Path<String>) -> HttpResponse {
    named(&request, &file)
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    named(&request, "favicon.svg")
}

/// The content of a file.
pub fn bytes(name: &str) -> Option<&'static [u8]> {
    let asset = ASSETS.iter().find(|asset| asset.name == name)?;
    Some(asset.bytes)
}

/// Sends a file, or only says that the reader's copy of it is still good.
pub fn named(request: &HttpRequest, name: &str) -> HttpResponse {
    let Some(position) = ASSETS.iter().position(|asset| asset.name == name) else {
        return HttpResponse::NotFound().finish();
    };
    let asset = &ASSETS[position];
    let compressed = COMPRESSED[position]
        .as_deref()
        .filter(|_| reads_gzip(request));
    let begin = |status| {
        let mut response = HttpResponse::build(status);
        response.insert_header((VARY, "Accept-Encoding"));
        if compressed.is_some() {
            response.insert_header(ContentEncoding::Gzip);
        }
        response
    };
    let bytes = compressed.unwrap_or(asset.bytes);
    etag::send(request, begin, &TAGS[position], asset.media_type, bytes)
}

fn reads_gzip(request: &HttpRequest) -> bool {
    let known = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(known.iter())) == Some(Encoding::gzip())
}
