//! The harness of the gateway's end-to-end tests: real gateways on real nodes, with ffmpeg publishing, and a viewer that
//! is written independently of the command line's and can misbehave.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`stage`] | everything a test needs, started in order and ended with the test |
//! | [`process`], [`node`], [`publisher`] | gateway, node and publisher processes: start, kill, start again |
//! | [`programs`] | where the binaries under test are, and where their logs go |
//! | [`api`], [`raw`] | HTTP as a client sends it, and as no client would |
//! | [`playlist`], [`screen`] | what playlists say; decrypting, decoding and comparing pictures |
//! | [`wallet`], [`player`] | a viewer's money and tickets; watching, and paying for it |
//! | [`players`] | HLS parsers and players that others have written |
//! | [`books`] | what everybody must have in the end, to the planck |
//! | [`root`] | what only the chain's root may do |

pub mod api;
pub mod books;
pub mod node;
pub mod player;
pub mod players;
pub mod playlist;
pub mod process;
pub mod programs;
pub mod publisher;
pub mod raw;
pub mod root;
pub mod screen;
pub mod stage;
pub mod wallet;

pub use vilokanam_tests::{free_port, wait_for};
