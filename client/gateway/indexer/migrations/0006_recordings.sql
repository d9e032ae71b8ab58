-- Recordings as their creators describe them, keys that viewers have bought, work on uploads and clips, settings of streams.

-- Each recording is a broadcast of the same number as well. `kind` is 0 broadcast, 1 upload, 2 clip; `state` is 0 in work,
-- 1 ready, 2 failed; `visibility` is 0 public, 1 unlisted, 2 private. A deleted one stays until its files are removed.
CREATE TABLE recordings (
    stream BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    error TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    search_text TEXT NOT NULL,
    poster TEXT NOT NULL,
    visibility BIGINT NOT NULL,
    folder TEXT NOT NULL,
    first_key BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    published_at BIGINT,
    deleted_at BIGINT,
    source_stream BIGINT,
    source_number BIGINT,
    start_ms BIGINT,
    end_ms BIGINT,
    is_free BIGINT NOT NULL,
    PRIMARY KEY (stream, number)
);
CREATE INDEX recordings_by_publication ON recordings (published_at, stream, number);
CREATE INDEX recordings_by_deletion ON recordings (deleted_at);

INSERT INTO recordings (
    stream, number, kind, state, error, title, description, search_text, poster, visibility, folder, first_key, duration_ms,
    bytes, created_at, published_at, is_free
)
SELECT
    stream, number, 0, CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, '', '', '', '', '', 0, recording_path, first_key,
    COALESCE(ended_at, started_at) - started_at, 0, started_at, ended_at, 0
FROM broadcasts WHERE recording_path IS NOT NULL;

-- The number of a key's broadcast is looked up by the key: uploads and clips take keys while a broadcast goes on.
CREATE INDEX broadcasts_by_key ON broadcasts (stream, first_key);

-- Ranges of keys, both ends included, that the viewers have paid for. Ranges of a viewer neither overlap nor touch.
CREATE TABLE bought (
    viewer TEXT NOT NULL,
    stream BIGINT NOT NULL,
    first_key BIGINT NOT NULL,
    last_key BIGINT NOT NULL,
    session TEXT NOT NULL,
    bought_at BIGINT NOT NULL,
    PRIMARY KEY (viewer, stream, first_key)
);

-- Work that goes on after the request that asked for it. `state` is 0 waiting, 1 running, 2 done, 3 failed, 4 cancelled.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    stream BIGINT NOT NULL,
    owner TEXT NOT NULL,
    state BIGINT NOT NULL,
    progress_ppm BIGINT NOT NULL,
    error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    input TEXT NOT NULL,
    output TEXT NOT NULL
);
CREATE INDEX jobs_by_stream ON jobs (stream, created_at);
CREATE INDEX jobs_by_state ON jobs (state, created_at);

-- `value` is a JSON object with what differs from the operator's settings.
CREATE TABLE stream_settings (
    stream BIGINT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
