//! The storyboard of a broadcast: thumbnails on sheets. Finished sheets are in the object store, the growing one in memory, and
//! its thumbnails in notes for the next start after a crash.

use super::{pieces::folder_of, tail::Notes};
use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{io, sync::Arc};
use tick_stream_primitives::StreamId;
use vilokanam_media::storyboard::{self, Grid, MAX_THUMBNAILS};

/// Five by five tiles, 160 pixels wide: a sheet of about 60 KB for four minutes.
pub const GRID: Grid = Grid { columns: 5, rows: 5, tile_width: 160, tile_height: 90 };
/// Interval of thumbnails in milliseconds.
pub const INTERVAL_MS: u64 = 10_000;
pub(super) const QUALITY: u8 = 70;
/// File name of the WebVTT text in a recording's folder.
pub const TEXT_FILE: &str = "storyboard.vtt";

/// Returns the file name of a sheet in a recording's folder.
pub fn sheet_file(number: usize) -> String {
    format!("sprites/{number}.jpg")
}

/// The storyboard of a broadcast.
pub struct Storyboard {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    /// Whether it is kept after the broadcast.
    is_kept: bool,
    growing: Mutex<Growing>,
}

#[derive(Default)]
struct Growing {
    /// Number of thumbnails, including those on finished sheets.
    count: usize,
    /// Thumbnails of the growing sheet; fewer than a sheet has tiles.
    open: Vec<Bytes>,
    /// Where they are noted, if the storyboard is kept.
    notes: Option<Notes>,
}

impl Growing {
    fn note(&mut self, noting: impl FnOnce(&mut Notes) -> io::Result<()>) {
        let Some(Err(error)) = self.notes.as_mut().map(noting) else { return };
        tracing::warn!(%error, "a crash would lose the end of the storyboard; check the disk of data_dir");
        self.notes = None;
    }
}

/// What is noted of a storyboard that grows.
#[derive(Serialize, Deserialize)]
pub enum NotedThumbnail {
    /// Number of sheets that are stored. Thumbnails of the next one follow.
    Stored(usize),
    /// A thumbnail, as JPEG.
    Jpeg(Vec<u8>),
}

impl Storyboard {
    /// An empty storyboard of broadcast `number`.
    pub fn new(store: Arc<dyn ObjectStore>, stream: StreamId, number: u64, is_kept: bool) -> Self {
        Self { store, folder: folder_of(stream, number), is_kept, growing: Mutex::default() }
    }

    /// Notes the thumbnails that are added from now on, for the next start after a crash.
    pub fn note_in(&self, notes: Notes) {
        self.growing.lock().notes = Some(notes);
    }

    /// The storyboard of a broadcast that a crash has cut off, by what was noted of it.
    pub async fn restored(
        store: Arc<dyn ObjectStore>,
        stream: StreamId,
        number: u64,
        noted: Vec<NotedThumbnail>,
    ) -> Self {
        let restored = Self::new(store, stream, number, true);
        let (mut sheets, mut open) = (0, Vec::new());
        for one in noted {
            match one {
                NotedThumbnail::Stored(stored) => sheets = stored,
                NotedThumbnail::Jpeg(jpeg) => open.push(Bytes::from(jpeg)),
            }
        }
        // The crash came before the full sheet was stored.
        if open.len() >= GRID.tiles() {
            open.truncate(GRID.tiles());
            restored.keep_sheet(sheets, std::mem::take(&mut open)).await;
            sheets += 1;
        }
        *restored.growing.lock() = Growing { count: sheets * GRID.tiles() + open.len(), open, notes: None };
        restored
    }

    /// Adds a thumbnail. A full sheet is written to the store.
    pub async fn add(&self, jpeg: Bytes) {
        let full = {
            let mut growing = self.growing.lock();
            if growing.count >= MAX_THUMBNAILS {
                return;
            }
            growing.count += 1;
            growing.note(|notes| notes.add(&NotedThumbnail::Jpeg(jpeg.to_vec())));
            growing.open.push(jpeg);
            let is_full = growing.open.len() >= GRID.tiles();
            is_full.then(|| (growing.count.div_ceil(GRID.tiles()) - 1, std::mem::take(&mut growing.open)))
        };
        if let Some((number, thumbnails)) = full {
            self.keep_sheet(number, thumbnails).await;
            self.growing.lock().note(|notes| notes.restart(&[NotedThumbnail::Stored(number + 1)]));
        }
    }

    /// Returns the WebVTT text so far.
    pub fn text(&self) -> Option<String> {
        let count = self.growing.lock().count;
        storyboard::webvtt(&GRID, count, INTERVAL_MS, sheet_file).ok()
    }

    /// Returns a sheet, which may still grow.
    pub async fn sheet(&self, number: usize) -> Option<Bytes> {
        let open = {
            let growing = self.growing.lock();
            (growing.count / GRID.tiles() == number).then(|| growing.open.clone())
        };
        match open {
            Some(thumbnails) if thumbnails.is_empty() => None,
            Some(thumbnails) => draw(thumbnails).await,
            None => self.get(&sheet_file(number)).await,
        }
    }

