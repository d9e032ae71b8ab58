//! Serving HTTP: the port and the certificate, both had before anything else is started; how many may be connected, and
//! how long they may say nothing; ending well.

use crate::{
    api,
    api::pages::Pages,
    app::App,
    config::Http,
    shutdown::{self, ShutdownHandle},
};
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

/// How long a client may take for the head of a request, or stay silent between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a certificate's file is looked at.
const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(60);
/// Requests at a time of one HTTP/2 connection.
const MAX_HTTP2_STREAMS: u32 = 128;

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port.
    #[error("http.listen: {address}: {error}; see that no other program has the port")]
    Listen { address: SocketAddr, error: io::Error },
    /// The certificate or its key.
    #[error("http.tls_certificate, http.tls_key: {}, {}: {error}; both must be PEM, and the key the certificate's", certificate.display(), key.display())]
    Certificate { certificate: PathBuf, key: PathBuf, error: io::Error },
    /// While it was served.
    #[error("HTTP on {address}: {error}")]
    Serving { address: SocketAddr, error: io::Error },
}

/// A port that is ours, and what is shown on it.
pub struct Door {
    address: SocketAddr,
    listener: TcpListener,
    tls: Option<Tls>,
    counter: Counter,
    grace: Duration,
}

struct Tls {
    config: RustlsConfig,
    certificate: PathBuf,
    key: PathBuf,
}

impl Door {
    /// Takes the port and reads the certificate. Whoever connects from now on waits until [`Self::serve`].
    pub async fn open(http: &Http) -> Result<Self, ServeError> {
        let address = http.listen;
        let wrong = |error| ServeError::Listen { address, error };
        let tls = match http.tls_certificate.clone().zip(http.tls_key.clone()) {
            Some((certificate, key)) => Some(Tls::read(certificate, key).await?),
            None => None,
        };
        let listener = TcpListener::bind(address).map_err(wrong)?;
        listener.set_nonblocking(true).map_err(wrong)?;
        let counter = Counter(Arc::new(Semaphore::new(http.max_connections.min(Semaphore::MAX_PERMITS))));
        Ok(Self { address, listener, tls, counter, grace: Duration::from_millis(http.drain_ms) })
    }

    /// Serves until told to end, then lets open requests finish. Whatever happens, `end` has begun when it returns.
    pub async fn serve(self, app: Arc<App>, pages: Option<Arc<Pages>>, end: ShutdownHandle) -> Result<(), ServeError> {
        let (address, handle, end) = (self.address, Handle::new(), Arc::new(end));
        tokio::spawn(drain_when_told(handle.clone(), end.clone(), self.grace));
        let service = api::router(app, pages).into_make_service_with_connect_info::<SocketAddr>();
        tracing::info!(%address, tls = self.tls.is_some(), "serving");
        let wrong = |error| ServeError::Serving { address, error };
        let mut server = axum_server::from_tcp(self.listener).map_err(wrong)?.handle(handle);
        limit_waiting(server.http_builder());
        let served = match self.tls {
            Some(tls) => {
                let acceptor = RustlsAcceptor::new(tls.config.clone()).acceptor(self.counter);
                tokio::spawn(tls.renew());
                server.acceptor(acceptor).serve(service).await
            }
            None => server.acceptor(self.counter).serve(service).await,
        };
        end.begin();
        served.map_err(wrong)
    }
}

async fn drain_when_told(handle: Handle<SocketAddr>, end: Arc<ShutdownHandle>, grace: Duration) {
    if let Err(error) = shutdown::signal().await {
        tracing::error!(%error, "signals cannot be waited for; ending");
    }
    tracing::info!("draining: no new sessions; open requests may finish");
    end.begin();
    handle.graceful_shutdown(Some(grace));
}

impl Tls {
    async fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, ServeError> {
        match RustlsConfig::from_pem_file(&certificate, &key).await {
            Ok(config) => Ok(Self { config, certificate, key }),
            Err(error) => Err(ServeError::Certificate { certificate, key, error }),
        }
    }

    /// Certificates are renewed while a gateway runs. One that cannot be read leaves the old one in force.
    async fn renew(self) {
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
                    tracing::info!(%path, "a new certificate is served");
                    known = now;
                }
                Err(error) => tracing::warn!(%error, %path, "the new certificate is not used"),
            }
        }
    }
}

/// Nobody holds a connection by saying nothing, or by taking for ever to say it.
fn limit_waiting(http: &mut Builder<TokioExecutor>) {
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_TIMEOUT)
        .keep_alive_timeout(HEAD_TIMEOUT)
        .max_concurrent_streams(MAX_HTTP2_STREAMS);
}

/// Counts connections: one too many is closed at once, so that those that are served keep being served.
#[derive(Clone)]
struct Counter(Arc<Semaphore>);

impl<S> Accept<TcpStream, S> for Counter {
    type Stream = Counted;
    type Service = S;
    type Future = Ready<io::Result<(Counted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let counted = match self.0.clone().try_acquire_owned() {
            // Keys and parts are small and waited for: none may wait for the packet before it to be acknowledged.
            Ok(place) => stream.set_nodelay(true).map(|()| (Counted { stream, _place: place }, service)),
            Err(_) => Err(io::Error::other("as many are connected as may be; http.max_connections says how many")),
        };
        ready(counted)
    }
}

/// A connection, WebSocket or not, that has its place until it is closed.
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

    fn http(listen: SocketAddr) -> Http {
        Http { listen, ..Http::default() }
    }

    #[tokio::test]
    async fn open_taken_port_fails() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        let error = Door::open(&http(address)).await.err().unwrap();
        assert!(matches!(error, ServeError::Listen { .. }));
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }

    #[tokio::test]
    async fn open_with_what_is_no_certificate_fails() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not.pem");
        std::fs::write(&file, "no certificate").unwrap();
        let (tls_certificate, tls_key) = (Some(file.clone()), Some(file));
        let http = Http { tls_certificate, tls_key, ..http("127.0.0.1:0".parse().unwrap()) };
        let error = Door::open(&http).await.err().unwrap();
        assert!(matches!(error, ServeError::Certificate { .. }));
        assert!(error.to_string().contains("not.pem"), "{error}");
    }

    #[tokio::test]
    async fn one_connection_too_many_is_closed_until_another_goes() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counter = Counter(Arc::new(Semaphore::new(1)));
        let mut accepted = Vec::new();
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
            accepted.push(listener.accept().await.unwrap().0);
        }
        let first = counter.accept(accepted.remove(0), ()).await.unwrap();
        assert!(first.0.stream.nodelay().unwrap());
        assert!(counter.accept(accepted.remove(0), ()).await.is_err(), "there is one place");
        drop(first);
        assert!(counter.accept(accepted.remove(0), ()).await.is_ok(), "a place that was left is free");
    }
}
