//! Vectors of nonce windows.

use crate::files::check;
use serde::Serialize;
use tick_stream_primitives::NonceWindow;

#[derive(Serialize)]
struct NonceWindows {
    about: &'static str,
    starts: Vec<StartCase>,
    takes: Vec<TakeCase>,
    key_starts: Vec<KeyStartCase>,
    key_takes: Vec<TakeCase>,
}

#[derive(Serialize)]
struct StartCase {
    block: u32,
    last: String,
    used: String,
    next: String,
}

#[derive(Serialize)]
struct KeyStartCase {
    block: u32,
    floor: String,
    last: String,
    used: String,
    next: String,
}

#[derive(Serialize)]
struct TakeCase {
    nonce: String,
    result: &'static str,
    last: String,
    used: String,
}

/// Tries nonces one after the other, each given by its distance from the window's first.
fn takes(mut window: NonceWindow, attempts: &[(i64, &str)]) -> Vec<TakeCase> {
    let first = window.next();
    let mut take = |(offset, expected): &(i64, &str)| {
        let nonce = first.wrapping_add_signed(*offset);
        let result = window.take(nonce).map_or_else(|error| error.name(), |()| "Ok");
        assert_eq!(result, *expected, "first nonce {offset:+}");
        TakeCase { nonce: nonce.to_string(), result, last: window.last.to_string(), used: window.used.to_string() }
    };
    attempts.iter().map(&mut take).collect()
}

fn key_start(block: u32, floor: u64) -> KeyStartCase {
    let window = NonceWindow::starting_above(floor, block);
    KeyStartCase {
        block,
        floor: floor.to_string(),
        last: window.last.to_string(),
        used: window.used.to_string(),
        next: window.next().to_string(),
    }
}

#[test]
fn nonce_windows_match_the_vectors() {
    let start = |block: u32| {
        let window = NonceWindow::starting_at(block);
        StartCase {
            block,
            last: window.last.to_string(),
            used: window.used.to_string(),
            next: window.next().to_string(),
        }
    };
    let attempts = [
        (-1, "NonceUsed"),    // the window's start
        (0, "Ok"),            // the first
        (0, "NonceUsed"),     // again
        (2, "Ok"),            // ahead, leaving a gap
        (1, "Ok"),            // late
        (1, "NonceUsed"),     // late, again
        (67, "NonceTooHigh"), // 65 ahead
        (66, "Ok"),           // 64 ahead
        (3, "Ok"),            // 63 behind
        (3, "NonceUsed"),     // 63 behind, again
        (2, "NonceTooOld"),   // 64 behind
        (67, "Ok"),           // the next
        (3, "NonceTooOld"),   // 64 behind by now
    ];
    let key_attempts = [
        (-1, "NonceUsed"),    // the window's start
        (-2, "NonceUsed"),    // below it, as if used
        (-64, "NonceUsed"),   // the lowest that the window covers
        (-65, "NonceTooOld"), // below the window
        (64, "NonceTooHigh"), // 65 ahead
        (0, "Ok"),            // the first
        (63, "Ok"),           // 63 ahead
        (0, "NonceUsed"),     // the first, again
        (-1, "NonceTooOld"),  // the window's start, 64 behind by now
    ];
    let vectors = NonceWindows {
        about: "starts: the window of a deposit made in a block: last = block x 2^32, used = 1, the first nonce is last + 1. \
                takes: nonces tried one after the other on the window of block 1000; last and used are those after the \
                try. Bit i of used stands for nonce last - i. key_starts: the window of a session key added in a block: \
                last = max(floor, block x 2^32), used = 2^64 - 1, so that all lower nonces count as used; floor is the \
                highest nonce that a removed key of the deposit has used. key_takes: the same as takes, on the window of \
                a key added in block 1000 with floor 0.",
        starts: [0, 1, 1_000, 0x8000_0000, u32::MAX].map(start).into(),
        takes: takes(NonceWindow::starting_at(1_000), &attempts),
        key_starts: vec![
            key_start(0, 0),
            key_start(1_000, 0),
            key_start(1_000, (1_000 << 32) + 7),
            key_start(1_000, (999 << 32) + 7),
            key_start(u32::MAX, 0),
        ],
        key_takes: takes(NonceWindow::starting_above(0, 1_000), &key_attempts),
    };
    check("nonce_window.json", &vectors);
}
