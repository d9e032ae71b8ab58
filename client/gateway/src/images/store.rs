//! Images in the object store.

use super::{fetches::Fetches, hidden::HiddenImages};
use crate::public_fetch::Outbound;
use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use sp_crypto_hashing::blake2_256;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, AccountId};
use tokio::sync::Semaphore;
use vilokanam_indexer::{GatewayStateError, ImageRow, Store};
use vilokanam_media::{picture::WIDTHS, pictures, Picture, PictureError, PictureFormat};

/// Maximum size of an original.
pub const MAX_IMAGE_BYTES: usize = 10 << 20;
/// Pictures that are decoded at the same time: each may take hundreds of megabytes.
const DECODED_AT_ONCE: usize = 1;
/// Pictures that wait for their turn to be decoded, with their originals in memory.
const MAX_WAITING: usize = 16;

/// The part of the room for images that one account may take, one divided by this number.
const PARTS_OF_ACCOUNT: u64 = 20;
/// The same, for all accounts together that have no stream: accounts cost nothing, and creators must find room.
const PARTS_OF_STRANGERS: u64 = 4;

/// What is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImageLimits {
    /// Maximum number of images of one account.
    pub max_per_account: u64,
    /// Maximum size of all images in bytes.
    pub max_total_bytes: u64,
}

/// Why an image is refused, or cannot be given out.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("The picture has {bytes} bytes; at most {MAX_IMAGE_BYTES} are accepted.")]
    TooManyBytes { bytes: usize },
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("This account has {max} pictures here, which is the limit.")]
    TooMany { max: u64 },
    #[error("The pictures of this account have {bytes} bytes here, and may have {max}.")]
    TooMuch { bytes: u64, max: u64 },
    #[error("The gateway has no room for more pictures.")]
    NoRoom,
    #[error("The gateway is busy with other pictures.")]
    Busy,
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error("the object store failed: {0}")]
    Store(#[from] object_store::Error),
    #[error("the picture was not decoded: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// The images of this gateway.
pub struct Images {
    store: Arc<dyn ObjectStore>,
    pub(super) index: Store,
    pub(super) outbound: Outbound,
    limits: ImageLimits,
    hidden: Arc<HiddenImages>,
    waiting: Semaphore,
    decoding: Semaphore,
    pub(super) fetches: Fetches,
}

impl Images {
    pub fn new(store: Arc<dyn ObjectStore>, index: Store, outbound: Outbound, limits: ImageLimits) -> Self {
        let (waiting, decoding) = (Semaphore::new(MAX_WAITING), Semaphore::new(DECODED_AT_ONCE));
        let (hidden, fetches) = (Arc::default(), Fetches::default());
        Self { store, index, outbound, limits, hidden, waiting, decoding, fetches }
    }

    /// The same images, of which these are not given out.
    pub fn without(self, hidden: Arc<HiddenImages>) -> Self {
        Self { hidden, ..self }
    }

    /// Checks that an account may add an image.
    pub async fn check_room(&self, owner: &AccountId) -> Result<(), ImageError> {
        let ImageLimits { max_per_account, max_total_bytes } = self.limits;
        self.check_total(max_total_bytes).await?;
        let own = self.index.count_images(Some(owner)).await?;
        if own.images >= max_per_account {
            return Err(ImageError::TooMany { max: max_per_account });
        }
        let max = max_total_bytes / PARTS_OF_ACCOUNT;
        if own.bytes >= max {
            return Err(ImageError::TooMuch { bytes: own.bytes, max });
        }
        if self.index.is_creator(owner).await? {
            return Ok(());
        }
        match self.index.count_images_of_strangers().await? {
            count if count.bytes >= max_total_bytes / PARTS_OF_STRANGERS => Err(ImageError::NoRoom),
            _ => Ok(()),
        }
    }

    async fn check_total(&self, max: u64) -> Result<(), ImageError> {
        match self.index.count_images(None).await? {
            count if count.bytes >= max => Err(ImageError::NoRoom),
            _ => Ok(()),
        }
    }

    /// Stores an image in all widths and formats, unless it is known. Returns its hash in hex.
    pub async fn keep(&self, original: Bytes, owner: &AccountId) -> Result<String, ImageError> {
        let bytes = original.len();
        if bytes > MAX_IMAGE_BYTES {
            return Err(ImageError::TooManyBytes { bytes });
        }
        let hash = hex::encode(blake2_256(&original));
        if self.index.image(&hash).await?.is_some() {
            return Ok(hash);
        }
        self.check_room(owner).await?;
        self.add(hash, original, owner).await
    }

    /// Stores the poster of a recording, which the gateway itself has made: it does not count as one of the account's images.
    pub async fn keep_poster(&self, original: Bytes, owner: &AccountId) -> Result<String, ImageError> {
        self.check_total(self.limits.max_total_bytes).await?;
        let hash = hex::encode(blake2_256(&original));
        if self.index.image(&hash).await?.is_some() {
            return Ok(hash);
        }
        self.add(hash, original, owner).await
    }

    async fn add(&self, hash: String, original: Bytes, owner: &AccountId) -> Result<String, ImageError> {
        let found = self.decode(original).await?;
        let bytes = found.iter().map(|picture| picture.bytes.len() as u64).sum();
        for Picture { width, format, bytes } in found {
            let path = path_of(&hash, width, format);
            if let Err(error) = self.store.put(&path, PutPayload::from(bytes)).await {
                self.remove_files(&hash).await;
                return Err(error.into());
            }
        }
        // It exists from here on.
        let row = ImageRow { hash: hash.clone(), owner: owner.clone(), bytes, created_at: now_ms() };
        self.index.add_image(&row).await?;
        Ok(hash)
    }

    /// Decodes and encodes, away from the threads that serve requests.
    async fn decode(&self, original: Bytes) -> Result<Vec<Picture>, ImageError> {
        let _waiting = self.waiting.try_acquire().map_err(|_| ImageError::Busy)?;
        let _turn = self.decoding.acquire().await.map_err(|_| ImageError::Busy)?;
        Ok(tokio::task::spawn_blocking(move || pictures(&original)).await??)
    }

    async fn remove_files(&self, hash: &str) {
        for (width, format) in WIDTHS.into_iter().flat_map(|width| PictureFormat::ALL.map(|format| (width, format))) {
            // What was not written cannot be removed.
            let _ = self.store.delete(&path_of(hash, width, format)).await;
        }
    }

    /// Returns an image in the narrowest width that is enough, or `None` if there is none with this hash.
    pub async fn get(&self, hash: &str, width: u32, format: PictureFormat) -> Result<Option<Bytes>, ImageError> {
        if !is_hash(hash) || self.hidden.contains(hash) {
            return Ok(None);
        }
        let read = async { self.store.get(&path_of(hash, enough(width), format)).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn path_of(hash: &str, width: u32, format: PictureFormat) -> Path {
    Path::from(format!("images/{hash}/{width}.{format}"))
}

/// The narrowest width that is not below the one asked for, or the widest.
fn enough(width: u32) -> u32 {
    let widest = WIDTHS.last().copied().unwrap_or(width);
    WIDTHS.into_iter().find(|candidate| *candidate >= width).unwrap_or(widest)
}

/// Whether this can be the hash of an image.
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests;
