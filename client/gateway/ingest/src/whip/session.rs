//! One WebRTC session, from the answer to its last frame.

use super::{
    clock::{Clock, Stamp},
    codecs::Converter,
    table::Datagram,
};
use crate::{clock::whole_millis, error::PublishError, frames::FrameSender, rtmp::Track};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use str0m::{
    media::{KeyframeRequestKind, MediaAdded, MediaData, MediaKind, Mid, Rid},
    net::{Protocol, Receive},
    Event, IceConnectionState, Input, Output, Rtc, RtcError,
};
use thiserror::Error;
use tokio::{net::UdpSocket, sync::mpsc, time::sleep_until};
use tokio_util::sync::CancellationToken;

/// Maximum time from the answer to the first frame.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Time without a datagram after which the publisher has gone.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Time after which a key frame is asked for: browsers send none by themselves, and a transcoder that is restarted begins
/// at one.
const KEY_FRAME_EVERY: Duration = Duration::from_secs(4);
/// Minimum time from one request for a key frame to the next.
const KEY_FRAME_REQUEST_PAUSE: Duration = Duration::from_secs(1);

/// Why a session ended.
#[derive(Debug, Error)]
pub(super) enum End {
    #[error("the publisher has closed the session")]
    Closed,
    #[error("the session was ended by a request")]
    Requested,
    #[error(
        "no media came within {} s; let UDP through to the port of WHIP, and set the gateway's public address if it is \
         behind a router", CONNECT_TIMEOUT.as_secs()
    )]
    NeverConnected,
    #[error("nothing came from the publisher for {} s; check its connection", IDLE_TIMEOUT.as_secs())]
    Idle,
    #[error(transparent)]
    Refused(#[from] PublishError),
    #[error("WebRTC failed: {0}")]
    Rtc(#[from] RtcError),
}

/// A session whose answer has been made.
pub(super) struct Session {
    pub rtc: Rtc,
    pub socket: Arc<UdpSocket>,
    /// Addresses of the candidates in the answer.
    pub local: Vec<SocketAddr>,
    pub datagrams: mpsc::Receiver<Datagram>,
    pub frames: FrameSender,
    pub close: CancellationToken,
}

/// State of a session while it runs.
struct Running {
    session: Session,
    converter: Converter,
    clock: Clock,
    /// The first media of each kind: only these are taken.
    taken: [Option<Mid>; 2],
    /// The first layer of a picture that comes in several sizes.
    layer: Option<Rid>,
    received: Vec<MediaData>,
    began: Instant,
    last_datagram: Instant,
    has_media: bool,
    last_key: Instant,
    last_request: Option<Instant>,
}

impl Session {
    /// Takes media until the session ends from either side.
    pub async fn run(self) -> End {
        let now = Instant::now();
        let mut running = Running {
            session: self,
            converter: Converter::default(),
            clock: Clock::default(),
            taken: [None, None],
            layer: None,
            received: Vec::new(),
            began: now,
            last_datagram: now,
            has_media: false,
            last_key: now,
            last_request: None,
        };
        let end = loop {
            if let Err(end) = running.step().await {
                break end;
            }
        };
        if matches!(end, End::Requested) {
            running.session.frames.end_broadcast();
        }
        running.say_goodbye();
        end
    }
}

impl Running {
    async fn step(&mut self) -> Result<(), End> {
        let until = self.poll()?;
        for frame in std::mem::take(&mut self.received) {
            self.take(frame).await?;
        }
        let until = tokio::time::Instant::from_std(until.min(self.patience()));
        let dismissed = self.session.frames.dismissed();
        tokio::select! {
            datagram = self.session.datagrams.recv() => self.receive(datagram.ok_or(End::Closed)?)?,
            reason = dismissed => return Err(reason.into()),
            () = self.session.close.cancelled() => return Err(End::Requested),
            () = sleep_until(until) => self.session.rtc.handle_input(Input::Timeout(Instant::now()))?,
        }
        self.check_patience()
    }

    /// The time at which the session ends if nothing comes.
    fn patience(&self) -> Instant {
        if self.has_media {
            self.last_datagram + IDLE_TIMEOUT
        } else {
            self.began + CONNECT_TIMEOUT
        }
    }

    fn check_patience(&self) -> Result<(), End> {
        match (Instant::now() < self.patience(), self.has_media) {
            (true, _) => Ok(()),
            (false, true) => Err(End::Idle),
            (false, false) => Err(End::NeverConnected),
        }
    }

    /// Sends what is to be sent, and collects frames. Returns the time by which WebRTC has to be called again.
    fn poll(&mut self) -> Result<Instant, End> {
        loop {
            match self.session.rtc.poll_output()? {
                Output::Timeout(until) => return Ok(until),
                Output::Transmit(transmit) => self.transmit(transmit.destination, &transmit.contents),
                Output::Event(event) => self.notice(event)?,
            }
        }
    }

    fn transmit(&self, to: SocketAddr, bytes: &[u8]) {
        let to = match (self.session.socket.local_addr(), to.ip()) {
            // A socket of both families takes addresses of IPv4 in the form of IPv6.
            (Ok(SocketAddr::V6(_)), IpAddr::V4(ip)) => SocketAddr::new(ip.to_ipv6_mapped().into(), to.port()),
            _ => to,
        };
        if let Err(error) = self.session.socket.try_send_to(bytes, to) {
            if error.kind() != io::ErrorKind::WouldBlock {
                tracing::debug!(%to, %error, "a datagram of WebRTC could not be sent");
            }
        }
    }

    fn notice(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::MediaAdded(MediaAdded { mid, kind, .. }) => {
                let track = if kind == MediaKind::Audio { Track::Audio } else { Track::Video };
                self.taken[track as usize].get_or_insert(mid);
            }
            Event::MediaData(frame) => self.received.push(frame),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) if self.has_media => {
                // Browsers may return for a while; the time without a datagram decides.
                tracing::debug!("a WebRTC publisher does not check its connection any more");
            }
            Event::Closed => return Err(End::Closed),
            _ => {}
        }
        Ok(())
    }

    fn receive(&mut self, datagram: Datagram) -> Result<(), End> {
        let now = Instant::now();
        self.last_datagram = now;
        let Datagram { from, bytes } = datagram;
        let local = self.session.local.iter().find(|local| local.is_ipv4() == from.is_ipv4());
        let Some(destination) = local.copied() else { return Ok(()) };
        // What is no part of WebRTC is left out.
        let Ok(receive) = Receive::new(Protocol::Udp, from, destination, &bytes) else { return Ok(()) };
        let input = Input::Receive(now, receive);
        if self.session.rtc.accepts(&input) {
            self.session.rtc.handle_input(input)?;
        }
        Ok(())
    }

    /// Passes a frame on. Waits while the transcoder is busy.
    async fn take(&mut self, frame: MediaData) -> Result<(), End> {
        let is_video = frame.params.spec().codec.is_video();
        let track = if is_video { Track::Video } else { Track::Audio };
        if self.taken[track as usize] != Some(frame.mid) {
            return Ok(());
        }
        if is_video {
            if self.layer.is_none() {
                self.layer = frame.rid;
            }
            if self.layer != frame.rid {
                return Ok(());
            }
            self.ask_for_key_frame(&frame);
        }
        let report = frame.last_sender_info.as_ref().map(|info| (info.rtp_time.as_micros(), info.ntp_time));
        let stamp = Stamp { rtp_us: frame.time.as_micros(), arrived: frame.network_time, report };
        let time_ms = self.clock.map(track, stamp);
        for packet in self.converter.convert(&frame) {
            self.session.frames.send(time_ms, packet).await?;
        }
        // Frames of which nothing can be used are no media: a session of these would last for ever and never be a broadcast,
        // whose number is limited.
        self.has_media |= self.session.frames.is_published();
        Ok(())
    }

    /// Asks for a key frame if frames were lost, or if none has come for a while.
    fn ask_for_key_frame(&mut self, frame: &MediaData) {
        let now = Instant::now();
        if frame.is_keyframe() {
            self.last_key = now;
            return;
        }
        let is_wanted = !frame.contiguous || now.duration_since(self.last_key) >= KEY_FRAME_EVERY || !self.has_media;
        let may_ask = self.last_request.is_none_or(|last| now.duration_since(last) >= KEY_FRAME_REQUEST_PAUSE);
        if !is_wanted || !may_ask {
            return;
        }
        self.last_request = Some(now);
        let Some(mut writer) = self.session.rtc.writer(frame.mid) else { return };
        if let Err(error) = writer.request_keyframe(frame.rid, KeyframeRequestKind::Pli) {
            tracing::debug!(%error, "a key frame could not be asked for");
        }
    }

    /// Ends the session for the other side as well, as far as it is still there.
    fn say_goodbye(&mut self) {
        if self.session.rtc.close().is_ok() {
            // The errors of a session that has ended do not matter.
            let _ = self.poll();
        }
        tracing::debug!(lasted_ms = whole_millis(self.began.elapsed()), "a WebRTC session has ended");
    }
}
