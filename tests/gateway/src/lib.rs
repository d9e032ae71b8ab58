//! Support library of the gateway's end-to-end tests: gateways and nodes, ffmpeg as publisher, and a viewer.
//!
//! The viewer is not `vilokanam-viewer`, which the command line uses, for two reasons. It can break the rules, as
//! attackers do: it reveals any tick, shows any token and asks for any key. And the gateway is compared with it: it
//! reads playlists more strictly, decrypts segments and adds up costs with code of its own, so that an error which
//! gateway and `vilokanam-viewer` have in common is found. Both only share the wire format and the signing of tickets.
//! `vilokanam-viewer` itself is tested as a part of `vilokanam dev`.
//!
//! | module | contents |
//! | --- | --- |
//! | [`environment`] | everything a test needs, started in order and ended with the test |
//! | [`gateway`], [`publisher`] | gateway processes; publisher processes and the creator's command line |
//! | [`api`], [`raw_http`] | HTTP as clients send it, and as no client would |
//! | [`playlist`], [`video`] | reading playlists; decrypting, decoding and comparing pictures |
//! | [`wallet`], [`session`], [`player`] | deposits and tickets; revealing ticks; watching |
//! | [`third_party`] | HLS parsers and players by other authors |
//! | [`ledger`] | what every account must have, to the planck |

pub mod api;
pub mod environment;
pub mod gateway;
pub mod ledger;
pub mod player;
pub mod playlist;
pub mod publisher;
pub mod raw_http;
pub mod session;
pub mod signed;
pub mod third_party;
pub mod video;
pub mod wallet;
