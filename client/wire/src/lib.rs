//! The HTTP and WebSocket interface of the gateway: JSON bodies, headers and errors, for the gateway and its clients.
//!
//! | module | contents |
//! | --- | --- |
//! | [`scalars`] | amounts, accounts, ids: how they are written in JSON |
//! | [`payment`] | the `Payment` scheme of the `Authorization` and `WWW-Authenticate` headers |
//! | [`headers`] | names of the gateway's own headers |
//! | [`sessions`] | sessions, ticks and keys, over HTTP and WebSocket |
//! | [`bought`] | keys that a viewer has bought in earlier sessions |
//! | [`settings`] | what the creator of a stream sets at a gateway |
//! | [`streams`] | streams, recordings, live counts |
//! | [`moderation`] | reports, decisions, appeals, and the record of them |
//! | [`admin`] | administration of a gateway |
//! | [`auth`] | signing in, and who is signed in |
//! | [`search`] | search over streams, recordings and people |
//! | [`spending`] | a person's spending, tips and receipts, statements of creators |
//! | [`money`] | session records, receipts, earnings, audience |
//! | [`notices`] | notices, push subscriptions, mail addresses |
//! | [`creator`] | publish keys, the health of the incoming stream |
//! | [`quality`] | playback as viewers experience it |
//! | [`people`] | profiles, follows, schedules, likes, comments, watch history, leaderboards |
//! | [`recording_ref`] | how recordings are named |
//! | [`source`] | sources that a gateway pulls |
//! | [`gateway`] | the gateway's terms, its chain, its readiness |
//! | [`uploads`] | uploads, jobs, clips, images |
//! | [`chat`] | messages of chats, over WebSocket and HTTP |
//! | [`codes`] | codes of problems |
//! | [`problem`] | errors, after RFC 9457 |
//!
//! Numbers that can exceed 2^53 are decimal strings, times RFC 3339 in UTC, bytes hex with `0x`, accounts SS58 with prefix
//! 42, amounts planck (10^-12 VLK), ticks seconds. Unknown fields are ignored, so that either side may be newer.

#![deny(missing_docs)]

pub mod admin;
pub mod auth;
pub mod bought;
pub mod chat;
pub mod codes;
pub mod creator;
pub mod gateway;
pub mod headers;
pub mod moderation;
pub mod money;
pub mod notices;
pub mod payment;
pub mod people;
pub mod problem;
pub mod quality;
pub mod recording_ref;
pub mod scalars;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod source;
pub mod spending;
pub mod streams;
pub mod uploads;

pub use problem::Problem;
pub use recording_ref::RecordingRef;
pub use scalars::{Account, Planck, SessionRef, StreamRef};
