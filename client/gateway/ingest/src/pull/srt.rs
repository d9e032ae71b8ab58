//! SRT: the gateway calls a listener, and receives MPEG-TS.

use super::target::Target;
use crate::{
    error::{PublishError, PullError},
    source::{Container, Publisher, SourceChunk},
    srt::{bind, next, Peers},
};
use srt_protocol::options::{KeySize, Passphrase, SocketOptions};
use srt_tokio::SrtSocket;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};
use tokio::net::UdpSocket;
use url::Url;

/// Time after which a connection without a packet has ended.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Time within which lost packets may be sent again, unless the URL says another one.
const LATENCY_MS: u64 = 200;
const MAX_LATENCY_MS: u64 = 10_000;

/// Pulls until the connection ends.
pub(super) async fn run(target: &Target, url: &Url) -> Result<(), PullError> {
    let host = url.host().ok_or(PullError::Url)?;
    let addresses = target.outbound.addresses().resolve(host, url.port().unwrap_or_default()).await?;
    let address = *addresses.first().ok_or(PullError::Url)?;
    let wishes = Wishes::read(url)?;
    let (latency, passphrase) = (wishes.latency, wishes.passphrase);
    let set = move |options: &mut SocketOptions| {
        options.receiver.latency = latency;
        options.session.peer_idle_timeout = IDLE_TIMEOUT;
        if let Some(passphrase) = passphrase {
            options.encryption.key_size = KeySize::AES128;
            options.encryption.passphrase = Some(passphrase);
        }
    };
    let local = if address.is_ipv6() { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
    let failed = |error: std::io::Error| PullError::Protocol(format!("SRT: {error}"));
    let socket = bind((local, 0).into(), Peers::Listener).and_then(UdpSocket::from_std).map_err(failed)?;
    let calling =
        SrtSocket::builder().set(set).socket(socket).local_ip(local).call(address, wishes.stream_id.as_deref());
    let mut socket = calling.await.map_err(failed)?;
    let end = pass_on(target, &mut socket).await;
    // An error means that the connection has ended already.
    let _ = socket.close_and_finish().await;
    Ok(end?)
}

async fn pass_on(target: &Target, socket: &mut SrtSocket) -> Result<(), PublishError> {
    let mut publisher: Option<Publisher> = None;
    while let Some(chunk) = next(socket).await {
        let publisher = match &publisher {
            Some(publisher) => publisher,
            None => publisher.insert(target.publish(Container::MpegTs)?),
        };
        publisher.send(SourceChunk::new(chunk, true)).await?;
    }
    Ok(())
}

/// What a URL says beside the address, as ffmpeg and OBS write it.
#[derive(Debug, Default)]
struct Wishes {
    stream_id: Option<String>,
    passphrase: Option<Passphrase>,
    latency: Duration,
}

impl Wishes {
    fn read(url: &Url) -> Result<Self, PullError> {
        let mut wishes = Self { latency: Duration::from_millis(LATENCY_MS), ..Self::default() };
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "streamid" => wishes.stream_id = Some(value.into_owned()),
                "passphrase" => {
                    let passphrase = Passphrase::try_from(value.into_owned());
                    wishes.passphrase = Some(
                        passphrase.map_err(|_| PullError::Unsupported("its passphrase has not 10 to 79 characters"))?,
                    );
                }
                // In milliseconds, as SRT's own tools count. ffmpeg counts microseconds, which are recognised by their size.
                "latency" => {
                    let number: u64 = value.parse().map_err(|_| PullError::Url)?;
                    let millis = if number > MAX_LATENCY_MS { number / 1_000 } else { number };
                    wishes.latency = Duration::from_millis(millis.min(MAX_LATENCY_MS));
                }
                _ => {}
            }
        }
        Ok(wishes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Wishes, PullError> {
        Wishes::read(&url.parse().unwrap())
    }

    #[test]
    fn options_of_the_url_are_read() {
        let wishes = read("srt://a.example:1?streamid=%23!::r=x,m=request&passphrase=0123456789&latency=300").unwrap();
        assert_eq!(wishes.stream_id.as_deref(), Some("#!::r=x,m=request"));
        assert!(wishes.passphrase.is_some());
        assert_eq!(wishes.latency, Duration::from_millis(300));
        assert_eq!(read("srt://a.example:1?latency=250000").unwrap().latency, Duration::from_millis(250));
        assert_eq!(read("srt://a.example:1").unwrap().latency, Duration::from_millis(LATENCY_MS));
        assert!(read("srt://a.example:1?passphrase=short").is_err());
        assert!(read("srt://a.example:1?latency=x").is_err());
    }
}
