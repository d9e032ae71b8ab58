//! Still pictures of creators: decoded once, within limits, and written anew in three widths.
//!
//! What is served is made of pixels alone. Whatever else a file has (a place, a comment, bytes behind its end, a second format
//! at the same time) is gone.

use image::{
    codecs::jpeg::JpegEncoder, imageops::FilterType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader,
    Limits, RgbImage, RgbaImage,
};
use std::{fmt, io::Cursor};

/// Widths in pixels. A picture that is not as wide keeps its own width.
pub const WIDTHS: [u32; 3] = [320, 640, 1_280];
/// Maximum width and height of an original. WebP has no larger pictures.
pub const MAX_SIDE: u32 = 16_000;
/// Maximum number of pixels of an original: those of a camera with 40 megapixels.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Maximum memory of an original while it is decoded. A file of a few kilobytes can claim to need any amount.
const MAX_DECODED_BYTES: u64 = 400 << 20;
const JPEG_QUALITY: u8 = 82;
const WEBP_QUALITY: f32 = 80.0;
/// Formats that are decoded; all of them in safe Rust.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];

/// Why a picture is refused.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It is of no format that is decoded.
    #[error("the file is no picture in JPEG, PNG, WebP or GIF")]
    UnknownFormat,
    /// It has too many pixels.
    #[error(
        "the picture has {width}x{height} pixels; at most {MAX_SIDE} on a side and {MAX_PIXELS} in all are allowed"
    )]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// It needs too much memory.
    #[error("the picture needs more memory than a picture of its kind should")]
    TooHungry,
    /// It cannot be decoded.
    #[error("the picture is damaged: {0}")]
    Damaged(ImageError),
    /// It cannot be encoded. This is not the file's fault.
    #[error("the picture cannot be encoded: {0}")]
    NotEncoded(String),
}

/// Format of a picture as it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// WebP, which nearly every browser shows.
    WebP,
    /// JPEG, for all others.
    Jpeg,
}

impl PictureFormat {
    /// Both formats.
    pub const ALL: [Self; 2] = [Self::WebP, Self::Jpeg];

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::WebP => "image/webp",
            Self::Jpeg => "image/jpeg",
        }
    }
}

impl fmt::Display for PictureFormat {
    /// Writes the ending of a file's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebP => "webp",
            Self::Jpeg => "jpg",
        })
    }
}

/// A picture in one of its widths and formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// One of [`WIDTHS`]: the width that was aimed at.
    pub width: u32,
    /// Format.
    pub format: PictureFormat,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Decodes a file, and encodes it in every width and format. Takes up to some seconds and [`MAX_PIXELS`] of memory.
///
/// # Errors
///
/// The file is no picture, is too large, or is damaged.
pub fn pictures(original: &[u8]) -> Result<Vec<Picture>, PictureError> {
    let mut image = decode(original)?;
    let mut found = Vec::with_capacity(WIDTHS.len() * PictureFormat::ALL.len());
    // From the widest on: each is made of the one before.
    for width in WIDTHS.into_iter().rev() {
        image = reduced(image, width);
        found.push(Picture { width, format: PictureFormat::WebP, bytes: webp(&image)? });
        found.push(Picture { width, format: PictureFormat::Jpeg, bytes: jpeg(&image)? });
    }
    Ok(found)
}

/// Decodes the first picture of a file, upright. Its size is checked before its pixels take any memory.
fn decode(original: &[u8]) -> Result<DynamicImage, PictureError> {
    let reader = ImageReader::new(Cursor::new(original)).with_guessed_format();
    let mut reader = reader.map_err(|error| PictureError::Damaged(error.into()))?;
    reader.format().filter(|format| FORMATS.contains(format)).ok_or(PictureError::UnknownFormat)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(PictureError::TooHungry);
    }
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn wrong(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooHungry,
        ImageError::Unsupported(_) => PictureError::UnknownFormat,
        error => PictureError::Damaged(error),
    }
}

fn reduced(image: DynamicImage, width: u32) -> DynamicImage {
    if image.width() <= width {
        return image;
    }
    let height = u64::from(image.height()) * u64::from(width) / u64::from(image.width());
    let height = u32::try_from(height).unwrap_or(MAX_SIDE).max(1);
    image.resize_exact(width, height, FilterType::CatmullRom)
}

fn webp(image: &DynamicImage) -> Result<Vec<u8>, PictureError> {
    let not_encoded = |error| PictureError::NotEncoded(format!("{error:?}"));
    let (width, height) = (image.width(), image.height());
    let encoded = if image.color().has_alpha() {
        let pixels = image.to_rgba8();
        webp::Encoder::from_rgba(&pixels, width, height).encode_simple(false, WEBP_QUALITY).map_err(not_encoded)?
    } else {
        let pixels = image.to_rgb8();
        webp::Encoder::from_rgb(&pixels, width, height).encode_simple(false, WEBP_QUALITY).map_err(not_encoded)?
    };
    Ok(encoded.to_vec())
}

fn jpeg(image: &DynamicImage) -> Result<Vec<u8>, PictureError> {
    let pixels = if image.color().has_alpha() { on_white(&image.to_rgba8()) } else { image.to_rgb8() };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    pixels.write_with_encoder(encoder).map_err(|error| PictureError::NotEncoded(error.to_string()))?;
    Ok(bytes)
}

/// Draws a picture on white: JPEG knows no transparency.
fn on_white(image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let blend = |color: u8| {
            let mixed = u16::from(color) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            // At most 255.
            (mixed / 255) as u8
        };
        image::Rgb([blend(red), blend(green), blend(blue)])
    })
}

#[cfg(test)]
mod tests;
