//! Measures which tracks carry media, on the clock of the media itself: a network that stands still stops no track.

use super::{rhythm::Rhythm, track::Kind};

/// Maximum number of tracks that are followed. Others are ignored.
const MAX_TRACKS: usize = 32;
/// Maximum step from one timestamp of a track to the next. A larger one is a jump of the clock.
const MAX_STEP_MS: u64 = 15_000;
/// Media time for which a track has to flow before it counts.
const FIRST_PROOF_MS: u64 = 250;
/// Maximum of that time. It doubles each time that the track stops, so that a track that comes and goes does not disturb
/// the others for ever.
const LONGEST_PROOF_MS: u64 = 60_000;

/// Media time after which video counts although no keyframe was recognised.
const MAX_AWAITED_KEYFRAME_MS: u64 = 30_000;

/// Media time of other tracks after which a track without a packet has stopped.
#[derive(Clone, Copy, Debug)]
struct Patience {
    video_ms: u64,
    audio_ms: u64,
}

/// The tracks of a source.
#[derive(Debug)]
pub(super) struct Flows {
    patience: Patience,
    tracks: Vec<Flow>,
    /// Media time since the beginning.
    clock_ms: u64,
}

#[derive(Debug)]
struct Flow {
    number: u32,
    kind: Kind,
    last_ms: Option<u64>,
    /// The clock at the last packet.
    seen_at_ms: u64,
    /// Place of this track on the clock.
    place_ms: u64,
    /// Media time since the track began or began again.
    flowed_ms: u64,
    proof_ms: u64,
    is_flowing: bool,
    has_keyframe: bool,
    rhythm: Rhythm,
}

impl Flows {
    /// For containers in which the packets of all tracks alternate. A still picture of a screen may come rarely.
    pub fn of_packets() -> Self {
        Self::new(Patience { video_ms: 6_000, audio_ms: 3_000 })
    }

    /// For containers in which long fragments of the tracks follow each other.
    pub fn of_fragments() -> Self {
        Self::new(Patience { video_ms: 30_000, audio_ms: 30_000 })
    }

    fn new(patience: Patience) -> Self {
        Self { patience, tracks: Vec::new(), clock_ms: 0 }
    }

    /// Announces a track. Those announced first are preferred.
    pub fn announce(&mut self, number: u32, kind: Kind) {
        match self.tracks.iter().position(|track| track.number == number) {
            Some(place) if self.tracks[place].kind == kind => {}
            Some(place) => self.tracks[place] = Flow::new(number, kind),
            None if self.tracks.len() < MAX_TRACKS => self.tracks.push(Flow::new(number, kind)),
            None => {}
        }
    }

    /// Forgets all tracks but these.
    pub fn retain(&mut self, is_known: impl Fn(u32) -> bool) {
        self.tracks.retain(|track| is_known(track.number));
    }

    /// Media time since the beginning.
    pub fn clock_ms(&self) -> u64 {
        self.clock_ms
    }

    pub fn kind(&self, number: u32) -> Option<Kind> {
        self.tracks.iter().find(|track| track.number == number).map(|track| track.kind)
    }

    /// Records media of a track, from `time_ms` on the clock of the source. `length_ms` is the length of the media if it is
    /// known. `is_keyframe`: a decoder can begin with it.
    pub fn media(&mut self, number: u32, time_ms: u64, length_ms: u64, is_keyframe: bool) {
        let clock_ms = self.clock_ms;
        let Some(track) = self.tracks.iter_mut().find(|track| track.number == number) else { return };
        if track.flowed_ms == 0 {
            track.place_ms = track.place_ms.max(clock_ms);
        }
        let step_ms = track.last_ms.map_or(0, |last| time_ms.saturating_sub(last));
        let step_ms = if step_ms > MAX_STEP_MS { 0 } else { step_ms };
        let passed_ms = step_ms.max(length_ms);
        track.last_ms = Some(time_ms);
        track.place_ms += passed_ms;
        track.flowed_ms += passed_ms;
        track.has_keyframe |= is_keyframe;
        track.rhythm.frame(time_ms, is_keyframe);
        self.clock_ms = clock_ms.max(track.place_ms);
        track.seen_at_ms = self.clock_ms;
        track.is_flowing |= track.flowed_ms >= track.proof_ms && track.can_begin();
        self.stop_silent_tracks();
    }

    fn stop_silent_tracks(&mut self) {
        let Patience { video_ms, audio_ms } = self.patience;
        for track in &mut self.tracks {
            let limit_ms = if track.kind == Kind::Video { video_ms } else { audio_ms };
            if track.flowed_ms > 0 && self.clock_ms.saturating_sub(track.seen_at_ms) >= limit_ms {
                track.stop();
            }
        }
    }

