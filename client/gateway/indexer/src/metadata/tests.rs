//! Decoding of metadata.

use super::*;

fn decode(json: serde_json::Value) -> Metadata {
    Metadata::decode(&serde_json::to_vec(&json).unwrap())
}

#[test]
fn metadata_is_decoded_and_cleaned() {
    let found = decode(serde_json::json!({
        "title": "  A title\u{7}  ",
        "description": "Two\nlines",
        "category": "Music",
        "tags": ["a", "b", "a", 7, ""],
        "thumbnail": "ipfs://abc",
        "unknown": {"deep": [1]},
    }));
    assert_eq!(found.title, "A title");
    assert_eq!(found.description, "Two\nlines");
    assert_eq!(found.tags, ["a", "b"]);
    assert_eq!(found.thumbnail.as_deref(), Some("ipfs://abc"));
    assert_eq!(found.search_text(), "a title\ntwo\nlines\nmusic\na\nb");
}

#[test]
fn languages_that_are_no_tags_are_left_out() {
    for language in ["de", "pt-BR", "zh-Hant-TW", "hin"] {
        assert_eq!(decode(serde_json::json!({ "language": language })).language, language);
    }
    for odd in ["", "d", "German", "de_AT", "-de", "de-", "de-toolongpart", "de\n"] {
        assert_eq!(decode(serde_json::json!({ "language": odd })).language, "", "{odd:?}");
    }
}

#[test]
fn unreadable_metadata_decodes_to_nothing() {
    for bytes in [&b""[..], b"\xff\xfe", b"null", b"[]", b"{\"title\":", &[0; 2_048]] {
        assert_eq!(Metadata::decode(bytes), Metadata::default());
    }
    let wrong_types = decode(serde_json::json!({"title": 1, "tags": "x", "thumbnail": []}));
    assert_eq!(wrong_types, Metadata::default());
    let deep = [b"{\"title\":".to_vec(), vec![b'['; 2_000]].concat();
    assert_eq!(Metadata::decode(&deep), Metadata::default());
}

#[test]
fn long_values_are_cut_to_their_limits() {
    let tags: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    let found = decode(serde_json::json!({
        "title": "ä".repeat(1_000), "description": "d".repeat(2_000), "category": "c".repeat(100), "tags": tags,
    }));
    assert_eq!(found.title.chars().count(), MAX_TITLE_CHARS);
    assert_eq!(found.description.chars().count(), MAX_DESCRIPTION_CHARS);
    assert_eq!(found.category.chars().count(), MAX_WORD_CHARS);
    assert_eq!(found.tags.len(), MAX_TAGS);
}

#[test]
fn thumbnail_with_an_unsafe_url_is_left_out() {
    let long = format!("https://example.org/{}", "a".repeat(MAX_THUMBNAIL_CHARS));
    let long_inline = format!("data:image/webp;base64,{}", "A".repeat(MAX_INLINE_THUMBNAIL_CHARS));
    let script = "data:image/svg+xml;base64,AAAA";
    let markup = "data:image/png;base64,AA\" onload=\"";
    let wrong = ["javascript:alert(1)", "data:text/html,x", script, markup, "//example.org/a", "https://a b"];
    for url in wrong.into_iter().chain([&*long, &*long_inline]) {
        assert_eq!(decode(serde_json::json!({ "thumbnail": url })).thumbnail, None, "{url}");
    }
}

#[test]
fn picture_inside_the_metadata_is_kept() {
    for kind in ["webp", "jpeg", "png", "avif"] {
        let picture = format!("data:image/{kind};base64,{}==", "Aa0+/".repeat(200));
        assert_eq!(decode(serde_json::json!({ "thumbnail": picture })).thumbnail, Some(picture));
    }
}

#[test]
fn clear_preview_is_off_unless_it_is_asked_for() {
    let of = |value: serde_json::Value| decode(serde_json::json!({ "clear_preview": value })).clear_preview;
    assert_eq!(of("muted".into()), ClearPreview::Muted);
    assert_eq!(of("with-sound".into()), ClearPreview::WithSound);
    assert_eq!([of("off".into()), of("loud".into()), of(true.into())], [ClearPreview::Off; 3]);
}

#[test]
fn picture_that_a_gateway_keeps_is_named_by_its_hash() {
    let kept = format!("image:{}", "0a".repeat(32));
    assert_eq!(decode(serde_json::json!({ "thumbnail": kept })).thumbnail, Some(kept));
    for wrong in ["image:", "image:0a", &format!("image:{}", "0A".repeat(32)), &format!("image:{}", "0a".repeat(33))] {
        assert_eq!(decode(serde_json::json!({ "thumbnail": wrong })).thumbnail, None, "{wrong}");
    }
}
