//! The pages: a folder of files, with a policy that lets them connect only to this gateway and to nodes.

use super::{
    error::ApiError,
    representation::{Conditions, Representation},
};
use axum::{
    extract::Request,
    http::{header, HeaderValue, StatusCode},
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
use vilokanam_wire::RecordingRef;

/// Files below it have a hash of their content in their names.
const HASHED: &str = "/assets/";
const HASHED_AGE: &str = "public, max-age=31536000, immutable";
const OTHER_AGE: &str = "no-cache";
/// What the pages may do: run their own scripts and styles, connect to this gateway, and open WebSockets, since wallets
/// connect to nodes. The player library gives tracks of captions an empty file as `data:` URL.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; \
                      media-src 'self' blob: data:; worker-src 'self' blob:; script-src 'self' 'wasm-unsafe-eval'; \
                      style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const INDEX_TYPE: &str = "text/html; charset=utf-8";
/// Most digits of the number of a stream or a recording.
const MAX_DIGITS: usize = 20;
/// Longest handle in an address; what it may be is the gateway's to say.
const MAX_HANDLE_LETTERS: usize = 300;
/// Hex digits of a session's id.
const SESSION_DIGITS: usize = 32;
/// Number of letters of an account in SS58.
const ACCOUNT_LETTERS: std::ops::RangeInclusive<usize> = 46..=50;

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
            async move { Ok::<_, Infallible>(page(&index, &request)) }
        });
        // A folder is no page: the page at the root is one of the pages' own addresses.
        let files = ServeDir::new(self.folder).append_index_html_on_directories(false);
        let files = files.precompressed_gzip().fallback(page);
        Router::new()
            .fallback_service(files)
            .layer(middleware::from_fn(headers))
            .layer(CompressionLayer::new().gzip(true))
    }
}

/// Answers an address that is no file: with the page, if the pages know the address. Browsers see the pages' own "not found",
/// and all others a problem, so that no probe takes the page for a yes.
fn page(index: &Bytes, request: &Request) -> Response {
    let path = request.uri().path();
    if is_place(path) {
        let body = index.clone();
        let page = Representation { kind: INDEX_TYPE, age: OTHER_AGE, body, version: None, has_ranges: false };
        return page.answer(&Conditions::of(request.method(), request.headers()));
    }
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_file || !accepted.contains("text/html") {
        return ApiError::not_found("There is no page at this address.").into_response();
    }
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, INDEX_TYPE)], index.clone()).into_response()
}

