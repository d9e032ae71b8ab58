//! The RTMP server: accepts connections within its limits.
//!
//! Handshake, chunks and commands come from `scuffle-rtmp`, which is maintained, bounds the memory that a peer can make
//! it use, and reassembles messages whose chunks are interleaved (`rml_rtmp` does not). Its ready-made session is not
//! used: it loops for ever on a peer that disconnects within the handshake, disconnects after 2.5 s without a byte, and
//! cannot send a publisher the reason for a refusal.

mod flv;
mod name;
mod session;
mod times;

use crate::{address::network, config::RtmpConfig, error::IngestError, hub::Hub};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// Pause after a connection could not be accepted, for example because the system has no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Binds the port and serves connections until the hub closes. Returns the bound address.
pub(crate) async fn start(hub: Arc<Hub>, config: RtmpConfig) -> Result<SocketAddr, IngestError> {
    let bind = |source| IngestError::Bind { address: config.bind, source };
    let listener = TcpListener::bind(config.bind).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    tracing::info!(%address, "RTMP is listening");
    hub.tasks.spawn(accept(hub.clone(), Arc::new(config), listener));
    Ok(address)
}

async fn accept(hub: Arc<Hub>, config: Arc<RtmpConfig>, listener: TcpListener) {
    let connections = Connections::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = hub.closing.cancelled() => return,
        };
        match accepted {
            Ok((socket, peer)) => serve(&hub, &config, &connections, socket, peer),
            Err(error) => {
                tracing::warn!(%error, "an RTMP connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn serve(hub: &Arc<Hub>, config: &Arc<RtmpConfig>, connections: &Connections, socket: TcpStream, peer: SocketAddr) {
    let Some(connection) = connections.add(peer.ip(), config) else {
        tracing::debug!(%peer, "an RTMP connection was refused, because there are too many");
        return;
    };
    // Short answers are sent at once.
    let _ = socket.set_nodelay(true);
    let (tasks, hub, config) = (hub.tasks.clone(), hub.clone(), config.clone());
    // In its own task, a panic in the parser ends this connection only.
    tasks.spawn(async move {
        let end = tokio::select! {
            end = session::run(&hub, &config, socket, peer.ip()) => end,
            () = hub.closing.cancelled() => Ok(()),
        };
        if let Err(error) = end {
            tracing::info!(%peer, %error, "an RTMP connection has ended");
        }
        drop(connection);
    });
}

/// Number of connections by address. The table is bounded by the number of connections.
#[derive(Clone, Debug, Default)]
struct Connections(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Connections {
    /// Counts another connection. `None` if a limit is reached.
    fn add(&self, peer: IpAddr, config: &RtmpConfig) -> Option<Connection> {
        let mut counts = self.0.lock();
        let address = network(peer);
        let all: usize = counts.values().sum();
        let from_address = counts.get(&address).copied().unwrap_or(0);
        if all >= config.max_connections || from_address >= config.max_connections_per_ip {
            return None;
        }
        counts.insert(address, from_address + 1);
        Some(Connection { all: self.clone(), address })
    }
}

/// A counted connection. Dropping it makes room for another one.
#[derive(Debug)]
struct Connection {
    all: Connections,
    address: IpAddr,
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock();
        if let Some(count) = counts.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_limited_until_one_ends() {
        let config = RtmpConfig { max_connections: 3, max_connections_per_ip: 2, ..RtmpConfig::default() };
        let connections = Connections::default();
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = connections.add(one, &config).unwrap();
        let _second = connections.add(one, &config).unwrap();
        assert!(connections.add(one, &config).is_none(), "two from one address");
        let _third = connections.add(two, &config).unwrap();
        assert!(connections.add(two, &config).is_none(), "three in all");
        drop(first);
        assert!(connections.add(two, &config).is_some());
    }
}
