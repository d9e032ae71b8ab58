-- One text for SQLite and PostgreSQL: BIGINT, TEXT and nothing else.
-- Amounts are 39 decimal digits with leading zeros: all of u128 fits, and text order is the order of the numbers.
-- Accounts, hashes and session ids are hex without 0x. Times are milliseconds since the Unix epoch.

CREATE TABLE chain (
    id BIGINT PRIMARY KEY,
    genesis TEXT NOT NULL,
    protocol_fee_ppm BIGINT NOT NULL,
    submitter_share_ppm BIGINT NOT NULL,
    first_block BIGINT,
    block BIGINT,
    hash TEXT,
    time_ms BIGINT,
    sessions BIGINT NOT NULL,
    open_sessions BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    paid TEXT NOT NULL,
    tipped TEXT NOT NULL,
    protocol TEXT NOT NULL,
    submitters TEXT NOT NULL,
    gateways TEXT NOT NULL,
    splits TEXT NOT NULL,
    creators TEXT NOT NULL
);

CREATE TABLE recent_blocks (
    block BIGINT PRIMARY KEY,
    hash TEXT NOT NULL
);

-- `value` is the chain's stream, SCALE-encoded, announcements applied up to the last block; the columns beside it are what
-- filters and orders need of it.
CREATE TABLE streams (
    id BIGINT PRIMARY KEY,
    creator TEXT NOT NULL,
    title TEXT NOT NULL,
    category_key TEXT NOT NULL,
    search_text TEXT NOT NULL,
    price TEXT NOT NULL,
    value TEXT NOT NULL,
    next_change BIGINT,
    status BIGINT NOT NULL,
    is_removed BIGINT NOT NULL,
    created_block BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sessions BIGINT NOT NULL,
    open_sessions BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    paid TEXT NOT NULL,
    tipped TEXT NOT NULL,
    earned TEXT NOT NULL
);
CREATE INDEX streams_by_status ON streams (status, id);
CREATE INDEX streams_by_category ON streams (category_key, id);
CREATE INDEX streams_by_creator ON streams (creator, id);
CREATE INDEX streams_by_price ON streams (price, id);
CREATE INDEX streams_by_earned ON streams (earned, id);
CREATE INDEX streams_by_next_change ON streams (next_change);

-- `seq` orders what happened: the block times 2^20, plus the index of the fact in it.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    viewer TEXT NOT NULL,
    stream BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    nonce TEXT NOT NULL,
    price TEXT NOT NULL,
    max_ticks BIGINT NOT NULL,
    gateway_share_ppm BIGINT NOT NULL,
    fee TEXT NOT NULL,
    settled_ticks BIGINT NOT NULL,
    paid TEXT NOT NULL,
    refunded TEXT,
    opened_block BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closing_until BIGINT,
    closed_block BIGINT,
    closed_at BIGINT
);
CREATE INDEX sessions_by_viewer ON sessions (viewer, seq);
CREATE INDEX sessions_by_stream ON sessions (stream, paid, seq);

CREATE TABLE receipts (
    seq BIGINT PRIMARY KEY,
    session TEXT NOT NULL,
    block BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    settled_ticks BIGINT NOT NULL,
    paid TEXT NOT NULL
);
CREATE INDEX receipts_by_session ON receipts (session, seq);

CREATE TABLE tips (
    seq BIGINT PRIMARY KEY,
    stream BIGINT NOT NULL,
    giver TEXT NOT NULL,
    amount TEXT NOT NULL,
    memo TEXT NOT NULL,
    block BIGINT NOT NULL,
    time_ms BIGINT NOT NULL
);
CREATE INDEX tips_by_stream ON tips (stream, seq);

CREATE TABLE payouts (
    seq BIGINT PRIMARY KEY,
    account TEXT NOT NULL,
    amount TEXT NOT NULL,
    block BIGINT NOT NULL,
    time_ms BIGINT NOT NULL
);
CREATE INDEX payouts_by_account ON payouts (account, seq);

CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    deposited TEXT NOT NULL,
    withdrawn TEXT NOT NULL,
    free TEXT,
    reserved TEXT NOT NULL,
    spent TEXT NOT NULL,
    fees TEXT NOT NULL,
    tipped TEXT NOT NULL,
    paid_out TEXT NOT NULL,
    sessions BIGINT NOT NULL,
    open_sessions BIGINT NOT NULL
);

CREATE TABLE gateways (
    account TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    operator TEXT,
    bond TEXT NOT NULL,
    status BIGINT NOT NULL,
    first_block BIGINT NOT NULL,
    sessions BIGINT NOT NULL,
    open_sessions BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    paid TEXT NOT NULL,
    earned TEXT NOT NULL
);

-- Running sums, because neither database adds 128-bit numbers exactly: each row is read, added to in code and written
-- back in the transaction of its block. `span` is 0 minute, 1 hour, 2 day, 3 ever; `stream` is -1 for all streams.
CREATE TABLE earnings (
    account TEXT NOT NULL,
    span BIGINT NOT NULL,
    stream BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    creator TEXT NOT NULL,
    split TEXT NOT NULL,
    gateway TEXT NOT NULL,
    tips TEXT NOT NULL,
    PRIMARY KEY (account, span, stream, starts_at)
);
