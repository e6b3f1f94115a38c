//! The few files the pages need, embedded in the binary, each with an ETag made from its content.

use actix_web::http::header::{CACHE_CONTROL, ETAG};
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
        name: "depth.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/frontend/depth.svg")),
    },
    Asset {
        name: "favicon.svg",
        media_type: "image/svg+xml",
        bytes: FAVICON,
    },
];

const FAVICON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/frontend/favicon.svg"));

/// `/assets/{file}`
pub async fn asset(request: HttpRequest, file: Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|asset| asset.name == file.as_str()) {
        Some(asset) => answer(&request, asset.media_type, asset.bytes),
        None => HttpResponse::NotFound().finish(),
    }
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    answer(&request, "image/svg+xml", FAVICON)
}

fn answer(request: &HttpRequest, media_type: &str, bytes: &'static [u8]) -> HttpResponse {
    let tag = etag::of(bytes);
    let unchanged = etag::is_known(request, &tag);
    let mut response = if unchanged {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((ETAG, tag.to_string()))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"));
    if unchanged {
        response.finish()
    } else {
        response.content_type(media_type).body(bytes)
    }
}
