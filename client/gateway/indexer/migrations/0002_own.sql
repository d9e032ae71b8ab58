-- What this gateway remembers of its own work. It is not rebuilt from the chain.

CREATE TABLE broadcasts (
    stream BIGINT NOT NULL,
    number BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    first_key BIGINT NOT NULL,
    last_key BIGINT,
    recording_path TEXT,
    PRIMARY KEY (stream, number)
);

CREATE TABLE stream_runtime (
    stream BIGINT PRIMARY KEY,
    secret_ref TEXT NOT NULL,
    next_key BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE thumbnails (
    stream BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    path TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (stream, taken_at)
);
