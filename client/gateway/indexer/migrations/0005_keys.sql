-- Version 2 of the protocol: sessions name the session key that opened them, and a gateway earns open fees. Sessions of
-- version 1 have no key here, as those that a wallet opened.

ALTER TABLE sessions ADD COLUMN session_key TEXT;
ALTER TABLE earnings ADD COLUMN fees TEXT NOT NULL DEFAULT '000000000000000000000000000000000000000';
