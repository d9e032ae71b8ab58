//! Golden vectors: the bytes on which chain, node, gateway, command line and browser agree.
//!
//! Deterministic values are computed and compared with `vectors/*.json`. sr25519 signatures are randomised, so the
//! committed ones are verified instead. Write the files again only after a deliberate change of the protocol:
//!
//! ```text
//! VILOKANAM_WRITE_VECTORS=1 cargo nextest run -p tick-stream-primitives --test golden
//! ```
//!
//! Writing keeps an sr25519 signature that is still valid, so that files do not change without a reason.

#[path = "golden/batches.rs"]
mod batches;
mod common;
#[path = "golden/files.rs"]
mod files;
#[path = "golden/keys.rs"]
mod keys;
#[path = "golden/nonces.rs"]
mod nonces;
#[path = "golden/tickets.rs"]
mod tickets;

use codec::{Decode, Encode};
use common::{counting, raw, Key, Kind, GENESIS, OTHER_GENESIS};
use files::{check, committed, hex, is_writing, scale, unhex};
use serde::Serialize;
use sp_crypto_hashing::{blake2_128, blake2_256};
use sp_runtime::MultiSignature;
use tick_stream_primitives::{
    session_id, tick_chain::leads_to, tick_hash, ticket::close_message, ticket::is_signed_by, ticket::wrapped,
    AccountId, SessionId, TickChain, TickHash,
};

// --- session ids ---------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct SessionIds {
    about: &'static str,
    domain: &'static str,
    cases: Vec<SessionIdCase>,
}

#[derive(Serialize)]
struct SessionIdCase {
    genesis: String,
    viewer: String,
    session_key: String,
    nonce: String,
    session_id: String,
}

#[test]
fn session_ids_match_the_vectors() {
    let case = |genesis: [u8; 32], viewer: [u8; 32], session_key: [u8; 32], nonce: u64| {
        let id = session_id(&genesis, &viewer.into(), &session_key.into(), nonce);
        let fields = [&genesis[..], &viewer[..], &session_key[..], &nonce.to_le_bytes()[..]].concat();
        assert_eq!(id.0, blake2_128(&[b"vilokanam/session/v2", &fields[..]].concat()));
        SessionIdCase {
            genesis: hex(genesis),
            viewer: hex(viewer),
            session_key: hex(session_key),
            nonce: nonce.to_string(),
            session_id: hex(id.0),
        }
    };
    let (viewer, key) = (counting(0x01), counting(0x31));
    let vectors = SessionIds {
        about: "session_id = blake2_128(domain ++ genesis ++ viewer ++ session_key ++ nonce as u64 little-endian). \
                session_key is the viewer itself if the wallet opens the session.",
        domain: "vilokanam/session/v2",
        cases: vec![
            case(GENESIS, viewer, key, 0),
            case(GENESIS, viewer, key, 1),
            case(GENESIS, viewer, key, (1_000 << 32) + 1),
            case(GENESIS, viewer, key, 0x0102_0304_0506_0708),
            case(GENESIS, viewer, key, u64::MAX),
            case(GENESIS, viewer, viewer, 1),
            case(GENESIS, key, viewer, 1),
            case(GENESIS, counting(0x81), key, 1),
            case(OTHER_GENESIS, viewer, key, 1),
            case(counting(0), [0; 32], [0; 32], 1),
            case([0; 32], [0; 32], [0; 32], 0),
        ],
    };
    check("session_ids.json", &vectors);
}

// --- tick chain ----------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct TickChains {
    about: &'static str,
    domain: &'static str,
    chains: Vec<ChainCase>,
    anchors: Vec<AnchorCase>,
    leads_to: Vec<LeadsToCase>,
}

#[derive(Serialize)]
struct ChainCase {
    session_id: String,
    seed: String,
    length: u32,
    elements: Vec<String>,
}

#[derive(Serialize)]
struct AnchorCase {
    session_id: String,
    seed: String,
    length: u32,
    anchor: String,
}

#[derive(Serialize)]
struct LeadsToCase {
    session_id: String,
    proof: String,
    steps: u32,
    head: String,
    valid: bool,
}

