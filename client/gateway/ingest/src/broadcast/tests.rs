use super::*;

#[test]
fn renditions_are_named_after_their_height() {
    assert_eq!(RenditionId(720).to_string(), "720p");
    assert_eq!(RenditionId::AUDIO.to_string(), "audio");
}
