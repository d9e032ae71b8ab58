//! WHIP: publishers that send WebRTC, as OBS and browsers do.
//!
//! ```text
//! HTTP server -- offer --> WhipServer -- answer (ICE-lite, one UDP port) -->
//! UDP port ----> table ---> session ---> codecs, clock ---> frames ---> source of the broadcast
//! ```
//!
//! The server checks the publish key before it makes a session, and takes no candidates from the offer: it answers where
//! it was asked from, so that no offer can make it send anything elsewhere.

mod av1;
mod clock;
mod codecs;
mod h264;
mod session;
mod table;

use crate::{
    broadcast::Protocol,
    config::WhipConfig,
    error::{IngestError, WhipError},
    frames::FrameSender,
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin},
};
use rand::RngCore;
use session::{End, Session};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use str0m::{
    change::SdpOffer,
    config::{CryptoProvider, DtlsCert},
    ice::IceCreds,
    rtp::Extension,
    Candidate, Rtc, RtcConfig,
};
use table::{Entry, Table};
use tokio::{net::UdpSocket, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// Maximum size of an offer. Those of browsers have less than 10 KiB.
pub(crate) const MAX_OFFER_BYTES: usize = 64 * 1024;
/// Maximum number of candidates in an answer.
const MAX_ADDRESSES: usize = 8;
/// Maximum size of a datagram.
const MAX_DATAGRAM_BYTES: usize = 2_048;
/// Maximum number of datagrams of a session that wait.
const MAX_WAITING_DATAGRAMS: usize = 512;
/// Pause after a datagram could not be received.
const RECEIVE_PAUSE: Duration = Duration::from_millis(10);
/// Sessions of one stream: the old one of a publisher that has reloaded its page may not have ended yet.
const MAX_SESSIONS_OF_STREAM: usize = 3;

/// A session that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhipSession {
    /// Name of the session, which cannot be guessed.
    pub id: String,
    /// The answer, in SDP.
    pub answer: String,
}

/// The server, with what its sessions share.
#[derive(Debug)]
pub(crate) struct WhipServer {
    hub: Arc<Hub>,
    max_sessions: usize,
    socket: Arc<UdpSocket>,
    /// Addresses in answers.
    local: Vec<SocketAddr>,
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    table: Arc<Table>,
}

impl WhipServer {
    /// Binds the port and serves it until the hub closes.
    ///
    /// # Errors
    ///
    /// The port cannot be bound, or no certificate can be made.
    pub async fn start(hub: Arc<Hub>, config: &WhipConfig) -> Result<Arc<Self>, IngestError> {
        let failed = |source| IngestError::BindWhip { address: config.bind, source };
        let socket = UdpSocket::bind(config.bind).await.map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        let local = addresses(config).into_iter().map(|ip| SocketAddr::new(ip, port)).collect::<Vec<_>>();
        let crypto = str0m::crypto::from_feature_flags();
        let certificate = crypto.dtls_provider.generate_certificate().ok_or(IngestError::Setting {
            name: "whip",
            why: "no certificate for WebRTC can be made; leave the setting out",
        })?;
        tracing::info!(port, ?local, "WHIP is listening");
        let server = Arc::new(Self {
            hub,
            max_sessions: config.max_sessions,
            socket: Arc::new(socket),
            local,
            crypto: Arc::new(crypto),
            certificate,
            table: Arc::default(),
        });
        server.hub.tasks.spawn(server.clone().receive());
        Ok(server)
    }