fn elements(session: &SessionId, seed: TickHash, length: u32) -> Vec<TickHash> {
    let mut chain = TickChain::new(session, seed, length);
    let mut elements = vec![chain.anchor()];
    elements.extend((1..=length).map(|tick| chain.proof(tick).expect("the chain is that long")));
    for pair in elements.windows(2) {
        let by_hand = blake2_256(&[b"vilokanam/tick/v1", &session.0[..], &pair[1][..]].concat());
        assert_eq!(pair[0], by_hand);
    }
    assert_eq!(elements.last(), Some(&seed));
    elements
}

#[test]
fn tick_chains_match_the_vectors() {
    let session = common::ticket().session_id(&GENESIS);
    let other = session_id(&GENESIS, &counting(0x81).into(), &counting(0x31).into(), 1);
    let seed = counting(0xe0);
    let chain = |session: &SessionId, seed: TickHash, length: u32| ChainCase {
        session_id: hex(session.0),
        seed: hex(seed),
        length,
        elements: elements(session, seed, length).iter().map(hex).collect(),
    };
    let anchor = |session: &SessionId, length: u32| AnchorCase {
        session_id: hex(session.0),
        seed: hex(seed),
        length,
        anchor: hex(TickChain::new(session, seed, length).anchor()),
    };
    let w = elements(&session, seed, 10);
    let leads = |session: &SessionId, proof: TickHash, steps: u32, head: TickHash| LeadsToCase {
        session_id: hex(session.0),
        proof: hex(proof),
        steps,
        head: hex(head),
        valid: leads_to(session, &proof, steps, &head),
    };
    let vectors = TickChains {
        about: "w[length] = seed, w[i-1] = H(w[i]), H(x) = blake2_256(domain ++ session_id ++ x). elements[i] = w[i], \
                elements[0] is the anchor. leads_to: whether H applied to proof exactly `steps` times gives head.",
        domain: "vilokanam/tick/v1",
        chains: vec![
            chain(&session, seed, 10),
            chain(&other, seed, 10),
            chain(&session, [0; 32], 2),
            chain(&session, seed, 1),
            chain(&session, seed, 0),
        ],
        anchors: vec![anchor(&session, 60), anchor(&session, 3_600)],
        leads_to: vec![
            leads(&session, w[1], 1, w[0]),
            leads(&session, w[10], 10, w[0]),
            leads(&session, w[9], 4, w[5]),
            leads(&session, w[5], 0, w[5]),
            leads(&session, w[9], 5, w[5]),
            leads(&session, w[9], 3, w[5]),
            leads(&session, w[5], 4, w[9]),
            leads(&other, w[10], 10, w[0]),
        ],
    };
    assert_eq!(vectors.leads_to.iter().filter(|case| case.valid).count(), 4);
    assert_eq!(tick_hash(&session, &w[1]), w[0]);
    check("tick_chain.json", &vectors);
}

// --- signatures ----------------------------------------------------------------------------------------------------

const SIGNATURES: &str = "signatures.json";

#[derive(Serialize)]
struct Signatures {
    about: &'static str,
    keys: Vec<KeyCase>,
    accepted: Vec<AcceptedCase>,
    refused: Vec<RefusedCase>,
}

#[derive(Serialize)]
struct KeyCase {
    kind: &'static str,
    seed: String,
    public: String,
    account: String,
}

#[derive(Serialize)]
struct AcceptedCase {
    name: String,
    kind: &'static str,
    deterministic: bool,
    account: String,
    message: String,
    signed_bytes: String,
    signature: String,
    multi_signature: String,
}

#[derive(Serialize)]
struct RefusedCase {
    name: &'static str,
    account: String,
    message: String,
    multi_signature: String,
}

/// Signs `bytes`. Of a kind whose signatures are randomised, returns the committed signature of the case with this name in
/// the list of a file. When writing, signs anew if that is missing or no longer valid.
fn sign(key: &Key, file: &str, list: &str, name: &str, bytes: &[u8]) -> MultiSignature {
    if key.is_deterministic() {
        return key.sign(bytes);
    }
    let vectors = committed(file);
    let kept = vectors[list].as_array().into_iter().flatten().find(|case| case["name"] == name).and_then(|case| {
        let text = case.get("multi_signature").or_else(|| case.pointer("/signature/multi_signature"))?.as_str()?;
        MultiSignature::decode(&mut &unhex(text)[..]).ok()
    });
    match kept {
        Some(signature) if key.has_signed(&signature, bytes) => signature,
        _ if is_writing() => key.sign(bytes),
        _ => panic!("vectors/{file}: the signature of `{name}` is missing or not valid"),
    }
}

