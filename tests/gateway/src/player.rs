//! Watching: reads playlists, pays for keys, and decrypts segments.

use crate::{
    api::{ApiClient, Response},
    playlist::{self, Playlist, Segment},
    session::ViewerSession,
    video,
    wallet::{TicketTerms, Wallet},
};
use anyhow::{ensure, Context, Result};
use reqwest::header::{AUTHORIZATION, CACHE_CONTROL};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::time::{sleep, Instant};
use vilokanam_tests::wait_for;
use vilokanam_wire::{
    headers::{CHARGED_TICKS, REVEALED_TICKS, TOKEN},
    sessions::{SessionPhase, SessionView},
    Problem,
};

/// Maximum time that a player waits: for a session to be opened, for a segment, or for a gateway that is being
/// restarted.
const WAIT_SECONDS: u64 = 90;
const RETRY_PAUSE: Duration = Duration::from_millis(150);

/// A segment whose key was bought.
#[derive(Clone, Debug)]
pub struct BoughtSegment {
    /// Segment.
    pub segment: Segment,
    /// Key of the segment.
    pub key: [u8; 16],
    /// Highest revealed tick, as the gateway reported it with the key.
    pub revealed_ticks: u32,
    /// Ticks of all keys, as the gateway reported it with the key.
    pub charged_ticks: u32,
}

/// A player of one rendition of a stream.
pub struct Player {
    api: ApiClient,
    stream: StreamId,
    /// Name of the rendition, such as `240p`.
    pub rendition: String,
    /// Session that pays, if there is one.
    pub session: Option<ViewerSession>,
    /// Segments whose keys were bought, in order.
    pub bought: Vec<BoughtSegment>,
}

/// Repeats a request that fails because of a restarted gateway or something else that passes.
struct Retry(Instant);

impl Retry {
    fn new() -> Self {
        Self(Instant::now() + Duration::from_secs(WAIT_SECONDS))
    }

    /// Pauses if the request may be sent again: there was no answer, or a refusal that passes by itself.
    ///
    /// # Errors
    ///
    /// When the refusal is final, or the time is over.
    async fn pause(&self, failed: Result<Response>, passes: impl Fn(&Problem) -> bool) -> Result<()> {
        let is_over = Instant::now() >= self.0;
        match failed {
            Ok(response) => {
                let problem = response.problem()?;
                ensure!(passes(&problem) && !is_over, "refused: {problem:?}");
            }
            Err(error) if is_over => return Err(error.context("the gateway does not answer")),
            Err(_) => {}
        }
        sleep(RETRY_PAUSE).await;
        Ok(())
    }
}

/// Offers the ticket of a session until the gateway accepts it. An earlier ticket of the same viewer may wait for its
/// opening, and the gateway may just be restarted.
pub async fn offer(api: &ApiClient, session: &ViewerSession) -> Result<SessionView> {
    let retry = Retry::new();
    loop {
        match api.post("/v1/sessions", &session.offer(), &[]).await {
            Ok(response) if response.status < 400 => return response.json(),
            failed => {
                let passes = |problem: &Problem| problem.status == 503 || problem.code == "ticket-pending";
                retry.pause(failed, passes).await.context("the ticket is not accepted")?;
            }
        }
    }
}

impl Player {
    /// Creates a player without a session.
    pub fn new(api: &ApiClient, stream: StreamId, rendition: &str) -> Self {
        Self { api: api.clone(), stream, rendition: rendition.into(), session: None, bought: Vec::new() }
    }

    /// Signs a ticket, offers it, and uses its session from now on.
    pub async fn open_session(&mut self, wallet: &mut Wallet, terms: &TicketTerms) -> Result<SessionView> {
        let session = wallet.ticket(terms).await?;
        let view = offer(&self.api, &session).await?;
        ensure!(view.session.0 == session.id && view.max_ticks == terms.max_ticks, "a different session: {view:?}");
        self.session = Some(session);
        Ok(view)
    }

    /// Returns the session. Fails if there is none.
    pub fn session(&mut self) -> Result<&mut ViewerSession> {
        self.session.as_mut().context("the player has no session")
    }

    /// Returns the session as the gateway shows it.
    pub async fn session_view(&self) -> Result<SessionView> {
        let path = self.session.as_ref().context("the player has no session")?.path();
        self.api.get(&path).await?.json()
    }

    /// Waits until the opening of the session is finalized. From then on, no tick is on credit.
    pub async fn wait_until_finalized(&self) -> Result<()> {
        wait_for("the opening to be finalized", WAIT_SECONDS, || async {
            let view = self.session_view().await?;
            ensure!(view.phase == SessionPhase::Finalized, "{view:?}");
            Ok(Some(()))
        })
        .await
    }

    /// Returns the path of the rendition's playlist.
    pub fn playlist_path(&self) -> String {
        format!("/v1/streams/{}/hls/{}.m3u8", self.stream, self.rendition)
    }

    /// Returns the current playlist of the rendition.
    pub async fn playlist(&self) -> Result<Playlist> {
        let path = self.playlist_path();
        let response = self.api.get(&path).await?.success()?;
        playlist::media(&response.body, &self.api.url(&path)?)
    }

    /// Returns the first encrypted segment for which `is_wanted`, as soon as the playlist contains it.
    pub async fn find(&self, is_wanted: impl Fn(&Segment) -> bool) -> Result<Segment> {
        wait_for("a segment", WAIT_SECONDS, || async {
            // A gateway that is being started has no playlist yet.
            let segments = self.playlist().await?.segments;
            let is_complete = |segment: &&Segment| segment.key.is_some() && !segment.is_gap;
            let found = segments.iter().filter(is_complete).find(|segment| is_wanted(segment));
            Ok(Some(found.with_context(|| format!("the playlist contains only {segments:?}"))?.clone()))
        })
        .await
    }

