//! Checks of the settings: everything that is wrong is reported at once.

use super::{url_host, Config, ConfigError, Http};
use rustls::pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer};
use std::{path::Path, process::Command};
use tracing_subscriber::EnvFilter;

/// Most proxies that a request may pass.
const MAX_PROXY_HOPS: usize = 8;
/// Heights that renditions can have.
const HEIGHTS: [u32; 5] = [240, 360, 480, 720, 1080];
/// Presets of x264.
const PRESETS: [&str; 9] =
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// Checks the settings without opening a port or writing anything.
///
/// # Errors
///
/// [`ConfigError::Wrong`] with a sentence for each wrong setting.
pub fn check(config: &Config) -> Result<(), ConfigError> {
    let mut wrong = Vec::new();
    check_http(config, &mut wrong);
    check_chain(config, &mut wrong);
    check_stores(config, &mut wrong);
    check_ingest(config, &mut wrong);
    check_paywall(config, &mut wrong);
    check_log(config, &mut wrong);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ConfigError::Wrong(wrong))
    }
}

fn expect(wrong: &mut Vec<String>, is_right: bool, words: impl FnOnce() -> String) {
    if !is_right {
        wrong.push(words());
    }
}

fn check_http(config: &Config, wrong: &mut Vec<String>) {
    let http = &config.http;
    expect(wrong, url_host(&http.public_url).is_some(), || {
        format!("http.public_url: '{}' is not a URL with http:// or https:// and a host", http.public_url)
    });
    expect(wrong, http.tls_certificate.is_some() == http.tls_key.is_some(), || {
        "http.tls_certificate and http.tls_key belong together; set both or neither".into()
    });
    for (name, file) in [("http.tls_certificate", &http.tls_certificate), ("http.tls_key", &http.tls_key)] {
        if let Some(file) = file {
            expect(wrong, file.is_file(), || format!("{name}: there is no file {}", file.display()));
        }
    }
    check_pem(http, wrong);
    if let Some(pages) = &http.pages {
        expect(wrong, pages.join("index.html").is_file(), || {
            format!("http.pages: {} has no index.html; build the pages, or leave the setting out", pages.display())
        });
    }
    let at_least_one = [
        ("http.requests_per_second", u64::from(http.requests_per_second)),
        ("http.request_burst", u64::from(http.request_burst)),
        ("http.max_connections", http.max_connections as u64),
        ("http.timeout_ms", http.timeout_ms),
    ];
    for (name, value) in at_least_one {
        expect(wrong, value > 0, || format!("{name}: must be 1 or more"));
    }
    expect(wrong, (1..=MAX_PROXY_HOPS).contains(&http.proxy_hops), || {
        format!("http.proxy_hops: {} is not between 1 and {MAX_PROXY_HOPS}", http.proxy_hops)
    });
    expect(wrong, (4_096..=1 << 20).contains(&http.max_body_bytes), || {
        format!("http.max_body_bytes: {} is not between 4096 and 1048576", http.max_body_bytes)
    });
}

/// Checks that the files hold a certificate and a key. Missing files are reported elsewhere.
fn check_pem(http: &Http, wrong: &mut Vec<String>) {
    if let Some(file) = http.tls_certificate.as_ref().filter(|file| file.is_file()) {
        let certificates = CertificateDer::pem_file_iter(file).and_then(|found| found.collect::<Result<Vec<_>, _>>());
        expect(wrong, certificates.is_ok_and(|found| !found.is_empty()), || {
            format!("http.tls_certificate: {} holds no certificate in PEM", file.display())
        });
    }
    if let Some(file) = http.tls_key.as_ref().filter(|file| file.is_file()) {
        expect(wrong, PrivateKeyDer::from_pem_file(file).is_ok(), || {
            format!("http.tls_key: {} holds no private key in PEM", file.display())
        });
    }
}

fn check_log(config: &Config, wrong: &mut Vec<String>) {
    let filter = EnvFilter::try_new(&config.log.filter);
    expect(wrong, filter.is_ok(), || {
        format!("log.filter: '{}' is not a filter; write it like info,vilokanam_gateway=debug", config.log.filter)
    });
}

