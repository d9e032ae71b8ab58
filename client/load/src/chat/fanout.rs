//! Readers of a chat, and the time that messages take to them.

use crate::measurements::histogram;
use futures::{stream, SinkExt, StreamExt};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    connect_async_with_config,
    tungstenite::{protocol::WebSocketConfig, Message},
    MaybeTlsStream, WebSocketStream,
};
use vilokanam_terminal::{CommandError, StatusLine};
use vilokanam_viewer::gateway::GatewayClient;
use vilokanam_wire::{chat::ChatSignIn, StreamRef};

/// What the text of a measured message begins with; the time at which it was sent follows, in microseconds.
pub const MARK: &str = "sent at ";
/// Sockets that are connected at a time.
const CONNECTING: usize = 64;
/// Limit for one socket to be connected and welcomed.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// Parts of the measurements, so that readers rarely wait for each other.
const PARTS: usize = 32;
/// What a socket reads at once. The default would be 1.3 GB for 10,000 sockets.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// A socket of a chat.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Measurements of all readers.
pub struct Fanout {
    began: Instant,
    /// Microseconds from when a message was sent to when a reader had it.
    latencies: Vec<Mutex<Histogram<u64>>>,
    received: AtomicU64,
    closed: AtomicU64,
}

/// The figures of all readers.
#[derive(Serialize)]
pub struct FanoutReport {
    /// Messages that all readers together should have received.
    pub expected: u64,
    /// Messages that they have received.
    pub received: u64,
    /// The difference.
    pub lost: u64,
    /// Readers whose sockets were closed.
    pub closed: u64,
    /// Median in microseconds.
    pub p50_us: u64,
    pub p95_us: u64,
    pub p99_us: u64,
    pub max_us: u64,
}

impl Fanout {
    /// Nothing is measured yet. Messages name times since `began`.
    pub fn new(began: Instant) -> Self {
        Self {
            began,
            latencies: (0..PARTS).map(|_| Mutex::new(histogram())).collect(),
            received: AtomicU64::new(0),
            closed: AtomicU64::new(0),
        }
    }

    /// Connects readers, which measure from then on. Returns how many.
    ///
    /// # Errors
    ///
    /// When one cannot be connected.
    pub async fn connect(
        self: &Arc<Self>,
        gateway: &GatewayClient,
        stream: StreamRef,
        readers: u32,
        line: &StatusLine,
    ) -> Result<u32, CommandError> {
        let connecting = (0..readers).map(|_| connect(gateway, stream, ChatSignIn::Hello { token: None }));
        let mut connecting = stream::iter(connecting).buffer_unordered(CONNECTING);
        let mut connected = 0_u32;
        while let Some(socket) = connecting.next().await {
            tokio::spawn(self.clone().read(socket?, connected as usize % PARTS));
            connected += 1;
            if connected.is_multiple_of(100) {
                line.set(format!("connecting: {connected} of {readers} readers"));
            }
        }
        Ok(connected)
    }

    async fn read(self: Arc<Self>, mut socket: Socket, part: usize) {
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            let now = self.began.elapsed().as_micros();
            let times = sent_times(&text);
            if times.is_empty() {
                continue;
            }
            self.received.fetch_add(times.len() as u64, Ordering::Relaxed);
            let Some(latencies) = self.latencies.get(part) else { continue };
            let mut latencies = latencies.lock().unwrap_or_else(PoisonError::into_inner);
            for sent in times {
                latencies.saturating_record(u64::try_from(now).unwrap_or(u64::MAX).saturating_sub(sent));
            }
        }
        self.closed.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns one line on how far the measurement is.
    pub fn progress(&self, readers: u32) -> String {
        let received = self.received.load(Ordering::Relaxed);
        format!("{readers} readers have received {received} messages; {} are gone", self.closed.load(Ordering::Relaxed))
    }

    /// Returns the figures. All readers together should have received `expected` messages.
    pub fn report(&self, expected: u64) -> FanoutReport {
        let mut all = histogram();
        for part in &self.latencies {
            // They have the same bounds.
            let _ = all.add(&*part.lock().unwrap_or_else(PoisonError::into_inner));
        }
        let received = self.received.load(Ordering::Relaxed);
        FanoutReport {
            expected,
            received,
            lost: expected.saturating_sub(received),
            closed: self.closed.load(Ordering::Relaxed),
            p50_us: all.value_at_quantile(0.5),
            p95_us: all.value_at_quantile(0.95),
            p99_us: all.value_at_quantile(0.99),
            max_us: all.max(),
        }
    }
}

/// Connects a socket, says hello and waits for the welcome.
///
/// # Errors
///
/// When the gateway cannot be reached, or does not welcome.
pub async fn connect(gateway: &GatewayClient, stream: StreamRef, hello: ChatSignIn) -> Result<Socket, CommandError> {
    let mut url = gateway.url(&format!("/v1/streams/{stream}/chat"))?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    let unreachable = |why: &dyn std::fmt::Display| CommandError::Unreachable(format!("cannot enter the chat: {why}"));
    url.set_scheme(scheme).map_err(|()| unreachable(&"its address is no web address"))?;
    let hello = serde_json::to_string(&hello).unwrap_or_default();
    let enter = async {
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
        let (mut socket, _) = connect_async_with_config(url.as_str(), Some(config), true).await?;
        socket.send(Message::text(hello)).await?;
        while let Some(message) = socket.next().await {
            if message?.is_text() {
                break;
            }
        }
        Ok::<_, tokio_tungstenite::tungstenite::Error>(socket)
    };
    let entered = tokio::time::timeout(CONNECT_LIMIT, enter).await;
    entered.map_err(|_| unreachable(&"it took too long"))?.map_err(|error| unreachable(&error))
}

/// Returns when the measured messages of a text were sent, in microseconds. The text is not parsed: with thousands of readers that
/// would be what is measured.
fn sent_times(text: &str) -> Vec<u64> {
    let is_own = text.contains("\"client_id\"");
    let times = text.split(MARK).skip(1).filter(|_| !is_own);
    times.filter_map(|rest| rest.split(' ').next()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_in_batches() {
        let text = format!(r#"{{"messages":[{{"text":"{MARK}12 of message 1"}},{{"text":"{MARK}34 of message 2"}}]}}"#);
        assert_eq!(sent_times(&text), [12, 34]);
        assert!(sent_times(r#"{"type":"people","people":5}"#).is_empty());
    }

    #[test]
    fn figures_are_of_all_parts() {
        let fanout = Fanout::new(Instant::now());
        for (part, latency) in [(0, 1_000), (1, 2_000), (2, 3_000)] {
            fanout.latencies[part].lock().unwrap().record(latency).unwrap();
        }
        fanout.received.store(3, Ordering::Relaxed);
        let report = fanout.report(4);
        assert_eq!((report.received, report.lost), (3, 1));
        assert!((1_990..=2_010).contains(&report.p50_us) && (2_990..=3_010).contains(&report.max_us));
    }
}
