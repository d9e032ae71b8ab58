//! The RTMP server: who may connect, and how many.
//!
//! The protocol's parts (handshake, chunks, commands) are `scuffle-rtmp`'s, rather than `rml_rtmp`'s: it is the one that is still
//! maintained, it bounds what a peer can make it hold, and it puts together messages whose chunks are interleaved, which
//! `rml_rtmp` does not. Its ready-made session is not used, since that one spins for ever on a peer that goes away within the
//! handshake, gives up after 2.5 s without a byte, and can tell a publisher neither that it is refused nor why.

mod flv;
mod name;
mod session;
mod times;

use crate::{config::RtmpConfig, error::IngestError, hub::Hub, publish_key::guesses::prefix};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// How long to wait when the system has no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Listens, and serves until the hub closes. Returns the address that is bound.
pub(crate) async fn start(hub: Arc<Hub>, config: RtmpConfig) -> Result<SocketAddr, IngestError> {
    let bind = |source| IngestError::Bind { address: config.bind, source };
    let listener = TcpListener::bind(config.bind).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    tracing::info!(%address, "RTMP is listening");
    hub.tasks.spawn(accept(hub.clone(), Arc::new(config), listener));
    Ok(address)
}

async fn accept(hub: Arc<Hub>, config: Arc<RtmpConfig>, listener: TcpListener) {
    let guests = Guests::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = hub.closing.cancelled() => return,
        };
        match accepted {
            Ok((socket, peer)) => welcome(&hub, &config, &guests, socket, peer),
            Err(error) => {
                tracing::warn!(%error, "an RTMP connection cannot be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn welcome(hub: &Arc<Hub>, config: &Arc<RtmpConfig>, guests: &Guests, socket: TcpStream, peer: SocketAddr) {
    let Some(guest) = guests.enter(peer.ip(), config) else {
        tracing::debug!(%peer, "too many RTMP connections; one is closed");
        return;
    };
    // Small answers should not wait for more.
    let _ = socket.set_nodelay(true);
    let (hub, config) = (hub.clone(), config.clone());
    // A task of its own: a panic in the parser would end this connection and nothing else.
    let tasks = hub.clone();
    tasks.tasks.spawn(async move {
        let end = tokio::select! {
            end = session::run(&hub, &config, socket, peer.ip()) => end,
            () = hub.closing.cancelled() => Ok(()),
        };
        if let Err(error) = end {
            tracing::info!(%peer, %error, "an RTMP connection has ended");
        }
        drop(guest);
    });
}

/// Who is connected, by address. Bounded by the number of connections.
#[derive(Clone, Debug, Default)]
struct Guests(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Guests {
    fn enter(&self, peer: IpAddr, config: &RtmpConfig) -> Option<Guest> {
        let mut guests = self.0.lock();
        let address = prefix(peer);
        let all: usize = guests.values().sum();
        let here = guests.get(&address).copied().unwrap_or(0);
        if all >= config.max_connections || here >= config.max_connections_per_ip {
            return None;
        }
        guests.insert(address, here + 1);
        Some(Guest { guests: self.clone(), address })
    }
}

/// One connection; leaves when dropped.
#[derive(Debug)]
struct Guest {
    guests: Guests,
    address: IpAddr,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut guests = self.guests.0.lock();
        if let Some(count) = guests.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                guests.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_is_limited_and_leaving_makes_room() {
        let config = RtmpConfig { max_connections: 3, max_connections_per_ip: 2, ..RtmpConfig::default() };
        let guests = Guests::default();
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = guests.enter(one, &config).unwrap();
        let _second = guests.enter(one, &config).unwrap();
        assert!(guests.enter(one, &config).is_none(), "two of one address");
        let _third = guests.enter(two, &config).unwrap();
        assert!(guests.enter(two, &config).is_none(), "three of all");
        drop(first);
        assert!(guests.enter(two, &config).is_some());
    }
}
