-- Notices: what people are told of, how, and where to.

-- The last number given to a notice. There is one row, with `id` 1.
CREATE TABLE notice_numbers (
    id BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE notices (
    id BIGINT PRIMARY KEY,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    url TEXT NOT NULL,
    author TEXT,
    made_at BIGINT NOT NULL,
    is_read BIGINT NOT NULL
);
CREATE INDEX notices_by_person ON notices (person, id);
CREATE INDEX notices_unread ON notices (person, is_read);
CREATE INDEX notices_by_time ON notices (made_at);

-- What people were told of, and when, so that they are not told of it again soon.
CREATE TABLE notice_marks (
    name TEXT PRIMARY KEY,
    made_at BIGINT NOT NULL
);
CREATE INDEX notice_marks_by_time ON notice_marks (made_at);

-- Settings as JSON. Who has set nothing has no row.
CREATE TABLE notice_settings (
    person TEXT PRIMARY KEY,
    settings TEXT NOT NULL
);

CREATE TABLE push_subscriptions (
    endpoint TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX push_subscriptions_by_person ON push_subscriptions (person, made_at);

-- `code_hash` is the hash of the code that verifies the address; the code is in no table. `tries` counts wrong codes.
CREATE TABLE mail_addresses (
    person TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    is_verified BIGINT NOT NULL,
    code_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