/// Whether the pages know the address. The same list is in `client/web/src/app/routes.ts`.
fn is_place(path: &str) -> bool {
    let is_number =
        |text: &str| (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_session = |text: &str| {
        let digits = text.strip_prefix("0x").unwrap_or_default();
        digits.len() == SESSION_DIGITS && digits.bytes().all(|byte| b"0123456789abcdef".contains(&byte))
    };
    let is_account = |text: &str| {
        let is_base58 = |byte: u8| byte.is_ascii_alphanumeric() && !b"0OIl".contains(&byte);
        ACCOUNT_LETTERS.contains(&text.len()) && text.bytes().all(is_base58)
    };
    if path == "/" {
        return true;
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.strip_suffix('/').unwrap_or(path).split('/').collect::<Vec<_>>()[..] {
        ["wallet" | "gift" | "studio" | "search" | "following" | "history" | "leaderboards" | "notices" | "me"] => true,
        ["moderation" | "admin"] | ["me", "spending" | "tips"] => true,
        ["studio", "new" | "earnings" | "followers" | "statements"] => true,
        ["c", handle] => (1..=MAX_HANDLE_LETTERS).contains(&handle.len()),
        ["watch", stream]
        | ["studio", "chat", stream]
        | ["studio", "streams", stream]
        | ["studio", "streams", stream, "library" | "live" | "settings"] => is_number(stream),
        ["watch", stream, "recordings", recording] => is_number(stream) && recording.parse::<RecordingRef>().is_ok(),
        ["wallet", "sessions", session] => is_session(session),
        ["creators", account] => is_account(account),
        _ => false,
    }
}

async fn headers(request: Request, next: Next) -> Response {
    let is_hashed = request.uri().path().starts_with(HASHED);
    let mut response = next.run(request).await;
    // A file that is missing now may be there after the next update.
    let is_there = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let age = if is_hashed && is_there { HASHED_AGE } else { OTHER_AGE };
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

    /// An account in SS58.
    const ACCOUNT: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

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
        for path in ["/", &format!("/creators/{ACCOUNT}"), "/watch/7", "/wallet", "/studio/streams/7", "/gift"] {
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
        let files = ["/assets/a-2.js", "/../Cargo.toml", "/favicon.ico", "/v1/nothing"];
        let probes = ["/healthz", "/livez", "/readyz", "/health/live", "/status", "/ping", "/api/health", "/-/healthy"];
        let odd = [
            "/watch",
            "/watch/x",
            "/wallet/healthz",
            "/studio/livez",
            "/watch/7/8",
            "//",
            "/gift/7",
            "/studio/streams/7/secrets",
            "/creators",
            "/creators/7",
            "/%2e",
            "/assets",
        ];
        for path in files.into_iter().chain(probes).chain(odd) {
            for accepted in ["", "*/*", "application/json"] {
                let answer = get(&pages, path, &[(header::ACCEPT, accepted)]).await;
                assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path} {accepted}");
                assert!(header_of(&answer, header::CONTENT_TYPE).starts_with("application/problem+json"), "{path}");
                assert_eq!(header_of(&answer, header::CACHE_CONTROL), OTHER_AGE, "it may exist tomorrow: {path}");
            }
        }
        let browser = get(&pages, "/healthz", &[(header::ACCEPT, "text/html,*/*")]).await;
        assert_eq!(browser.status(), StatusCode::NOT_FOUND, "a browser sees the pages' own message");
        assert!(header_of(&browser, header::CONTENT_TYPE).starts_with("text/html"));
    }

    #[test]
    fn every_route_of_the_pages_is_known() {
        let routes = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/src/app/routes.ts");
        let source = fs::read_to_string(routes).unwrap();
        let mut checked = 0;
        for line in source.lines().filter_map(|line| line.trim_start().strip_prefix("route(")) {
            let quote = &line[..1];
            let pattern = line[1..].split(quote).next().unwrap();
            let path = pattern
                .replace("${STREAM}", "7")
                .replace("${RECORDING}", "8-0a0a0a0a")
                .replace("${ACCOUNT}", ACCOUNT)
                .replace("([^/]{1,300})", "alice")
                .replace("(0x[0-9a-f]{32})", &format!("0x{}", "0a".repeat(16)));
            let path = if path.is_empty() { "/" } else { &path };
            assert!(is_place(path), "{path}");
            assert!(path == "/" || is_place(&format!("{path}/")), "{path}");
            checked += 1;
        }
        assert!(checked >= 10, "{checked} routes were found");
    }

    #[tokio::test]
    async fn compression_that_the_client_rules_out_is_not_used() {
        let (folder, pages) = pages();
        fs::write(folder.path().join("assets/a-1.js.gz"), "compressed before").unwrap();
        for accepted in ["gzip;q=0", "gzip;q=0, *", "identity", "deflate, gzip; q=0.0"] {
            for path in ["/assets/a-1.js", "/"] {
                let plain = get(&pages, path, &[(header::ACCEPT_ENCODING, accepted)]).await;
                assert_eq!(header_of(&plain, header::CONTENT_ENCODING), "", "{path} {accepted}");
            }
        }
        let compressed = get(&pages, "/", &[(header::ACCEPT_ENCODING, "identity;q=0.5, gzip;q=0.8")]).await;
        assert_eq!(header_of(&compressed, header::CONTENT_ENCODING), "gzip");
    }

    #[tokio::test]
    async fn unchanged_page_is_not_sent_again() {
        let (_folder, pages) = pages();
        let tag = header_of(&get(&pages, "/wallet", &[]).await, header::ETAG);
        let again = get(&pages, "/watch/7", &[(header::IF_NONE_MATCH, &format!("\"x\", {tag}"))]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(header_of(&again, header::CONTENT_SECURITY_POLICY).contains("frame-ancestors"));
    }

    #[test]
    fn a_folder_without_an_index_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Pages::open(folder.path()), Err(PagesError::NoIndex(_))));
        assert!(matches!(Pages::open(&folder.path().join("none")), Err(PagesError::Io { .. })));
    }
}
