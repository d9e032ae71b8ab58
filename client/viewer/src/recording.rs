//! Output of a player: initialisation segments and decrypted media segments as one playable file or stream.

use std::{io, time::Duration};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use url::Url;
use vilokanam_mp4::{join, with_length_place, LengthPlace, SoundTrack, Timeline};

/// Result of writing to a [`Recording`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// The bytes were written.
    Done,
    /// The reader of the output has closed it, as `head` does.
    ReaderGone,
}

/// Bytes to be stored in a recording that is complete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patch {
    /// Offset from the start of the recording, in bytes.
    pub offset: u64,
    /// Bytes that replace as many others.
    pub bytes: Vec<u8>,
}

/// Fragmented MP4 that begins at time 0, whenever in the broadcast it was begun. Sound that comes apart from its picture is
/// joined with it.
pub struct Recording<W> {
    output: W,
    /// Initialisation segments that were written last: of the picture, and of sound that comes apart from it.
    inits: Option<(Url, Option<Url>)>,
    /// Track of that sound in the file.
    sound: Option<SoundTrack>,
    timeline: Timeline,
    length_place: Option<LengthPlace>,
    bytes: u64,
}

impl<W: AsyncWrite + Unpin> Recording<W> {
    /// Creates an empty recording that is written to `output`.
    pub fn new(output: W) -> Self {
        Self { output, inits: None, sound: None, timeline: Timeline::default(), length_place: None, bytes: 0 }
    }

    /// Returns the number of bytes that were written.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns whether this initialisation segment has to be written before the next media segment, together with the one of sound
    /// that comes apart.
    pub fn needs_init(&self, init: &Url, sound: Option<&Url>) -> bool {
        self.inits.as_ref().is_none_or(|(known, known_sound)| known != init || known_sound.as_ref() != sound)
    }

    /// Writes an initialisation segment, joined with the one of sound that comes apart.
    ///
    /// # Errors
    ///
    /// When the output cannot be written, or the two cannot be joined.
    pub async fn write_init(&mut self, init: &Url, bytes: &[u8], sound: Option<(&Url, &[u8])>) -> io::Result<Written> {
        self.inits = Some((init.clone(), sound.map(|(url, _)| url.clone())));
        let not_joined = || io::Error::new(io::ErrorKind::InvalidData, "picture and sound cannot be joined");
        let joined = sound.map(|(_, sound)| join(bytes, sound).ok_or_else(not_joined)).transpose()?;
        self.sound = joined.as_ref().map(|joined| joined.sound);
        let bytes = joined.as_ref().map_or(bytes, |joined| joined.init.as_slice());
        self.timeline.start_init(bytes);
        // Only the first one of a file can state the length of all.
        let Some((changed, place)) = with_length_place(bytes).filter(|_| self.bytes == 0) else {
            return self.write(bytes).await;
        };
        self.length_place = Some(place);
        self.write(&changed).await
    }

    /// Writes a decrypted media segment of this length, with its times moved to those of the recording, and its sound if that comes
    /// apart.
    ///
    /// # Errors
    ///
    /// When the output cannot be written.
    pub async fn write_segment(
        &mut self,
        mut segment: Vec<u8>,
        sound: Option<Vec<u8>>,
        length: Duration,
    ) -> io::Result<Written> {
        if let (Some(track), Some(mut sound)) = (self.sound, sound) {
            track.renumber(&mut sound);
            segment.extend_from_slice(&sound);
        }
        self.timeline.rebase(&mut segment, length);
        self.write(&segment).await
    }

    /// Returns what has to be stored in a file once the recording is complete, so that players know its length without
    /// reading all of it. `None` when its first initialisation segment has no place for it.
    pub fn length_patch(&self) -> Option<Patch> {
        let place = self.length_place.as_ref()?;
        let bytes = place.filled(self.timeline.length_nanos()).to_vec();
        Some(Patch { offset: place.offset as u64, bytes })
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<Written> {
        let written = match self.output.write_all(bytes).await {
            Ok(()) => self.output.flush().await,
            Err(error) => Err(error),
        };
        match written {
            Ok(()) => {
                self.bytes += bytes.len() as u64;
                Ok(Written::Done)
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Written::ReaderGone),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_mp4::{
        decode_times,
        testing::{fragment, init, traf},
    };

    const SEGMENT: Duration = Duration::from_secs(2);

    fn url() -> Url {
        "http://g/init-1.mp4".parse().unwrap()
    }

    #[tokio::test]
    async fn recording_begins_at_zero_and_states_its_length() {
        let mut recording = Recording::new(Vec::new());
        assert!(recording.needs_init(&url(), None));
        assert_eq!(recording.write_init(&url(), &init(&[1_000]), None).await.unwrap(), Written::Done);
        assert!(!recording.needs_init(&url(), None));
        for start in [246_000, 248_000] {
            recording.write_segment(fragment(&[traf(1, start)]), None, SEGMENT).await.unwrap();
        }
        let patch = recording.length_patch().unwrap();
        assert_eq!(recording.bytes(), recording.output.len() as u64);
        let times: Vec<u64> = decode_times(&recording.output).iter().map(|time| time.units).collect();
        assert_eq!(times, [0, 2_000]);
        assert_eq!(patch.bytes[12..], 4_000u64.to_be_bytes());
        let free = &recording.output[patch.offset as usize..][..8];
        assert_eq!(free[4..], *b"free");
    }

    #[tokio::test]
    async fn sound_that_comes_apart_is_joined_with_its_picture() {
        let mut recording = Recording::new(Vec::new());
        let sound_url: Url = "http://g/sound-1.mp4".parse().unwrap();
        let sound_init = init(&[48_000]);
        let sound = Some((&sound_url, sound_init.as_slice()));
        recording.write_init(&url(), &init(&[1_000]), sound).await.unwrap();
        assert!(!recording.needs_init(&url(), Some(&sound_url)) && recording.needs_init(&url(), None));
        for (picture, sound) in [(246_000, Some(246 * 48_000 + 480)), (248_000, None), (250_000, Some(250 * 48_000))] {
            let sound = sound.map(|start| fragment(&[traf(1, start)]));
            recording.write_segment(fragment(&[traf(1, picture)]), sound, SEGMENT).await.unwrap();
        }
        let times: Vec<_> = decode_times(&recording.output).iter().map(|time| (time.track, time.units)).collect();
        assert_eq!(times, [(1, 0), (2, 480), (1, 2_000), (1, 4_000), (2, 4 * 48_000)]);
        let refused = recording.write_init(&url(), b"moov", sound).await;
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn output_without_boxes_is_written_as_it_is() {
        let mut recording = Recording::new(Vec::new());
        recording.write_init(&url(), b"moov", None).await.unwrap();
        recording.write_segment(b"moof".to_vec(), None, SEGMENT).await.unwrap();
        assert_eq!((recording.output.as_slice(), recording.length_patch()), (&b"moovmoof"[..], None));
    }

    #[tokio::test]
    async fn closed_output_is_no_error() {
        let (ours, theirs) = tokio::io::duplex(64);
        drop(theirs);
        let mut recording = Recording::new(ours);
        assert_eq!(recording.write_segment(b"moof".to_vec(), None, SEGMENT).await.unwrap(), Written::ReaderGone);
        assert_eq!(recording.bytes(), 0);
    }
}
