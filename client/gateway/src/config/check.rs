//! Checks of the settings: everything that is wrong is reported at once.

use super::{url_host, Config, ConfigError, Http, Ingest};
use crate::{creator_settings::MAX_DVR_HOURS, notices::Mailer};
use rustls::pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer};
use std::{path::Path, process::Command};
use tracing_subscriber::EnvFilter;
use vilokanam_ingest::{transcode::FRAGMENT_RANGE_MS, Encoder};

/// Longest film that a recording can hold, in hours.
const MAX_FILM_HOURS: u32 = 47;
/// Most proxies that a request may pass.
const MAX_PROXY_HOPS: usize = 8;
/// Least memory of ffmpeg in MiB with which it encodes all renditions.
const MIN_FFMPEG_MIB: u64 = 512;
/// Most addresses in an answer of WHIP.
const MAX_WHIP_ADDRESSES: usize = 8;
/// Heights that renditions can have.
const HEIGHTS: [u32; 5] = [240, 360, 480, 720, 1080];
/// Codecs of renditions.
const CODECS: [&str; 3] = ["h264", "hevc", "av1"];
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
    check_uploads(config, &mut wrong);
    check_paywall(config, &mut wrong);
    check_people(config, &mut wrong);
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

fn check_people(config: &Config, wrong: &mut Vec<String>) {
    let people = &config.people;
    expect(wrong, people.max_searches > 0, || "people.max_searches: it must be 1 or more".into());
    expect(wrong, people.fiat_currency.is_some() == people.fiat_per_token.is_some(), || {
        "people.fiat_currency and people.fiat_per_token belong together; set both or neither".into()
    });
    let is_price = people.fiat_per_token.is_none_or(|price| price.is_finite() && price > 0.0);
    expect(wrong, is_price, || "people.fiat_per_token: it must be a number above 0".into());
    expect(wrong, people.smtp_url.is_some() == people.mail_from.is_some(), || {
        "people.smtp_url and people.mail_from belong together; set both or neither".into()
    });
    if let (Some(url), Some(from)) = (&people.smtp_url, &people.mail_from) {
        // The URL has a password, so it is not shown.
        let wrong_mail = Mailer::new(url, from, &config.http.public_url).err();
        wrong.extend(wrong_mail.map(|error| error.to_string()));
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
    expect(wrong, config.storage.dvr_hours <= MAX_DVR_HOURS, || {
        format!("storage.dvr_hours: {} is above {MAX_DVR_HOURS}", config.storage.dvr_hours)
    });
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
    expect(wrong, ingest.whip_addresses.len() <= MAX_WHIP_ADDRESSES, || {
        format!("ingest.whip_addresses: there are more than {MAX_WHIP_ADDRESSES} addresses")
    });
    expect(wrong, !ingest.ladder.is_empty(), || "ingest.ladder: name at least one height".into());
    for height in &ingest.ladder {
        expect(wrong, HEIGHTS.contains(height), || format!("ingest.ladder: {height} is none of {HEIGHTS:?}"));
    }
    expect(wrong, PRESETS.contains(&ingest.preset.as_str()), || {
        format!("ingest.preset: '{}' is none of {}", ingest.preset, PRESETS.join(", "))
    });
    expect(wrong, ingest.ffmpeg_memory_mib >= MIN_FFMPEG_MIB, || {
        format!("ingest.ffmpeg_memory_mib: {} is below {MIN_FFMPEG_MIB}", ingest.ffmpeg_memory_mib)
    });
    check_encoders(ingest, wrong);
    expect(wrong, FRAGMENT_RANGE_MS.contains(&ingest.part_ms), || {
        let (min, max) = (FRAGMENT_RANGE_MS.start(), FRAGMENT_RANGE_MS.end());
        format!("ingest.part_ms: {} is not between {min} and {max}", ingest.part_ms)
    });
    expect(wrong, ingest.max_broadcasts > 0, || "ingest.max_broadcasts: must be 1 or more".into());
}

fn check_uploads(config: &Config, wrong: &mut Vec<String>) {
    let uploads = &config.uploads;
    expect(wrong, uploads.max_bytes <= uploads.max_total_bytes, || {
        "uploads.max_bytes: must not be above uploads.max_total_bytes".into()
    });
    let at_least_one = [
        ("uploads.expire_after_h", u64::from(uploads.expire_after_h)),
        ("uploads.max_hours", u64::from(uploads.max_hours)),
        ("uploads.jobs", uploads.jobs as u64),
    ];
    for (name, value) in at_least_one {
        expect(wrong, value > 0, || format!("{name}: must be 1 or more"));
    }
    expect(wrong, uploads.max_hours <= MAX_FILM_HOURS, || {
        format!("uploads.max_hours: {} is above {MAX_FILM_HOURS}, the longest recording", uploads.max_hours)
    });
}

/// Checks the names. Whether the encoders work is tried when the gateway starts.
fn check_encoders(ingest: &Ingest, wrong: &mut Vec<String>) {
    let encoders = Encoder::ALL.map(|encoder| encoder.to_string());
    expect(wrong, encoders.contains(&ingest.encoder), || {
        format!("ingest.encoder: '{}' is none of {}", ingest.encoder, encoders.join(", "))
    });
    for codec in &ingest.codecs {
        expect(wrong, CODECS.contains(&codec.as_str()), || {
            format!("ingest.codecs: '{codec}' is none of {}", CODECS.join(", "))
        });
    }
    expect(wrong, ingest.codecs.iter().any(|codec| codec == "h264"), || {
        "ingest.codecs: h264 is missing, which some players need; add it".into()
    });
    expect(wrong, (100..=50_000).contains(&ingest.max_copied_kbits), || {
        "ingest.max_copied_kbits: choose 100 to 50000; to copy nothing, set ingest.copies to false".into()
    });
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
