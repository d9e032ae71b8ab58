//! A WebRTC client that sends what ffmpeg has encoded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use str0m::{
    change::{SdpAnswer, SdpPendingOffer},
    format::Codec,
    media::{Direction, MediaKind, MediaTime, Mid},
    net::{Protocol, Receive},
    Candidate, Event, Input, Output, Rtc, RtcConfig,
};
use tokio::{net::UdpSocket, time::timeout};

/// Duration of a packet of sound.
pub const OPUS_MS: u64 = 20;
/// Resolution of the times of pictures.
const CLOCK_HZ: u64 = 90_000;
/// Largest datagram, and maximum time in which nothing is received before something may be sent again.
const DATAGRAM_BYTES: usize = 2_000;
const RECEIVE_PAUSE: Duration = Duration::from_millis(5);

/// What a client sends.
pub struct Media {
    /// Frames of H.264 in Annex B, each with its time in 1/90,000 s.
    pub pictures: Vec<(u64, Vec<u8>)>,
    /// Packets of Opus.
    pub sounds: Vec<Vec<u8>>,
}

/// Splits Annex B at access unit delimiters.
pub fn access_units(bytes: &[u8]) -> Vec<Vec<u8>> {
    const DELIMITER: [u8; 5] = [0, 0, 0, 1, 9];
    let starts: Vec<usize> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&DELIMITER)).chain([bytes.len()]).collect();
    starts.windows(2).map(|range| bytes[range[0]..range[1]].to_vec()).collect()
}

/// Returns the packets of Opus in an Ogg file.
pub fn opus_packets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut packets, mut packet, mut rest) = (Vec::new(), Vec::new(), bytes);
    while !rest.is_empty() {
        assert!(rest.starts_with(b"OggS"));
        let segments = usize::from(rest[26]);
        let mut at = 27 + segments;
        for length in &rest[27..27 + segments] {
            packet.extend_from_slice(&rest[at..at + usize::from(*length)]);
            at += usize::from(*length);
            if *length < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        rest = &rest[at..];
    }
    // The first two are headers.
    packets.split_off(2)
}

/// A publisher.
pub struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    video: Mid,
    audio: Option<Mid>,
    is_connected: bool,
}

/// A publisher that waits for the answer to its offer.
pub struct Offer {
    client: Client,
    pending: SdpPendingOffer,
    /// The offer.
    pub sdp: String,
}

impl Offer {
    /// Offers a picture, and sound if there is some.
    pub async fn new(has_audio: bool) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .clear_codecs()
            .enable_opus(true)
            .enable_h264(true)
            .build(Instant::now());
        rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        let mut api = rtc.sdp_api();
        let video = api.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        let audio = has_audio.then(|| api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None));
        let (offer, pending) = api.apply().unwrap();
        let client = Client { rtc, socket, video, audio, is_connected: false };
        Self { client, pending, sdp: offer.to_sdp_string() }
    }

    /// Accepts the answer.
    pub fn accept(self, answer: &str) -> Client {
        let Self { mut client, pending, .. } = self;
        client.rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(answer).unwrap()).unwrap();
        client
    }
}

impl Client {
    /// Sends media in real time and this many times, until all of it is sent or the gateway closes the session. Each round
    /// begins when the sound of the last one has ended. Returns whether all was sent.
    pub async fn send(&mut self, media: &Media, rounds: usize) -> bool {
        let round_ms = media.sounds.len() as u64 * OPUS_MS;
        let (pictures, sounds) = (media.pictures.len(), media.sounds.len());
        let mut began = None;
        let (mut next_picture, mut next_sound) = (0, 0);
        while next_picture < pictures * rounds {
            if !self.poll() {
                return false;
            }
            if self.is_connected {
                let began = *began.get_or_insert_with(Instant::now);
                let passed = began.elapsed();
                let (at, picture) = &media.pictures[next_picture % pictures];
                let at = at + (next_picture / pictures) as u64 * round_ms * CLOCK_HZ / 1_000;
                let due = Duration::from_micros(at * 1_000_000 / CLOCK_HZ);
                if due <= passed {
                    self.write(self.video, Codec::H264, began + due, MediaTime::from_90khz(at), picture);
                    next_picture += 1;
                    continue;
                }
                let due_ms = next_sound as u64 * OPUS_MS;
                let due = Duration::from_millis(due_ms);
                if let Some(audio) = self.audio.filter(|_| due <= passed) {
                    let time = MediaTime::from_millis(due_ms);
                    self.write(audio, Codec::Opus, began + due, time, &media.sounds[next_sound % sounds]);
                    next_sound += 1;
                    continue;
                }
            }
            self.receive().await;
        }
        true
    }

    fn write(&mut self, mid: Mid, codec: Codec, taken: Instant, time: MediaTime, data: &[u8]) {
        let writer = self.rtc.writer(mid).unwrap();
        let pt = writer.payload_params().find(|params| params.spec().codec == codec).unwrap().pt();
        writer.write(pt, taken, time, data.to_vec()).unwrap();
        // Makes packets of it at once: few frames may wait, and after a pause of the machine many are due.
        self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
    }

    /// Carries out what WebRTC wants to be done. Returns whether the session is alive.
    fn poll(&mut self) -> bool {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(_)) => return self.rtc.is_alive(),
                Ok(Output::Transmit(transmit)) => {
                    let _ = self.socket.try_send_to(&transmit.contents, transmit.destination);
                }
                Ok(Output::Event(Event::Connected)) => self.is_connected = true,
                Ok(Output::Event(Event::Closed)) | Err(_) => return false,
                Ok(Output::Event(_)) => {}
            }
        }
    }

    async fn receive(&mut self) {
        let local = self.socket.local_addr().unwrap();
        let mut buffer = [0; DATAGRAM_BYTES];
        let input = match timeout(RECEIVE_PAUSE, self.socket.recv_from(&mut buffer)).await {
            Ok(Ok((length, from))) => {
                let Ok(receive) = Receive::new(Protocol::Udp, from, local, &buffer[..length]) else { return };
                Input::Receive(Instant::now(), receive)
            }
            _ => Input::Timeout(Instant::now()),
        };
        self.rtc.handle_input(input).unwrap();
    }
}
