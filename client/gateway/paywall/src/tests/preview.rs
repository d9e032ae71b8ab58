//! The first ticks, and no more.

use super::world::*;
use crate::*;

const A: Option<DeviceCookie> = Some(DeviceCookie([1; 16]));
const B: Option<DeviceCookie> = Some(DeviceCookie([2; 16]));

fn preview(
    world: &World,
    network: u8,
    device: Option<DeviceCookie>,
    first: u64,
    now_ms: u64,
) -> Result<u32, PreviewError> {
    let request = PreviewRequest {
        stream: STREAM,
        wanted: range(first, 1),
        costs: &[2],
        prefix: prefix(network),
        device,
        now_ms,
    };
    world.paywall.preview(request).map(|previewed| previewed.ticks_left)
}

#[test]
fn preview_works_until_it_is_over() {
    let world = World::new();
    for (index, left) in [8, 6, 4, 2, 0].into_iter().enumerate() {
        assert_eq!(preview(&world, 0, A, index as u64, NOW), Ok(left));
    }
    assert_eq!(preview(&world, 0, A, 5, NOW), Err(PreviewError::Over { preview_ticks: 10 }));
    assert_eq!(preview(&world, 9, A, 5, NOW), Err(PreviewError::Over { preview_ticks: 10 }), "wherever it goes");
    assert_eq!(preview(&world, 0, A, 3, NOW), Ok(0), "what it has seen it may see again");
    assert_eq!(preview(&world, 0, B, 5, NOW), Ok(8));
    assert_eq!((world.paywall.counts().preview_keys, world.paywall.counts().previews_refused), (7, 2));
}

#[test]
fn preview_begins_anew_when_it_is_forgotten() {
    let world = World::new();
    (0..5).for_each(|index| drop(preview(&world, 0, A, index, NOW)));
    assert!(preview(&world, 0, A, 5, NOW + 86_399_999).is_err());
    assert_eq!(preview(&world, 0, A, 5, NOW + 86_400_000), Ok(8));
}

#[test]
fn preview_of_an_unknown_stream_fails() {
    let world = World::new();
    world.paywall.stream_gone(STREAM);
    assert_eq!(preview(&world, 0, A, 0, NOW), Err(PreviewError::StreamUnknown { stream: STREAM }));
}

#[test]
fn previews_farmed_with_new_cookies_fail() {
    let world = World::with(|config| config.preview_devices_per_prefix = 3);
    let given = (0..100u8).filter(|cookie| preview(&world, 0, Some(DeviceCookie([*cookie; 16])), 7, NOW).is_ok());
    assert_eq!(given.count(), 15, "3 devices x 10 ticks, 2 a key");
    assert_eq!(preview(&world, 0, A, 7, NOW).unwrap(), 0, "a device's own keys stay its own");
    assert_eq!(preview(&world, 0, None, 7, NOW), Err(PreviewError::NetworkOver));
}

#[test]
fn previews_farmed_without_a_cookie_fail() {
    let world = World::with(|config| config.preview_devices_per_prefix = 1);
    let given = (0..100).filter(|index| preview(&world, 0, None, *index, NOW).is_ok());
    assert_eq!(given.count(), 5);
}

#[test]
fn previews_farmed_over_all_streams_fail() {
    let world = World::with(|config| config.preview_ticks_per_prefix = 40);
    let mut given = 0;
    for stream in 10..30 {
        world.paywall.stream(terms(stream));
        let device = Some(DeviceCookie([stream as u8; 16]));
        let request =
            PreviewRequest { stream, wanted: range(0, 5), costs: &[2; 5], prefix: prefix(0), device, now_ms: NOW };
        given += u32::from(world.paywall.preview(request).is_ok());
    }
    assert_eq!(given, 4);
}

#[test]
fn previews_farmed_by_filling_the_table_fail() {
    let world = World::with(|config| {
        config.max_preview_entries = 4;
        config.preview_devices_per_prefix = 2;
    });
    (0..5).for_each(|index| drop(preview(&world, 0, A, index, NOW)));
    // New cookies of the same network push the device out, yet the network's own count stays.
    (10..250u8).for_each(|cookie| drop(preview(&world, 0, Some(DeviceCookie([cookie; 16])), 3, NOW)));
    assert_eq!(preview(&world, 0, A, 90, NOW), Err(PreviewError::NetworkOver));
}