fn check_chain(config: &Config, wrong: &mut Vec<String>) {
    let chain = &config.chain;
    expect(wrong, !chain.nodes.is_empty(), || "chain.nodes: name at least one node".into());
    for node in chain.nodes.iter().chain(&chain.public_nodes) {
        expect(wrong, node.starts_with("ws://") || node.starts_with("wss://"), || {
            format!("chain.nodes: '{node}' must begin with ws:// or wss://")
        });
    }
    expect(wrong, chain.key_file.is_file(), || {
        format!(
            "chain.key_file: there is no file {}; write the gateway's secret phrase into it and let only this user read it",
            chain.key_file.display()
        )
    });
    expect(wrong, !others_can_read(&chain.key_file), || {
        format!("chain.key_file: others can read {0}; run 'chmod 600 {0}'", chain.key_file.display())
    });
    expect(wrong, (5..=600).contains(&chain.direct_after_s), || {
        format!("chain.direct_after_s: {} is not between 5 and 600", chain.direct_after_s)
    });
    expect(wrong, (5..=300).contains(&chain.settle_interval_s), || {
        format!("chain.settle_interval_s: {} is not between 5 and 300", chain.settle_interval_s)
    });
}

#[cfg(unix)]
fn others_can_read(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}

fn check_stores(config: &Config, wrong: &mut Vec<String>) {
    if let Some(url) = &config.database.url {
        let is_known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        expect(wrong, is_known, || "database.url: must begin with sqlite:, postgres:// or postgresql://".into());
    }
    if let Some(url) = &config.storage.url {
        let is_known = ["s3://", "file:///"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
        expect(wrong, is_known, || {
            format!("storage.url: '{url}' must be s3:// and a bucket, or file:// and a folder that begins with /")
        });
    }
    expect(wrong, !config.data_dir.exists() || config.data_dir.is_dir(), || {
        format!("data_dir: {} exists and is not a folder", config.data_dir.display())
    });
}

fn check_ingest(config: &Config, wrong: &mut Vec<String>) {
    let ingest = &config.ingest;
    for (name, program) in [("ingest.ffmpeg", &ingest.ffmpeg), ("ingest.ffprobe", &ingest.ffprobe)] {
        let runs = Command::new(program).arg("-version").output().is_ok_and(|output| output.status.success());
        expect(wrong, runs, || {
            format!("{name}: '{}' cannot be run; install ffmpeg or set the path of the program", program.display())
        });
    }
    expect(wrong, ingest.rtmps_listen.is_none() || config.http.tls_certificate.is_some(), || {
        "ingest.rtmps_listen: RTMPS needs the certificate of http.tls_certificate and http.tls_key; set both, or leave the \
         setting out"
            .into()
    });
    let (first, last) = ingest.srt_ports;
    expect(wrong, first > 0 && first <= last, || {
        format!(
            "ingest.srt_ports: [{first}, {last}] must be the first and the last port of a range: the first is for all \
             streams, and each of the others for one"
        )
    });
    expect(wrong, !ingest.ladder.is_empty(), || "ingest.ladder: name at least one height".into());
    for height in &ingest.ladder {
        expect(wrong, HEIGHTS.contains(height), || format!("ingest.ladder: {height} is none of {HEIGHTS:?}"));
    }
    expect(wrong, PRESETS.contains(&ingest.preset.as_str()), || {
        format!("ingest.preset: '{}' is none of {}", ingest.preset, PRESETS.join(", "))
    });
    expect(wrong, ingest.max_broadcasts > 0, || "ingest.max_broadcasts: must be 1 or more".into());
}

fn check_paywall(config: &Config, wrong: &mut Vec<String>) {
    let paywall = &config.paywall;
    expect(wrong, paywall.min_share_ppm <= 1_000_000, || {
        format!("paywall.min_share_ppm: {} is above 1000000, which is the whole", paywall.min_share_ppm)
    });
    expect(wrong, paywall.credit_ticks <= paywall.credit_ticks_until_final, || {
        "paywall.credit_ticks: must not be above paywall.credit_ticks_until_final".into()
    });
    expect(wrong, paywall.max_sessions > 0, || "paywall.max_sessions: must be 1 or more".into());
    expect(wrong, paywall.idle_close_s >= 10, || "paywall.idle_close_s: must be 10 or more".into());
}
