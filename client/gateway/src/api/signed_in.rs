//! Who sends a request: the person whose access token it has.

use super::{error::ApiError, state::ApiState};
use crate::sign_in::{Access, Roles, SignInError, SignInId, SignIns};
use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{header, request::Parts, StatusCode},
};
use std::sync::Arc;
use tick_stream_primitives::AccountId;
use vilokanam_wire::codes;

pub use vilokanam_wire::auth::SignedBy;

/// The person who sends a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    /// The person.
    pub account: AccountId,
    /// How the person has signed in.
    pub by: SignedBy,
    /// The sign-in.
    pub sign_in: SignInId,
    /// What the person may do beyond what everyone may.
    pub roles: Roles,
}

impl SignedIn {
    /// Returns the person who has an access token.
    ///
    /// # Errors
    ///
    /// The token is not accepted, or the sign-in has ended.
    pub async fn of(token: &str, sign_ins: &SignIns) -> Result<Self, SignInError> {
        let Access { account, by, sign_in, .. } = sign_ins.check(token).await?;
        // A session key pays and chats; what moderators and administrators may do needs the account's own key.
        let roles = if by == SignedBy::Wallet { sign_ins.roles(&account).await? } else { Roles::default() };
        Ok(Self { account, by, sign_in, roles })
    }

    /// Returns whether the person is the recipient of a gift.
    pub fn is_guest(&self) -> bool {
        self.by == SignedBy::Guest
    }

    /// Checks that the account's own key has signed in.
    ///
    /// # Errors
    ///
    /// A session key has, or a guest's.
    pub fn require_wallet(&self) -> Result<(), ApiError> {
        if self.by == SignedBy::Wallet {
            return Ok(());
        }
        let detail = "This needs a sign-in with the account's own key; a session key is not enough.";
        let error = ApiError::new(StatusCode::FORBIDDEN, codes::WALLET_NEEDED, "A wallet is needed", detail);
        Err(error.hint("Sign in with the wallet."))
    }

    /// Checks that the person is no guest.
    ///
    /// # Errors
    ///
    /// It is a guest.
    pub fn require_member(&self) -> Result<(), ApiError> {
        if !self.is_guest() {
            return Ok(());
        }
        let detail = "Recipients of a gift cannot do this.";
        let error = ApiError::new(StatusCode::FORBIDDEN, codes::NOT_FOR_GUESTS, "Not for guests", detail);
        Err(error.hint("Sign in with an account of your own."))
    }

    /// Checks that the person is a moderator of this gateway.
    ///
    /// # Errors
    ///
    /// The person is none.
    pub fn require_moderator(&self) -> Result<(), ApiError> {
        if self.roles.is_moderator || self.roles.is_admin {
            return Ok(());
        }
        Err(ApiError::forbidden("This is for moderators of this gateway.").hint(ROLE_HINT))
    }

    /// Checks that the person administers this gateway.
    ///
    /// # Errors
    ///
    /// The person does not.
    pub fn require_admin(&self) -> Result<(), ApiError> {
        if self.roles.is_admin {
            return Ok(());
        }
        Err(ApiError::forbidden("This is for administrators of this gateway.").hint(ROLE_HINT))
    }
}

const ROLE_HINT: &str = "Sign in with the wallet of an account that has this role.";

/// Returns the bearer token of a request; `None` if it has no `Authorization` of that kind.
fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl FromRequestParts<ApiState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let token = bearer(parts).ok_or(SignInError::SignedOut)?;
        Ok(Self::of(token, &Arc::<SignIns>::from_ref(state)).await?)
    }
}

impl OptionalFromRequestParts<ApiState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Option<Self>, ApiError> {
        match bearer(parts) {
            Some(token) => Ok(Some(Self::of(token, &Arc::<SignIns>::from_ref(state)).await?)),
            None => Ok(None),
        }
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        let detail = error.to_string();
        let signed_out = |detail| {
            Self::new(StatusCode::UNAUTHORIZED, codes::SIGNED_OUT, "Not signed in", detail)
                .hint("Sign in, and try again.")
        };
        let refused =
            |detail| Self::new(StatusCode::FORBIDDEN, codes::SIGN_IN_REFUSED, "The sign-in is refused", detail);
        match error {
            SignInError::SignedOut | SignInError::Token(_) | SignInError::Ended => signed_out(detail),
            SignInError::Reused => {
                Self::new(StatusCode::UNAUTHORIZED, codes::SIGN_IN_REVOKED, "The sign-in has ended", detail)
                    .hint("Sign in again.")
            }
            SignInError::ChallengeUnknown => refused(detail).hint("Begin again, and sign the new message."),
            SignInError::Signature(_) => refused(detail).hint("Sign the message with this account."),
            SignInError::KeyUnknown { .. } => refused(detail).hint("Sign in with the wallet."),
            SignInError::Malformed(_) => Self::bad_request(detail),
            SignInError::TooMany => Self::too_many_requests(5),
            SignInError::Chain(_) => Self::unavailable(detail),
            SignInError::Store(error) => Self::internal(&error),
            SignInError::Internal(_) => Self::internal(&detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    fn person(by: SignedBy, roles: Roles) -> SignedIn {
        SignedIn { account: AccountId::new([1; 32]), by, sign_in: SignInId("ab".into()), roles }
    }

    #[test]
    fn rights_follow_from_how_somebody_has_signed_in_and_from_roles() {
        let none = Roles::default();
        assert!(person(SignedBy::Wallet, none).require_wallet().is_ok());
        assert!(person(SignedBy::SessionKey, none).require_wallet().is_err());
        assert!(person(SignedBy::SessionKey, none).require_member().is_ok());
        assert!(person(SignedBy::Guest, none).require_member().is_err());
        let moderator = Roles { is_moderator: true, ..none };
        assert!(person(SignedBy::Wallet, moderator).require_moderator().is_ok());
        assert!(person(SignedBy::Wallet, moderator).require_admin().is_err());
        let admin = Roles { is_admin: true, is_moderator: true };
        assert!(person(SignedBy::Wallet, admin).require_admin().is_ok());
        assert!(person(SignedBy::Wallet, none).require_moderator().is_err());
    }

    #[test]
    fn only_bearer_tokens_are_read() {
        let token = |value: &str| {
            let request = axum::http::Request::get("/").header(header::AUTHORIZATION, value).body(()).unwrap();
            bearer(&request.into_parts().0).map(str::to_owned)
        };
        assert_eq!(token("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(token("bearer abc").as_deref(), Some("abc"));
        assert_eq!(token("Payment abc"), None, "it pays, and says nothing of who asks");
    }

    #[test]
    fn refusals_have_the_status_that_pages_understand() {
        let status = |error: SignInError| ApiError::from(error).into_response().status();
        assert_eq!(status(SignInError::SignedOut), StatusCode::UNAUTHORIZED);
        assert_eq!(status(SignInError::Reused), StatusCode::UNAUTHORIZED);
        assert_eq!(status(SignInError::ChallengeUnknown), StatusCode::FORBIDDEN);
        assert_eq!(status(SignInError::TooMany), StatusCode::TOO_MANY_REQUESTS);
    }
}
