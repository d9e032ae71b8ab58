//! Storyboards: thumbnails on sheets, and a WebVTT text that finds them by time.

use image::{codecs::jpeg::JpegEncoder, imageops, ImageDecoder, ImageReader, Limits, RgbImage};
use std::{fmt::Write as _, io::Cursor};

/// Maximum width and height of a sheet in pixels, which every browser decodes.
pub const MAX_SHEET_SIDE: u32 = 4_096;
/// Maximum width and height of a thumbnail in pixels.
pub const MAX_THUMBNAIL_SIDE: u32 = 4_096;
/// Maximum number of thumbnails of a storyboard: two days, one every ten seconds.
pub const MAX_THUMBNAILS: usize = 17_280;

/// Division of a sheet into tiles, one per thumbnail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Tiles per row.
    pub columns: u32,
    /// Rows of tiles.
    pub rows: u32,
    /// Width of a tile in pixels.
    pub tile_width: u32,
    /// Height of a tile in pixels.
    pub tile_height: u32,
}

/// Why there is no storyboard.
#[derive(Debug, thiserror::Error)]
pub enum StoryboardError {
    /// The sheet has no pixels, or too many.
    #[error("a sheet of {width} x {height} pixels is out of range; choose 1 to {MAX_SHEET_SIDE} for both sides")]
    Size {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
    },
    /// More thumbnails than tiles.
    #[error("{given} thumbnails do not fit on a sheet of {max} tiles; begin another sheet")]
    TooMany {
        /// Number of thumbnails.
        given: usize,
        /// Number of tiles.
        max: usize,
    },
    /// More than [`MAX_THUMBNAILS`] thumbnails.
    #[error("a storyboard has at most {MAX_THUMBNAILS} thumbnails, not {0}; take thumbnails less often")]
    TooLong(usize),
    /// A thumbnail is not a JPEG that can be decoded.
    #[error("thumbnail {place} cannot be decoded: {error}; leave it out")]
    Thumbnail {
        /// Position of the thumbnail on the sheet.
        place: usize,
        /// Why it cannot be decoded.
        error: image::ImageError,
    },
    /// The sheet cannot be encoded.
    #[error("the sheet cannot be encoded: {0}")]
    Sheet(image::ImageError),
}

impl Grid {
    /// Number of tiles on one sheet.
    pub fn tiles(&self) -> usize {
        usize::try_from(u64::from(self.columns) * u64::from(self.rows)).unwrap_or(usize::MAX)
    }

    fn size(&self) -> Result<(u32, u32), StoryboardError> {
        let width = u64::from(self.columns) * u64::from(self.tile_width);
        let height = u64::from(self.rows) * u64::from(self.tile_height);
        let side = |length| u32::try_from(length).ok().filter(|side| (1..=MAX_SHEET_SIDE).contains(side));
        side(width).zip(side(height)).ok_or(StoryboardError::Size { width, height })
    }

    /// Left and top edge of a tile in pixels.
    fn origin(&self, tile: usize) -> (u32, u32) {
        // A sheet has at most 4096 x 4096 tiles, so the number fits.
        let tile = u32::try_from(tile).unwrap_or(0);
        (tile % self.columns * self.tile_width, tile / self.columns * self.tile_height)
    }
}

/// Writes the WebVTT text of `count` thumbnails, one every `interval_ms`, on as many sheets as they need. `sheet_uri`
/// returns the URI of a sheet, counted from 0.
///
/// # Errors
///
/// The size of a sheet is out of range, or there are more than [`MAX_THUMBNAILS`] thumbnails.
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

/// Draws JPEG thumbnails, in order, on one sheet and encodes it as a JPEG of the given quality (1 to 100). Each
/// thumbnail is scaled to fit its tile; the rest of the tile is black.
///
/// # Errors
///
/// The size of the sheet is out of range, there are more thumbnails than tiles, or an image cannot be decoded or
/// encoded.
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
