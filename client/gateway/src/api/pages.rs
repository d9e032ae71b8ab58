//! The pages: a folder of files, with a policy that lets them connect only to this gateway and to nodes.

use super::error::ApiError;
use axum::{
    extract::Request,
    http::{header, HeaderMap, HeaderValue, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    Router,
};
use bytes::Bytes;
use std::{
    convert::Infallible,
    fs, io,
    path::{Path, PathBuf},
};
use tower::service_fn;
use tower_http::{compression::CompressionLayer, services::ServeDir};

/// Files below it have a hash of their content in their names.
const HASHED: &str = "/assets/";
const HASHED_AGE: &str = "public, max-age=31536000, immutable";
const OTHER_AGE: &str = "no-cache";
/// What the pages may do: run their own scripts and styles, connect to this gateway, and open WebSockets, since wallets
/// connect to nodes.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; \
                      worker-src 'self' blob:; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// First segments of the addresses that the pages know. Any other address shows their "not found", with status 404.
const PLACES: [&str; 5] = ["", "watch", "wallet", "studio", "gift"];

/// Why the pages cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    #[error("http.pages: {}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("http.pages: {} has no index.html; build the pages first, or leave the setting out", .0.display())]
    NoIndex(PathBuf),
}

/// A folder of pages.
#[derive(Clone)]
pub struct Pages {
    folder: PathBuf,
    index: Bytes,
}

impl Pages {
    /// Opens a folder and reads its `index.html`, which every address of the pages shows.
    pub fn open(folder: &Path) -> Result<Self, PagesError> {
        let wrap = |error| PagesError::Io { path: folder.to_owned(), error };
        fs::read_dir(folder).map_err(wrap)?;
        let index = match fs::read(folder.join("index.html")) {
            Ok(index) => index.into(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(PagesError::NoIndex(folder.to_owned()));
            }
            Err(error) => return Err(wrap(error)),
        };
        Ok(Self { folder: folder.to_owned(), index })
    }

    /// Serves the files, compressed where the client accepts it; any other address is the pages' own.
    pub fn router(self) -> Router {
        let index = self.index;
        let page = service_fn(move |request: Request| {
            let index = index.clone();
            async move { Ok::<_, Infallible>(page(&index, request.uri().path(), request.headers())) }
        });
        let files = ServeDir::new(self.folder).precompressed_gzip().fallback(page);
        Router::new()
            .fallback_service(files)
            .layer(middleware::from_fn(headers))
            .layer(CompressionLayer::new().gzip(true))
    }
}

/// Answers an address that is no file. A missing file is missing; for everything else the pages decide what to show.
fn page(index: &Bytes, path: &str, headers: &HeaderMap) -> Response {
    let mut segments = path.trim_start_matches('/').split('/');
    let is_place = PLACES.contains(&segments.next().unwrap_or_default());
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_file || (!is_place && !accepted.contains("text/html")) {
        return ApiError::not_found("There is no page at this address.").into_response();
    }
    let status = if is_place { StatusCode::OK } else { StatusCode::NOT_FOUND };
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], index.clone()).into_response()
}

async fn headers(request: Request, next: Next) -> Response {
    let age = if request.uri().path().starts_with(HASHED) { HASHED_AGE } else { OTHER_AGE };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{to_bytes, Body};
    use tower::ServiceExt;

    fn pages() -> (tempfile::TempDir, Router) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        fs::write(folder.path().join("index.html"), "<html>".repeat(500)).unwrap();
        fs::write(folder.path().join("assets/a-1.js"), "let a = 1;".repeat(500)).unwrap();
        let router = Pages::open(folder.path()).unwrap().router();
        (folder, router)
    }

    async fn get(router: &Router, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        request.headers_mut().extend(headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())));
        router.clone().oneshot(request).await.unwrap()
    }

    fn header_of(response: &Response, name: header::HeaderName) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[tokio::test]
    async fn addresses_of_the_pages_show_the_index_and_files_show_themselves() {
        let (_folder, pages) = pages();
        for path in ["/", "/watch/7", "/wallet", "/studio/streams/7", "/gift"] {
            let index = get(&pages, path, &[]).await;
            assert_eq!(index.status(), StatusCode::OK, "{path}");
            assert!(header_of(&index, header::CONTENT_TYPE).starts_with("text/html"), "{path}");
            assert_eq!(header_of(&index, header::CACHE_CONTROL), OTHER_AGE);
            assert!(header_of(&index, header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"));
        }
        let script = get(&pages, "/assets/a-1.js", &[]).await;
        assert_eq!(header_of(&script, header::CACHE_CONTROL), HASHED_AGE);
        assert!(header_of(&script, header::CONTENT_TYPE).starts_with("text/javascript"));
    }

    #[tokio::test]
    async fn files_are_compressed_for_clients_that_accept_it() {
        let (_folder, pages) = pages();
        let script = get(&pages, "/assets/a-1.js", &[(header::ACCEPT_ENCODING, "br, gzip")]).await;
        assert_eq!(header_of(&script, header::CONTENT_ENCODING), "gzip");
        let plain = get(&pages, "/assets/a-1.js", &[]).await;
        assert_eq!(header_of(&plain, header::CONTENT_ENCODING), "");
        assert_eq!(to_bytes(plain.into_body(), 1 << 20).await.unwrap().len(), 5_000);
    }

    #[tokio::test]
    async fn an_unchanged_file_is_not_sent_again() {
        let (_folder, pages) = pages();
        let modified = header_of(&get(&pages, "/assets/a-1.js", &[]).await, header::LAST_MODIFIED);
        let again = get(&pages, "/assets/a-1.js", &[(header::IF_MODIFIED_SINCE, &modified)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn missing_files_and_probes_of_unknown_addresses_get_404() {
        let (_folder, pages) = pages();
        for path in ["/assets/a-2.js", "/../Cargo.toml", "/favicon.ico", "/v1/nothing", "/healthz"] {
            assert_eq!(get(&pages, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let browser = get(&pages, "/healthz", &[(header::ACCEPT, "text/html,*/*")]).await;
        assert_eq!(browser.status(), StatusCode::NOT_FOUND, "a browser sees the pages' own message");
        assert!(header_of(&browser, header::CONTENT_TYPE).starts_with("text/html"));
    }

    #[test]
    fn a_folder_without_an_index_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Pages::open(folder.path()), Err(PagesError::NoIndex(_))));
        assert!(matches!(Pages::open(&folder.path().join("none")), Err(PagesError::Io { .. })));
    }
}
