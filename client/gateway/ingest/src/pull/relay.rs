//! A relay between the library for RTSP and a server that cannot be trusted.
//!
//! The library keeps what it receives until a message or a picture is complete, however large the server says it is. The relay
//! counts what comes from the server since the last picture was taken, and ends the connection above a limit.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
};
use tokio::{
    io::{copy, AsyncReadExt, AsyncWriteExt},
    net::{
        tcp::{OwnedReadHalf, OwnedWriteHalf},
        TcpListener, TcpStream,
    },
    task::JoinHandle,
};

/// Maximum number of bytes between two pictures.
const MAX_BYTES: u64 = 32 << 20;
/// Number of bytes that are passed on at once.
const PIECE_BYTES: usize = 64 * 1024;

/// A relay to a server. Dropping it ends the connection.
#[derive(Debug)]
pub(super) struct Relay {
    address: SocketAddr,
    taken: Taken,
    task: JoinHandle<()>,
}

/// Counts the bytes since something was taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken(Arc<AtomicU64>);

impl Taken {
    /// Notes that something was taken.
    pub fn note(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Adds bytes. Returns whether they are within the limit.
    fn add(&self, bytes: u64) -> bool {
        self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= MAX_BYTES
    }
}

impl Relay {
    /// Begins to relay the first connection to [`Self::address`] to the server.
    ///
    /// # Errors
    ///
    /// No port of this machine is free.
    pub async fn start(server: TcpStream) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, taken) = (listener.local_addr()?, Taken::default());
        let task = tokio::spawn(relay(listener, server, taken.clone()));
        Ok(Self { address, taken, task })
    }

    /// Address to which the library connects.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is noted that something was taken.
    pub fn taken(&self) -> Taken {
        self.taken.clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(listener: TcpListener, server: TcpStream, taken: Taken) {
    let Ok((library, _)) = listener.accept().await else { return };
    drop(listener);
    let ((mut from_library, to_library), (from_server, mut to_server)) = (library.into_split(), server.into_split());
    tokio::select! {
        _ = copy(&mut from_library, &mut to_server) => {}
        _ = pass_on(from_server, to_library, &taken) => {}
    }
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, taken: &Taken) -> io::Result<()> {
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 || !taken.add(read as u64) {
            return Ok(());
        }
        to.write_all(&buffer[..read]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn server() -> (TcpListener, Relay) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Relay::start(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap()).await.unwrap();
        (listener, relay)
    }

    #[tokio::test]
    async fn both_directions_are_passed_on() {
        let (listener, relay) = server().await;
        let mut library = TcpStream::connect(relay.address()).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        library.write_all(b"DESCRIBE").await.unwrap();
        let mut received = [0; 8];
        server.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"DESCRIBE");
        server.write_all(b"RTSP/1.0").await.unwrap();
        library.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"RTSP/1.0");
        drop(server);
        assert_eq!(library.read(&mut received).await.unwrap(), 0, "the end is passed on as well");
    }

    #[tokio::test]
    async fn message_without_end_ends_the_connection() {
        let (listener, relay) = server().await;
        let mut library = TcpStream::connect(relay.address()).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        let sending = tokio::spawn(async move {
            server.write_all(b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n").await.unwrap();
            while server.write_all(&[0; 65_536]).await.is_ok() {}
        });
        let mut received = 0;
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = library.read(&mut buffer).await {
            received += read as u64;
        }
        assert!((MAX_BYTES / 2..=MAX_BYTES).contains(&received), "{received}");
        sending.await.unwrap();
    }

    #[test]
    fn what_is_taken_does_not_count() {
        let taken = Taken::default();
        assert!(taken.add(MAX_BYTES) && !taken.add(1));
        taken.note();
        assert!(taken.add(MAX_BYTES));
    }
}
