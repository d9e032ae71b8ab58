//! The stream name of a publisher: `<id>-<key>` (the stream key of OBS), or `<id>?key=<key>` (in a URL).

use crate::publish_key::KeyRefusal;

/// A stream and a publish key for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub stream: u64,
    pub key: &'a str,
}

impl<'a> Name<'a> {
    pub fn parse(name: &'a str) -> Result<Self, KeyRefusal> {
        let (path, query) = name.split_once('?').unwrap_or((name, ""));
        let path = path.trim_matches('/');
        let in_query = query.split('&').find_map(|pair| pair.strip_prefix("key="));
        let (id, key) = match (in_query, path.split_once('-')) {
            (Some(key), None) => (path, key),
            (None, Some((id, key))) => (id, key),
            _ => return Err(KeyRefusal::Malformed),
        };
        let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        match id.parse() {
            Ok(stream) if is_number && !key.is_empty() => Ok(Self { stream, key }),
            _ => Err(KeyRefusal::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_id_and_key_are_parsed() {
        for name in ["7-abc", "7?key=abc", "/7?x=1&key=abc", "7-abc?x=1"] {
            assert_eq!(Name::parse(name), Ok(Name { stream: 7, key: "abc" }), "{name}");
        }
        assert_eq!(Name::parse("18446744073709551615-k").map(|name| name.stream), Ok(u64::MAX));
    }

    #[test]
    fn names_without_id_or_key_are_refused() {
        for name in
            ["", "7", "-abc", "7-", "7?key=", "x-abc", "+7-abc", "18446744073709551616-k", "7-a?key=b", "?key=a"]
        {
            assert_eq!(Name::parse(name), Err(KeyRefusal::Malformed), "{name}");
        }
    }
}
