//! A stream at an address of this machine, which any player of HLS can play: mpv, VLC, streamlink, a browser.
//!
//! ```text
//!   player ---- playlists, media --> local server ---- the same --> gateway
//!          ---- keys ------------->  KeyBuyer     ---- payments -->
//! ```
//!
//! Playlists are those of the gateway, with local addresses; media is passed on as it is, and the player decrypts it. A key
//! is paid for when a player asks for it: whichever rendition is played, and whether it is live or a recording, what is
//! not played is not paid. A player that fills a long buffer is slowed down to real time, because what it fetches is paid.
//!
//! The paths begin with a secret. Who knows it can watch at the viewer's expense, within the budget and the limits of the
//! session key.

mod addresses;
mod event;
mod pace;
mod player_keys;
mod rewrite;

pub use event::ServerEvent;
pub use player_keys::Spending;

use crate::{
    gateway::{GatewayClient, GatewayError},
    key_buyer::KeyBuyer,
    playlist::PlaylistError,
};
use addresses::Addresses;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{header, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    Router,
};
use player_keys::{NoKey, PlayerKeys};
use serde::Deserialize;
use std::{fmt::Write as _, io, net::SocketAddr, sync::Arc, time::Duration};
use tick_stream_primitives::StreamId;
use tokio::{net::TcpListener, time::Instant};
use url::Url;
use vilokanam_wire::{streams::StreamView, RecordingRef, StreamRef};

/// Maximum size of a playlist in bytes: that of a recording of a day.
const MAX_PLAYLIST_BYTES: usize = 32 << 20;
/// Length of media that a broadcast's playlist lists before a player that asks for no parts gets it. VLC 3 begins a few segments
/// before the end, and takes the end of a shorter list for the end of the broadcast.
const LISTED_AT_LEAST: Duration = Duration::from_secs(12);
/// Longest wait for it: a broadcast whose publisher is away grows no further.
const WAIT_AT_MOST: Duration = Duration::from_secs(12);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Maximum number of recordings in the list.
const MAX_RECORDINGS: usize = 1_000;
const PLAYLIST_TYPE: &str = "application/vnd.apple.mpegurl";
/// Headers of a request for media that the gateway receives, and headers of its answer that the player receives.
static PASSED_ON: [HeaderName; 3] = [header::RANGE, header::IF_RANGE, header::IF_NONE_MATCH];
static PASSED_BACK: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ACCEPT_RANGES,
    header::ETAG,
    header::CACHE_CONTROL,
];

/// What is read of a recording for the list. Gateways before version 2 say no more of it.
#[derive(Deserialize)]
struct Listed {
    number: u64,
    #[serde(default)]
    title: String,
    started_at: String,
    duration_s: u64,
}

/// What a local server can play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// What is on air, from now on.
    Live,
    /// What is on air, from as far back as its creator allows.
    LiveFromTheBeginning,
    /// A recording.
    Recording(RecordingRef),
    /// A list of everything that there is to play.
    List,
}

/// A local server of one stream.
pub struct LocalServer {
    listener: TcpListener,
    shared: Arc<Shared>,
}

struct Shared {
    gateway: GatewayClient,
    stream: StreamId,
    addresses: Addresses,
    keys: Arc<PlayerKeys>,
    observer: player_keys::Observer,
}

impl LocalServer {
    /// Listens at `address`. The server answers while [`Self::serve`] runs. `observer` is called with each event.
    ///
    /// # Errors
    ///
    /// The address cannot be listened at.
    pub async fn bind(
        address: SocketAddr,
        gateway: GatewayClient,
        stream: StreamId,
        buyer: KeyBuyer,
        observer: impl Fn(ServerEvent) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let secret = hex::encode(rand::random::<[u8; 16]>());
        let addresses = Addresses::new(gateway.address(), format!("v1/streams/{}/", StreamRef(stream)), secret);
        let observer: player_keys::Observer = Arc::new(observer);
        let keys = PlayerKeys::new(buyer, observer.clone());
        let shared = Arc::new(Shared { gateway, stream, addresses, keys, observer });
        Ok(Self { listener: TcpListener::bind(address).await?, shared })
    }

    /// Returns the address for players.
    ///
    /// # Errors
    ///
    /// The system does not know the socket's address.
    pub fn address(&self, shown: Shown) -> io::Result<String> {
        let name = match shown {
            Shown::Live => "live.m3u8".to_owned(),
            Shown::LiveFromTheBeginning => "dvr.m3u8".to_owned(),
            Shown::Recording(named) => format!("recordings/{named}.m3u8"),
            Shown::List => "list.m3u".to_owned(),
        };
        Ok(format!("http://{}{}", self.listener.local_addr()?, self.shared.addresses.page(&name)))
    }

    /// Serves until there is an error. The future may be dropped at any moment; [`LocalExit::leave`] still closes the session.
    ///
    /// # Errors
    ///
    /// No connection can be accepted any more.
    pub async fn serve(self) -> io::Result<()> {
        axum::serve(self.listener, router(self.shared)).await
    }

    /// Returns what leaves the session after [`Self::serve`].
    pub fn exit(&self) -> LocalExit {
        LocalExit(self.shared.keys.clone())
    }
}

