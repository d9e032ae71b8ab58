//! The RTMP server: accepts connections within its limits.
//!
//! ```text
//! socket -> chunks, aggregate -> session -> media, times -> writer -> flv, matroska -> source of the broadcast
//!                                  |
//!                                  +-> amf, command, name -> publish keys, hub
//! ```
//!
//! Handshake and answers come from `scuffle-rtmp`. Messages and commands are read by code of our own: that library
//! stops the time of messages that leave out their header, reserves as much memory as a command of a stranger announces,
//! and refuses large chunks. Its ready-made session disconnects after 2.5 s without a byte, and cannot send a publisher
//! the reason for a refusal.

mod aggregate;
mod amf;
mod budget;
mod chunks;
mod client;
mod command;
mod connections;
mod flv;
mod matroska;
mod media;
mod message_kind;
mod name;
mod session;
mod times;
mod writer;

pub(crate) use client::{play, PlayError};
pub(crate) use media::{Codec, Packet, Part, Track};
pub(crate) use writer::{MediaWriter, Step};

use crate::{
    config::{millis, RtmpConfig},
    error::IngestError,
    hub::Hub,
    tls::TlsConfig,
};
use budget::Budget;
use connections::{Connection, Connections};
use session::SessionError;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

/// Pause after a connection could not be accepted, for example because the system has no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The server, with what the connections of all its ports share.
#[derive(Debug)]
pub(crate) struct RtmpServer {
    hub: Arc<Hub>,
    config: RtmpConfig,
    connections: Connections,
    unfinished: Arc<Budget>,
}

impl RtmpServer {
    pub fn new(hub: Arc<Hub>, config: RtmpConfig) -> Arc<Self> {
        let unfinished = Budget::new(config.max_unfinished_bytes);
        Arc::new(Self { hub, config, connections: Connections::default(), unfinished })
    }

    /// Binds a port and serves its connections until the hub closes: RTMPS with a certificate, otherwise RTMP. Returns
    /// the bound address.
    ///
    /// # Errors
    ///
    /// The port cannot be bound.
    pub async fn listen(self: &Arc<Self>, bind: SocketAddr, tls: Option<TlsConfig>) -> Result<SocketAddr, IngestError> {
        let failed = |source| IngestError::Bind { address: bind, source };
        let listener = TcpListener::bind(bind).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        tracing::info!(%address, tls = tls.is_some(), "RTMP is listening");
        self.hub.tasks.spawn(self.clone().accept(listener, tls));
        Ok(address)
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, tls: Option<TlsConfig>) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.hub.closing.cancelled() => return,
            };
            match accepted {
                Ok((socket, peer)) => self.begin(socket, peer, tls.clone()),
                Err(error) => {
                    tracing::warn!(%error, "an RTMP connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn begin(self: &Arc<Self>, socket: TcpStream, peer: SocketAddr, tls: Option<TlsConfig>) {
        let Some(mut connection) = self.connections.add(peer.ip(), &self.config) else {
            tracing::info!(%peer, "an RTMP connection was refused, because there are too many that publish nothing");
            return;
        };
        // Short answers are sent at once.
        let _ = socket.set_nodelay(true);
        let server = self.clone();
        // In its own task, a panic in the parser ends this connection only.
        self.hub.tasks.spawn(async move {
            let end = tokio::select! {
                end = server.serve(socket, tls, &mut connection) => end,
                () = server.hub.closing.cancelled() => Ok(()),
            };
            if let Err(error) = end {
                tracing::info!(%peer, %error, "an RTMP connection has ended");
            }
        });
    }

    async fn serve(
        &self,
        socket: TcpStream,
        tls: Option<TlsConfig>,
        connection: &mut Connection,
    ) -> Result<(), SessionError> {
        let unfinished = self.unfinished.share();
        let Some(tls) = tls else {
            return session::run(&self.hub, &self.config, socket, connection, unfinished).await;
        };
        let accepting = TlsAcceptor::from(tls.current()).accept(socket);
        let limit = millis(self.config.handshake_timeout_ms);
        let socket = timeout(limit, accepting).await.map_err(|_| SessionError::HandshakeTimeout)??;
        session::run(&self.hub, &self.config, socket, connection, unfinished).await
    }
}