    /// Ends the storyboard: writes the rest if it is kept, else removes what was written.
    pub async fn finish(&self) {
        let (count, open) = {
            let growing = self.growing.lock();
            (growing.count, growing.open.clone())
        };
        if !self.is_kept {
            for number in 0..count / GRID.tiles() {
                // A sheet that does not exist was never written.
                let _ = self.store.delete(&self.path(&sheet_file(number))).await;
            }
            return;
        }
        if !open.is_empty() {
            self.keep_sheet(count / GRID.tiles(), open).await;
        }
        if let Some(text) = self.text() {
            self.put(TEXT_FILE, text.into()).await;
        }
    }

    async fn keep_sheet(&self, number: usize, thumbnails: Vec<Bytes>) {
        if let Some(sheet) = draw(thumbnails).await {
            self.put(&sheet_file(number), sheet).await;
        }
    }

    async fn put(&self, name: &str, bytes: Bytes) {
        if let Err(error) = self.store.put(&self.path(name), PutPayload::from_bytes(bytes)).await {
            tracing::warn!(%error, name, "a part of the storyboard was not written; check that the object store can be written");
        }
    }

    async fn get(&self, name: &str) -> Option<Bytes> {
        self.store.get(&self.path(name)).await.ok()?.bytes().await.ok()
    }

    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.folder))
    }
}

/// Draws a sheet, away from the threads that serve requests: it takes some milliseconds of a core.
async fn draw(thumbnails: Vec<Bytes>) -> Option<Bytes> {
    let drawn = tokio::task::spawn_blocking(move || storyboard::sheet(&GRID, &thumbnails, QUALITY)).await.ok()?;
    drawn.map(Bytes::from).inspect_err(|error| tracing::warn!(%error, "a sheet of thumbnails was not drawn")).ok()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tail::{NotesKind, Tails},
        *,
    };
    use object_store::memory::InMemory;

    fn thumbnail() -> Bytes {
        // A sheet of one tile is a picture as well.
        let grid = Grid { columns: 1, rows: 1, tile_width: 32, tile_height: 18 };
        storyboard::sheet(&grid, &Vec::<Bytes>::new(), QUALITY).unwrap().into()
    }

    #[tokio::test]
    async fn full_sheets_are_stored_and_the_growing_one_is_served() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let board = Storyboard::new(store.clone(), 7, 1, true);
        assert!(board.sheet(0).await.is_none(), "nothing yet");
        for _ in 0..GRID.tiles() + 1 {
            board.add(thumbnail()).await;
        }
        assert!(store.head(&Path::from("recordings/7/1/sprites/0.jpg")).await.is_ok(), "full, and in the store");
        assert!(board.sheet(0).await.is_some());
        assert!(board.sheet(1).await.is_some(), "growing");
        assert!(board.sheet(2).await.is_none());
        let text = board.text().unwrap();
        assert_eq!(text.matches("sprites/0.jpg#").count(), GRID.tiles());
        assert_eq!(text.matches("sprites/1.jpg#").count(), 1);
        board.finish().await;
        let kept = store.get(&Path::from("recordings/7/1/storyboard.vtt")).await.unwrap().bytes().await.unwrap();
        assert_eq!(kept, text.as_bytes());
        assert!(store.head(&Path::from("recordings/7/1/sprites/1.jpg")).await.is_ok());
    }

    #[tokio::test]
    async fn storyboard_is_complete_after_its_thumbnails_were_noted() {
        for count in [1, GRID.tiles() - 1, GRID.tiles(), GRID.tiles() + 3] {
            let folder = tempfile::tempdir().unwrap();
            let notes = || Tails::open(folder.path().into()).unwrap().notes((7, 1), NotesKind::Thumbnails);
            let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let board = Storyboard::new(store.clone(), 7, 1, true);
            board.note_in(notes());
            for _ in 0..count {
                board.add(thumbnail()).await;
            }
            let text = board.text().unwrap();
            drop(board);
            Storyboard::restored(store.clone(), 7, 1, notes().read().unwrap()).await.finish().await;
            let kept = store.get(&Path::from("recordings/7/1/storyboard.vtt")).await.unwrap().bytes().await.unwrap();
            assert_eq!(kept, text.as_bytes(), "{count}");
            for number in 0..count.div_ceil(GRID.tiles()) {
                let sheet = store.head(&Path::from(format!("recordings/7/1/sprites/{number}.jpg"))).await;
                assert!(sheet.is_ok(), "{count}: sheet {number}");
            }
        }
    }

    #[tokio::test]
    async fn full_sheet_that_was_not_stored_is_drawn_again() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let noted = (0..GRID.tiles()).map(|_| NotedThumbnail::Jpeg(thumbnail().to_vec()));
        let noted = std::iter::once(NotedThumbnail::Stored(2)).chain(noted).collect();
        let board = Storyboard::restored(store.clone(), 7, 1, noted).await;
        assert!(store.head(&Path::from("recordings/7/1/sprites/2.jpg")).await.is_ok());
        assert_eq!(board.text().unwrap().matches("sprites/").count(), 3 * GRID.tiles());
    }

    #[tokio::test]
    async fn a_storyboard_that_is_not_kept_is_removed() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let board = Storyboard::new(store.clone(), 7, 1, false);
        for _ in 0..GRID.tiles() {
            board.add(thumbnail()).await;
        }
        board.finish().await;
        assert!(store.head(&Path::from("recordings/7/1/sprites/0.jpg")).await.is_err(), "removed");
    }
}
