//! Conversion of the pool's and the chain's types into those of JSON-RPC.

use tick_stream_primitives::{Announced, Balance, Closing, Session, SessionId, Splits, Stream, StreamId};
use vilokanam_rpc_types::{
    code, ClosingInfo, NextPriceInfo, NextSplitsInfo, PoolInfo, RowAnswer, SessionInfo, SessionState, SplitInfo,
    StreamInfo, TotalsInfo,
};
use vilokanam_tick_pool::{Answer, Rejected, Stats};

/// Verdict on a row that was decoded.
pub fn row_answer(answer: Answer) -> RowAnswer {
    match answer {
        Ok(_) => RowAnswer::accepted(),
        Err(rejected) => RowAnswer::rejected(code_of(&rejected), rejected.name(), rejected.to_string())
            .retry_after(rejected.retry_ms()),
    }
}

fn code_of(rejected: &Rejected) -> i32 {
    match rejected {
        Rejected::UnknownSession => code::UNKNOWN_SESSION,
        Rejected::Stale { .. } => code::STALE,
        Rejected::AboveMaximum { .. } => code::ABOVE_MAXIMUM,
        Rejected::TooManySteps { .. } => code::TOO_MANY_STEPS,
        Rejected::ProofInvalid { .. } => code::PROOF_INVALID,
        Rejected::KeyBusy { .. } => code::KEY_BUSY,
        Rejected::TicketInUse => code::TICKET_IN_USE,
        Rejected::Refused(_) => code::REFUSED,
        Rejected::Busy(_) => code::BUSY,
        Rejected::PoolFull { .. } => code::POOL_FULL,
        Rejected::Chain(_) => code::CHAIN,
        Rejected::Storage(_) => code::STORAGE,
    }
}

/// Contents of the pool.
pub fn pool_info(stats: Stats) -> PoolInfo {
    PoolInfo {
        opens: stats.opens as u64,
        claims: stats.claims as u64,
        closes: stats.closes as u64,
        bytes: stats.bytes as u64,
        oldest_age_s: stats.oldest_age_ms / 1_000,
    }
}

/// Session `id` with what the chain and the pool know of it; `None` when neither knows it.
pub fn session_info(id: SessionId, session: Option<Session>, revealed_ticks: Option<u32>) -> Option<SessionInfo> {
    let is_known = session.is_some() || revealed_ticks.is_some();
    is_known.then(|| SessionInfo { session: id, state: session.map(session_state), revealed_ticks })
}

fn session_state(session: Session) -> SessionState {
    let closing = |Closing { block, moment }| ClosingInfo { block, moment };
    let (session_key, generation) = session.key.map(|key| (key.session_key, key.generation)).unzip();
    SessionState {
        viewer: session.viewer,
        session_key,
        stream: session.stream,
        gateway: session.gateway,
        price_per_tick: session.price_per_tick,
        gateway_share_ppm: session.gateway_share.deconstruct(),
        head: session.head,
        settled_ticks: session.settled_ticks,
        max_ticks: session.max_ticks,
        opened_at: session.opened_at,
        last_claim: session.last_claim,
        generation,
        closing: session.closing.map(closing),
    }
}

/// Stream `id`.
pub fn stream_info(id: StreamId, stream: Stream) -> StreamInfo {
    let next_price = |Announced { value, at }: Announced<Balance>| NextPriceInfo { value, at };
    let next_splits = |Announced { value, at }: Announced<Splits>| NextSplitsInfo { value: split_infos(value), at };
    StreamInfo {
        stream: id,
        creator: stream.creator,
        price_per_tick: stream.price_per_tick,
        next_price: stream.next_price.map(next_price),
        preview_ticks: stream.preview_ticks,
        gateway_share_ppm: stream.gateway_share.deconstruct(),
        splits: split_infos(stream.splits),
        next_splits: stream.next_splits.map(next_splits),
        metadata: String::from_utf8_lossy(&stream.metadata).into_owned(),
        status: stream.status,
        open_sessions: stream.open_sessions,
        deposit: stream.deposit,
        totals: TotalsInfo { ticks: stream.totals.ticks, paid: stream.totals.paid, tipped: stream.totals.tipped },
    }
}

fn split_infos(splits: Splits) -> Vec<SplitInfo> {
    splits.into_iter().map(|(account, share)| SplitInfo { account, share_ppm: share.deconstruct() }).collect()
}
