//! RTMPS, as ffmpeg uses it.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, PATIENCE, STREAM},
    pull,
};
use std::{path::Path, process::Command, sync::Arc, time::Duration};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::{
    rustls::{
        crypto::ring,
        pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
        ServerConfig,
    },
    TlsAcceptor,
};
use vilokanam_ingest::{Protocol, TlsConfig};

/// File of the certificate in a directory.
const CERTIFICATE: &str = "certificate.pem";

/// A certificate of `localhost` that was made for this test.
fn certificate(directory: &Path) -> Arc<ServerConfig> {
    let (certificate, key) = (directory.join(CERTIFICATE), directory.join("key.pem"));
    // A certificate authority is no server.
    let settings = directory.join("certificate.cnf");
    let text = "[req]\nprompt = no\ndistinguished_name = name\nx509_extensions = server\n[name]\nCN = localhost\n\
                [server]\nbasicConstraints = critical, CA:FALSE\nsubjectAltName = DNS:localhost\n";
    std::fs::write(&settings, text).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-config", settings.to_str().unwrap(), "-keyout", key.to_str().unwrap()])
        .args(["-out", certificate.to_str().unwrap()])
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = CertificateDer::from_pem_file(certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_publisher_is_broadcast() {
    let mut gateway = Gateway::start().await;
    let config = certificate(gateway.directory.path());
    let tls = TlsConfig::new(move || config.clone());
    let address = gateway.ingest.listen_rtmps("127.0.0.1:0".parse().unwrap(), tls).await.unwrap();
    let url = gateway.rtmp_url().replacen("rtmp://", "rtmps://", 1);
    let url = url.replace(&gateway.ingest.rtmp_address().unwrap().to_string(), &address.to_string());
    let in_clear = finished(publish(&[], &clips().wide, "flv", &url.replacen("rtmps://", "rtmp://", 1))).await;
    assert!(!in_clear.status.success(), "RTMP without encryption is not accepted there");
    let publisher = publish(&["-re"], &clips().wide, "flv", &url);
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(finished(publisher).await.status.success());
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() >= 16_500, "all seven seconds are complete: {}", movies[0].end_ms());
    let wrong = finished(publish(&[], &clips().wide, "flv", &url.replace(gateway.key.reveal(), &"0".repeat(40)))).await;
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("the publish key is not valid"));
}

/// Accepts encrypted connections, and passes what they send on to a server without encryption. Returns the port.
async fn encrypt(config: Arc<ServerConfig>, server: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut encrypted) = TlsAcceptor::from(config.clone()).accept(socket).await else { continue };
            let mut plain = loop {
                match TcpStream::connect(("127.0.0.1", server)).await {
                    Ok(plain) => break plain,
                    Err(_) => sleep(Duration::from_millis(20)).await,
                }
            };
            let _ = copy_bidirectional(&mut encrypted, &mut plain).await;
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_source_is_pulled_if_its_certificate_is_trusted() {
    let mut gateway = pull::gateway().await;
    let directory = gateway.directory.path();
    let (config, server) = (certificate(directory), pull::free_port());
    let trusted = directory.join(CERTIFICATE);
    let port = encrypt(config, server).await;
    gateway.ingest.set_source(STREAM, &format!("rtmps://localhost:{port}/live/x")).await.unwrap();
    let refused = async {
        loop {
            if let Some(why) = gateway.ingest.source(STREAM).unwrap().last_error {
                return why;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let why = timeout(PATIENCE, refused).await.expect("the certificate is not known yet");
    assert!(why.contains("no encrypted connection to localhost") && why.contains("certificate"), "{why}");
    // ffmpeg as a server, which plays to one client.
    let mut playing = tokio::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-re", "-i"])
        .arg(&clips().wide)
        .args(["-c", "copy", "-f", "flv", "-listen", "1", &format!("rtmp://127.0.0.1:{server}/live/x")])
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // Where the certificates of the system are. Each connection looks there again.
    std::env::set_var("SSL_CERT_FILE", &trusted);
    let mut observer = gateway.broadcast().await;
    observer.until_media(200_000).await;
    assert_eq!(observer.source.clone().unwrap().protocol, Protocol::Pull);
    let _ = playing.kill().await;
    observer.until("the end of the source", |observer| observer.waits > 0).await;
    gateway.ingest.shutdown().await;
}
