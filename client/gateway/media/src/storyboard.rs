//! Thumbnails on a sheet, and the WebVTT text that finds them by time.

use image::{codecs::jpeg::JpegEncoder, imageops, ImageDecoder, ImageReader, Limits, RgbImage};
use std::{fmt::Write as _, io::Cursor};

/// The widest and the highest sheet: what every browser decodes.
pub const MAX_SHEET_SIDE: u32 = 4_096;
/// The largest thumbnail that is read, in pixels a side.
pub const MAX_THUMBNAIL_SIDE: u32 = 4_096;
/// The most entries of one storyboard: two days, one each ten seconds.
pub const MAX_THUMBNAILS: usize = 17_280;

/// How a sheet is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub columns: u32,
    pub rows: u32,
    pub tile_width: u32,
    pub tile_height: u32,
}

/// Why there is no storyboard.
#[derive(Debug, thiserror::Error)]
pub enum StoryboardError {
    #[error("a sheet of {width} x {height} pixels is impossible: choose 1 to {MAX_SHEET_SIDE} each way")]
    Size { width: u64, height: u64 },
    #[error("{given} thumbnails do not fit on a sheet of {max}: begin another sheet")]
    TooMany { given: usize, max: usize },
    #[error("a storyboard has at most {MAX_THUMBNAILS} thumbnails, not {0}: take one less often")]
    TooLong(usize),
    #[error("thumbnail {place} cannot be read: {error}; leave it out")]
    Thumbnail { place: usize, error: image::ImageError },
    #[error("the sheet cannot be written: {0}")]
    Sheet(image::ImageError),
}

impl Grid {
    /// Thumbnails on one sheet.
    pub fn tiles(&self) -> usize {
        usize::try_from(u64::from(self.columns) * u64::from(self.rows)).unwrap_or(usize::MAX)
    }

    fn size(&self) -> Result<(u32, u32), StoryboardError> {
        let width = u64::from(self.columns) * u64::from(self.tile_width);
        let height = u64::from(self.rows) * u64::from(self.tile_height);
        let side = |length| u32::try_from(length).ok().filter(|side| (1..=MAX_SHEET_SIDE).contains(side));
        side(width).zip(side(height)).ok_or(StoryboardError::Size { width, height })
    }

    /// Left and top edge of a tile.
    fn origin(&self, tile: usize) -> (u32, u32) {
        // Tiles are counted within one sheet of at most 4,096 x 4,096.
        let tile = u32::try_from(tile).unwrap_or(0);
        (tile % self.columns * self.tile_width, tile / self.columns * self.tile_height)
    }
}

/// The WebVTT text of `count` thumbnails, one each `interval_ms`, on as many sheets as they need; `sheet_uri` says where a
/// sheet is, counted from 0.
pub fn webvtt(
    grid: &Grid,
    count: usize,
    interval_ms: u64,
    sheet_uri: impl Fn(usize) -> String,
) -> Result<String, StoryboardError> {
    grid.size()?;
    if count > MAX_THUMBNAILS {
        return Err(StoryboardError::TooLong(count));
    }
    let mut text = String::from("WEBVTT\n");
    for (place, start_ms) in (0..count).zip((0u64..).map(|place| place.saturating_mul(interval_ms))) {
        let (start, end) = (clock(start_ms), clock(start_ms.saturating_add(interval_ms)));
        let (x, y) = grid.origin(place % grid.tiles());
        let uri = sheet_uri(place / grid.tiles());
        _ = write!(text, "\n{start} --> {end}\n{uri}#xywh={x},{y},{},{}\n", grid.tile_width, grid.tile_height);
    }
    Ok(text)
}

fn clock(millis: u64) -> String {
    let (seconds, millis) = (millis / 1000, millis % 1000);
    format!("{:02}:{:02}:{:02}.{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// One sheet, as JPEG of that quality (1 to 100), of JPEG thumbnails in their order. Each is made to fit its tile; what it
/// leaves free is black.
pub fn sheet(grid: &Grid, thumbnails: &[impl AsRef<[u8]>], quality: u8) -> Result<Vec<u8>, StoryboardError> {
    let (width, height) = grid.size()?;
    if thumbnails.len() > grid.tiles() {
        return Err(StoryboardError::TooMany { given: thumbnails.len(), max: grid.tiles() });
    }
    let mut sheet = RgbImage::new(width, height);
    for (place, jpeg) in thumbnails.iter().enumerate() {
        let tile = read(grid, jpeg.as_ref()).map_err(|error| StoryboardError::Thumbnail { place, error })?;
        let (x, y) = grid.origin(place);
        let left = x + (grid.tile_width - tile.width()) / 2;
        let top = y + (grid.tile_height - tile.height()) / 2;
        imageops::replace(&mut sheet, &tile, left.into(), top.into());
    }
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
    sheet.write_with_encoder(encoder).map_err(StoryboardError::Sheet)?;
    Ok(bytes)
}

fn read(grid: &Grid, jpeg: &[u8]) -> Result<RgbImage, image::ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_THUMBNAIL_SIDE);
    limits.max_image_height = Some(MAX_THUMBNAIL_SIDE);
    let mut decoder = ImageReader::with_format(Cursor::new(jpeg), image::ImageFormat::Jpeg).into_decoder()?;
    decoder.set_limits(limits)?;
    let image = image::DynamicImage::from_decoder(decoder)?;
    Ok(image.thumbnail(grid.tile_width, grid.tile_height).into_rgb8())
}

#[cfg(test)]
mod tests;