    /// Addresses in answers.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.local
    }

    async fn receive(self: Arc<Self>) {
        let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
        loop {
            let received = tokio::select! {
                received = self.socket.recv_from(&mut buffer) => received,
                () = self.hub.closing.cancelled() => return,
            };
            match received {
                Ok((length, from)) => {
                    let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                    self.table.deliver(from, &buffer[..length]);
                }
                Err(error) => {
                    tracing::debug!(%error, "a datagram of WebRTC could not be received");
                    tokio::time::sleep(RECEIVE_PAUSE).await;
                }
            }
        }
    }

    /// Answers the offer of a publisher whose key has been checked, and begins its session. The stream counts as published
    /// from the first frames on.
    ///
    /// # Errors
    ///
    /// The offer cannot be answered, there are too many sessions, or the publisher would be refused.
    pub fn publish(
        self: &Arc<Self>,
        stream: u64,
        key: KeyId,
        peer: IpAddr,
        offer: &str,
    ) -> Result<WhipSession, WhipError> {
        self.hub.check_admission(stream).inspect_err(|reason| self.hub.note_refusal(stream, reason))?;
        let (id, user) = (random_text(16), random_text(8));
        let (rtc, answer) = self.answer(offer, &user)?;
        let (datagrams, received) = mpsc::channel(MAX_WAITING_DATAGRAMS);
        let close = CancellationToken::new();
        let entry = Entry { id: id.clone(), stream, datagrams, close: close.clone() };
        if !self.table.add(user.clone(), entry, self.max_sessions, MAX_SESSIONS_OF_STREAM) {
            return Err(WhipError::TooManySessions);
        }
        let origin = Origin { protocol: Protocol::Whip, container: Container::Matroska, peer: Some(peer) };
        let session = Session {
            rtc,
            socket: self.socket.clone(),
            local: self.local.clone(),
            datagrams: received,
            frames: FrameSender::new(self.hub.clone(), stream, key, origin),
            close,
        };
        // In its own task, a panic in WebRTC ends this session only.
        self.hub.tasks.spawn(self.clone().run(session, stream, user));
        Ok(WhipSession { id, answer })
    }

    async fn run(self: Arc<Self>, session: Session, stream: u64, user: String) {
        let _listed = Listed { table: self.table.clone(), user };
        let Some(end) = self.hub.closing.run_until_cancelled(session.run()).await else { return };
        match &end {
            End::Refused(reason) => self.hub.note_refusal(stream, reason),
            End::NeverConnected | End::Idle | End::Rtc(_) => self.hub.note_reason(stream, end.to_string()),
            End::Closed | End::Requested => {}
        }
        tracing::info!(stream, reason = %end, "a WHIP session has ended");
    }

    /// Ends a session. Returns whether there was one.
    pub fn end(&self, stream: u64, id: &str) -> bool {
        self.table.close(stream, id)
    }

    /// Whether there is such a session.
    pub fn has(&self, stream: u64, id: &str) -> bool {
        self.table.has(stream, id)
    }

    fn answer(&self, offer: &str, user: &str) -> Result<(Rtc, String), WhipError> {
        let bad = |why: String| WhipError::BadOffer(why);
        if offer.len() > MAX_OFFER_BYTES {
            return Err(bad(format!("it has more than {MAX_OFFER_BYTES} bytes")));
        }
        if !["m=audio", "m=video"].iter().any(|media| offer.lines().any(|line| line.starts_with(media))) {
            return Err(bad("it has neither audio nor video".into()));
        }
        let offer = SdpOffer::from_sdp_string(&without_candidates(offer)).map_err(|error| bad(error.to_string()))?;
        let mut rtc = self.settings(user).build(Instant::now());
        for address in &self.local {
            let candidate = Candidate::host(*address, "udp").map_err(|error| bad(error.to_string()))?;
            rtc.add_local_candidate(candidate);
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| bad(error.to_string()))?;
        Ok((rtc, answer.to_sdp_string()))
    }

    fn settings(&self, user: &str) -> RtcConfig {
        RtcConfig::new()
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_local_ice_credentials(IceCreds { ufrag: user.to_owned(), pass: random_text(16) })
            .set_ice_lite(true)
            .clear_codecs()
            .enable_opus(true)
            .enable_h264(true)
            .enable_vp8(true)
            .enable_vp9(true)
            .enable_av1(true)
            // Without the extension for the orientation, phones turn the picture themselves.
            .clear_extension_map()
            .set_extension(2, Extension::AbsoluteSendTime)
            .set_extension(3, Extension::TransportSequenceNumber)
            .set_extension(4, Extension::RtpMid)
            .set_extension(10, Extension::RtpStreamId)
            .set_extension(11, Extension::RepairedRtpStreamId)
    }
}

/// The place of a session in the table, which it leaves when it ends.
struct Listed {
    table: Arc<Table>,
    user: String,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.table.remove(&self.user);
    }
}

/// The addresses in answers: those of the settings, otherwise the bound one, otherwise those from which this machine
/// reaches others.
fn addresses(config: &WhipConfig) -> Vec<IpAddr> {
    let mut addresses = config.addresses.clone();
    if addresses.is_empty() && !config.bind.ip().is_unspecified() {
        addresses.push(config.bind.ip());
    }
    if addresses.is_empty() {
        addresses.extend(own_addresses());
    }
    addresses.truncate(MAX_ADDRESSES);
    addresses
}

/// Returns the addresses from which this machine reaches the internet, and the local one. Nothing is sent.
pub fn own_addresses() -> Vec<IpAddr> {
    let towards: [(IpAddr, IpAddr); 2] = [
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    ];
    let own = towards.iter().filter_map(|(from, to)| {
        let socket = std::net::UdpSocket::bind((*from, 0)).ok()?;
        socket.connect((*to, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    });
    let mut addresses: Vec<IpAddr> = own.filter(|ip| !ip.is_unspecified() && !ip.is_loopback()).collect();
    addresses.push(Ipv4Addr::LOCALHOST.into());
    addresses
}

/// An offer without candidates: addresses of the publisher are learnt from its checks.
fn without_candidates(offer: &str) -> String {
    let lines =
        offer.lines().filter(|line| !line.starts_with("a=candidate:") && !line.starts_with("a=end-of-candidates"));
    lines.flat_map(|line| [line.trim_end(), "\r\n"]).collect()
}

/// Returns this number of random bytes as hexadecimal digits.
fn random_text(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::rngs::OsRng.fill_bytes(&mut random);
    hex::encode(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_of_an_offer_are_left_out() {
        let offer = "v=0\r\na=candidate:1 1 udp 1 10.0.0.1 22 typ host\na=mid:0\r\na=end-of-candidates\r\n";
        assert_eq!(without_candidates(offer), "v=0\r\na=mid:0\r\n");
    }

    #[test]
    fn addresses_of_the_settings_come_first() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let config = |bind: &str, addresses: &[&str]| WhipConfig {
            bind: bind.parse().unwrap(),
            addresses: addresses.iter().map(|text| ip(text)).collect(),
            ..WhipConfig::default()
        };
        assert_eq!(addresses(&config("10.0.0.5:1", &["203.0.113.7"])), [ip("203.0.113.7")]);
        assert_eq!(addresses(&config("10.0.0.5:1", &[])), [ip("10.0.0.5")]);
        assert!(addresses(&config("0.0.0.0:1", &[])).contains(&ip("127.0.0.1")));
        assert_eq!(addresses(&config("0.0.0.0:1", &["203.0.113.7"; 20])).len(), MAX_ADDRESSES);
    }
}