fn accepted(key: &Key, what: &str, message: &[u8], is_wrapped: bool) -> AcceptedCase {
    let signed_bytes = if is_wrapped { wrapped(message) } else { message.to_vec() };
    let name = format!("{} of a {what}, {}", key.kind.name(), if is_wrapped { "wrapped" } else { "bare" });
    let signature = sign(key, SIGNATURES, "accepted", &name, &signed_bytes);
    assert!(key.has_signed(&signature, &signed_bytes), "{name}");
    assert!(is_signed_by(&signature, message, &key.account()), "{name}");
    AcceptedCase {
        name,
        kind: key.kind.name(),
        deterministic: key.is_deterministic(),
        account: hex(key.account()),
        message: hex(message),
        signed_bytes: hex(signed_bytes),
        signature: hex(raw(&signature)),
        multi_signature: scale(&signature),
    }
}

fn refused(name: &'static str, account: &AccountId, message: &[u8], signature: &MultiSignature) -> RefusedCase {
    assert!(!is_signed_by(signature, message, account), "{name}");
    RefusedCase { name, account: hex(account), message: hex(message), multi_signature: scale(signature) }
}

#[test]
fn signatures_match_the_vectors() {
    let keys = Kind::ACCEPTED.map(|kind| Key::numbered(kind, 1));
    let [_, ed25519, ecdsa] = keys;
    let eth = Key::numbered(Kind::Eth, 1);
    let ticket = common::ticket();
    let message = ticket.message(&GENESIS);
    let close = close_message(&GENESIS, &ticket.session_id(&GENESIS));
    let refuse =
        |name, key: &Key, signed_bytes: &[u8]| refused(name, &key.account(), &message, &key.sign(signed_bytes));
    let relabelled = match ed25519.sign(&message) {
        MultiSignature::Ed25519(signature) => MultiSignature::Sr25519(signature.0.into()),
        _ => unreachable!("an ed25519 key makes ed25519 signatures"),
    };
    let vectors = Signatures {
        about: "Signatures over the usual ticket of tickets.json and the first message of closes.json. seed: the 32-byte \
                secret (sr25519: mini secret, expanded the ed25519 way; ecdsa: the secret scalar). account: the public \
                key, for ecdsa blake2_256 of the compressed one. ecdsa signs blake2_256(bytes), low s, recovery id 0 or 1 \
                in byte 65. multi_signature = SCALE(MultiSignature) = 0x00 ed25519 | 0x01 sr25519 | 0x02 ecdsa ++ \
                signature. deterministic: signing signed_bytes again gives the same bytes; sr25519 can only be verified. \
                refused: not signatures of account over message, bare or wrapped.",
        keys: keys
            .iter()
            .chain([&eth])
            .map(|key| KeyCase {
                kind: key.kind.name(),
                seed: hex(key.seed),
                public: hex(key.public()),
                account: hex(key.account()),
            })
            .collect(),
        accepted: keys
            .iter()
            .flat_map(|key| [(key, "ticket", &message), (key, "close", &close)])
            .flat_map(|(key, what, message)| [false, true].map(|wrapped| accepted(key, what, message, wrapped)))
            .collect(),
        refused: vec![
            refuse("eth, bare", &eth, &message),
            refuse("eth, wrapped", &eth, &wrapped(&message)),
            refuse("wrapped twice", &ed25519, &wrapped(&wrapped(&message))),
            refuse("for another chain", &ed25519, &ticket.message(&OTHER_GENESIS)),
            refuse("a close for a ticket", &ed25519, &close),
            refuse("the ticket without its domain", &ecdsa, &ticket.encode()),
            refused("by another key", &ecdsa.account(), &message, &ed25519.sign(&message)),
            refused("ed25519 said to be sr25519", &ed25519.account(), &message, &relabelled),
        ],
    };
    check(SIGNATURES, &vectors);
}
