//! Watching: reads the playlist, pays for each key and for no more, takes the pictures.

use crate::{
    api::{Answer, Api},
    playlist::{self, Listed, Playlist},
    screen,
    wallet::{Seat, Wallet, Wish},
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::time::{sleep, Instant};
use vilokanam_wire::sessions::{SessionPhase, SessionView};

/// How long a player waits for what time mends: an open, a segment, a gateway that is started again.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(150);

/// A segment that was bought.
#[derive(Clone, Debug)]
pub struct Bought {
    pub listed: Listed,
    pub key: [u8; 16],
    /// Ticks paid in all, as the gateway has said with the key.
    pub paid_ticks: u32,
    /// Ticks that keys have been given for, as the gateway has said with the key.
    pub used_ticks: u32,
}

/// A player of one stream.
pub struct Player {
    pub api: Api,
    pub stream: StreamId,
    pub rendition: String,
    pub seat: Option<Seat>,
    /// What was bought, in order.
    pub bought: Vec<Bought>,
}

/// Offers a ticket until it is taken: an earlier one of the same viewer may wait for its block, and the gateway may just
/// be started again.
pub async fn offer(api: &Api, seat: &Seat) -> Result<SessionView> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match api.post("/v1/sessions", &seat.offer(), &[]).await {
            Ok(answer) if answer.status < 400 => return answer.json(),
            Ok(answer) => {
                let problem = answer.problem()?;
                let waits = problem.status == 503 || problem.detail.contains("waits for its open");
                ensure!(waits && Instant::now() < deadline, "the ticket is refused: {problem:?}");
            }
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(_) => {}
        }
        sleep(PAUSE).await;
    }
}

impl Player {
    /// A player without a session.
    pub fn new(api: &Api, stream: StreamId, rendition: &str) -> Self {
        Self { api: api.clone(), stream, rendition: rendition.into(), seat: None, bought: Vec::new() }
    }

    /// Signs a ticket, offers it, and goes on with it.
    pub async fn open(&mut self, wallet: &mut Wallet, wish: &Wish) -> Result<SessionView> {
        let seat = wallet.ticket(wish).await?;
        let view = offer(&self.api, &seat).await?;
        ensure!(view.session.0 == seat.id && view.max_ticks == wish.max_ticks, "another session was sold: {view:?}");
        self.seat = Some(seat);
        Ok(view)
    }

    /// The session, which there must be.
    pub fn seat(&mut self) -> Result<&mut Seat> {
        self.seat.as_mut().context("there is no session")
    }

    /// How the gateway says that the session stands.
    pub async fn session(&mut self) -> Result<SessionView> {
        let path = self.seat()?.path();
        self.api.get(&path).await?.json()
    }

    /// Waits until the session's open is final: from then on nothing is on credit.
    pub async fn wait_until_open(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.session().await?.phase != SessionPhase::Open {
            ensure!(Instant::now() < deadline, "the session was not opened: {:?}", self.session().await?);
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Where the rendition's playlist is.
    pub fn playlist_path(&self) -> String {
        format!("/v1/streams/{}/hls/{}.m3u8", self.stream, self.rendition)
    }

    /// The rendition's playlist as it is now.
    pub async fn playlist(&self) -> Result<Playlist> {
        let path = self.playlist_path();
        let answer = self.api.get(&path).await?.ok()?;
        playlist::media(&answer.body, &self.api.url(&path).parse()?)
    }

    /// The first encrypted segment that satisfies, as soon as the playlist has it.
    pub async fn find(&self, is_wanted: impl Fn(&Listed) -> bool) -> Result<Listed> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // A gateway that is just being started has no playlist yet.
            let listed = self.playlist().await.map(|playlist| playlist.segments);
            let found = listed.as_ref().ok().and_then(|listed| {
                listed.iter().find(|listed| listed.key.is_some() && !listed.is_gap && is_wanted(listed))
            });
            if let Some(found) = found {
                return Ok(found.clone());
            }
            ensure!(Instant::now() < deadline, "no such segment came; the last playlist: {listed:?}");
            sleep(PAUSE).await;
        }
    }

    /// The next segment after the last one bought, or the newest when none was.
    pub async fn next(&self) -> Result<Listed> {
        let after = match self.bought.last() {
            Some(last) => last.listed.index,
            None => {
                let playlist = self.playlist().await?;
                playlist.segments.iter().rev().nth(1).map_or(0, |listed| listed.index.saturating_sub(1))
            }
        };
        self.find(|listed| listed.index > after).await
    }

