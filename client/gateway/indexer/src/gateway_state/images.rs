//! Images that the gateway keeps: who uploaded them, and which addresses they came from.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Moment};

/// An image that was uploaded or fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImageRow {
    /// Hash of the original, in hex.
    pub hash: String,
    /// Account that uploaded it first; for a fetched one, the creator of the stream that named it.
    pub owner: AccountId,
    /// Bytes of all its widths and formats.
    pub bytes: u64,
    /// When it was added.
    pub created_at: Moment,
}

/// What became of the address of a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteImageRow {
    /// Address.
    pub url: String,
    /// Hash of the image in hex; empty if it could not be fetched.
    pub hash: String,
    /// Sentence that says why it could not be fetched; empty if it could.
    pub error: String,
    /// When it was fetched, or tried.
    pub fetched_at: Moment,
}

/// How much a gateway keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ImageCount {
    /// Number of images.
    pub images: u64,
    /// Bytes of all their widths and formats.
    pub bytes: u64,
}

impl Store {
    /// Adds an image, unless it is known.
    pub async fn add_image(&self, image: &ImageRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        if sql::load::<ImageRow>(&mut tx, &[vec![text(image.hash.clone())]]).await?.is_empty() {
            sql::insert(&mut tx, std::slice::from_ref(image)).await?;
        }
        Ok(commit(tx).await?)
    }

    /// Returns an image, or `None` if there is none with this hash.
    pub async fn image(&self, hash: &str) -> Result<Option<ImageRow>, GatewayStateError> {
        let key = vec![text(hash)];
        Ok(sql::load::<ImageRow>(&mut *self.read().await?, &[key]).await?.into_iter().next())
    }

    /// Counts the images of an account, or all images.
    pub async fn count_images(&self, owner: Option<&AccountId>) -> Result<ImageCount, GatewayStateError> {
        match owner {
            Some(owner) => self.count_images_where(" WHERE owner = $1", vec![account(owner)]).await,
            None => self.count_images_where("", Vec::new()).await,
        }
    }

    /// Counts the images of all accounts that have no stream in the index. An account costs nothing.
    pub async fn count_images_of_strangers(&self) -> Result<ImageCount, GatewayStateError> {
        self.count_images_where(" WHERE owner NOT IN (SELECT creator FROM streams)", Vec::new()).await
    }

    /// Returns whether an account has a stream in the index.
    pub async fn is_creator(&self, who: &AccountId) -> Result<bool, GatewayStateError> {
        let sql = "SELECT id FROM streams WHERE creator = $1 LIMIT 1".to_owned();
        let rows = sql::fetch_all(&mut *self.read().await?, "find a creator", sql, vec![account(who)]).await?;
        Ok(!rows.is_empty())
    }

    async fn count_images_where(&self, condition: &str, values: Vec<Value>) -> Result<ImageCount, GatewayStateError> {
        let sql = format!(
            "SELECT COUNT(*) AS images, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM images{condition}"
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "count images", sql, values).await?;
        let Some(row) = rows.first() else { return Ok(ImageCount::default()) };
        let fields = Fields(row);
        Ok(ImageCount { images: fields.u64("images")?, bytes: fields.u64("bytes")? })
    }

    /// Returns what became of a picture's address, or `None` if it was not tried yet.
    pub async fn remote_image(&self, url: &str) -> Result<Option<RemoteImageRow>, GatewayStateError> {
        let key = vec![text(url)];
        Ok(sql::load::<RemoteImageRow>(&mut *self.read().await?, &[key]).await?.into_iter().next())
    }

    /// Writes down what became of a picture's address.
    pub async fn keep_remote_image(&self, row: &RemoteImageRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(row)).await?;
        Ok(commit(tx).await?)
    }
}

impl Table for ImageRow {
    const NAME: &'static str = "images";
    const KEY: &'static [&'static str] = &["hash"];
    const COLUMNS: &'static [&'static str] = &["hash", "owner", "bytes", "created_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(self.hash.clone()),
            account(&self.owner),
            big("the size", self.bytes)?,
            big("the time", self.created_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            hash: row.text("hash")?,
            owner: row.account("owner")?,
            bytes: row.u64("bytes")?,
            created_at: row.u64("created_at")?,
        })
    }
}

impl Table for RemoteImageRow {
    const NAME: &'static str = "remote_images";
    const KEY: &'static [&'static str] = &["url"];
    const COLUMNS: &'static [&'static str] = &["url", "hash", "error", "fetched_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(self.url.clone()),
            text(self.hash.clone()),
            text(self.error.clone()),
            big("the time", self.fetched_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            url: row.text("url")?,
            hash: row.text("hash")?,
            error: row.text("error")?,
            fetched_at: row.u64("fetched_at")?,
        })
    }
}
