//! The HTTP server: binds the port and reads the certificate before anything else starts, limits connections and the time
//! a connection may stay silent, and drains.

use crate::config::Http;
use axum::Router;
use axum_server::{
    accept::Accept,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
    Handle,
};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use std::{
    future::{ready, Ready},
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Limit for the head of a request, and for the silence between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Interval at which the certificate's files are checked for a change.
const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(60);
/// Concurrent requests of one HTTP/2 connection.
const MAX_HTTP2_STREAMS: u32 = 128;

/// Why the HTTP server cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port cannot be bound.
    #[error("http.listen: {address}: {error}; see that no other program has the port")]
    Listen { address: SocketAddr, error: io::Error },
    /// The certificate or its key cannot be used.
    #[error("http.tls_certificate, http.tls_key: {}, {}: {error}; both must be PEM, and the key the certificate's", certificate.display(), key.display())]
    Certificate { certificate: PathBuf, key: PathBuf, error: io::Error },
    /// The server failed while it was running.
    #[error("HTTP on {address}: {error}")]
    Serving { address: SocketAddr, error: io::Error },
}

/// A bound port, with the certificate it is served under.
pub struct HttpServer {
    address: SocketAddr,
    listener: TcpListener,
    tls: Option<Tls>,
    places: Places,
    /// How long open requests may take once the server ends.
    grace: Duration,
}

struct Tls {
    config: RustlsConfig,
    certificate: PathBuf,
    key: PathBuf,
}

impl HttpServer {
    /// Binds the port and reads the certificate. Clients that connect from now on wait until [`Self::serve`].
    ///
    /// # Errors
    ///
    /// [`ServeError::Listen`] for a port that cannot be bound, [`ServeError::Certificate`] for a certificate or key that
    /// cannot be read.
    pub async fn bind(http: &Http) -> Result<Self, ServeError> {
        let address = http.listen;
        let wrong = |error| ServeError::Listen { address, error };
        let tls = match http.tls_certificate.clone().zip(http.tls_key.clone()) {
            Some((certificate, key)) => Some(Tls::read(certificate, key).await?),
            None => None,
        };
        let listener = TcpListener::bind(address).map_err(wrong)?;
        listener.set_nonblocking(true).map_err(wrong)?;
        let places = Places(Arc::new(Semaphore::new(http.max_connections.min(Semaphore::MAX_PERMITS))));
        Ok(Self { address, listener, tls, places, grace: Duration::from_millis(http.drain_ms) })
    }

    /// Returns the certificate, which stays up to date when its files are renewed.
    pub fn certificate(&self) -> Option<RustlsConfig> {
        self.tls.as_ref().map(|tls| tls.config.clone())
    }

    /// Serves `router` until `drain` is cancelled, then lets open requests finish for at most `http.drain_ms`.
    pub async fn serve(self, router: Router, tasks: &TaskTracker, drain: &CancellationToken) -> Result<(), ServeError> {
        let (address, handle) = (self.address, Handle::new());
        tasks.spawn(stop_when_draining(handle.clone(), drain.clone(), self.grace));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tracing::info!(%address, tls = self.tls.is_some(), "serving");
        let wrong = |error| ServeError::Serving { address, error };
        let mut server = axum_server::from_tcp(self.listener).map_err(wrong)?.handle(handle);
        limit_waiting(server.http_builder());
        let served = match self.tls {
            Some(tls) => {
                let acceptor = RustlsAcceptor::new(tls.config.clone()).acceptor(self.places);
                tasks.spawn(drain.clone().run_until_cancelled_owned(tls.reload_when_renewed()));
                server.acceptor(acceptor).serve(service).await
            }
            None => server.acceptor(self.places).serve(service).await,
        };
        served.map_err(wrong)
    }
}

async fn stop_when_draining(handle: Handle<SocketAddr>, drain: CancellationToken, grace: Duration) {
    drain.cancelled().await;
    handle.graceful_shutdown(Some(grace));
}

