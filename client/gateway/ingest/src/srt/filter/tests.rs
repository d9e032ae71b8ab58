//! Datagrams go through a socket with the filter. Those that come out are given to the library, which must not panic.

use super::{bind, Peers};
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use proptest::prelude::*;
use srt_protocol::{
    connection::DuplexConnection,
    listener::{AccessControlResponse, Action, Input, MultiplexListener, SessionId},
    options::{KeySize, Passphrase, SocketOptions},
    packet::Packet,
    settings::{ConnInitSettings, KeySettings},
};
use srt_tokio::{SrtListener, SrtSocket};
use std::{
    io::Cursor,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

const HERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const PASSPHRASE: &str = "0123456789";

/// A socket with the filter, and one that sends to it.
struct Sockets {
    filtered: UdpSocket,
    stranger: UdpSocket,
}

impl Sockets {
    fn new(peers: Peers) -> Self {
        let filtered = bind(HERE, peers).unwrap();
        filtered.set_nonblocking(false).unwrap();
        filtered.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let stranger = UdpSocket::bind(HERE).unwrap();
        stranger.connect(filtered.local_addr().unwrap()).unwrap();
        Self { filtered, stranger }
    }

    /// Whether a datagram gets through.
    fn pass(&self, datagram: &[u8]) -> bool {
        let last = control(1, 0, b"the last one");
        self.stranger.send(datagram).unwrap();
        self.stranger.send(&last).unwrap();
        let mut received = vec![0; 65_536];
        let length = self.filtered.recv(&mut received).unwrap();
        if received[..length] == last {
            return false;
        }
        assert_eq!(&received[..length], datagram, "the datagram is complete");
        assert_eq!(self.filtered.recv(&mut received).unwrap(), last.len());
        true
    }
}

/// A control packet.
fn control(kind: u16, subtype: u16, content: &[u8]) -> Vec<u8> {
    let kind = (0x8000 | kind).to_be_bytes();
    [&kind[..], &subtype.to_be_bytes(), &[0, 0, 0, 1], &[0; 8], content].concat()
}

/// A handshake of version 5.
#[derive(Clone, Debug)]
struct Shake {
    version: u32,
    key_size: u16,
    kind: i32,
    cookie: i32,
}

const CONCLUSION: Shake = Shake { version: 5, key_size: 2, kind: -1, cookie: 0 };
const INDUCTION: Shake = Shake { version: 4, key_size: 0, kind: 1, cookie: 0 };
const CLEAR: Shake = Shake { key_size: 0, ..CONCLUSION };

impl Shake {
    fn with(&self, extensions: &[Vec<u8>]) -> Vec<u8> {
        let numbers = [1, 1_500, 8_192].map(u32::to_be_bytes).concat();
        let head = [&self.version.to_be_bytes()[..], &self.key_size.to_be_bytes(), &[0, 2], &numbers].concat();
        let kind = [&self.kind.to_be_bytes()[..], &[0, 0, 0, 3], &self.cookie.to_be_bytes(), &[0; 16]].concat();
        control(0, 0, &[head, kind, extensions.concat()].concat())
    }
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    let words = u16::try_from(content.len() / 4).unwrap();
    [&kind.to_be_bytes()[..], &words.to_be_bytes(), content].concat()
}

fn request() -> Vec<u8> {
    extension(1, &[0; 12])
}

fn stream_id(text: &str) -> Vec<u8> {
    let mut content = text.as_bytes().to_vec();
    content.resize(text.len().div_ceil(4) * 4, 0);
    content.chunks_mut(4).for_each(<[u8]>::reverse);
    extension(5, &content)
}

/// Key material with one or two keys, and some bytes too many.
fn key_material(flags: u8, salt_words: u8, key_words: u8, too_many: usize) -> Vec<u8> {
    let head = [0x12, 0x20, 0x29, flags, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, salt_words, key_words];
    let keys = (flags & 0b11).count_ones() as usize * usize::from(key_words);
    [&head[..], &vec![7; (usize::from(salt_words) + keys) * 4 + 8 + too_many]].concat()
}

fn key() -> Vec<u8> {
    extension(3, &key_material(1, 4, 4, 0))
}

fn bytes(packet: &Packet) -> Vec<u8> {
    let mut written = Vec::new();
    packet.serialize(&mut written);
    written
}

/// Gives a datagram to the library, as a listener that decides like the gateway. Returns the answer of the library.
fn serve(library: &mut MultiplexListener, datagram: &[u8]) -> Option<Vec<u8>> {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let packet = Packet::parse(&mut Cursor::new(datagram), false).ok()?;
    let request = match library.handle_input(Instant::now(), Input::Packet(Ok((packet, peer)))) {
        Action::SendPacket((answer, _)) => return Some(bytes(&answer)),
        Action::RequestAccess(_, request) => request,
        _ => return None,
    };
    let may_have_key = request.stream_id.is_some_and(|id| id.len() > 40);
    let is_clear = may_have_key && request.key_size == KeySize::Unspecified;
    let passphrase = Passphrase::from(PASSPHRASE);
    let settings = (!is_clear).then_some(KeySettings { key_size: request.key_size, passphrase });
    let response = Some((SessionId(peer), AccessControlResponse::Accepted(settings)));
    match library.handle_input(Instant::now(), Input::AccessResponse(response)) {
        Action::RejectConnection(_, answer) => answer.map(|(answer, _)| bytes(&answer)),
        Action::OpenConnection(_, opened) => {
            let (answer, connection) = *opened;
            DuplexConnection::new(connection);
            answer.map(|(answer, _)| bytes(&answer))
        }
        // The publisher would wait for ever.
        other => panic!("{other:?} is no answer"),
    }
}

/// Connects as far as to the conclusion, which goes through the filter.
fn conclude(sockets: &Sockets, shake: &Shake, extensions: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut library = MultiplexListener::new(Instant::now(), HERE, ConnInitSettings::default());
    let answer = serve(&mut library, &INDUCTION.with(&[])).unwrap();
    let cookie = i32::from_be_bytes(answer[44..48].try_into().unwrap());
    let conclusion = Shake { cookie, ..shake.clone() }.with(extensions);
    sockets.pass(&conclusion).then(|| serve(&mut library, &conclusion)).flatten()
}

#[test]
fn what_publishers_send_is_let_through() {
    for peers in [Peers::Publishers, Peers::PublishersOfOne] {
        let sockets = Sockets::new(peers);
        let id = || stream_id("#!::r=3,m=publish");
        let key_and_id = || stream_id(&format!("3-{}", "a".repeat(40)));
        let two_keys = extension(3, &key_material(3, 4, 8, 0));
        for (what, datagram) in [
            ("induction", INDUCTION.with(&[])),
            ("induction of version 5", Shake { version: 5, ..INDUCTION }.with(&[])),
            ("without key", CLEAR.with(&[request()])),
            ("key in the stream id", CLEAR.with(&[request(), key_and_id()])),
            ("key", CONCLUSION.with(&[request(), key()])),
            ("key before the stream id", CONCLUSION.with(&[request(), key(), id()])),
            ("key after the stream id", CONCLUSION.with(&[request(), id(), key()])),
            ("two keys of 256 bits", Shake { key_size: 4, ..CONCLUSION }.with(&[request(), two_keys])),
            ("key of unannounced size", CLEAR.with(&[request(), id(), key()])),
            ("key in both places", CONCLUSION.with(&[request(), key_and_id(), key()])),
            ("data", [&[0; 16][..], &[0x47; 1_316]].concat()),
            ("keep-alive", control(1, 0, &[])),
            ("shutdown", control(5, 0, &[0; 4])),
            ("acknowledgement of an acknowledgement", control(6, 0, &[0; 4])),
            ("drop request", control(7, 0, &[0, 0, 0, 4, 0, 0, 0, 9])),
            ("new key", control(0x7fff, 3, &key_material(2, 4, 4, 0))),
        ] {
            assert!(sockets.pass(&datagram), "{what}");
        }
    }
}

/// Each of them makes the library panic, in the task of the listener or in that of a connection, or leaves the gateway waiting.
#[test]
fn what_the_library_cannot_be_given_is_dropped() {
    let sockets = Sockets::new(Peers::Publishers);
    let unknown = [0, 6, 7, 8].map(|kind| CONCLUSION.with(&[request(), extension(kind, b"evil")]));
    let key_of =
        |flags, salt, too_many| CONCLUSION.with(&[request(), extension(3, &key_material(flags, salt, 4, too_many))]);
    let long_id = || stream_id(&"3".repeat(44));
    let others = [
        ("empty stream id", CONCLUSION.with(&[request(), extension(5, &[]), vec![0; 4]])),
        ("no request", CONCLUSION.with(&[key()])),
        ("nothing", CONCLUSION.with(&[])),
        (
            "request with another extension inside",
            CONCLUSION.with(&[extension(1, &[0, 6, 0, 1, 0, 6, 0, 1, 0, 6, 0, 1, 0, 0, 0, 0])]),
        ),
        ("response instead of a request", CONCLUSION.with(&[extension(2, &[0; 12])])),
        ("response with a key", CONCLUSION.with(&[request(), extension(4, &key_material(1, 4, 4, 0))])),
        ("no key in key material", key_of(0, 4, 0)),
        ("short salt", key_of(1, 3, 0)),
        ("key material with another extension inside", key_of(1, 4, 8)),
        ("key that the gateway cannot expect", CLEAR.with(&[request(), key(), long_id()])),
        ("key after a stream id with a key", CLEAR.with(&[request(), long_id(), key()])),
        ("extension that is cut off", CONCLUSION.with(&[request(), vec![0, 5, 0, 9, 1, 2, 3, 4]])),
        ("too many extensions", CONCLUSION.with(&[vec![request()], vec![stream_id("a"); 5]].concat())),
        ("rendezvous", Shake { kind: 0, ..CONCLUSION }.with(&[request()])),
        ("rejection", Shake { kind: 1_001, ..CONCLUSION }.with(&[extension(7, b"evil")])),
        ("version 4", Shake { version: 4, ..CONCLUSION }.with(&[request()])),
        ("size of a key", Shake { key_size: 1, ..CONCLUSION }.with(&[request(), key()])),
        ("unfinished list of losses", control(3, 0, &[0x80, 0, 0, 0])),
        ("loss of everything", control(3, 0, &[0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff])),
        ("congestion", control(4, 0, &[0; 4])),
        ("error of the peer", control(8, 0, &[0; 4])),
        ("range whose end comes first", control(7, 0, &[0, 0, 0, 9, 0, 0, 0, 4])),
        ("range up to the last number", control(7, 0, &[0, 0, 0, 9, 0x7f, 0xff, 0xff, 0xff])),
        ("new key material without a key", control(0x7fff, 3, &key_material(0, 4, 4, 0))),
        ("new key material with more", control(0x7fff, 3, &key_material(1, 4, 4, 4))),
        ("short packet", vec![0x80; 15]),
        ("short handshake", control(0, 0, &[0; 40])),
        ("nothing at all", Vec::new()),
    ];
    let messages = (0..10).filter(|kind| *kind != 3).map(|kind| control(0x7fff, kind, &[]));
    for datagram in unknown.into_iter().chain(messages) {
        assert!(!sockets.pass(&datagram), "{datagram:02x?}");
    }
    for (what, datagram) in others {
        assert!(!sockets.pass(&datagram), "{what}");
    }
}

#[test]
fn listeners_that_are_called_answer_in_their_own_form() {
    let sockets = Sockets::new(Peers::Listener);
    let response = || extension(2, &[0; 12]);
    let key = extension(4, &key_material(1, 4, 4, 0));
    assert!(sockets.pass(&Shake { kind: 1, ..CONCLUSION }.with(&[])), "induction");
    assert!(sockets.pass(&CONCLUSION.with(&[response(), key])));
    assert!(sockets.pass(&Shake { kind: 1_010, ..CONCLUSION }.with(&[])), "rejection");
    assert!(!sockets.pass(&CONCLUSION.with(&[response(), extension(8, b"evil")])));
    assert!(!sockets.pass(&Shake { kind: 1_010, ..CONCLUSION }.with(&[extension(7, b"a:bc")])));
    assert!(!sockets.pass(&Shake { kind: -5, ..CONCLUSION }.with(&[])));
}

#[tokio::test]
async fn connections_of_the_library_are_let_through() {
    for is_encrypted in [false, true] {
        let listening = bind(HERE, Peers::Publishers).unwrap();
        let address = listening.local_addr().unwrap();
        let listening = tokio::net::UdpSocket::from_std(listening).unwrap();
        let (_listener, mut incoming) = SrtListener::builder().socket(listening).bind(address).await.unwrap();
        let calling = tokio::net::UdpSocket::from_std(bind(HERE, Peers::Listener).unwrap()).unwrap();
        let set = move |options: &mut SocketOptions| {
            if is_encrypted {
                options.encryption.key_size = KeySize::AES128;
                options.encryption.passphrase = Some(PASSPHRASE.into());
            }
        };
        let call = SrtSocket::builder().set(set).socket(calling).call(address, Some("#!::r=3,m=publish"));
        let accept = async {
            let request = incoming.incoming().next().await.unwrap();
            let settings = KeySettings { key_size: request.key_size(), passphrase: PASSPHRASE.into() };
            request.accept(is_encrypted.then_some(settings)).await.unwrap()
        };
        let (mut accepted, called) = tokio::join!(accept, call);
        let mut called = called.unwrap();
        called.send((Instant::now(), Bytes::from_static(b"media"))).await.unwrap();
        assert_eq!(accepted.next().await.unwrap().unwrap().1, "media");
    }
}

fn any_extension() -> impl Strategy<Value = Vec<u8>> {
    let lengths = || prop_oneof![Just(4u8), Just(6), Just(8), any::<u8>()];
    prop_oneof![
        Just(request()),
        Just(key()),
        "[ -~]{0,60}".prop_map(|text| stream_id(&text)),
        (0u16..10, prop::collection::vec(any::<u8>(), 0..24)).prop_map(|(kind, content)| extension(kind, &content)),
        (3u16..5, 0u8..4, 3u8..6, lengths(), 0usize..9)
            .prop_map(|(kind, flags, salt, key, more)| extension(kind, &key_material(flags, salt, key, more))),
    ]
}

#[test]
fn what_is_let_through_never_makes_the_library_panic() {
    let sockets = Sockets::new(Peers::Publishers);
    proptest!(|(extensions in prop::collection::vec(any_extension(), 0..5), key_size in 0u16..6, begins in any::<bool>())| {
        let first = begins.then(request);
        let extensions: Vec<Vec<u8>> = first.into_iter().chain(extensions).collect();
        conclude(&sockets, &Shake { key_size, ..CONCLUSION }, &extensions);
    });
    proptest!(|(mut datagram in prop::collection::vec(any::<u8>(), 0..200), kind in 0u8..10)| {
        if let [first, second, ..] = datagram.as_mut_slice() {
            (*first, *second) = if kind == 9 { (0xff, 0xff) } else { (0x80, kind) };
        }
        if sockets.pass(&datagram) {
            let mut library = MultiplexListener::new(Instant::now(), HERE, ConnInitSettings::default());
            serve(&mut library, &datagram);
        }
    });
}

#[test]
fn publishers_are_answered() {
    let sockets = Sockets::new(Peers::Publishers);
    // The key of the material is not that of the passphrase, so the library refuses it.
    assert!(conclude(&sockets, &CONCLUSION, &[request(), stream_id("#!::r=3,m=publish"), key()]).is_some());
    assert!(conclude(&sockets, &CLEAR, &[request(), stream_id(&"3".repeat(44))]).is_some());
}
