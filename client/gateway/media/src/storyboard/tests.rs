//! Tests of storyboards.

use super::*;

const GRID: Grid = Grid { columns: 3, rows: 2, tile_width: 160, tile_height: 90 };

fn jpeg(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let image = RgbImage::from_pixel(width, height, image::Rgb(colour));
    let mut bytes = Vec::new();
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
    bytes
}

#[test]
fn webvtt_refers_to_tiles_of_several_sheets() {
    let text = webvtt(&GRID, 8, 10_000, |sheet| format!("sheet-{sheet}.jpg")).unwrap();
    let cues: Vec<_> = text.split("\n\n").collect();
    assert_eq!((cues[0], cues.len()), ("WEBVTT", 9));
    assert_eq!(cues[1], "00:00:00.000 --> 00:00:10.000\nsheet-0.jpg#xywh=0,0,160,90");
    assert_eq!(cues[5], "00:00:40.000 --> 00:00:50.000\nsheet-0.jpg#xywh=160,90,160,90");
    assert_eq!(cues[8], "00:01:10.000 --> 00:01:20.000\nsheet-1.jpg#xywh=160,0,160,90\n");
}

#[test]
fn thumbnails_are_scaled_and_centred_in_their_tiles() {
    let (red, blue) = ([250, 10, 10], [10, 10, 250]);
    // The second thumbnail is square: it has black margins on the left and right.
    let bytes = sheet(&GRID, &[jpeg(320, 180, red), jpeg(200, 200, blue)], 90).unwrap();
    let image = image::load_from_memory(&bytes).unwrap().into_rgb8();
    assert_eq!(image.dimensions(), (480, 180));
    let is = |x, y, colour: [u8; 3]| image[(x, y)].0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 30);
    assert!(is(80, 45, red) && is(240, 45, blue));
    assert!(is(170, 45, [0; 3]) && is(80, 135, [0; 3]));
}

#[test]
fn sheets_out_of_range_and_damaged_thumbnails_are_refused() {
    let error = |grid: Grid| webvtt(&grid, 1, 1, |_| String::new()).unwrap_err();
    assert!(matches!(error(Grid { columns: 0, ..GRID }), StoryboardError::Size { width: 0, .. }));
    assert!(matches!(error(Grid { rows: u32::MAX, ..GRID }), StoryboardError::Size { .. }));
    assert!(matches!(webvtt(&GRID, 17_281, 1, |_| String::new()), Err(StoryboardError::TooLong(_))));
    let seven = vec![jpeg(16, 9, [0; 3]); 7];
    assert!(matches!(sheet(&GRID, &seven, 80), Err(StoryboardError::TooMany { given: 7, max: 6 })));
    let error = sheet(&GRID, &[&jpeg(16, 9, [0; 3])[..], b"not a picture"], 80).unwrap_err();
    assert!(matches!(error, StoryboardError::Thumbnail { place: 1, .. }));
}