impl Tls {
    async fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, ServeError> {
        match RustlsConfig::from_pem_file(&certificate, &key).await {
            Ok(config) => Ok(Self { config, certificate, key }),
            Err(error) => Err(ServeError::Certificate { certificate, key, error }),
        }
    }

    /// Reloads the certificate whenever its files change. A certificate that cannot be read leaves the old one in force.
    async fn reload_when_renewed(self) {
        let changed_at = |path: &PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
        let mut known = (changed_at(&self.certificate), changed_at(&self.key));
        loop {
            tokio::time::sleep(CERTIFICATE_LOOK_EVERY).await;
            let now = (changed_at(&self.certificate), changed_at(&self.key));
            if now == known {
                continue;
            }
            let path = self.certificate.display();
            match self.config.reload_from_pem_file(&self.certificate, &self.key).await {
                Ok(()) => {
                    tracing::info!(%path, "serving the renewed certificate");
                    known = now;
                }
                Err(error) => {
                    tracing::warn!(%error, %path, "the renewed certificate cannot be read; the old one stays in use")
                }
            }
        }
    }
}

/// Limits how long a silent or slow client may hold a connection.
fn limit_waiting(http: &mut Builder<TokioExecutor>) {
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_TIMEOUT)
        .keep_alive_timeout(HEAD_TIMEOUT)
        .max_concurrent_streams(MAX_HTTP2_STREAMS);
}

/// The places for connections. A connection above the limit is closed at once, so that the open ones keep working.
#[derive(Clone)]
struct Places(Arc<Semaphore>);

impl<S> Accept<TcpStream, S> for Places {
    type Stream = Counted;
    type Service = S;
    type Future = Ready<io::Result<(Counted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let counted = match self.0.clone().try_acquire_owned() {
            // Keys and parts are small and urgent: none may wait for the acknowledgement of the packet before it.
            Ok(place) => stream.set_nodelay(true).map(|()| (Counted { stream, _place: place }, service)),
            Err(_) => Err(io::Error::other("the limit http.max_connections is reached")),
        };
        ready(counted)
    }
}

/// A connection (HTTP or WebSocket) that holds its place until it is closed.
struct Counted {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn http(listen: SocketAddr) -> Http {
        Http { listen, ..Http::default() }
    }

    #[tokio::test]
    async fn bind_to_a_taken_port_is_refused() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        let error = HttpServer::bind(&http(address)).await.err().unwrap();
        assert!(matches!(error, ServeError::Listen { .. }));
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }

    #[tokio::test]
    async fn requests_are_answered_over_ipv6() {
        let server = HttpServer::bind(&http("[::1]:0".parse().unwrap())).await.unwrap();
        let address = server.listener.local_addr().unwrap();
        let (tasks, drain) = (TaskTracker::new(), CancellationToken::new());
        let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
        let (stop, served) = (drain.clone(), tasks.clone());
        tokio::spawn(async move { server.serve(router, &served, &drain).await });
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(b"GET / HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
        stop.cancel();
    }

    #[tokio::test]
    async fn bind_with_a_file_that_is_no_certificate_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not.pem");
        std::fs::write(&file, "no certificate").unwrap();
        let (tls_certificate, tls_key) = (Some(file.clone()), Some(file));
        let http = Http { tls_certificate, tls_key, ..http("127.0.0.1:0".parse().unwrap()) };
        let error = HttpServer::bind(&http).await.err().unwrap();
        assert!(matches!(error, ServeError::Certificate { .. }));
        assert!(error.to_string().contains("not.pem"), "{error}");
    }

    #[tokio::test]
    async fn a_connection_above_the_limit_is_closed_until_another_leaves() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let places = Places(Arc::new(Semaphore::new(1)));
        let mut accepted = Vec::new();
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
            accepted.push(listener.accept().await.unwrap().0);
        }
        let first = places.accept(accepted.remove(0), ()).await.unwrap();
        assert!(first.0.stream.nodelay().unwrap());
        assert!(places.accept(accepted.remove(0), ()).await.is_err(), "there is only one place");
        drop(first);
        assert!(places.accept(accepted.remove(0), ()).await.is_ok(), "a place that was given up is free");
    }
}