/// The end of a local server.
pub struct LocalExit(Arc<PlayerKeys>);

impl LocalExit {
    /// Leaves the session. Players get no more keys.
    pub async fn leave(self) -> Spending {
        self.0.close().await
    }
}

/// Reason why a player is refused.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is nothing at this address")]
    NotFound,
    #[error("stream {0} is not live here")]
    NotLive(StreamRef),
    #[error("viewers cannot go back in stream {0}: its creator has not allowed it, or nothing has been recorded yet")]
    NoWayBack(StreamRef),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Playlist(#[from] PlaylistError),
    #[error(transparent)]
    NoKey(#[from] NoKey),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        let of_gateway = |error: &GatewayError| {
            let status = error.status().and_then(|status| StatusCode::from_u16(status).ok());
            status.unwrap_or(StatusCode::BAD_GATEWAY)
        };
        match self {
            Self::NotFound | Self::NotLive(_) | Self::NoWayBack(_) | Self::NoKey(NoKey::Unknown) => {
                StatusCode::NOT_FOUND
            }
            Self::Gateway(error) => of_gateway(error),
            Self::Playlist(_) => StatusCode::BAD_GATEWAY,
            Self::NoKey(NoKey::Closed | NoKey::Interrupted) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoKey(NoKey::BudgetSpent | NoKey::Buy(_)) => StatusCode::PAYMENT_REQUIRED,
        }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let answer = match parts.method {
        Method::GET | Method::HEAD => shared.get(&parts.uri, &parts.headers, parts.method == Method::HEAD).await,
        // Pages of other origins ask first whether they may send a range.
        Method::OPTIONS => Ok(StatusCode::NO_CONTENT.into_response()),
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    };
    let mut response = answer.unwrap_or_else(|refusal| shared.refuse(&refusal));
    // The secret in the path is what protects the viewer, so that players in pages may read the answers.
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "range"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Shared {
    fn refuse(&self, refusal: &Refusal) -> Response {
        if !matches!(refusal, Refusal::NotFound) {
            (self.observer)(ServerEvent::Refused(refusal.to_string()));
        }
        (refusal.status(), [(header::CACHE_CONTROL, "no-store")], format!("{refusal}\n")).into_response()
    }

    async fn get(&self, uri: &Uri, headers: &HeaderMap, is_head: bool) -> Result<Response, Refusal> {
        let name = self.addresses.without_secret(uri.path()).ok_or(Refusal::NotFound)?;
        match name {
            "" | "list.m3u" => return self.list().await,
            "live.m3u8" => return self.playlist(&self.live(false).await?).await,
            "dvr.m3u8" => return self.playlist(&self.live(true).await?).await,
            _ => {}
        }
        let recording = name.strip_prefix("recordings/").and_then(|name| name.strip_suffix(".m3u8")?.parse().ok());
        if let Some(named) = recording {
            return self.playlist(&self.recording(&named).await?).await;
        }
        let path = uri.path_and_query().map_or(uri.path(), |whole| whole.as_str());
        let address = self.addresses.remote(path).ok_or(Refusal::NotFound)?;
        if address.path().ends_with(".m3u8") {
            return self.playlist(&address).await;
        }
        match rewrite::key_index(&address) {
            // A request for the head of a key buys nothing.
            Some(_) if is_head => Ok(key_response(Vec::new())),
            Some(index) => Ok(key_response(self.keys.key(index, address).await?.to_vec())),
            None => self.media(address, headers, is_head).await,
        }
    }

    /// The multivariant playlist of what is on air, or of all of it since its beginning.
    async fn live(&self, from_the_beginning: bool) -> Result<Url, Refusal> {
        let path = format!("/v1/streams/{}", StreamRef(self.stream));
        let view: StreamView = self.gateway.get(&path, &[]).await?;
        Ok(self.gateway.url(&playlist_of(view, from_the_beginning)?)?)
    }

    async fn recording(&self, named: &RecordingRef) -> Result<Url, Refusal> {
        Ok(self.gateway.recording_playlist(StreamRef(self.stream), named).await?)
    }

    /// A list of what there is to play, as players read it.
    async fn list(&self) -> Result<Response, Refusal> {
        let stream = StreamRef(self.stream);
        let view: StreamView = self.gateway.get(&format!("/v1/streams/{stream}"), &[]).await?;
        let path = format!("/v1/streams/{stream}/recordings");
        let recordings: Vec<Listed> = self.gateway.list(&path, &[], MAX_RECORDINGS).await?;
        let title = one_line(&view.metadata.title);
        let mut text = "#EXTM3U\n".to_owned();
        if view.is_live_here {
            _ = writeln!(text, "#EXTINF:-1,{title}\n{}", self.addresses.page("live.m3u8"));
        }
        for Listed { number, title: own, started_at, duration_s } in recordings {
            let page = self.addresses.page(&format!("recordings/{number}.m3u8"));
            let own = one_line(&own);
            let shown = if own.trim().is_empty() { &title } else { &own };
            _ = writeln!(text, "#EXTINF:{duration_s},{shown} ({})\n{page}", one_line(&started_at));
        }
        Ok(text_response("audio/x-mpegurl", text))
    }

    async fn playlist(&self, address: &Url) -> Result<Response, Refusal> {
        let deadline = Instant::now() + WAIT_AT_MOST;
        let mut text = self.playlist_text(address).await?;
        // With a query, the player waits for a part and knows how to begin near the end.
        while address.query().is_none()
            && rewrite::listed_so_far(&text).is_some_and(|listed| listed < LISTED_AT_LEAST)
            && Instant::now() < deadline
        {
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
            text = self.playlist_text(address).await?;
        }
        let rewritten = rewrite::rewrite(&text, address, &self.addresses)?;
        self.keys.note_costs(rewritten.costs);
        Ok(text_response(PLAYLIST_TYPE, rewritten.text))
    }

    async fn playlist_text(&self, address: &Url) -> Result<String, Refusal> {
        let bytes = self.gateway.fetch(address, MAX_PLAYLIST_BYTES).await?;
        Ok(String::from_utf8(bytes).map_err(|_| PlaylistError::Malformed(address.clone()))?)
    }

    async fn media(&self, address: Url, headers: &HeaderMap, is_head: bool) -> Result<Response, Refusal> {
        let method = if is_head { Method::HEAD } else { Method::GET };
        let mut request = self.gateway.request(method, address);
        for name in &PASSED_ON {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.map_err(|error| self.gateway.unreachable(&error))?;
        let status = answer.status();
        if status.is_client_error() || status.is_server_error() {
            return Err(self.gateway.refusal(answer).await.into());
        }
        let passed = PASSED_BACK.iter().filter_map(|name| Some((name.clone(), answer.headers().get(name)?.clone())));
        let passed: HeaderMap = passed.collect();
        let body = if is_head { Body::empty() } else { Body::from_stream(answer.bytes_stream()) };
        Ok((status, passed, body).into_response())
    }
}

/// Returns the path of the multivariant playlist of a stream on air: from now on, or from its beginning. Playlists from the
/// beginning have a folder of their own, which the addresses in them are relative to.
fn playlist_of(view: StreamView, from_the_beginning: bool) -> Result<String, Refusal> {
    let StreamView { stream, is_live_here, playlist, dvr_playlist, .. } = view;
    let playlist = playlist.filter(|_| is_live_here).ok_or(Refusal::NotLive(stream))?;
    match from_the_beginning {
        true => dvr_playlist.ok_or(Refusal::NoWayBack(stream)),
        false => Ok(playlist),
    }
}

fn key_response(key: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")], key).into_response()
}

fn text_response(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// A text that cannot begin another line of a list.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_cannot_add_lines_to_a_list() {
        assert_eq!(one_line("A\r\nhttp://evil/\u{7}"), "A  http://evil/ ");
    }

    fn view(dvr_playlist: Option<&str>, is_live_here: bool) -> StreamView {
        let creator = vilokanam_wire::Account([1; 32].into()).to_string();
        let view = serde_json::json!({
            "stream": "7", "creator": creator, "metadata": {}, "status": "live", "is_live_here": is_live_here,
            "price_per_tick": "1", "preview_ticks": 0, "gateway_share_ppm": 0, "splits": [], "viewers": 0, "total_ticks": 0,
            "total_paid": "0", "total_tipped": "0", "playlist": "/v1/streams/7/hls/master.m3u8", "dvr_playlist": dvr_playlist
        });
        serde_json::from_value(view).unwrap()
    }

    #[test]
    fn playlist_from_the_beginning_is_the_one_in_its_own_folder() {
        let dvr = "/v1/streams/7/hls/dvr/master.m3u8";
        assert_eq!(playlist_of(view(Some(dvr), true), true).unwrap(), dvr);
        assert_eq!(playlist_of(view(Some(dvr), true), false).unwrap(), "/v1/streams/7/hls/master.m3u8");
        assert!(matches!(playlist_of(view(None, true), true), Err(Refusal::NoWayBack(StreamRef(7)))));
        assert!(matches!(playlist_of(view(Some(dvr), false), true), Err(Refusal::NotLive(StreamRef(7)))));
    }

    #[test]
    fn recordings_of_older_gateways_can_be_listed() {
        let listed: Listed = serde_json::from_str(
            r#"{"number":3,"started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T01:00:00Z","duration_s":3600,"playlist":"/p","storyboard":"/s"}"#,
        )
        .unwrap();
        assert_eq!((listed.number, listed.title.as_str(), listed.duration_s), (3, "", 3_600));
    }

    #[test]
    fn refusals_have_the_status_that_players_understand() {
        assert_eq!(Refusal::NoKey(NoKey::BudgetSpent).status(), StatusCode::PAYMENT_REQUIRED);
        assert_eq!(Refusal::NoKey(NoKey::Unknown).status(), StatusCode::NOT_FOUND);
        let unreachable = GatewayError::Unreachable { gateway: "http://h/".parse().unwrap(), reason: "refused".into() };
        assert_eq!(Refusal::Gateway(unreachable).status(), StatusCode::BAD_GATEWAY);
    }
}
