-- How many watched a stream in a minute, at this gateway: known to nobody else, and not on chain.
CREATE TABLE audience (
    stream BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    viewers BIGINT NOT NULL,
    previewed BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    PRIMARY KEY (stream, starts_at)
);
