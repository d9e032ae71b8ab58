//! As many viewers, streams and gateways as a batch can hold, with as little in common as possible.

use super::*;
use frame_support::traits::fungible::Mutate;
use sp_core::Pair;
use sp_runtime::Permill;
use tick_stream_primitives::{
    session_id, ticket::close_message, AccountId, CloseRow, CloseSignature, SessionId, SignedTicket, TickChain, Ticket,
};

/// Number of streams, each with its own creator, gateway and eight splits.
const STREAMS: u32 = 64;
/// Number of viewers with sixteen sessions each.
const VIEWERS: u32 = 128;
/// Total number of sessions: as many as claims in a batch.
pub const SESSIONS: u32 = VIEWERS * 16;
/// Number of ticks of each session, so that all claims together have as many steps as a batch.
const TICKS: u32 = 64;
/// Number of viewers who are about to open a session.
const NEWCOMERS: u32 = 64;

/// Returns the `index`-th account of a kind.
fn member(kind: u8, index: u32) -> AccountId {
    let mut bytes = [kind; 32];
    bytes[..4].copy_from_slice(&index.to_be_bytes());
    AccountId::new(bytes)
}

fn rich(kind: u8, index: u32) -> AccountId {
    let who = member(kind, index);
    assert_ok!(Balances::mint_into(&who, ENDOWMENT));
    who
}

fn stream_with_gateway(index: u32) {
    let parts: Vec<_> = (0..8).map(|part| (rich(b'f', index * 8 + part), Permill::from_percent(10))).collect();
    let request = stream_request(PRICE, parts.try_into().expect("within the bound"));
    assert_ok!(TickStream::create_stream(RuntimeOrigin::signed(rich(b'c', index)), request));
    let endpoint = b"https://gateway.example".to_vec().try_into().expect("within the bound");
    let gateway = RuntimeOrigin::signed(rich(b'g', index));
    assert_ok!(TickStream::register_gateway(gateway, endpoint, account("operator")));
}

fn deposit(viewer: &AccountId) {
    let key = Some((account("session"), key_limits()));
    assert_ok!(TickStream::deposit(RuntimeOrigin::signed(viewer.clone()), DEPOSIT, key));
}

/// Returns a viewer's next ticket, for the `place`-th stream and gateway.
fn ticket(viewer: &AccountId, place: u32) -> (Ticket, TickChain) {
    let session_key = account("session");
    let nonce = crate::Keys::<Test>::get(viewer, &session_key).expect("the viewer has the key").nonces.next();
    let mut chain = TickChain::new(&session_id(&genesis(), viewer, &session_key, nonce), [7; 32], TICKS);
    let ticket = Ticket {
        viewer: viewer.clone(),
        session_key,
        nonce,
        stream: u64::from(place),
        gateway: member(b'g', place),
        price_per_tick: PRICE,
        max_ticks: TICKS,
        anchor: chain.anchor(),
        expires_at: System::block_number() + 100,
    };
    (ticket, chain)
}

/// Chain with all these accounts, and the rows of the most expensive batch.
pub struct Crowd {
    pub ext: sp_io::TestExternalities,
    sessions: Vec<(SessionId, Ticket, TickChain)>,
    opens: Vec<SignedTicket>,
}

impl Crowd {
    /// Creates the chain. Sessions are spread over streams and gateways, and silent for so long that the submitter
    /// earns.
    pub fn new() -> Self {
        let mut ext = empty_chain();
        let (sessions, opens) = ext.execute_with(|| {
            (0..STREAMS).for_each(stream_with_gateway);
            let viewers: Vec<_> = (0..VIEWERS).map(|index| rich(b'v', index)).collect();
            viewers.iter().for_each(deposit);
            let sessions: Vec<_> = (0..SESSIONS)
                .map(|index| {
                    let viewer = &viewers[(index / 16) as usize];
                    let (ticket, chain) = ticket(viewer, index % STREAMS);
                    assert!(submit("operator", batch_of_opens(vec![signed_ticket(&ticket)])).is_empty());
                    (ticket.session_id(&genesis()), ticket, chain)
                })
                .collect();
            advance(10);
            (sessions, newcomers())
        });
        Self { ext, sessions, opens }
    }

    /// Returns the identifiers of the open sessions.
    pub fn sessions(&self) -> Vec<SessionId> {
        self.sessions.iter().map(|(id, _, _)| *id).collect()
    }

    /// Returns a batch with a claim of `ticks` on every session.
    pub fn claims(&mut self, ticks: u32) -> Batch {
        let mut groups = vec![Vec::new(); STREAMS as usize];
        for (session, ticket, chain) in &mut self.sessions {
            let proof = chain.proof(ticks).expect("within the chain");
            groups[ticket.stream as usize].push(Claim { session: *session, from: 0, ticks, proof });
        }
        let groups: Vec<_> = (0..STREAMS)
            .zip(groups)
            .map(|(place, claims)| ClaimGroup {
                stream: u64::from(place),
                gateway: member(b'g', place),
                claims: claims.try_into().expect("within the bound"),
            })
            .collect();
        Batch { groups: groups.try_into().expect("within the bound"), ..Default::default() }
    }

    /// Returns a batch of valid rows that is at every limit.
    pub fn full_batch(&mut self) -> Batch {
        let operator = pair("operator");
        let genesis = self.ext.execute_with(genesis);
        let closes: Vec<_> = self
            .sessions()
            .into_iter()
            // Of as many different viewers as possible.
            .step_by((SESSIONS / limits::MAX_BATCH_CLOSES) as usize)
            .map(|session| {
                let signature = operator.sign(&close_message(&genesis, &session)).into();
                CloseRow { session, signature: Some(CloseSignature { by: Closer::Operator, signature }) }
            })
            .collect();
        Batch {
            opens: self.opens.clone().try_into().expect("within the bound"),
            closes: closes.try_into().expect("within the bound"),
            ..self.claims(TICKS)
        }
    }
}

/// Returns the ticket signed by the key that all viewers share.
fn signed_ticket(ticket: &Ticket) -> SignedTicket {
    let signature = pair("session").sign(&ticket.message(&genesis())).into();
    SignedTicket { ticket: ticket.clone(), signature }
}

/// Returns a signed ticket of each viewer who has no session yet.
fn newcomers() -> Vec<SignedTicket> {
    let tickets = (0..NEWCOMERS).map(|index| {
        let viewer = rich(b'n', index);
        deposit(&viewer);
        signed_ticket(&ticket(&viewer, index).0)
    });
    tickets.collect()
}
