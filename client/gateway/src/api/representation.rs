//! Answers that caches keep: conditional requests and byte ranges, after RFC 9110.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, HeaderMap, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use headers::{ContentRange, ETag, HeaderMapExt, IfNoneMatch, IfRange};
use http_range_header::{parse_range_header, EndPosition, StartPosition};
use sp_crypto_hashing::twox_64;
use std::{convert::Infallible, ops::RangeInclusive};

/// What a request asks of the answer: whether it changed, and which part of it.
#[derive(Clone, Debug)]
pub struct Conditions {
    method: Method,
    headers: HeaderMap,
}

impl Conditions {
    /// Reads the conditions of a request.
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        let mut found = HeaderMap::new();
        for name in [header::IF_NONE_MATCH, header::IF_RANGE, header::RANGE] {
            for value in headers.get_all(&name) {
                found.append(&name, value.clone());
            }
        }
        Self { method: method.clone(), headers: found }
    }

    /// Whether the request asks for the headers alone, so that it must cost nothing.
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.method, &parts.headers))
    }
}

/// A body, with what caches have to know of it.
#[derive(Clone, Debug)]
pub struct Representation {
    /// Media type.
    pub kind: &'static str,
    /// `Cache-Control`.
    pub age: &'static str,
    pub body: Bytes,
    /// Text that no other body at this address has; without it, one is computed from the body.
    pub version: Option<String>,
    /// Whether parts of it can be asked for. Not for what is compressed on its way.
    pub has_ranges: bool,
}

impl Representation {
    /// Answers a request for it: with the body, a part of the body, or that nothing has changed.
    pub fn answer(self, conditions: &Conditions) -> Response {
        let tag = self.tag();
        let mut response = self.selected(conditions, tag.as_ref());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.age));
        if let Some(tag) = tag {
            headers.typed_insert(tag);
        }
        if self.has_ranges {
            headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        }
        response
    }

    fn selected(&self, conditions: &Conditions, tag: Option<&ETag>) -> Response {
        let none_match = conditions.headers.typed_get::<IfNoneMatch>();
        if none_match.zip(tag).is_some_and(|(none_match, tag)| !none_match.precondition_passes(tag)) {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        let kind = [(header::CONTENT_TYPE, self.kind)];
        match self.range(conditions, tag) {
            Asked::Whole => (kind, self.body.clone()).into_response(),
            Asked::Part(range) => self.part(range).unwrap_or_else(|| (kind, self.body.clone()).into_response()),
            Asked::Nothing => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                response.headers_mut().typed_insert(ContentRange::unsatisfied_bytes(self.body.len() as u64));
                response
            }
        }
    }

    fn part(&self, range: RangeInclusive<usize>) -> Option<Response> {
        let place = *range.start() as u64..*range.end() as u64 + 1;
        let place = ContentRange::bytes(place, self.body.len() as u64).ok()?;
        let kind = [(header::CONTENT_TYPE, self.kind)];
        let mut response = (StatusCode::PARTIAL_CONTENT, kind, self.body.slice(range)).into_response();
        response.headers_mut().typed_insert(place);
        Some(response)
    }

    /// The entity tag: weak where the body may be compressed on its way, since those bytes differ.
    fn tag(&self) -> Option<ETag> {
        let version = self.version.clone().unwrap_or_else(|| hex::encode(twox_64(&self.body)));
        let weak = if self.has_ranges { "" } else { "W/" };
        format!("{weak}\"{version}\"").parse().ok()
    }

    /// Reads `Range`, of which a server may ignore anything: here, several ranges at once and what cannot be read.
    fn range(&self, conditions: &Conditions, tag: Option<&ETag>) -> Asked {
        let text = conditions.headers.get(header::RANGE).and_then(|value| value.to_str().ok());
        let Some(text) = text.filter(|_| self.has_ranges && conditions.method == Method::GET) else {
            return Asked::Whole;
        };
        if conditions.headers.typed_get::<IfRange>().is_some_and(|if_range| if_range.is_modified(tag, None)) {
            return Asked::Whole;
        }
        match parse_range_header(text).map(|parsed| parsed.ranges) {
            Ok(ranges) if ranges.len() == 1 => part_of(ranges[0].start, ranges[0].end, self.body.len()),
            _ => Asked::Whole,
        }
    }
}

/// What of a body is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    Whole,
    Part(RangeInclusive<usize>),
    /// Something behind its end.
    Nothing,
}

