use super::*;
use image::{codecs::png::PngEncoder, ExtendedColorType, ImageEncoder};

fn png(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7]));
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&image, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn size(picture: &Picture) -> (u32, u32) {
    let reader = ImageReader::new(Cursor::new(&picture.bytes)).with_guessed_format().unwrap();
    let expected = match picture.format {
        PictureFormat::WebP => ImageFormat::WebP,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
    };
    assert_eq!(reader.format(), Some(expected));
    let image = reader.decode().unwrap();
    (image.width(), image.height())
}

/// Checksum of a chunk of PNG.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// A PNG whose header claims another size. Its pixels are missing, as those of a bomb might as well be.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(8, 8);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn picture_has_three_widths_in_both_formats() {
    let found = pictures(&png(1_600, 900)).unwrap();
    let all: Vec<_> = found.iter().map(|picture| (picture.width, picture.format, size(picture))).collect();
    let expected = [(1_280, (1_280, 720)), (640, (640, 360)), (320, (320, 180))];
    let expected: Vec<_> =
        expected.into_iter().flat_map(|(width, size)| PictureFormat::ALL.map(|format| (width, format, size))).collect();
    assert_eq!(all, expected);
}

#[test]
fn small_picture_is_not_enlarged() {
    let found = pictures(&png(500, 20)).unwrap();
    assert_eq!(
        found.iter().map(size).collect::<Vec<_>>(),
        [(500, 20), (500, 20), (500, 20), (500, 20), (320, 12), (320, 12)]
    );
}

#[test]
fn picture_of_50000_pixels_is_refused_before_it_is_decoded() {
    for (width, height) in [(50_000, 50_000), (50_000, 1), (1, 50_000), (8_000, 8_000)] {
        let refused = pictures(&claiming(width, height));
        assert!(matches!(refused, Err(PictureError::TooLarge { .. })), "{width}x{height}: {refused:?}");
    }
    let words = pictures(&claiming(50_000, 50_000)).unwrap_err().to_string();
    assert!(words.contains("50000x50000"), "{words}");
}

#[test]
fn bomb_of_many_equal_pixels_is_refused() {
    // Some kilobytes that become 64 MB.
    let mut bytes = Vec::new();
    let row = vec![0u8; 8_000];
    let pixels: Vec<u8> = row.iter().copied().cycle().take(8_000 * 8_000).collect();
    PngEncoder::new(&mut bytes).write_image(&pixels, 8_000, 8_000, ExtendedColorType::L8).unwrap();
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    assert!(matches!(pictures(&bytes), Err(PictureError::TooLarge { .. })));
}

#[test]
fn what_is_no_picture_is_refused() {
    for text in ["", "Once upon a time", "<svg xmlns='http://www.w3.org/2000/svg'/>", "BM and more"] {
        let refused = pictures(text.as_bytes());
        assert!(matches!(refused, Err(PictureError::UnknownFormat)), "{text}: {refused:?}");
    }
    let whole = png(64, 64);
    let refused = pictures(&whole[..whole.len() / 2]);
    assert!(matches!(refused, Err(PictureError::Damaged(_))), "{refused:?}");
    assert!(pictures(&claiming(64, 64)).is_err(), "pixels are missing");
}

#[test]
fn bytes_behind_the_picture_are_gone() {
    let secret = b"<script>alert(1)</script>";
    let with = [png(64, 64), secret.to_vec()].concat();
    for picture in pictures(&with).unwrap() {
        assert!(!picture.bytes.windows(secret.len()).any(|found| found == secret));
    }
}

#[test]
fn transparent_picture_is_drawn_on_white_for_jpeg() {
    let image = RgbaImage::from_pixel(32, 32, image::Rgba([200, 0, 0, 0]));
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&image, 32, 32, ExtendedColorType::Rgba8).unwrap();
    let found = pictures(&bytes).unwrap();
    let jpeg = found.iter().find(|picture| picture.format == PictureFormat::Jpeg).unwrap();
    let pixel = image::load_from_memory(&jpeg.bytes).unwrap().to_rgb8().get_pixel(16, 16).0;
    assert!(pixel.iter().all(|color| *color > 250), "{pixel:?}");
    let webp = found.iter().find(|picture| picture.format == PictureFormat::WebP).unwrap();
    assert_eq!(image::load_from_memory(&webp.bytes).unwrap().to_rgba8().get_pixel(16, 16).0[3], 0);
}