    /// Returns the first encrypted segment of the playlist, as soon as there is one.
    pub async fn first_segment(&self) -> Result<Segment> {
        self.find(|_| true).await
    }

    /// Returns the segment after the one that was bought last, or one of the newest if none was.
    pub async fn next_segment(&self) -> Result<Segment> {
        let after = match self.bought.last() {
            Some(last) => last.segment.index,
            None => {
                let playlist = self.playlist().await?;
                playlist.segments.iter().rev().nth(1).map_or(0, |segment| segment.index.saturating_sub(1))
            }
        };
        self.find(|segment| segment.index > after).await
    }

    /// Requests a key with an `Authorization`, or without any.
    pub async fn request_key(&self, segment: &Segment, authorization: Option<&str>) -> Result<Response> {
        let key = segment.key.as_ref().context("the segment is not encrypted")?;
        let headers: Vec<_> = authorization.map(|value| (AUTHORIZATION.as_str(), value)).into_iter().collect();
        self.api.get_url(&key.url, &headers).await
    }

    /// Buys a key, and waits if that helps. Reveals no more ticks than the key costs.
    pub async fn buy(&mut self, segment: &Segment) -> Result<BoughtSegment> {
        let retry = Retry::new();
        let session = self.session()?;
        let ticks = session.revealed_ticks.max(session.charged_ticks + segment.cost_ticks);
        let authorization = session.reveal(ticks)?;
        loop {
            match self.request_key(segment, Some(&authorization)).await {
                Ok(response) if response.status == 200 => return self.accept_key(segment, &response),
                failed => {
                    let passes = |problem: &Problem| {
                        matches!(problem.code.as_str(), "credit-used-up" | "too-fast" | "unavailable")
                    };
                    let paused = retry.pause(failed, passes).await;
                    paused.with_context(|| format!("the key of segment {} cannot be bought", segment.index))?;
                }
            }
        }
    }

    /// Reads a key and the state of the session from an answer.
    pub fn accept_key(&mut self, segment: &Segment, response: &Response) -> Result<BoughtSegment> {
        let number = |name: &str| -> Result<u32> {
            Ok(response.header(name).with_context(|| format!("the answer has no {name}"))?.parse()?)
        };
        let key = response.body.as_slice().try_into().context("a key should have 16 bytes")?;
        let (revealed_ticks, charged_ticks) = (number(REVEALED_TICKS)?, number(CHARGED_TICKS)?);
        let caching = response.header(CACHE_CONTROL.as_str());
        ensure!(caching == Some("private, no-store"), "a key must not be cached: {caching:?}");
        let token = response.header(TOKEN).map(str::to_owned);
        let session = self.session()?;
        session.charged_ticks = charged_ticks;
        session.token = token.or(session.token.take());
        let own = session.revealed_ticks;
        ensure!(revealed_ticks <= own, "the gateway counts {revealed_ticks} revealed ticks, but {own} were revealed");
        let bought = BoughtSegment { segment: segment.clone(), key, revealed_ticks, charged_ticks };
        self.bought.push(bought.clone());
        Ok(bought)
    }

    /// Buys the keys of `count` more segments, one after the other.
    pub async fn watch(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            let next = self.next_segment().await?;
            self.buy(&next).await?;
        }
        Ok(())
    }

    /// Fetches and decrypts a segment.
    pub async fn decrypted(&self, bought: &BoughtSegment) -> Result<Vec<u8>> {
        let key = bought.segment.key.as_ref().context("the segment is not encrypted")?;
        let ciphertext = self.api.get_url(&bought.segment.url, &[]).await?.success()?;
        video::decrypt(&ciphertext.body, &bought.key, &key.iv)
    }

    /// Writes the bought segments, which must all have the same initialisation, to a file that can be played.
    pub async fn write_file(&self, folder: &Path) -> Result<PathBuf> {
        let first = self.bought.first().context("nothing was bought")?;
        let init = first.segment.init.as_ref().context("the segment has no initialisation")?;
        let mut bytes = self.api.get_url(init, &[]).await?.success()?.body;
        for bought in &self.bought {
            let is_same = bought.segment.init.as_ref() == Some(init);
            ensure!(is_same, "segment {} has another initialisation", bought.segment.index);
            bytes.extend(self.decrypted(bought).await?);
        }
        let path = folder.join(format!("{}.mp4", self.rendition));
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// Asks the gateway to settle and close the session. Repeats the request if the answer is lost.
    pub async fn leave(&mut self) -> Result<()> {
        let retry = Retry::new();
        let session = self.session()?;
        let (path, authorization) = (format!("{}/close", session.path()), session.show_token());
        let mut may_have_succeeded = false;
        loop {
            match self.api.post(&path, &json!({}), &[(AUTHORIZATION.as_str(), &authorization)]).await {
                Ok(response) if response.status == 200 => return Ok(()),
                Ok(response) if may_have_succeeded && is_closed(&response.problem()?) => return Ok(()),
                failed => {
                    may_have_succeeded |= failed.is_err();
                    let passes = |problem: &Problem| problem.status == 503;
                    retry.pause(failed, passes).await.context("the player cannot leave")?;
                }
            }
        }
    }
}

/// Returns whether a session is refused because it is closing or closed.
fn is_closed(problem: &Problem) -> bool {
    matches!(problem.code.as_str(), "session-closing" | "no-session" | "not-found")
}
