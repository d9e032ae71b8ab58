//! The end of a recording that its description does not have yet. It is kept on the disk of this machine, so that a crash of the
//! gateway loses no segment that was stored. Beside it are notes of what is stored at the end of a broadcast only.
//!
//! ```text
//!   recording-tails/{stream}.{number}               the state when the description was written last, then segment after segment
//!                  /{stream}.{number}.captions      captions, change by change
//!                  /{stream}.{number}.thumbnails    thumbnails of the sheet that is not full yet
//! ```
//!
//! Each entry is its length in four bytes, and the entry. What a crash has left half-written is not read.

use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;
use tick_stream_primitives::StreamId;
use vilokanam_media::{Recording, Segment};

/// Beginning of the names of files that are not complete yet.
const UNFINISHED: &str = ".new-";
/// Bytes that may be added to notes before they are due to be written anew, besides twice as many as they began with.
const MAX_ADDED_BYTES: u64 = 16 << 20;

/// The folder of tails.
#[derive(Clone, Default)]
pub struct Tails {
    /// `None`: there are no tails.
    folder: Option<PathBuf>,
}

/// What a recorder knows of a recording.
#[derive(Serialize, Deserialize)]
pub struct State {
    /// Whether the recording stays after the broadcast.
    pub is_kept: bool,
    pub recordings: Vec<Recording>,
}

/// A segment that was added to one of the recordings of [`State`], by its place.
#[derive(Serialize, Deserialize)]
struct Added {
    place: u32,
    segment: Segment,
}

impl Tails {
    /// Opens a folder, which is created if it does not exist.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder: Some(folder) })
    }

    /// Returns the tail of a recording, which has none yet.
    pub fn begin(&self, (stream, number): (StreamId, u64)) -> Tail {
        let path = self.folder.as_ref().map(|folder| folder.join(format!("{stream}.{number}")));
        Tail { path, file: None }
    }

    /// Returns notes beside the tail of a recording.
    pub fn notes(&self, (stream, number): (StreamId, u64), kind: NotesKind) -> Notes {
        let name = format!("{stream}.{number}.{}", kind.name());
        Notes { path: self.folder.as_ref().map(|folder| folder.join(name)), file: None, begun_with: 0, added: 0 }
    }

    /// Removes the notes of a recording, unless its tail is still there: then the next start needs them.
    pub fn remove_notes(&self, place: (StreamId, u64)) -> io::Result<()> {
        let has_tail = self.begin(place).path.is_some_and(|path| path.exists());
        if has_tail {
            return Ok(());
        }
        NotesKind::ALL.into_iter().try_for_each(|kind| self.notes(place, kind).remove())
    }

    /// Removes the notes of recordings that have no tail any more.
    pub fn remove_old_notes(&self) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let place = name.rsplit_once('.').and_then(|(place, kind)| {
                NotesKind::ALL.into_iter().find(|known| known.name() == kind)?;
                let (stream, number) = place.split_once('.')?;
                Some((stream.parse().ok()?, number.parse().ok()?))
            });
            if let Some(place) = place {
                self.remove_notes(place)?;
            }
        }
        Ok(())
    }

    /// Returns the recordings that a crash has cut off, with their tails.
    pub fn left(&self) -> io::Result<Vec<((StreamId, u64), Tail)>> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        let mut left = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(UNFINISHED) {
                fs::remove_file(folder.join(&*name))?;
            }
            let place =
                name.split_once('.').and_then(|(stream, number)| Some((stream.parse().ok()?, number.parse().ok()?)));
            left.extend(place.map(|place| (place, self.begin(place))));
        }
        Ok(left)
    }
}

/// The tail of one recording.
pub struct Tail {
    path: Option<PathBuf>,
    file: Option<File>,
}

impl Tail {
    /// Whether there is a state to add segments to.
    pub fn has_begun(&self) -> bool {
        self.file.is_some()
    }

