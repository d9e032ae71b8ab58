-- Captions of recordings. Their texts are in the object store, in the folder of the recording. `clock` is 0 if times count
-- from the beginning of the recording as it is played, and 1 if they count in time of day from its first segment, as
-- captions of a broadcast do.
CREATE TABLE captions (
    stream BIGINT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    language TEXT,
    label TEXT NOT NULL,
    clock BIGINT NOT NULL,
    is_default BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (stream, number, name)
);
