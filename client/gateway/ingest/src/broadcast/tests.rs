use super::*;

#[test]
fn renditions_are_named_after_their_height() {
    assert_eq!(RenditionId::rung(720).to_string(), "720p");
    assert_eq!(RenditionId::Rung { height: 1080, codec: Codec::Hevc }.to_string(), "1080p-hevc");
    assert_eq!(RenditionId::AudioTrack(2).to_string(), "audio-2");
    assert_eq!(RenditionId::AUDIO.to_string(), "audio");
}