    /// Begins again with this state: its description was written. Puts the whole file in the place of the one before.
    pub fn restart(&mut self, state: &State) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
        self.file = None;
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        file.write_all(&entry(state)?)?;
        self.file = Some(put(file, path)?);
        Ok(())
    }

    /// Adds a segment of the recording at this place.
    pub fn add(&mut self, place: usize, segment: &Segment) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let segment = Segment { parts: Vec::new(), ..segment.clone() };
        let place = u32::try_from(place).map_err(io::Error::other)?;
        file.write_all(&entry(&Added { place, segment })?)
    }

    /// Reads the state with the segments that were added. `None` if there is none that can be understood.
    pub fn read(&self) -> io::Result<Option<State>> {
        let Some(path) = &self.path else { return Ok(None) };
        let bytes = fs::read(path)?;
        let mut rest = &bytes[..];
        let Some(mut state) = next::<State>(&mut rest) else { return Ok(None) };
        while let Some(Added { place, segment }) = next(&mut rest) {
            let recording = usize::try_from(place).ok().and_then(|place| state.recordings.get_mut(place));
            if recording.is_some_and(|recording| recording.keep(&segment).is_err()) {
                break;
            }
        }
        Ok(Some(state))
    }

    /// Removes it: the description has everything.
    pub fn remove(self) -> io::Result<()> {
        remove(self.path)
    }
}

/// What notes are about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotesKind {
    Captions,
    Thumbnails,
}

impl NotesKind {
    const ALL: [Self; 2] = [Self::Captions, Self::Thumbnails];

    const fn name(self) -> &'static str {
        match self {
            Self::Captions => "captions",
            Self::Thumbnails => "thumbnails",
        }
    }
}

/// Notes: entries of one type, one after the other.
pub struct Notes {
    path: Option<PathBuf>,
    file: Option<File>,
    /// Bytes that were there when they were written anew, and bytes that were added since.
    begun_with: u64,
    added: u64,
}

impl Notes {
    /// Writes them anew, with these entries. Puts the whole file in the place of the one before.
    pub fn restart(&mut self, entries: &[impl Serialize]) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
        self.file = None;
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        let mut bytes = Vec::new();
        for one in entries {
            bytes.extend(entry(one)?);
        }
        file.write_all(&bytes)?;
        self.file = Some(put(file, path)?);
        (self.begun_with, self.added) = (bytes.len() as u64, 0);
        Ok(())
    }

    /// Whether they have grown so much that they are to be written anew, without what is out of date.
    pub fn are_long(&self) -> bool {
        self.added > MAX_ADDED_BYTES.saturating_add(self.begun_with.saturating_mul(2))
    }

    /// Adds an entry.
    pub fn add(&mut self, one: &impl Serialize) -> io::Result<()> {
        if self.path.is_none() {
            return Ok(());
        }
        let bytes = entry(one)?;
        let Some(file) = &mut self.file else { return self.restart(&[one]) };
        file.write_all(&bytes)?;
        self.added = self.added.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// Reads the entries, up to the first that is damaged. There are none if nothing was noted.
    pub fn read<T: DeserializeOwned>(&self) -> io::Result<Vec<T>> {
        let Some(path) = &self.path else { return Ok(Vec::new()) };
        let bytes = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read?,
        };
        let mut rest = &bytes[..];
        Ok(std::iter::from_fn(|| next(&mut rest)).collect())
    }

    fn remove(self) -> io::Result<()> {
        remove(self.path)
    }
}

