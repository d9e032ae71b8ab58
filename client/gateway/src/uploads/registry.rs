//! The uploads of this gateway.

use super::{
    append::Append,
    error::UploadError,
    files::Files,
    info::{NewUpload, UploadInfo, UploadLimits, MAX_TITLE_CHARS},
};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::sync::CancellationToken;
use vilokanam_wire::Account;

/// Maximum number of characters of a file's name. The rest is left out.
const MAX_FILENAME_CHARS: usize = 200;

/// Time after which an upload that is not complete is removed, even if bytes of it come now and then: a week.
const MAX_AGE_MS: u64 = 7 * 24 * 3_600_000;

/// The uploads of this gateway.
pub struct Uploads {
    files: Files,
    limits: UploadLimits,
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    info: Arc<UploadInfo>,
    /// Held by the request that sends bytes.
    turn: Arc<AsyncMutex<()>>,
    /// Cancelled when it is removed.
    removed: CancellationToken,
}

impl Known {
    fn new(info: UploadInfo) -> Self {
        Self { info: Arc::new(info), turn: Arc::default(), removed: CancellationToken::new() }
    }
}

impl Uploads {
    /// Opens the folder of uploads, which is created if it does not exist. What a crash has left without its other half is
    /// removed.
    pub fn open(folder: &Path, limits: UploadLimits) -> Result<Self, UploadError> {
        let files = Files::open(folder)?;
        let known = files.read_all()?.into_iter().map(|info| (info.id.clone(), Known::new(info))).collect();
        Ok(Self { files, limits, known: Mutex::new(known) })
    }

    /// The limits.
    pub fn limits(&self) -> &UploadLimits {
        &self.limits
    }

    /// Begins an upload.
    pub fn create(&self, new: NewUpload, now_ms: u64) -> Result<UploadInfo, UploadError> {
        let UploadLimits { max_bytes, max_total_bytes, max_per_account, max_uploads, .. } = self.limits;
        if new.length == 0 {
            return Err(UploadError::Empty);
        }
        if new.length > max_bytes {
            return Err(UploadError::TooLong { length: new.length, max: max_bytes });
        }
        let mut known = self.known.lock();
        if known.len() >= max_uploads {
            return Err(UploadError::TooMany { max: max_uploads });
        }
        let of_account = || known.values().filter(|known| known.info.owner.0 == new.owner);
        if of_account().count() >= max_per_account {
            return Err(UploadError::TooManyOfAccount { max: max_per_account });
        }
        // Announced bytes need not come, and must not keep others out.
        let max = (max_total_bytes - max_total_bytes / 4).max(max_bytes);
        let used: u64 = of_account().map(|known| known.info.length).sum();
        if used.saturating_add(new.length) > max {
            return Err(UploadError::TooMuchOfAccount { used, max });
        }
        let used: u64 = known.values().map(|known| known.info.length).sum();
        if used.saturating_add(new.length) > max_total_bytes {
            return Err(UploadError::NoRoom { used, max: max_total_bytes });
        }
        let info = UploadInfo {
            id: random_id(),
            job: random_id(),
            stream: new.stream,
            owner: Account(new.owner),
            length: new.length,
            filename: clean(&new.filename, MAX_FILENAME_CHARS),
            title: clean(&new.title, MAX_TITLE_CHARS),
            is_clip: new.is_clip,
            created_at: now_ms,
        };
        self.files.create(&info)?;
        known.insert(info.id.clone(), Known::new(info.clone()));
        Ok(info)
    }

    /// Returns what is known of an upload, and the bytes that have arrived.
    pub fn find(&self, id: &str) -> Result<(Arc<UploadInfo>, u64), UploadError> {
        let info = self.get(id)?.info;
        let arrived = self.files.length(id)?;
        Ok((info, arrived))
    }

    /// Begins to send bytes from `offset` on. No other request can, until it is dropped.
    pub async fn append(&self, id: &str, offset: u64) -> Result<Append, UploadError> {
        let Known { info, turn, removed } = self.get(id)?;
        let turn = turn.try_lock_owned().map_err(|_| UploadError::Busy)?;
        let at = self.files.length(id)?;
        if at != offset {
            return Err(UploadError::Offset { at, asked: offset });
        }
        let path = self.files.body(id);
        Append::open(path, info.length, at, (turn, removed)).await
    }

    /// Path of an upload's body.
    pub fn body(&self, id: &str) -> Result<PathBuf, UploadError> {
        self.get(id)?;
        Ok(self.files.body(id))
    }

    /// Removes an upload. One that is not known is removed already.
    pub fn remove(&self, id: &str) {
        let removed = self.known.lock().remove(id);
        if let Some(known) = removed {
            known.removed.cancel();
            self.files.remove(id);
        }
    }

    /// Returns the uploads that are complete.
    pub fn complete(&self) -> Vec<Arc<UploadInfo>> {
        let known: Vec<_> = self.known.lock().values().map(|known| known.info.clone()).collect();
        known.into_iter().filter(|info| self.files.length(&info.id).is_ok_and(|at| at == info.length)).collect()
    }

    /// When an upload that gets no more bytes is removed, in milliseconds since 1970.
    pub fn expires_at(&self, id: &str) -> Result<u64, UploadError> {
        let oldest = self.get(id)?.info.created_at.saturating_add(MAX_AGE_MS);
        Ok(self.files.changed_at(id)?.saturating_add(self.limits.expire_after_ms).min(oldest))
    }

    /// Removes uploads that are not complete and have had no byte for long, or are very old. Returns how many.
    pub fn remove_expired(&self, now_ms: u64) -> usize {
        let known: Vec<_> = self.known.lock().values().cloned().collect();
        let is_expired = |known: &Known| {
            let id = &known.info.id;
            let is_incomplete = self.files.length(id).map_or(true, |at| at < known.info.length);
            let is_old = known.info.created_at.saturating_add(MAX_AGE_MS) <= now_ms;
            let is_idle = known.turn.try_lock().is_ok();
            is_incomplete && (is_old || is_idle && self.expires_at(id).map_or(true, |at| at <= now_ms))
        };
        let expired: Vec<_> = known.iter().filter(|known| is_expired(known)).collect();
        expired.iter().for_each(|known| self.remove(&known.info.id));
        expired.len()
    }

    fn get(&self, id: &str) -> Result<Known, UploadError> {
        self.known.lock().get(id).cloned().ok_or(UploadError::Unknown)
    }
}

/// 128 random bits in hex.
fn random_id() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

/// At most `max_chars` characters on one line.
fn clean(text: &str, max_chars: usize) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control()).take(max_chars).collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests;
