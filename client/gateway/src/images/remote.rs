//! Images at addresses that streams name: fetched once, and served from here. Viewers' addresses stay unknown to other servers,
//! and what is shown does not change behind a creator's back.

use super::store::{ImageError, Images, MAX_IMAGE_BYTES};
use crate::public_fetch::{Ask, FetchError};
use tick_stream_primitives::{clock::now_ms, AccountId};
use url::Url;
use vilokanam_indexer::{GatewayStateError, RemoteImageRow};

/// Time after which an address that could not be fetched is tried again, in milliseconds.
const RETRY_AFTER_MS: u64 = 3_600_000;

/// Why the image at an address cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("'{0}' is no address of a picture; it must begin with https://")]
    Url(String),
    #[error("The picture is being fetched, or others are.")]
    Busy,
    /// It was tried, and it is not tried again for a while.
    #[error("The picture cannot be fetched: {0}")]
    Failed(String),
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}

impl Images {
    /// Returns the hash of the image at an address, which is fetched if it was not before. The caller has checked that a
    /// stream of `owner` names it.
    pub async fn remote(&self, url: &str, owner: &AccountId) -> Result<String, RemoteError> {
        let parsed = Url::parse(url).ok().filter(|parsed| parsed.scheme() == "https");
        let parsed = parsed.ok_or_else(|| RemoteError::Url(url.to_owned()))?;
        if let Some(hash) = self.known(url).await? {
            return Ok(hash);
        }
        let _turn = self.fetches.begin(url).ok_or(RemoteError::Busy)?;
        // Another request may have been faster.
        if let Some(hash) = self.known(url).await? {
            return Ok(hash);
        }
        let (hash, error) = match self.fetch(&parsed, owner).await {
            Ok(hash) => (hash, String::new()),
            Err(FetchedError::Image(ImageError::Busy)) => return Err(RemoteError::Busy),
            Err(FetchedError::Image(ImageError::Records(error))) => return Err(error.into()),
            Err(error) => (String::new(), error.to_string()),
        };
        let row =
            RemoteImageRow { url: url.to_owned(), hash: hash.clone(), error: error.clone(), fetched_at: now_ms() };
        self.index.keep_remote_image(&row).await?;
        if hash.is_empty() {
            return Err(RemoteError::Failed(error));
        }
        Ok(hash)
    }

    /// Returns the hash of an address that was fetched, or nothing if it is to be fetched.
    async fn known(&self, url: &str) -> Result<Option<String>, RemoteError> {
        let Some(row) = self.index.remote_image(url).await? else { return Ok(None) };
        if !row.hash.is_empty() {
            return Ok(Some(row.hash));
        }
        if row.fetched_at.saturating_add(RETRY_AFTER_MS) > now_ms() {
            return Err(RemoteError::Failed(row.error));
        }
        Ok(None)
    }

    async fn fetch(&self, url: &Url, owner: &AccountId) -> Result<String, FetchedError> {
        let fetched = self.outbound.get(url, &Ask::https(MAX_IMAGE_BYTES)).await?;
        Ok(self.keep(fetched.bytes, owner).await?)
    }
}

#[derive(Debug, thiserror::Error)]
enum FetchedError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Image(#[from] ImageError),
}