fn remove(path: Option<PathBuf>) -> io::Result<()> {
    match path.map(fs::remove_file) {
        Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Puts a file in its place, and opens it for more.
fn put(file: NamedTempFile, path: &Path) -> io::Result<File> {
    file.persist(path)?;
    OpenOptions::new().append(true).open(path)
}

fn entry(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = postcard::to_extend(value, vec![0; 4]).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len() - 4).map_err(io::Error::other)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// Reads the next entry. `None` at the end, and where it is damaged.
fn next<T: DeserializeOwned>(rest: &mut &[u8]) -> Option<T> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length > 0)?;
    let (bytes, after) = after.split_at_checked(length)?;
    *rest = after;
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{super::test_events, *};
    use vilokanam_media::Event;

    fn segment(index: u64) -> Segment {
        match test_events::segment(test_events::rendition(), index) {
            Event::SegmentReady(ready) => ready.segment,
            event => panic!("{event:?}"),
        }
    }

    /// A tail that began with two segments, and got three more.
    fn tail(tails: &Tails) -> Tail {
        let mut recording = Recording::new("240p", 2);
        (0..2).for_each(|index| recording.keep(&segment(index)).unwrap());
        let mut tail = tails.begin((7, 3));
        tail.restart(&State { is_kept: true, recordings: vec![recording] }).unwrap();
        (2..5).for_each(|index| tail.add(0, &segment(index)).unwrap());
        tail
    }

    fn count(tail: &Tail) -> Option<usize> {
        tail.read().unwrap().map(|state| state.recordings[0].count())
    }

    #[test]
    fn segments_that_were_added_are_read_after_the_state() {
        let folder = tempfile::tempdir().unwrap();
        let tails = Tails::open(folder.path().into()).unwrap();
        drop(tail(&tails));
        fs::write(folder.path().join(".new-x"), b"x").unwrap();
        let mut left = tails.left().unwrap();
        let (place, tail) = left.pop().unwrap();
        assert!(left.is_empty());
        assert_eq!((place, count(&tail)), ((7, 3), Some(5)));
        tail.remove().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn half_an_entry_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let tails = Tails::open(folder.path().into()).unwrap();
        let tail = tail(&tails);
        let path = folder.path().join("7.3");
        let whole = fs::read(&path).unwrap();
        let mut counts = Vec::new();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            counts.push(count(&tail));
        }
        assert_eq!(counts[0], None);
        assert!(counts.is_sorted() && counts.contains(&Some(2)) && counts.contains(&Some(4)), "{counts:?}");
        assert_eq!(counts.last(), Some(&Some(4)), "the last entry is cut off");
    }

    #[test]
    fn state_that_was_written_again_has_no_segment_twice() {
        let folder = tempfile::tempdir().unwrap();
        let tails = Tails::open(folder.path().into()).unwrap();
        let mut tail = tail(&tails);
        let state = tail.read().unwrap().unwrap();
        tail.restart(&state).unwrap();
        assert_eq!(count(&tail), Some(5));
        tail.add(0, &segment(5)).unwrap();
        assert_eq!(count(&tail), Some(6));
    }

    #[test]
    fn notes_are_read_up_to_the_entry_that_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let tails = Tails::open(folder.path().into()).unwrap();
        let mut notes = tails.notes((7, 3), NotesKind::Captions);
        assert_eq!(notes.read::<String>().unwrap(), Vec::<String>::new(), "nothing was noted");
        notes.add(&"one").unwrap();
        notes.add(&"two").unwrap();
        assert_eq!(notes.read::<String>().unwrap(), ["one", "two"]);
        let path = folder.path().join("7.3.captions");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(notes.read::<String>().unwrap(), ["one"]);
        notes.restart(&["three"]).unwrap();
        assert_eq!(notes.read::<String>().unwrap(), ["three"]);
        assert!(tails.left().unwrap().is_empty(), "notes are no tail");
    }

    #[test]
    fn notes_are_removed_when_their_tail_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let tails = Tails::open(folder.path().into()).unwrap();
        let tail = tail(&tails);
        for (number, kind) in [(3, NotesKind::Captions), (3, NotesKind::Thumbnails), (4, NotesKind::Captions)] {
            tails.notes((7, number), kind).add(&"x").unwrap();
        }
        let count = || fs::read_dir(folder.path()).unwrap().count();
        tails.remove_old_notes().unwrap();
        assert_eq!(count(), 3, "a tail with its notes");
        tail.remove().unwrap();
        tails.remove_notes((7, 3)).unwrap();
        assert_eq!(count(), 0);
    }

    #[test]
    fn without_a_folder_nothing_is_kept() {
        let tails = Tails::default();
        let mut tail = tails.begin((7, 3));
        tail.restart(&State { is_kept: true, recordings: Vec::new() }).unwrap();
        assert!(!tail.has_begun() && tail.read().unwrap().is_none() && tails.left().unwrap().is_empty());
    }
}
