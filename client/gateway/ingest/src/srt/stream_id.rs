//! Stream ids, by which publishers name their stream to a listener that all streams share.

/// Longest stream id of SRT.
const MAX_BYTES: usize = 512;
/// Beginning of the form that SRT's guideline for access control describes.
const STANDARD: &str = "#!::";

/// What a publisher asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub stream: u64,
    /// The publish key, if the stream id contains it. Otherwise it is the passphrase.
    pub key: Option<String>,
}

/// Reads a stream id: `#!::r=3,m=publish`, `#!::r=3,m=publish,s=KEY`, `3`, or the stream key of RTMP, `3-KEY`. `r` may have
/// folders before the number. `None`: it is something else, or a request to watch.
pub(super) fn parse(id: &str) -> Option<Wanted> {
    if id.len() > MAX_BYTES {
        return None;
    }
    let id = id.trim().trim_end_matches('\0');
    match id.strip_prefix(STANDARD) {
        Some(fields) => standard(fields),
        None => resource(id),
    }
}

fn standard(fields: &str) -> Option<Wanted> {
    let mut wanted = None;
    let mut secret = None;
    for field in fields.split(',') {
        match field.split_once('=')? {
            ("r", name) => wanted = Some(resource(name)?),
            ("m", "publish") => {}
            ("m", _) => return None,
            ("s", key) => secret = Some(key.to_owned()),
            _ => {}
        }
    }
    let wanted = wanted?;
    Some(Wanted { key: wanted.key.or(secret), ..wanted })
}

fn resource(name: &str) -> Option<Wanted> {
    let name = name.rsplit('/').find(|part| !part.is_empty())?;
    let (stream, key) = match name.split_once('-') {
        Some((stream, key)) => (stream, Some(key.to_owned())),
        None => (name, None),
    };
    Some(Wanted { stream: stream.parse().ok()?, key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_forms_are_read() {
        let wanted = |stream, key: Option<&str>| Some(Wanted { stream, key: key.map(Into::into) });
        for id in
            ["#!::r=3,m=publish", "#!::m=publish,r=live/3,u=me,t=stream", "3", "live/3", "/live/3/", " 3\0", "#!::r=3"]
        {
            assert_eq!(parse(id), wanted(3, None), "{id}");
        }
        for id in ["#!::r=3,m=publish,s=abc", "#!::r=3-abc,m=publish", "3-abc", "live/3-abc"] {
            assert_eq!(parse(id), wanted(3, Some("abc")), "{id}");
        }
        for id in ["", "#!::", "#!::m=publish", "#!::r=3,m=request", "#!::r=x,m=publish", "x", "-3", &"1".repeat(600)] {
            assert_eq!(parse(id), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn random_ids_never_panic(id in ".{0,60}", fields in "[rmsu=,/0-9-]{0,40}") {
            let _ = parse(&id);
            let _ = parse(&format!("#!::{fields}"));
        }
    }
}
