//! RTMPS, as ffmpeg uses it.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway},
};
use std::{path::Path, process::Command, sync::Arc};
use tokio_rustls::rustls::{
    crypto::ring,
    pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
    ServerConfig,
};
use vilokanam_ingest::TlsConfig;

/// A certificate that was made for this test.
fn certificate(directory: &Path) -> TlsConfig {
    let (certificate, key) = (directory.join("certificate.pem"), directory.join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-keyout", key.to_str().unwrap(), "-out", certificate.to_str().unwrap()])
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
    let config = Arc::new(config);
    TlsConfig::new(move || config.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_publisher_is_broadcast() {
    let mut gateway = Gateway::start().await;
    let tls = certificate(gateway.directory.path());
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
