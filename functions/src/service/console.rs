//! `GET /console` and `GET /console/assets/{assetVersion}/{assetName}`

use std::future::ready;

use berth_shared::{
    Error, Result,
    error::Code,
    http::{Access, Document, Endpoint, Handler, Request, Response},
};
use lambda_http::http::Method;

use crate::schemas::{ConsoleAsset, Page};

/// Policy of the pages: scripts, styles and requests of this origin only, and nothing inline.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How long caches can use an asset. Its path changes with its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Version in the paths of the assets: a digest of all assets.
const VERSION: &str = env!("CONSOLE_VERSION");

/// Creates an asset from its name, media type and digest.
macro_rules! asset {
    ($name:literal, $media_type:literal, $digest:literal) => {
        (
            $name,
            Document {
                content_type: $media_type,
                digest: $digest,
                identity: include_bytes!(concat!(env!("OUT_DIR"), "/", $name)),
                gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz")),
                brotli: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".br")),
                cache_control: FOR_EVER,
                ..Document::PUBLIC
            },
        )
    };
}

/// The assets by name.
static ASSETS: &[(&str, Document)] = include!(concat!(env!("OUT_DIR"), "/console_assets.rs"));

/// The page, which names the current assets. Caches must ask whether it has changed.
static PAGE: Document = Document {
    content_type: "text/html",
    digest: env!("CONSOLE_INDEX_DIGEST"),
    identity: include_bytes!(concat!(env!("OUT_DIR"), "/index.html")),
    gzip: include_bytes!(concat!(env!("OUT_DIR"), "/index.html.gz")),
    brotli: include_bytes!(concat!(env!("OUT_DIR"), "/index.html.br")),
    cache_control: "no-cache",
    content_security_policy: Some(CONTENT_SECURITY_POLICY),
    ..Document::PUBLIC
};

/// The endpoint console.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "console",
    "/console",
    Access::Public,
    200,
    Handler::Rest(|request| Box::pin(ready(Ok(request.document(&PAGE))))),
)
.summary("Get the console")
.description(
    "Returns the page of the console, a client of this API for people. The page asks for an API key, and keeps it in the \
     memory of the tab.",
)
.returns_resource::<Page>()
.response_types(&["text/html"]);

/// The endpoint asset.
pub(crate) const ASSET: Endpoint = Endpoint::new(
    Method::GET,
    "asset",
    "/console/assets/{assetVersion}/{assetName}",
    Access::Public,
    200,
    Handler::Rest(|request| Box::pin(ready(asset(request)))),
)
.summary("Get an asset of the console")
.description(
    "Returns a module, a style sheet or an icon of the console. The page `/console` names the current version.",
)
.errors(&[Code::RouteNotFound])
.returns_resource::<ConsoleAsset>()
.response_types(&["text/javascript", "text/css", "image/svg+xml"]);

fn asset(request: &Request) -> Result<Response> {
    let (version, name) = (request.path_value("assetVersion"), request.path_value("assetName"));
    let found = ASSETS.iter().find(|(known, _)| version == VERSION && *known == name);
    let (_, document) =
        found.ok_or_else(|| Error::new(Code::RouteNotFound, "The console of this version has no such asset"))?;
    request.query().finish()?;
    Ok(request.document(document))
}

/// Returns the paths of the assets of the console.
pub fn asset_paths() -> impl Iterator<Item = String> {
    ASSETS.iter().map(|(name, _)| format!("/console/assets/{VERSION}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Maximum size of the console, compressed with gzip.
    const BUDGET: usize = 80_000;

    #[test]
    fn the_console_is_small() {
        let size: usize = ASSETS.iter().map(|(_, asset)| asset.gzip.len()).sum::<usize>() + PAGE.gzip.len();
        assert!(size <= BUDGET, "{size} bytes");
    }

    #[test]
    fn the_page_names_assets_that_exist() {
        let page = std::str::from_utf8(PAGE.identity).unwrap();
        let named: Vec<_> = page.split('"').filter(|text| text.starts_with("/console/assets/")).collect();
        assert!(named.len() > 2, "{page}");
        for path in named {
            assert!(asset_paths().any(|known| known == path), "{path}");
        }
    }

    #[test]
    fn every_imported_module_exists() {
        for (name, asset) in ASSETS.iter().filter(|(_, asset)| asset.content_type == "text/javascript") {
            let text = std::str::from_utf8(asset.identity).unwrap();
            for line in text.lines().filter(|line| line.starts_with("import ") || line.starts_with("} from ")) {
                let module = line.split('"').nth(1).and_then(|path| path.strip_prefix("./"));
                // The import of several lines names its module in the last one.
                if let Some(module) = module {
                    assert!(ASSETS.iter().any(|(known, _)| *known == module), "{name} imports {module}");
                }
            }
        }
    }
}
