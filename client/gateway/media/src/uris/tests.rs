//! Tests of URI templates.

use super::*;

fn templates(key: &str) -> UriTemplates {
    UriTemplates { key: key.into(), ..UriTemplates::default() }
}

#[test]
fn default_templates_are_filled_in() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    assert_eq!(uris.media_playlist("720p"), "720p.m3u8");
    assert_eq!(uris.segment("720p", 7), "v/720p/7.m4s");
    assert_eq!(uris.part("720p", 7, 3), "v/720p/7.3.m4s");
    assert_eq!(uris.init("720p", 1), "v/720p/init-1.mp4");
    assert_eq!(uris.key(u64::MAX), "keys/18446744073709551615");
}

#[test]
fn a_token_is_added_to_keys_and_media_playlists_only() {
    let uris = Uris::new(&templates("/k/{index}?v=1")).unwrap();
    let viewer = uris.for_viewer("a-b_c.d~9").unwrap();
    assert_eq!(viewer.key(4), "/k/4?v=1&token=a-b_c.d~9");
    assert_eq!(viewer.media_playlist("360p"), "360p.m3u8?token=a-b_c.d~9");
    assert_eq!(viewer.segment("360p", 4), uris.segment("360p", 4));
    assert_eq!(viewer.part("360p", 4, 0), uris.part("360p", 4, 0));
    assert_eq!(viewer.init("360p", 0), uris.init("360p", 0));
}

#[test]
fn tokens_with_other_characters_are_refused() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    for token in ["", "a b", "a\"b", "a\n#EXT-X-ENDLIST", "a&b=c", &"x".repeat(129)] {
        assert_eq!(uris.for_viewer(token).unwrap_err(), UriError::Token { max: 128 }, "{token:?}");
    }
}

#[test]
fn invalid_templates_are_refused() {
    let error = |key: &str| Uris::new(&templates(key)).unwrap_err();
    assert!(matches!(error("keys"), UriError::Missing { placeholder: "index", .. }));
    assert!(matches!(error("keys/{index}/{rendition}"), UriError::Unknown { .. }));
    assert!(matches!(error("keys/{index"), UriError::Unclosed(_)));
    assert!(matches!(error("keys/{index}\",IV=0x0"), UriError::Characters(_)));
    assert!(matches!(error("keys/{index}\n"), UriError::Characters(_)));
}
