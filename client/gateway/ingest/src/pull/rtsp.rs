//! RTSP: the gateway plays a presentation over one TCP connection, which is [limited](super::relay).

use super::{relay::Relay, target::Target};
use crate::{
    error::PullError,
    frames::FrameSender,
    publish_key::KeyId,
    rtmp::{Codec, Packet, Part, Track},
    source::Container,
};
use bytes::Bytes;
use futures::StreamExt;
use retina::{
    client::{
        Credentials, Described, InitialTimestampPolicy, PlayOptions, Session, SessionOptions, SetupOptions, Stream,
        TcpTransportOptions, TeardownPolicy, Transport,
    },
    codec::{CodecItem, FrameFormat, ParametersRef},
    Timestamp,
};
use std::{net::SocketAddr, pin::pin, time::Duration};
use tokio::time::timeout;
use url::Url;

/// Port of RTSP.
pub(super) const PORT: u16 = 554;
/// Maximum time from the connection to the answer to `PLAY`.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// Time without a frame after which the source has ended.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Time of the first frame, so that sound that begins before the picture does not fall below zero.
const BASE_MS: i64 = 10_000;

/// Pulls until the presentation ends.
pub(super) async fn run(target: &Target, url: &Url) -> Result<(), PullError> {
    let host = url.host().ok_or(PullError::Url)?;
    let server = target.outbound.addresses().connect(host, url.port().unwrap_or(PORT)).await?;
    let relay = Relay::start(server).await.map_err(|error| PullError::Protocol(format!("RTSP: {error}")))?;
    let (url, credentials) = direct(url, relay.address())?;
    let options = SessionOptions::default().creds(credentials).user_agent("vilokanam-gateway".into());
    // The end of the connection ends the presentation. Another connection would go to the relay, which has ended.
    let options = options.teardown(TeardownPolicy::Never);
    let starting = async {
        let mut session = Session::describe(url, options).await.map_err(failed)?;
        let codecs = set_up(&mut session).await?;
        // Cameras that do not say how their tracks belong together are taken all the same.
        let play = PlayOptions::default().initial_timestamp(InitialTimestampPolicy::Permissive);
        let session = session.play(play).await.map_err(failed)?;
        Ok::<_, PullError>((session.demuxed().map_err(failed)?, codecs))
    };
    let started = timeout(START_TIMEOUT, starting).await;
    let (session, codecs) = started.map_err(|_| PullError::Protocol("RTSP: the server does not answer".into()))??;
    let taken = relay.taken();
    taken.note();
    let has_video = codecs.iter().flatten().any(|(track, _)| *track == Track::Video);
    let origin = target.origin(Container::Matroska);
    let mut frames = FrameSender::new(target.hub.clone(), target.stream, KeyId::default(), origin);
    let mut session = pin!(session);
    let mut configured = vec![false; codecs.len()];
    loop {
        let Some(item) = timeout(IDLE_TIMEOUT, session.next()).await.map_err(|_| PullError::Stalled)? else {
            return Ok(());
        };
        let (number, time, is_key, is_new, data) = match item.map_err(failed)? {
            CodecItem::VideoFrame(frame) => {
                let (is_key, is_new) = (frame.is_random_access_point(), frame.has_new_parameters());
                (frame.stream_id(), frame.timestamp(), is_key, is_new, Bytes::from(frame.into_data()))
            }
            CodecItem::AudioFrame(frame) => {
                (frame.stream_id(), frame.timestamp(), true, false, Bytes::copy_from_slice(frame.data()))
            }
            _ => continue,
        };
        let Some((track, codec)) = codecs.get(number).copied().flatten() else { continue };
        // A picture may come in pieces without end, while sound goes on.
        if track == Track::Video || !has_video {
            taken.note();
        }
        let time_ms = millis(time);
        let packet = |part, data| Packet { track, number: 0, codec, part, data, is_classic: false };
        if is_new || !configured[number] {
            configured[number] = true;
            if let Some(config) = session.streams().get(number).and_then(config) {
                frames.send(time_ms, packet(Part::Config, config)).await?;
            }
        }
        frames.send(time_ms, packet(Part::Frame { is_key, composition_ms: 0 }, data)).await?;
    }
}

