//! Requests against servers on this machine, which are not public unless they are listed.

use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A server that gives every connection the same answer. Returns its port.
async fn server(address: &str, answer: impl Into<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.into();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(&answer).await;
        }
    });
    port
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn redirect(target: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

/// A client that may connect to 127.0.0.1, but not to 127.0.0.2.
fn listed() -> Outbound {
    Outbound::new(vec!["127.0.0.1/32".parse().unwrap()]).unwrap()
}

async fn get(outbound: &Outbound, url: String, ask: &Ask) -> Result<Fetched, FetchError> {
    outbound.get(&url.parse().unwrap(), ask).await
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let port = server("127.0.0.1", ok("secret")).await;
    let public = Outbound::new(Vec::new()).unwrap();
    for host in ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254", "[::1]"] {
        let refused = get(&public, format!("http://{host}:{port}/"), &Ask::http(100)).await;
        assert!(matches!(refused, Err(FetchError::Address(AddressError::Private(_)))), "{host}: {refused:?}");
    }
    for host in ["127.0.0.1", "localhost"] {
        let fetched = get(&listed(), format!("http://{host}:{port}/"), &Ask::http(100)).await.unwrap();
        assert_eq!((&fetched.bytes[..], fetched.content_type.as_deref()), (&b"secret"[..], Some("image/png")));
    }
}

#[tokio::test]
async fn redirects_are_checked_as_the_first_address_is() {
    let secret = server("127.0.0.2", ok("secret")).await;
    let port = server("127.0.0.1", redirect(&format!("http://127.0.0.2:{secret}/"))).await;
    let refused = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::http(100)).await;
    assert_eq!(refused, Err(AddressError::Private("127.0.0.2".into()).into()));
    let port = server("127.0.0.1", redirect("file:///etc/passwd")).await;
    let refused = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::http(100)).await;
    assert!(matches!(refused, Err(FetchError::Url { .. })), "{refused:?}");
    let end = server("127.0.0.1", ok("end")).await;
    let port = server("127.0.0.1", redirect(&format!("//127.0.0.1:{end}/x"))).await;
    let fetched = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::http(100)).await.unwrap();
    assert_eq!(fetched.url.as_str(), format!("http://127.0.0.1:{end}/x"));
    let endless = server("127.0.0.1", redirect("/again")).await;
    let refused = get(&listed(), format!("http://127.0.0.1:{endless}/"), &Ask::http(100)).await;
    assert_eq!(refused, Err(FetchError::TooManyRedirects));
}

#[tokio::test]
async fn answers_are_bounded_with_and_without_an_announced_size() {
    let announced = server("127.0.0.1", ok(&"x".repeat(101))).await;
    let silent = server("127.0.0.1", format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(101))).await;
    for port in [announced, silent] {
        let refused = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::http(100)).await;
        assert_eq!(refused, Err(FetchError::TooLarge(100)));
        let fetched = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::http(101)).await.unwrap();
        assert_eq!(fetched.bytes.len(), 101);
    }
}

#[tokio::test]
async fn what_is_sent_reaches_allowed_addresses_only_and_follows_no_redirect() {
    let end = server("127.0.0.1", ok("end")).await;
    let port = server("127.0.0.1", redirect(&format!("http://127.0.0.1:{end}/"))).await;
    let post = |outbound: Outbound, host: &'static str, ask: Ask| async move {
        let url = format!("http://{host}:{port}/push").parse().unwrap();
        outbound.post(&url, &[("TTL", "60".into())], b"hello".to_vec(), &ask).await
    };
    assert_eq!(post(listed(), "127.0.0.1", Ask::http(0)).await, Ok(302));
    for host in ["127.0.0.1", "localhost", "2130706433"] {
        let refused = post(Outbound::new(Vec::new()).unwrap(), host, Ask::http(0)).await;
        assert!(matches!(refused, Err(FetchError::Address(AddressError::Private(_)))), "{host}: {refused:?}");
    }
    assert!(matches!(post(listed(), "127.0.0.1", Ask::https(0)).await, Err(FetchError::Url { .. })));
}

#[tokio::test]
async fn other_schemes_and_passwords_are_refused() {
    let port = server("127.0.0.1", ok("plain")).await;
    let refused = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::https(100)).await;
    assert!(matches!(refused, Err(FetchError::Url { wanted: "https://", .. })), "{refused:?}");
    for url in ["ftp://127.0.0.1/", "file:///etc/passwd", "data:,x", "http://me:secret@127.0.0.1/"] {
        let refused = get(&listed(), url.into(), &Ask::http(100)).await.unwrap_err();
        assert!(matches!(refused, FetchError::Url { .. }), "{url}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
}

#[tokio::test]
async fn refusals_of_the_server_are_told() {
    let port = server("127.0.0.1", "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    let refused = get(&listed(), format!("http://127.0.0.1:{port}/"), &Ask::http(100)).await;
    assert_eq!(refused, Err(FetchError::Status(404)));
}

#[tokio::test]
async fn part_of_a_resource_is_cut_out_if_the_server_sends_the_whole() {
    let port = server("127.0.0.1", ok("0123456789")).await;
    let ask = Ask { range: Some((2, 3)), ..Ask::http(100) };
    let fetched = get(&listed(), format!("http://127.0.0.1:{port}/"), &ask).await.unwrap();
    assert_eq!(&fetched.bytes[..], b"234");
}

#[tokio::test]
async fn ports_of_other_services_are_refused() {
    let secret = server("127.0.0.1", redirect("http://127.0.0.1:25/")).await;
    for url in ["http://127.0.0.1:22/".to_owned(), format!("http://127.0.0.1:{secret}/")] {
        let refused = get(&listed(), url, &Ask::http(100)).await;
        assert!(matches!(refused, Err(FetchError::Address(AddressError::Port(22 | 25)))), "{refused:?}");
    }
}

#[tokio::test]
async fn resource_is_read_piece_by_piece_up_to_its_limit() {
    let port = server("127.0.0.1", ok(&"x".repeat(100))).await;
    let url = format!("http://127.0.0.1:{port}/").parse().unwrap();
    let mut download = listed().open(&url, &Ask::http(100)).await.unwrap();
    let mut bytes = 0;
    while let Some(next) = download.next().await.unwrap() {
        bytes += next.len();
    }
    assert_eq!(bytes, 100);
    let silent = server("127.0.0.1", format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(101))).await;
    let url = format!("http://127.0.0.1:{silent}/").parse().unwrap();
    let mut download = listed().open(&url, &Ask::http(100)).await.unwrap();
    let end = loop {
        match download.next().await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    assert_eq!(end, Err(FetchError::TooLarge(100)));
}

#[test]
fn what_is_shown_of_a_url_has_no_secrets() {
    let url = "srt://me:secret@a.example:9000/live?passphrase=secret&streamid=secret#secret".parse().unwrap();
    assert_eq!(without_secrets(&url), "srt://a.example:9000/live");
    assert_eq!(origin_of(&"rtmp://a.example/app/secret-key".parse().unwrap()), "rtmp://a.example");
}
