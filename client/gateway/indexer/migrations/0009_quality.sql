-- Playback as viewers of a stream reported it in a minute, to this gateway. Histograms are counts with commas between them,
-- of the buckets of `vilokanam_wire::quality`; renditions are a JSON object of milliseconds by name.
CREATE TABLE playback_quality (
    stream BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    stalls BIGINT NOT NULL,
    stall_ms BIGINT NOT NULL,
    dropped_frames BIGINT NOT NULL,
    frames BIGINT NOT NULL,
    starts TEXT NOT NULL,
    latencies TEXT NOT NULL,
    renditions TEXT NOT NULL,
    PRIMARY KEY (stream, starts_at)
);