    /// Asks for a key, with this `Authorization` or without any.
    pub async fn ask(&self, listed: &Listed, authorization: Option<&str>) -> Result<Answer> {
        let key = listed.key.as_ref().context("it is in the clear")?;
        match authorization {
            Some(value) => self.api.get_url(&key.url, &[("authorization", value)]).await,
            None => self.api.get_url(&key.url, &[]).await,
        }
    }

    /// Pays for a key, lets go of no more than it costs, and waits where waiting helps.
    pub async fn buy(&mut self, listed: &Listed) -> Result<Bought> {
        let deadline = Instant::now() + PATIENCE;
        let seat = self.seat()?;
        let target = seat.revealed.max(seat.used + listed.cost);
        let authorization = seat.pay(target)?;
        loop {
            match self.ask(listed, Some(&authorization)).await {
                Ok(answer) if answer.status == 200 => return self.take(listed, &answer),
                Ok(answer) => {
                    let problem = answer.problem()?;
                    let passes = matches!(&*problem.code, "credit-used-up" | "too-fast" | "unavailable");
                    ensure!(passes && Instant::now() < deadline, "key {}: {problem:?}", listed.index);
                }
                // Nobody answers: a gateway that is being started again does not.
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => {}
            }
            sleep(PAUSE).await;
        }
    }

    /// Takes the key that an answer holds.
    pub fn take(&mut self, listed: &Listed, answer: &Answer) -> Result<Bought> {
        let number = |name: &str| -> Result<u32> { Ok(answer.header(name).context("no such header")?.parse()?) };
        let key = answer.body.as_slice().try_into().context("a key has 16 bytes")?;
        let (paid_ticks, used_ticks) = (number("x-vilokanam-paid-ticks")?, number("x-vilokanam-used-ticks")?);
        ensure!(answer.header("cache-control") == Some("private, no-store"), "a key could be kept: {answer:?}");
        let token = answer.header("x-vilokanam-token").map(str::to_owned);
        let seat = self.seat()?;
        seat.used = used_ticks;
        seat.token = token.or(seat.token.take());
        ensure!(paid_ticks <= seat.revealed, "{paid_ticks} ticks are said to be paid, {} were", seat.revealed);
        let bought = Bought { listed: listed.clone(), key, paid_ticks, used_ticks };
        self.bought.push(bought.clone());
        Ok(bought)
    }

    /// Buys `count` more segments, one after the other.
    pub async fn watch(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            let next = self.next().await?;
            self.buy(&next).await?;
        }
        Ok(())
    }

    /// A bought segment in the clear.
    pub async fn picture(&self, bought: &Bought) -> Result<Vec<u8>> {
        let key = bought.listed.key.as_ref().context("it was encrypted")?;
        let ciphertext = self.api.get_url(&bought.listed.url, &[]).await?.ok()?;
        screen::decrypt(&ciphertext.body, &bought.key, &key.iv)
    }

    /// Writes what was bought as a file that can be played; all of it must have the same initialisation.
    pub async fn write(&self, folder: &Path) -> Result<PathBuf> {
        let first = self.bought.first().context("nothing was bought")?;
        let init = first.listed.init.as_ref().context("fragmented MP4 has an initialisation")?;
        let mut bytes = self.api.get_url(init, &[]).await?.ok()?.body;
        for bought in &self.bought {
            if bought.listed.init.as_ref() != Some(init) {
                bail!("segment {} has another initialisation", bought.listed.index);
            }
            bytes.extend(self.picture(bought).await?);
        }
        let path = folder.join(format!("{}.mp4", self.rendition));
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// Leaves: what was let go of is settled, and the session closed. Said again when the answer was lost.
    pub async fn leave(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let seat = self.seat()?;
        let (path, shown) = (format!("{}/close", seat.path()), seat.show());
        let mut is_first = true;
        loop {
            match self.api.post(&path, &serde_json::json!({}), &[("authorization", &shown)]).await {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) => {
                    let problem = answer.problem()?;
                    let has_left =
                        !is_first && matches!(&*problem.code, "session-closing" | "no-session" | "not-found");
                    if has_left {
                        return Ok(());
                    }
                    ensure!(problem.status == 503 && Instant::now() < deadline, "it cannot leave: {problem:?}");
                }
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => is_first = false,
            }
            sleep(PAUSE).await;
        }
    }
}
