-- What viewers have paid, by viewer and time, and tips.

ALTER TABLE receipts ADD COLUMN viewer TEXT NOT NULL DEFAULT '';
ALTER TABLE receipts ADD COLUMN stream BIGINT NOT NULL DEFAULT 0;
UPDATE receipts SET
    viewer = COALESCE((SELECT sessions.viewer FROM sessions WHERE sessions.id = receipts.session), ''),
    stream = COALESCE((SELECT sessions.stream FROM sessions WHERE sessions.id = receipts.session), 0);
DELETE FROM receipts WHERE viewer = '';
CREATE INDEX receipts_by_viewer ON receipts (viewer, time_ms, seq);
CREATE INDEX receipts_by_time ON receipts (time_ms);

-- Tips of blocks that were indexed before this table was there are missing until `vilokanam-gateway reset-index` has built the
-- index again. `memo` is what was valid UTF-8 of the giver's message, without control characters; `creator` is the stream's
-- creator at that time.
CREATE TABLE tips (
    seq BIGINT PRIMARY KEY,
    stream BIGINT NOT NULL,
    creator TEXT NOT NULL,
    giver TEXT NOT NULL,
    amount TEXT NOT NULL,
    memo TEXT NOT NULL,
    block BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX tips_by_giver ON tips (giver, at, seq);
CREATE INDEX tips_by_creator ON tips (creator, at, seq);
CREATE INDEX tips_by_stream ON tips (stream, at, seq);
CREATE INDEX tips_by_time ON tips (at);