/// Sets up the first picture and the first sound that can be taken. Returns the codecs of all streams.
async fn set_up(session: &mut Session<Described>) -> Result<Vec<Option<(Track, Codec)>>, PullError> {
    let known: Vec<Option<(Track, Codec)>> =
        session.streams().iter().map(|stream| codec(stream.media(), stream.encoding_name())).collect();
    let mut taken = [false; 2];
    let mut codecs = Vec::new();
    for (number, known) in known.into_iter().enumerate() {
        let wanted = known.filter(|(track, _)| !std::mem::replace(&mut taken[*track as usize], true));
        if wanted.is_some() {
            let transport = Transport::Tcp(TcpTransportOptions::default());
            let options = SetupOptions::default().transport(transport).frame_format(FrameFormat::MP4);
            session.setup(number, options).await.map_err(failed)?;
        }
        codecs.push(wanted);
    }
    if codecs.iter().all(Option::is_none) {
        return Err(PullError::Unsupported("it has neither H.264 or HEVC video, nor AAC or G.711 audio"));
    }
    Ok(codecs)
}

fn codec(media: &str, encoding: &str) -> Option<(Track, Codec)> {
    match (media, encoding.to_ascii_lowercase().as_str()) {
        ("video", "h264") => Some((Track::Video, Codec::H264)),
        ("video", "h265") => Some((Track::Video, Codec::Hevc)),
        ("audio", "mpeg4-generic") => Some((Track::Audio, Codec::Aac)),
        ("audio", "pcma") => Some((Track::Audio, Codec::ALaw)),
        ("audio", "pcmu") => Some((Track::Audio, Codec::MuLaw)),
        _ => None,
    }
}

/// Configuration of the decoder of a stream, as MP4 has it.
fn config(stream: &Stream) -> Option<Bytes> {
    let config = match stream.parameters()? {
        ParametersRef::Video(parameters) => parameters.extra_data(),
        ParametersRef::Audio(parameters) => parameters.extra_data(),
        _ => return None,
    };
    (!config.is_empty()).then(|| Bytes::copy_from_slice(config))
}

/// The URL with the address of the relay instead of the name, and without the password, which is sent another way. A name
/// that means something else a moment later makes no difference then.
fn direct(url: &Url, address: SocketAddr) -> Result<(Url, Option<Credentials>), PullError> {
    let text = |text: &str| percent_decoded(text);
    let credentials = (!url.username().is_empty())
        .then(|| Credentials { username: text(url.username()), password: text(url.password().unwrap_or_default()) });
    let mut direct = url.clone();
    let changed = direct.set_username("").and_then(|()| direct.set_password(None));
    changed
        .and_then(|()| direct.set_ip_host(address.ip()))
        .and_then(|()| direct.set_port(Some(address.port())))
        .map_err(|()| PullError::Url)?;
    Ok((direct, credentials))
}

/// A user name or password as it was before it was written into a URL.
fn percent_decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn millis(time: Timestamp) -> u32 {
    let passed_ms = time.elapsed().saturating_mul(1_000) / i64::from(time.clock_rate().get());
    // The mask leaves 32 bits.
    (passed_ms.saturating_add(BASE_MS).max(0) & i64::from(u32::MAX)) as u32
}

fn failed(error: retina::Error) -> PullError {
    PullError::Protocol(format!("RTSP: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_goes_to_the_relay_without_the_password() {
        let url = "rtsp://me:p%40ss+word@cameras.example:8554/a?b=c".parse().unwrap();
        let (direct, credentials) = direct(&url, "203.0.113.7:8554".parse().unwrap()).unwrap();
        assert_eq!(direct.as_str(), "rtsp://203.0.113.7:8554/a?b=c");
        let credentials = credentials.unwrap();
        assert_eq!((credentials.username.as_str(), credentials.password.as_str()), ("me", "p@ss+word"));
        let url = "rtsp://cameras.example/a".parse().unwrap();
        let (direct, credentials) = super::direct(&url, "[2001:db8::1]:554".parse().unwrap()).unwrap();
        assert_eq!(direct.as_str(), "rtsp://[2001:db8::1]:554/a");
        assert!(credentials.is_none());
    }

    #[test]
    fn codecs_that_are_taken_are_known_by_their_names() {
        assert_eq!(codec("video", "H264"), Some((Track::Video, Codec::H264)));
        assert_eq!(codec("audio", "mpeg4-generic"), Some((Track::Audio, Codec::Aac)));
        assert_eq!(codec("audio", "h264"), None);
        assert_eq!(codec("application", "vnd.onvif.metadata"), None);
    }
}