    pub fn flowing(&self, kind: Kind) -> impl Iterator<Item = u32> + '_ {
        self.tracks.iter().filter(move |track| track.kind == kind && track.is_flowing).map(|track| track.number)
    }

    /// Whether the keyframes of a video track have come in a rhythm that divides a group of pictures of a rendition: the one
    /// with that number, or the first one.
    pub fn is_steady(&self, number: Option<u32>) -> bool {
        let is_it = |track: &&Flow| track.kind == Kind::Video && number.is_none_or(|number| track.number == number);
        self.tracks.iter().find(is_it).is_none_or(|track| track.rhythm.is_steady())
    }

    pub fn announces(&self, kind: Kind) -> bool {
        self.tracks.iter().any(|track| track.kind == kind)
    }

    pub fn awaits_keyframe(&self) -> bool {
        self.flowing(Kind::Video).next().is_none()
            && self.tracks.iter().any(|track| !track.can_begin() && track.flowed_ms > 0)
    }
}

impl Flow {
    fn new(number: u32, kind: Kind) -> Self {
        Self {
            number,
            kind,
            last_ms: None,
            seen_at_ms: 0,
            place_ms: 0,
            flowed_ms: 0,
            proof_ms: FIRST_PROOF_MS,
            is_flowing: false,
            has_keyframe: false,
            rhythm: Rhythm::default(),
        }
    }

    fn can_begin(&self) -> bool {
        self.kind == Kind::Audio || self.has_keyframe || self.flowed_ms >= MAX_AWAITED_KEYFRAME_MS
    }

    fn stop(&mut self) {
        if self.is_flowing {
            self.proof_ms = (self.proof_ms * 2).min(LONGEST_PROOF_MS);
        }
        (self.is_flowing, self.has_keyframe, self.flowed_ms, self.last_ms) = (false, false, 0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIDEO: u32 = 1;
    const AUDIO: u32 = 2;

    fn flows() -> Flows {
        let mut flows = Flows::of_packets();
        flows.announce(VIDEO, Kind::Video);
        flows.announce(AUDIO, Kind::Audio);
        flows
    }

    /// Media from `from` to `to`, every 40 ms.
    fn play(flows: &mut Flows, tracks: &[u32], from: u64, to: u64) {
        for time in (from..to).step_by(40) {
            tracks.iter().for_each(|track| flows.media(*track, time, 0, time % 2_000 == 0));
        }
    }

    fn flowing(flows: &Flows) -> Vec<u32> {
        flows.flowing(Kind::Video).chain(flows.flowing(Kind::Audio)).collect()
    }

    #[test]
    fn an_announced_track_without_media_does_not_flow() {
        let mut flows = flows();
        play(&mut flows, &[VIDEO], 0, 10_000);
        assert_eq!(flowing(&flows), [VIDEO]);
        assert!(flows.announces(Kind::Audio));
        play(&mut flows, &[VIDEO, AUDIO], 10_000, 10_200);
        assert_eq!(flowing(&flows), [VIDEO], "a few packets are no proof");
        play(&mut flows, &[VIDEO, AUDIO], 10_200, 10_400);
        assert_eq!(flowing(&flows), [VIDEO, AUDIO]);
    }

    #[test]
    fn a_track_that_stops_is_noticed_and_has_to_prove_itself_longer() {
        let mut flows = flows();
        play(&mut flows, &[VIDEO, AUDIO], 0, 4_000);
        play(&mut flows, &[VIDEO], 4_000, 6_800);
        assert_eq!(flowing(&flows), [VIDEO, AUDIO]);
        play(&mut flows, &[VIDEO], 6_800, 8_000);
        assert_eq!(flowing(&flows), [VIDEO]);
        play(&mut flows, &[VIDEO, AUDIO], 8_000, 8_400);
        assert_eq!(flowing(&flows), [VIDEO]);
        play(&mut flows, &[VIDEO, AUDIO], 8_400, 8_600);
        assert_eq!(flowing(&flows), [VIDEO, AUDIO]);
    }

    #[test]
    fn the_end_of_the_picture_is_noticed_after_a_jump_of_the_clock_too() {
        let mut flows = flows();
        play(&mut flows, &[VIDEO, AUDIO], 0, 4_000);
        play(&mut flows, &[VIDEO, AUDIO], 90_000_000, 90_004_000);
        assert_eq!(flowing(&flows), [VIDEO, AUDIO]);
        play(&mut flows, &[AUDIO], 90_004_000, 90_012_000);
        assert_eq!(flowing(&flows), [AUDIO]);
        play(&mut flows, &[VIDEO, AUDIO], 90_012_040, 90_013_000);
        assert_eq!(flowing(&flows), [AUDIO], "no decoder can begin within a group of pictures");
        assert!(flows.awaits_keyframe());
        play(&mut flows, &[VIDEO, AUDIO], 90_014_000, 90_014_080);
        assert_eq!(flowing(&flows), [VIDEO, AUDIO]);
    }

    #[test]
    fn a_single_track_never_stops() {
        let mut flows = flows();
        play(&mut flows, &[AUDIO], 0, 1_000);
        play(&mut flows, &[AUDIO], 14_000, 15_000);
        assert_eq!(flowing(&flows), [AUDIO]);
    }

    #[test]
    fn the_number_of_tracks_is_bounded() {
        let mut flows = Flows::of_packets();
        (0..10_000).for_each(|number| flows.announce(number, Kind::Audio));
        assert_eq!(flows.tracks.len(), MAX_TRACKS);
    }
}