fn part_of(start: StartPosition, end: EndPosition, length: usize) -> Asked {
    let place = |position: u64| usize::try_from(position).unwrap_or(usize::MAX);
    let start = match start {
        StartPosition::Index(start) => place(start),
        StartPosition::FromLast(count) => length.saturating_sub(place(count)),
    };
    let Some(last) = length.checked_sub(1).filter(|last| start <= *last) else { return Asked::Nothing };
    match end {
        // The range is the wrong way round, so the header says nothing.
        EndPosition::Index(end) if place(end) < start => Asked::Whole,
        EndPosition::Index(end) => Asked::Part(start..=place(end).min(last)),
        EndPosition::LastByte => Asked::Part(start..=last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    const BODY: &[u8] = b"0123456789";

    fn conditions(method: Method, headers: &[(header::HeaderName, &str)]) -> Conditions {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            sent.append(name, value.parse().unwrap());
        }
        Conditions::of(&method, &sent)
    }

    fn answer(headers: &[(header::HeaderName, &str)], has_ranges: bool) -> Response {
        let body = Bytes::from_static(BODY);
        let version = Some("1-a".to_owned());
        Representation { kind: "video/mp4", age: "public", body, version, has_ranges }
            .answer(&conditions(Method::GET, headers))
    }

    async fn range(range: &str) -> (u16, String, String) {
        let response = answer(&[(header::RANGE, range)], true);
        let place = response.headers().get(header::CONTENT_RANGE).map(|place| place.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 100).await.unwrap();
        (status, place.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
    }

    fn answered(status: u16, place: &str, body: &str) -> (u16, String, String) {
        (status, place.to_owned(), body.to_owned())
    }

    #[tokio::test]
    async fn one_range_is_answered_with_that_part() {
        for (asked, place, body) in [
            ("bytes=0-0", "bytes 0-0/10", "0"),
            ("bytes=2-4", "bytes 2-4/10", "234"),
            ("bytes=7-", "bytes 7-9/10", "789"),
            ("bytes=7-100", "bytes 7-9/10", "789"),
            ("bytes=-3", "bytes 7-9/10", "789"),
            ("bytes=-300", "bytes 0-9/10", "0123456789"),
        ] {
            assert_eq!(range(asked).await, answered(206, place, body), "{asked}");
        }
    }

    #[tokio::test]
    async fn range_behind_the_end_is_refused_with_the_length() {
        assert_eq!(range("bytes=10-").await, answered(416, "bytes */10", ""));
        assert_eq!(range("bytes=18446744073709551615-").await, answered(416, "bytes */10", ""));
    }

    #[tokio::test]
    async fn ranges_that_cannot_be_read_are_ignored() {
        for asked in ["bytes=4-2", "bytes=0-1,3-4", "bytes=", "bytes=a-b", "seconds=0-1", "0-1"] {
            assert_eq!(range(asked).await, answered(200, "", "0123456789"), "{asked}");
        }
    }

    #[test]
    fn unchanged_body_is_not_sent_again_whichever_way_its_tag_is_listed() {
        let status = |tags: &[&str]| {
            let headers: Vec<_> = tags.iter().map(|tags| (header::IF_NONE_MATCH, *tags)).collect();
            answer(&headers, true).status().as_u16()
        };
        for same in [&["\"1-a\""][..], &["W/\"1-a\""], &["\"x\", W/\"1-a\""], &["\"x\",\"1-a\",\"y\""], &["*"]] {
            assert_eq!(status(same), 304, "{same:?}");
        }
        assert_eq!(status(&["\"x\"", "\"1-a\""]), 304, "on several lines");
        for other in [&["\"x\""][..], &["W/\"x\", \"1-b\""], &["1-a"]] {
            assert_eq!(status(other), 200, "{other:?}");
        }
        let unchanged = answer(&[(header::IF_NONE_MATCH, "*")], true);
        assert_eq!(unchanged.headers()[header::ETAG], "\"1-a\"");
        assert_eq!(unchanged.headers()[header::CACHE_CONTROL], "public");
    }

    #[test]
    fn part_of_another_version_is_not_mixed_with_this_one() {
        let status = |tag| answer(&[(header::RANGE, "bytes=0-1"), (header::IF_RANGE, tag)], true).status().as_u16();
        assert_eq!(status("\"1-a\""), 206);
        assert_eq!(status("\"1-b\""), 200);
        assert_eq!(status("W/\"1-a\""), 200, "a weak tag says nothing of the bytes");
    }

    #[test]
    fn what_may_be_compressed_has_a_weak_tag_and_no_ranges() {
        let response = answer(&[(header::RANGE, "bytes=0-1")], false);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::ETAG], "W/\"1-a\"");
        assert!(!response.headers().contains_key(header::ACCEPT_RANGES));
    }

    #[test]
    fn bodies_without_a_version_are_told_apart_by_their_bytes() {
        let tag = |body: &'static [u8]| {
            let body = Bytes::from_static(body);
            Representation { kind: "text/plain", age: "public", body, version: None, has_ranges: true }.tag()
        };
        assert_eq!(tag(b"a"), tag(b"a"));
        assert_ne!(tag(b"a"), tag(b"b"));
    }

    #[test]
    fn range_of_a_head_request_is_ignored() {
        let body = Bytes::from_static(BODY);
        let whole = Representation { kind: "video/mp4", age: "public", body, version: None, has_ranges: true };
        let response = whole.answer(&conditions(Method::HEAD, &[(header::RANGE, "bytes=0-1")]));
        assert_eq!(response.status(), StatusCode::OK);
    }
}
