-- The token of an unlisted recording, 32 hexadecimal digits; without it, only the creator gets the recording. Empty for others.
-- `Store::add_missing_tokens` fills it in for those that were unlisted before.
ALTER TABLE recordings ADD COLUMN token TEXT NOT NULL DEFAULT '';
