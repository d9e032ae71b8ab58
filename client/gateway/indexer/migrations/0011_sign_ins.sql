-- Sign-ins of people: one for each browser or program. Of the refresh token there is a hash only.
CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL,
    -- 'wallet', 'session-key' or 'guest'.
    signed_by TEXT NOT NULL,
    -- The session key that has signed in, and the account for which the chain lists it: of a guest, the giver's.
    session_key TEXT,
    key_of TEXT,
    label TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_by_account ON sign_ins (account, last_used_at);
CREATE INDEX sign_ins_by_expiry ON sign_ins (expires_at);
