//! One UDP port on which publishers connect.

use super::{
    filter::{self, Peers},
    receive,
    ring::{KeyRing, Opened},
    stream_id::{self, Wanted},
};
use futures::StreamExt;
use srt_protocol::{
    options::{KeySize, Passphrase},
    packet::{RejectReason, ServerRejectReason},
    settings::KeySettings,
};
use srt_tokio::{ConnectionRequest, SrtIncoming, SrtListener};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::UdpSocket,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Maximum number of connections of a port, including those within the handshake.
const MAX_CONNECTIONS: usize = 256;
/// Maximum time between the decision about a publisher and the end of the handshake. The library never says that it gave up.
const ACCEPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time after which a connection without a packet has ended.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause before the port is bound again. It doubles up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Streams that a port is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum PortUse {
    /// Every stream, by its stream id.
    Shared,
    /// One stream. Stream ids do not matter.
    Own(u64),
}

impl PortUse {
    const fn peers(self) -> Peers {
        match self {
            Self::Shared => Peers::Publishers,
            Self::Own(_) => Peers::PublishersOfOne,
        }
    }
}

/// A port.
pub(super) struct Listener {
    pub ring: Arc<KeyRing>,
    pub port_use: PortUse,
    pub address: SocketAddr,
    pub latency_ms: u32,
}

/// Whether a publisher may connect: its stream and key, and the passphrase that it has to use.
struct Admission {
    stream: u64,
    opened: Opened,
    encryption: Option<KeySettings>,
}

impl Listener {
    /// Listens for ever, first with `socket` if there is one. A port that cannot be bound now is bound when it is free.
    pub async fn run(self, mut socket: Option<std::net::UdpSocket>, close: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        let listener = Arc::new(self);
        loop {
            match listener.bind(socket.take()).await {
                Ok((_listening, incoming)) => {
                    pause = FIRST_PAUSE;
                    listener.clone().serve(incoming, &close).await;
                    tracing::warn!(address = %listener.address, "an SRT listener has ended; it is started again");
                }
                Err(error) => {
                    if pause == FIRST_PAUSE {
                        tracing::warn!(address = %listener.address, %error, "SRT cannot listen yet; it is tried again");
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            sleep(pause).await;
        }
    }

    async fn bind(&self, socket: Option<std::net::UdpSocket>) -> std::io::Result<(SrtListener, SrtIncoming)> {
        let socket = match socket {
            Some(socket) => socket,
            None => filter::bind(self.address, self.port_use.peers())?,
        };
        let socket = UdpSocket::from_std(socket)?;
        let set = |options: &mut srt_protocol::options::SocketOptions| {
            options.receiver.latency = Duration::from_millis(self.latency_ms.into());
            options.session.peer_idle_timeout = IDLE_TIMEOUT;
        };
        SrtListener::builder().set(set).socket(socket).bind(self.address).await
    }

    async fn serve(self: Arc<Self>, mut incoming: SrtIncoming, close: &CancellationToken) {
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        while let Some(request) = incoming.incoming().next().await {
            let Ok(permit) = room.clone().try_acquire_owned() else {
                let _ = request.reject(RejectReason::Server(ServerRejectReason::Overload)).await;
                continue;
            };
            let (listener, close) = (self.clone(), close.clone());
            self.ring.hub.tasks.spawn(async move {
                close.run_until_cancelled(listener.connect(request)).await;
                drop(permit);
            });
        }
    }

    /// Serves one connection from its handshake to its end.
    async fn connect(&self, request: ConnectionRequest) {
        let peer = request.remote();
        let admission = match self.admit(&request) {
            Ok(admission) => admission,
            Err(reason) => {
                tracing::info!(%peer, ?reason, "an SRT publisher is refused");
                let _ = request.reject(RejectReason::Server(reason)).await;
                return;
            }
        };
        let Admission { stream, opened, encryption } = admission;
        let socket = match timeout(ACCEPT_TIMEOUT, request.accept(encryption)).await {
            Ok(Ok(socket)) => socket,
            Ok(Err(error)) => return tracing::info!(stream, %peer, %error, "an SRT publisher has another passphrase"),
            Err(_) => return tracing::info!(stream, %peer, "the handshake of an SRT publisher has no end"),
        };
        let hub = &self.ring.hub;
        opened.close.run_until_cancelled(receive::run(hub, socket, stream, opened.key_id, peer.ip())).await;
    }

    fn admit(&self, request: &ConnectionRequest) -> Result<Admission, ServerRejectReason> {
        let wanted = match self.port_use {
            PortUse::Own(stream) => Wanted { stream, key: None },
            PortUse::Shared => request
                .stream_id()
                .and_then(|id| stream_id::parse(&id.to_string()))
                .ok_or(ServerRejectReason::BadRequest)?,
        };
        let stream = wanted.stream;
        let is_encrypted = request.key_size() != KeySize::Unspecified;
        let Some(key) = wanted.key else {
            let opened = self.ring.key_of(stream).ok_or(ServerRejectReason::Notfound)?;
            let encryption = Some(encryption(request.key_size(), &opened.key)?);
            return Ok(Admission { stream, opened, encryption });
        };
        // The key is in the stream id, so that the passphrase may be left out. The filter has dropped publishers that use one
        // without the size of the key, who could not be told from these.
        let hub = &self.ring.hub;
        let key_id =
            hub.keys.check(stream, &key, request.remote().ip()).map_err(|_| ServerRejectReason::Unauthorized)?;
        let encryption = is_encrypted.then(|| encryption(request.key_size(), &key)).transpose()?;
        let opened = Opened { key, key_id, close: hub.closing.child_token() };
        Ok(Admission { stream, opened, encryption })
    }
}

/// The key of a connection, in the size that the publisher has announced. Publishers that announce none use 128 bits, which
/// is what the library takes `Unspecified` for; it does not answer if the size here is another than that of the handshake.
fn encryption(key_size: KeySize, key: &str) -> Result<KeySettings, ServerRejectReason> {
    let passphrase = Passphrase::try_from(key.to_owned()).map_err(|_| ServerRejectReason::Unauthorized)?;
    Ok(KeySettings { key_size, passphrase })
}
