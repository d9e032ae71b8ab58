//! Client library for paying viewers of Vilokanam: it finds a stream, opens a session, reveals a tick for each second and
//! decrypts what it has paid for.
//!
//! A viewer has a deposit on chain, and a *session key* on each device, which its wallet has authorised to spend from the
//! deposit within limits. With the session key it signs a *ticket*, which opens a *session* at a gateway. The ticket commits to a hash chain; each further element of
//! the chain is worth one tick, the price of one second. The gateway gives the key of a segment once the ticks of that
//! segment are revealed.
//!
//! | module | contents |
//! | --- | --- |
//! | [`gateway`] | client of a gateway's HTTP API |
//! | [`playlist`] | renditions, segments, keys and their costs |
//! | [`session_opener`], [`terms`] | tickets: how large a session may be, and how it is opened |
//! | [`session_payer`] | paying side of one session: which ticks are revealed |
//! | [`session_store`], [`files`] | open sessions on disk, to be resumed |
//! | [`bought`] | keys that were bought before, and downloads |
//! | [`key_provider`] | keys of segments, free or paid |
//! | [`key_buyer`] | sessions and keys for as long as a viewer watches, within a budget |
//! | [`local_server`] | the stream at an address of this machine, for any player |
//! | [`crypt`] | decryption |
//! | [`playback`], [`recording`] | all of the above in a loop, into one output |
//! | [`gift`] | links that let somebody else watch at the viewer's expense |
//! | [`amount`] | amounts of VLK, exact |
//!
//! # A session on the viewer's side
//!
//! ```text
//!               ticket accepted          in a block       in a final block
//!   no session ----------------> offered ---------> included ---------> finalized
//!       ^                           |                  |                    |
//!       |                           +------------------+--------------------+      keys can be bought in these phases
//!       |                                              |
//!       |            +---------------------------------+------------------------------+
//!       |   all ticks revealed          left by the viewer, or closed       the chain has another
//!       |            |                  by gateway or wallet                session with this nonce
//!       |            |                                 v                              v
//!       |            |                       closing -----> closed                rejected
//!       |            |                                 |                              |
//!       +------------+---------------------------------+------------------------------+
//!             a viewer that goes on watching opens another session (`Reaction::Reopen`)
//! ```
//!
//! If the process ends in between, [`SessionOpener::resume`](session_opener::SessionOpener::resume) continues the saved
//! session, unless it is closing, closed or rejected.
//!
//! # Safety of the viewer
//!
//! - To get a key, no more ticks are revealed than the key costs, and one more for rounding
//!   ([`SessionPayer`](session_payer::SessionPayer)). A gateway that takes them and gives nothing gains one segment.
//! - Revealed ticks are saved before they leave the process, and a session is used by one process at a time
//!   ([`SessionStore`](session_store::SessionStore)).
//! - Payments are sent to the server of the playlist and to no other ([`playlist::media`]).
//!
//! # Example
//!
//! Watches a minute of a stream, pays for it and writes it to a file:
//!
//! ```no_run
//! use std::time::Duration;
//! use vilokanam_chain::{Chain, Signer};
//! use vilokanam_viewer::{
//!     gateway::GatewayClient,
//!     playback::{find_rendition, Playback, PlaybackOptions},
//!     playlist::Quality,
//!     session_opener::{SessionOpener, ViewerAccount},
//! };
//! use vilokanam_wire::streams::StreamView;
//!
//! # async fn watch() -> Result<(), Box<dyn std::error::Error>> {
//! let chain = Chain::connect("ws://127.0.0.1:9944").await?;
//! let gateway = GatewayClient::new(&"http://127.0.0.1:8080".parse()?)?;
//! let viewer = ViewerAccount {
//!     account: Signer::from_uri("//Alice")?.account(),
//!     session_key: Signer::from_seed([7; 32])?, // one of the keys of Alice's deposit
//!     max_price: Some(2_000_000_000),
//! };
//!
//! let stream: StreamView = gateway.get("/v1/streams/0", &[]).await?;
//! let master = gateway.url(&stream.playlist.ok_or("the stream is not live")?)?;
//! let rendition = find_rendition(&gateway, &master, &Quality::Best).await?;
//! let opener = SessionOpener::new(chain, gateway.clone(), viewer, 0, "sessions".into()).await?;
//! let options = PlaybackOptions {
//!     master,
//!     quality: Quality::Best,
//!     length: Some(Duration::from_secs(60)),
//!     budget: None,
//!     session_ticks: 3_600,
//!     takes_preview: false,
//!     from_start: false,
//! };
//! let output = tokio::fs::File::create("minute.mp4").await?;
//! let mut playback = Playback::new(gateway, opener, options, rendition, output, |event| println!("{event:?}"));
//! let ending = playback.play().await;
//! playback.leave().await;
//! println!("{:?}: {} planck for {:?}", ending?, playback.spent(), playback.seen());
//! # Ok(())
//! # }
//! ```

#![deny(missing_docs)]

mod access;
pub mod amount;
pub mod bought;
pub mod crypt;
pub mod files;
pub mod gateway;
pub mod gift;
pub mod key_buyer;
pub mod key_provider;
pub mod local_server;
pub mod playback;
pub mod playlist;
pub mod recording;
pub mod session_opener;
pub mod session_payer;
pub mod session_store;
mod sign_in;
pub mod terms;
