//! Previews, and attempts to get more than one.

use super::env::*;
use crate::*;

const A: Option<DeviceCookie> = Some(DeviceCookie([1; 16]));
const B: Option<DeviceCookie> = Some(DeviceCookie([2; 16]));

/// Requests one key of 2 ticks. Returns the ticks left.
fn preview(
    env: &TestEnvironment,
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
    env.paywall.preview(request).map(|previewed| previewed.ticks_left)
}

#[test]
fn preview_ends_after_its_ticks() {
    let env = TestEnvironment::new();
    for (index, left) in [8, 6, 4, 2, 0].into_iter().enumerate() {
        assert_eq!(preview(&env, 0, A, index as u64, NOW), Ok(left));
    }
    assert_eq!(preview(&env, 0, A, 5, NOW), Err(PreviewError::Over { preview_ticks: 10 }));
    assert_eq!(
        preview(&env, 9, A, 5, NOW),
        Err(PreviewError::Over { preview_ticks: 10 }),
        "in another network as well"
    );
    assert_eq!(preview(&env, 0, A, 3, NOW), Ok(0), "keys seen before are free");
    assert_eq!(preview(&env, 0, B, 5, NOW), Ok(8));
    assert_eq!((env.paywall.counts().preview_keys, env.paywall.counts().previews_refused), (7, 2));
}

#[test]
fn preview_starts_again_when_it_is_forgotten() {
    let env = TestEnvironment::new();
    (0..5).for_each(|index| drop(preview(&env, 0, A, index, NOW)));
    assert!(preview(&env, 0, A, 5, NOW + 86_399_999).is_err());
    assert_eq!(preview(&env, 0, A, 5, NOW + 86_400_000), Ok(8));
}

#[test]
fn preview_of_an_unknown_stream_is_refused() {
    let env = TestEnvironment::new();
    env.paywall.stream_gone(STREAM);
    assert_eq!(preview(&env, 0, A, 0, NOW), Err(PreviewError::StreamUnknown { stream: STREAM }));
}

#[test]
fn previews_with_new_cookies_are_limited_by_the_network() {
    let env = TestEnvironment::with_config(|config| config.preview_devices_per_prefix = 3);
    let granted = (0..100u8).filter(|cookie| preview(&env, 0, Some(DeviceCookie([*cookie; 16])), 7, NOW).is_ok());
    assert_eq!(granted.count(), 15, "3 devices x 10 ticks, 2 ticks per key");
    assert_eq!(preview(&env, 0, A, 7, NOW).unwrap(), 0, "the device has seen this key");
    assert_eq!(preview(&env, 0, None, 7, NOW), Err(PreviewError::NetworkOver));
}

#[test]
fn previews_without_a_cookie_are_limited_by_the_network() {
    let env = TestEnvironment::with_config(|config| config.preview_devices_per_prefix = 1);
    let granted = (0..100).filter(|index| preview(&env, 0, None, *index, NOW).is_ok());
    assert_eq!(granted.count(), 5);
}

#[test]
fn previews_of_many_streams_are_limited_by_the_network() {
    let env = TestEnvironment::with_config(|config| config.preview_ticks_per_prefix = 40);
    let mut granted = 0;
    for stream in 10..30 {
        env.paywall.stream(terms(stream));
        let device = Some(DeviceCookie([stream as u8; 16]));
        let request =
            PreviewRequest { stream, wanted: range(0, 5), costs: &[2; 5], prefix: prefix(0), device, now_ms: NOW };
        granted += u32::from(env.paywall.preview(request).is_ok());
    }
    assert_eq!(granted, 4);
}

#[test]
fn filling_the_tables_gains_no_preview() {
    let env = TestEnvironment::with_config(|config| {
        config.max_preview_entries = 4;
        config.preview_devices_per_prefix = 2;
    });
    (0..5).for_each(|index| drop(preview(&env, 0, A, index, NOW)));
    // Other cookies of the same network push the device out of its table; the network stays in its own.
    (10..250u8).for_each(|cookie| drop(preview(&env, 0, Some(DeviceCookie([cookie; 16])), 3, NOW)));
    assert_eq!(preview(&env, 0, A, 90, NOW), Err(PreviewError::NetworkOver));
}
