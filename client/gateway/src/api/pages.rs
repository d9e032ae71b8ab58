//! The pages: files of a folder, read once at the start and served from memory, with a policy that lets them talk to
//! nobody else.

use super::error::ApiError;
use axum::{
    extract::{Request, State},
    http::{header, HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{write::GzEncoder, Compression};
use sp_crypto_hashing::blake2_128;
use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// All files together.
const MAX_TOTAL_BYTES: u64 = 64 << 20;
/// Folders within folders.
const MAX_DEPTH: usize = 8;
/// Less than this is not worth compressing.
const MIN_COMPRESSED_BYTES: usize = 1_024;
/// What every path that is not a file shows: the pages find out themselves what it means.
const INDEX: &str = "/index.html";
/// Files below it have their contents' hash in their names.
const HASHED: &str = "/assets/";
const HASHED_AGE: &str = "public, max-age=31536000, immutable";
const OTHER_AGE: &str = "no-cache";
/// What the pages may do: their own scripts and styles; this gateway; WebSockets, since wallets talk to nodes.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; \
                      worker-src 'self' blob:; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Why the pages cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    #[error("http.pages: {}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("http.pages: {} has no index.html: build the pages first, or leave the setting out", .0.display())]
    NoIndex(PathBuf),
    #[error("http.pages: {} holds more than {MAX_TOTAL_BYTES} bytes: is it the right folder?", .0.display())]
    TooLarge(PathBuf),
}

struct Page {
    kind: &'static str,
    tag: HeaderValue,
    plain: Bytes,
    /// Smaller, if it is.
    gzip: Option<Bytes>,
}

/// All pages by path.
pub struct Pages(HashMap<String, Page>);

impl Pages {
    /// Reads a folder.
    pub fn read(folder: &Path) -> Result<Self, PagesError> {
        let mut pages = HashMap::new();
        let mut total_bytes = 0;
        read_folder(folder, "", 0, &mut pages, &mut total_bytes)?;
        if total_bytes > MAX_TOTAL_BYTES {
            return Err(PagesError::TooLarge(folder.to_owned()));
        }
        if !pages.contains_key(INDEX) {
            return Err(PagesError::NoIndex(folder.to_owned()));
        }
        Ok(Self(pages))
    }

    fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return ApiError::not_found("such page").into_response();
        }
        let path = uri.path();
        // A file that is missing is missing; anything else is a place within the pages.
        let is_place = !path.starts_with("/v1/") && !path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let found = self.0.get_key_value(path).or_else(|| is_place.then(|| self.0.get_key_value(INDEX)).flatten());
        found.map_or_else(
            || ApiError::not_found("such page").into_response(),
            |(name, page)| page.response(name, method, headers),
        )
    }
}

impl Page {
    fn response(&self, name: &str, method: &Method, headers: &HeaderMap) -> Response {
        let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_known = headers.get(header::IF_NONE_MATCH) == Some(&self.tag);
        let gzip = self.gzip.as_ref().filter(|_| accepts.contains("gzip"));
        let body = match (is_known, method, gzip) {
            (true, ..) | (_, &Method::HEAD, _) => Bytes::new(),
            (.., Some(gzip)) => gzip.clone(),
            (.., None) => self.plain.clone(),
        };
        let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = (status, body).into_response();
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        out.insert(header::ETAG, self.tag.clone());
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let age = if name.starts_with(HASHED) { HASHED_AGE } else { OTHER_AGE };
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
        out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        if gzip.is_some() && !is_known {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// What no other route answers to.
pub async fn serve(State(pages): State<Arc<Pages>>, request: Request) -> Response {
    pages.answer(request.method(), request.uri(), request.headers())
}

fn read_folder(
    folder: &Path,
    prefix: &str,
    depth: usize,
    pages: &mut HashMap<String, Page>,
    total_bytes: &mut u64,
) -> Result<(), PagesError> {
    let wrap = |error| PagesError::Io { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(wrap)? {
        let entry = entry.map_err(wrap)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let (path, place) = (entry.path(), format!("{prefix}/{name}"));
        let about = fs::metadata(&path).map_err(wrap)?;
        if about.is_dir() && depth < MAX_DEPTH {
            read_folder(&path, &place, depth + 1, pages, total_bytes)?;
        } else if about.is_file() {
            *total_bytes = total_bytes.saturating_add(about.len());
            if *total_bytes > MAX_TOTAL_BYTES {
                return Err(PagesError::TooLarge(folder.to_owned()));
            }
            let bytes = fs::read(&path).map_err(|error| PagesError::Io { path: path.clone(), error })?;
            pages.insert(place, page(&name, bytes));
        }
    }
    Ok(())
}

fn page(name: &str, bytes: Vec<u8>) -> Page {
    let kind = kind_of(name);
    // Hexadecimal digits in quotes are a header's value.
    let tag = HeaderValue::from_str(&format!("\"{}\"", hex::encode(blake2_128(&bytes))))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    let is_text =
        ["text/", "application/json", "image/svg", "application/manifest"].iter().any(|text| kind.starts_with(text));
    let gzip = (is_text && bytes.len() >= MIN_COMPRESSED_BYTES).then(|| compressed(&bytes)).flatten();
    let gzip = gzip.filter(|gzip| gzip.len() < bytes.len());
    Page { kind, tag, plain: bytes.into(), gzip: gzip.map(Bytes::from) }
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// Of what pages are built of; the rest is bytes.
fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Pages {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        fs::write(folder.path().join("index.html"), "<html>".repeat(500)).unwrap();
        fs::write(folder.path().join("assets/a-1.js"), "let a").unwrap();
        Pages::read(folder.path()).unwrap()
    }

    fn get(pages: &Pages, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        pages.answer(&Method::GET, &path.parse().unwrap(), &headers)
    }

    fn header_of(response: &Response, name: header::HeaderName) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn answer_works() {
        let pages = pages();
        let index = get(&pages, "/watch/7", &[]);
        assert_eq!(index.status(), StatusCode::OK);
        assert!(header_of(&index, header::CONTENT_TYPE).starts_with("text/html"));
        assert_eq!(header_of(&index, header::CACHE_CONTROL), OTHER_AGE);
        assert!(header_of(&index, header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"));
        let script = get(&pages, "/assets/a-1.js", &[]);
        assert_eq!(header_of(&script, header::CACHE_CONTROL), HASHED_AGE);
    }

    #[test]
    fn answer_compressed_or_unchanged_works() {
        let pages = pages();
        let index = get(&pages, "/", &[(header::ACCEPT_ENCODING, "br, gzip")]);
        assert_eq!(header_of(&index, header::CONTENT_ENCODING), "gzip");
        let tag = header_of(&index, header::ETAG);
        let again = get(&pages, "/", &[(header::ACCEPT_ENCODING, "gzip"), (header::IF_NONE_MATCH, &tag)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let small = get(&pages, "/assets/a-1.js", &[(header::ACCEPT_ENCODING, "gzip")]);
        assert_eq!(header_of(&small, header::CONTENT_ENCODING), "", "too small to gain");
    }

    #[test]
    fn answer_missing_file_fails() {
        let pages = pages();
        for path in ["/assets/a-2.js", "/../Cargo.toml", "/favicon.ico", "/v1/nothing"] {
            assert_eq!(get(&pages, path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
        let posted = pages.answer(&Method::POST, &"/".parse().unwrap(), &HeaderMap::new());
        assert_eq!(posted.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn read_without_index_fails() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Pages::read(folder.path()), Err(PagesError::NoIndex(_))));
        assert!(matches!(Pages::read(&folder.path().join("none")), Err(PagesError::Io { .. })));
    }
}
