-- Drops what no query reads: counts of the whole chain, accounts, tips, payouts, gateways, thumbnails, earnings by stream.

DROP TABLE accounts;
DROP TABLE tips;
DROP TABLE payouts;
DROP TABLE gateways;
DROP TABLE thumbnails;

ALTER TABLE chain DROP COLUMN first_block;
ALTER TABLE chain DROP COLUMN time_ms;
ALTER TABLE chain DROP COLUMN sessions;
ALTER TABLE chain DROP COLUMN open_sessions;
ALTER TABLE chain DROP COLUMN ticks;
ALTER TABLE chain DROP COLUMN paid;
ALTER TABLE chain DROP COLUMN tipped;
ALTER TABLE chain DROP COLUMN protocol;
ALTER TABLE chain DROP COLUMN submitters;
ALTER TABLE chain DROP COLUMN gateways;
ALTER TABLE chain DROP COLUMN splits;
ALTER TABLE chain DROP COLUMN creators;

ALTER TABLE streams DROP COLUMN title;
ALTER TABLE streams DROP COLUMN is_removed;
ALTER TABLE streams DROP COLUMN created_block;
ALTER TABLE streams DROP COLUMN created_at;
ALTER TABLE streams DROP COLUMN updated_at;
ALTER TABLE streams DROP COLUMN sessions;
ALTER TABLE streams DROP COLUMN open_sessions;

ALTER TABLE sessions DROP COLUMN nonce;
ALTER TABLE sessions DROP COLUMN fee;
ALTER TABLE sessions DROP COLUMN opened_block;
ALTER TABLE sessions DROP COLUMN closed_block;

ALTER TABLE receipts DROP COLUMN settled_ticks;

ALTER TABLE broadcasts DROP COLUMN last_key;

-- SQLite cannot change a primary key in place.
CREATE TABLE earnings_by_account (
    account TEXT NOT NULL,
    span BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    creator TEXT NOT NULL,
    split TEXT NOT NULL,
    gateway TEXT NOT NULL,
    tips TEXT NOT NULL,
    PRIMARY KEY (account, span, starts_at)
);
INSERT INTO earnings_by_account
    SELECT account, span, starts_at, ticks, creator, split, gateway, tips FROM earnings WHERE stream = -1;
DROP TABLE earnings;
ALTER TABLE earnings_by_account RENAME TO earnings;

CREATE TABLE key_indices (
    stream BIGINT PRIMARY KEY,
    next_index BIGINT NOT NULL
);
INSERT INTO key_indices SELECT stream, next_key FROM stream_runtime;
DROP TABLE stream_runtime;
