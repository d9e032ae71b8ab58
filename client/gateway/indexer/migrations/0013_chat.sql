-- Chat beside streams.

-- Messages. `id` is the gateway's number of the message, which grows with time. `badges` are bits: 1 creator, 2 moderator, 4 paying,
-- 8 tipped. `tip` is the amount of the tip that the message came with. A message that is deleted is gone.
CREATE TABLE chat_messages (
    id BIGINT PRIMARY KEY,
    stream BIGINT NOT NULL,
    author TEXT NOT NULL,
    badges BIGINT NOT NULL,
    body TEXT NOT NULL,
    reply_to BIGINT,
    tip TEXT,
    made_at BIGINT NOT NULL
);
CREATE INDEX chat_messages_by_stream ON chat_messages (stream, id);
CREATE INDEX chat_messages_by_time ON chat_messages (stream, made_at, id);
CREATE INDEX chat_messages_by_author ON chat_messages (author, id);

-- Who may not write in the chat of a stream. A ban has no `until`, a time-out has.
CREATE TABLE chat_bans (
    stream BIGINT NOT NULL,
    person TEXT NOT NULL,
    until BIGINT,
    author TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (stream, person)
);

-- Settings of the chat of a stream. `blocked_words` is a JSON array, `pinned` the number of a message.
CREATE TABLE chat_settings (
    stream BIGINT PRIMARY KEY,
    slow_s BIGINT NOT NULL,
    followers_only BIGINT NOT NULL,
    payers_only BIGINT NOT NULL,
    blocked_words TEXT NOT NULL,
    pinned BIGINT,
    updated_at BIGINT NOT NULL
);

-- Who moderates the chat of a stream, besides its creator and the gateway's moderators.
CREATE TABLE chat_moderators (
    stream BIGINT NOT NULL,
    person TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (stream, person)
);
