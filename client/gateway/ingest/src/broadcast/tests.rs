use super::*;

#[test]
fn renditions_have_names() {
    assert_eq!(RenditionId(720).to_string(), "720p");
    assert_eq!(RenditionId::AUDIO.to_string(), "audio");
}
