//! Codes of problems: the kind of a problem, for programs. A code never changes its meaning.

/// Declares the codes, and [`ALL`] of them.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*

        /// Every code.
        pub const ALL: &[&str] = &[$($name,)*];
    };
}

codes! {
    /// The captions are not WebVTT; the detail names the line.
    CAPTIONS_INVALID = "captions-invalid",

    /// The gateway knows no such session; offer a ticket.
    NO_SESSION = "no-session",
    /// The session is for another stream.
    WRONG_STREAM = "wrong-stream",
    /// The session on chain differs from the accepted ticket; offer a new ticket.
    TICKET_REJECTED = "ticket-rejected",
    /// The session is closing; offer a ticket for a new one.
    SESSION_CLOSING = "session-closing",
    /// Too few ticks are revealed; reveal up to `required_ticks` and ask again.
    OUT_OF_PREPAID_TICKS = "out-of-prepaid-ticks",
    /// The session's maximum is reached; offer a ticket for a new one.
    DEPOSIT_SPENT = "deposit-spent",
    /// The ticks on credit are used; ask again when the open has come further.
    CREDIT_USED_UP = "credit-used-up",
    /// The deposit no longer covers the session; deposit more, or wait for its block.
    DEPOSIT_UNCOVERED = "deposit-uncovered",
    /// The tick is too far ahead of what was charged.
    TOO_FAR_AHEAD = "too-far-ahead",
    /// Ticks run ahead of time; ask again later.
    TOO_FAST = "too-fast",
    /// The proof does not belong to the session's tick.
    PROOF_INVALID = "proof-invalid",
    /// The request reveals no new tick and has no token.
    TOKEN_MISSING = "token-missing",
    /// The token is not the session's; reveal the next tick.
    TOKEN_INVALID = "token-invalid",
    /// The session has bought from too many separate ranges; offer a ticket for a new one.
    TOO_MANY_GAPS = "too-many-gaps",

    /// The ticket names another gateway.
    WRONG_GATEWAY = "wrong-gateway",
    /// The gateway knows no such stream yet.
    STREAM_UNKNOWN = "stream-unknown",
    /// The stream has ended or is suspended.
    STREAM_NOT_OPEN = "stream-not-open",
    /// The gateway has no publish key, broadcast or recording of the stream.
    STREAM_NOT_HOSTED = "stream-not-hosted",
    /// The stream costs less than the gateway asks for.
    PRICE_BELOW_MINIMUM = "price-below-minimum",
    /// The stream leaves the gateway a smaller share than it asks for.
    SHARE_BELOW_MINIMUM = "share-below-minimum",
    /// The ticket's price is below the stream's.
    PRICE_TOO_LOW = "price-too-low",
    /// The ticket expires too soon.
    EXPIRES_TOO_SOON = "expires-too-soon",
    /// The ticket expires too late.
    EXPIRES_TOO_LATE = "expires-too-late",
    /// The ticket's maximum is not allowed.
    TICKS_OUT_OF_RANGE = "ticks-out-of-range",
    /// The ticket's cost exceeds every number.
    COST_OVERFLOW = "cost-overflow",
    /// The gateway has as many sessions as it can keep.
    GATEWAY_FULL = "gateway-full",
    /// Another ticket of the session key waits for its block.
    TICKET_PENDING = "ticket-pending",
    /// The nonce belongs to another session; take the next one.
    NONCE_TAKEN = "nonce-taken",
    /// Too many tickets of the network wait for their blocks.
    TOO_MANY_UNOPENED = "too-many-unopened",
    /// The viewer has no deposit.
    NO_DEPOSIT = "no-deposit",
    /// The chain would refuse the nonce.
    NONCE_REFUSED = "nonce-refused",
    /// The viewer has as many sessions as allowed.
    TOO_MANY_SESSIONS = "too-many-sessions",
    /// The ticket's session key is not among the viewer's keys.
    KEY_UNKNOWN = "key-unknown",
    /// The session key expires before the ticket can be opened.
    KEY_EXPIRED = "key-expired",
    /// The session key is limited to another gateway, creator or stream.
    KEY_OUT_OF_SCOPE = "key-out-of-scope",
    /// The session key has as many sessions as it may.
    TOO_MANY_KEY_SESSIONS = "too-many-key-sessions",
    /// The price is above the session key's limit.
    PRICE_ABOVE_KEY = "price-above-key",
    /// The session key's allowance is too low.
    ALLOWANCE_TOO_LOW = "allowance-too-low",
    /// The deposit is too low.
    FUNDS_TOO_LOW = "funds-too-low",
    /// The ticket's signature is not the session key's.
    SIGNATURE_INVALID = "signature-invalid",

    /// The viewer has not bought all of what is asked for.
    NOT_BOUGHT = "not-bought",
    /// The creator's recordings have as many bytes as the gateway keeps.
    QUOTA_USED = "quota-used",

    /// The device's preview is used up.
    PREVIEW_OVER = "preview-over",
    /// The network's previews are used up.
    NETWORK_PREVIEW_OVER = "network-preview-over",
    /// The request cannot be understood.
    BAD_REQUEST = "bad-request",
    /// The request lacks a valid signature of a session key.
    UNSIGNED = "unsigned",
    /// The request needs a sign-in.
    SIGNED_OUT = "signed-out",
    /// The sign-in is refused.
    SIGN_IN_REFUSED = "sign-in-refused",
    /// The sign-in has ended, since its refresh token was used twice.
    SIGN_IN_REVOKED = "sign-in-revoked",
    /// The request needs a sign-in with the account's own key.
    WALLET_NEEDED = "wallet-needed",
    /// Recipients of gifts may not do this.
    NOT_FOR_GUESTS = "not-for-guests",
    /// Another account has the right to this request.
    FORBIDDEN = "forbidden",
    /// The gateway has blocked the account: it may watch and pay, and neither write nor publish.
    BLOCKED = "blocked",
    /// The text has a word that the gateway does not accept.
    WORD_REFUSED = "word-refused",
    /// Somebody else has this handle, or one that looks like it.
    HANDLE_TAKEN = "handle-taken",
    /// The handle is reserved, too short, too long, or has a character that is not allowed.
    HANDLE_INVALID = "handle-invalid",
    /// The person is banned from the chat, or timed out.
    CHAT_RESTRICTED = "chat-restricted",
    /// The person, the network or the chat sends too many messages; try again later.
    CHAT_TOO_FAST = "chat-too-fast",
    /// Only followers of the creator may write in the chat.
    FOLLOWERS_ONLY = "followers-only",
    /// Only those who are paying for the stream may write in its chat.
    PAYERS_ONLY = "payers-only",
    /// The gateway does not answer requests of the network.
    NETWORK_REFUSED = "network-refused",
    /// Only accounts that are invited or listed publish at the gateway.
    NOT_A_CREATOR = "not-a-creator",
    /// There is nothing at this address.
    NOT_FOUND = "not-found",
    /// The address does not support the method.
    METHOD_NOT_ALLOWED = "method-not-allowed",
    /// The request took too long to arrive.
    TIMEOUT = "timeout",
    /// The request conflicts with the present state.
    CONFLICT = "conflict",
    /// The body is too large.
    TOO_LARGE = "too-large",
    /// The body has another media type than expected.
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type",
    /// The publisher is refused.
    PUBLISH_REFUSED = "publish-refused",
    /// The file is no picture that the gateway keeps.
    PICTURE_REFUSED = "picture-refused",
    /// The clip is too short, too long, or not within what there is.
    CLIP_REFUSED = "clip-refused",
    /// Another request is sending the same upload.
    UPLOAD_BUSY = "upload-busy",
    /// The network sends too many requests; ask again later.
    TOO_MANY_REQUESTS = "too-many-requests",
    /// The gateway failed.
    INTERNAL = "internal",
    /// The gateway cannot answer now; ask again later.
    UNAVAILABLE = "unavailable",
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_differ_and_are_kebab_case() {
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
        let is_kebab = |code: &&str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(ALL.iter().all(is_kebab));
    }
}
