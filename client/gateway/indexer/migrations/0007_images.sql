-- Images that creators uploaded or their streams name.

CREATE TABLE images (
    hash TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX images_by_owner ON images (owner);

-- What became of a picture's address: `hash` is empty, and `error` says why, if it could not be fetched.
CREATE TABLE remote_images (
    url TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    error TEXT NOT NULL,
    fetched_at BIGINT NOT NULL
);
