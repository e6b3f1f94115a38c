//! `/{lang}/collectives/{id}`: one collective, its charter, its members, how it stands here.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Party};
use crate::domain::collective::Standing;
use crate::domain::text::Link;
use crate::formats::schema_org;
use crate::web::collectives::{members, standing, standing_text};
use crate::web::error::{Refused, not_listed, unknown_name};
use crate::web::page::{Page, Section, language_of, send};
use crate::web::party::{self, word_of_command};
use crate::web::route::{self, Route};
use crate::web::vouches::{self, Vouches};

/// How many members are shown; the rest is counted.
const MAX_MEMBERS_SHOWN: usize = 300;
/// How many vouches for the collective itself are shown; the rest is counted.
const MAX_VOUCHES_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "collective.html")]
struct CollectivePage {
    page: Page,
    name: String,
    host: String,
    /// Its page for people, and how that is written.
    site: Option<(String, String)>,
    /// The page of the hoster that it is, too.
    hoster: Option<String>,
    standing: Standing,
    standing_text: String,
    route: Option<Route>,
    charter: Option<CharterLine>,
    members: Vouches,
    member_count: String,
    vouches: Vouches,
    linked_data: String,
    /// The command with which a hoster asks to become a member.
    apply: String,
}

/// What members agree to.
struct CharterLine {
    version: String,
    href: String,
    sha256: Option<String>,
}

/// The page.
pub async fn page(
    request: HttpRequest,
    path: Path<(String, String)>,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (_, id) = path.into_inner();
    let l = language_of(&request);
    let edition = catalogue.current();
    let unknown = || unknown_name(&request, &edition, &id);
    let collective = edition.trust.collective(&id).ok_or_else(unknown)?;
    if let Some(block) = edition.blocked.of_url(&collective.address) {
        return Err(not_listed(&request, block));
    }
    let given = edition.trust.vouches_by(&collective.address);
    let received = edition.trust.vouches_for_party(&collective.address);
    let name = party::name(collective);
    let standing = standing(&edition, collective);
    let hoster = collective.hoster.map(|hoster| &edition.hosters[hoster].id);
    let page = Page {
        description: l.with("collective.description", "name", &name),
        ..Page::new(&request, l, name.clone(), Section::About)
    };
    let here = page.canonical_in(l.code());
    let linked_data = schema_org::collective(&name, &here, collective.page.as_ref());
    let view = CollectivePage {
        page,
        linked_data: schema_org::data_block(&linked_data),
        host: party::host(&collective.address),
        site: (collective.page.as_ref()).map(|page| (page.to_string(), page.host().to_owned())),
        hoster: hoster.map(|id| format!("/{}/hosters/{id}", l.code())),
        standing,
        standing_text: standing_text(standing, l),
        route: route::to_collective(&edition, collective, l),
        charter: charter(collective),
        members: vouches::given(&edition, given, MAX_MEMBERS_SHOWN, l),
        member_count: l.count("collectives.members", members(&edition, collective)),
        vouches: vouches::received(&edition, received, MAX_VOUCHES_SHOWN, l),
        apply: format!(
            "archipelago member apply {}",
            word_of_command(collective.address.as_str())
        ),
        name,
    };
    Ok(send(StatusCode::OK, &view))
}

fn charter(collective: &Party) -> Option<CharterLine> {
    let charter = collective.charter.as_ref()?;
    Some(CharterLine {
        version: charter.version.version.to_string(),
        href: Link::to_string(&charter.url),
        sha256: charter.version.sha256.clone(),
    })
}
