//! `/v1/auth` and `GET /v1/me`: signing in, the list of sign-ins, and who is signed in.

use super::{client_ip::ClientIp, error::ApiError, signed_in::SignedIn, state::ApiState};
use crate::{
    moderation::Moderation,
    notices::NoticeService,
    people::People,
    sign_in::{signed_by, Access, Begun, SignInError, SignInId, SignIns},
};
use axum::{
    extract::{FromRef, Path, State},
    http::{header, HeaderMap, StatusCode},
    response::{AppendHeaders, IntoResponse, Response},
    Json,
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use std::{sync::Arc, time::Duration};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_wire::{
    auth::{Challenge, Me, NewChallenge, Role, SignInAnswer, SignInView, SignedChallenge, REFRESH_COOKIE},
    scalars::rfc3339,
    Account, Problem,
};

/// Time for which the browser keeps the cookie: as long as an unused sign-in goes on.
const COOKIE_FOR: Duration = Duration::from_secs(30 * 24 * 3_600);
/// Where the cookie is sent.
const COOKIE_PATH: &str = "/v1/auth";

/// The routes of sign-ins. `GET /v1/me` is among the requests about oneself.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(create_challenge))
        .routes(routes!(sign_in))
        .routes(routes!(refresh))
        .routes(routes!(sign_out))
        .routes(routes!(list_sign_ins, end_other_sign_ins))
        .routes(routes!(end_sign_in))
}

/// What an answer about the signed-in person is made from.
#[derive(Clone)]
pub struct MeParts {
    sign_ins: Arc<SignIns>,
    people: Arc<People>,
    moderation: Arc<Moderation>,
    notices: Arc<NoticeService>,
}

impl FromRef<ApiState> for MeParts {
    fn from_ref(state: &ApiState) -> Self {
        Self {
            sign_ins: state.sign_ins.clone(),
            people: state.people.clone(),
            moderation: state.moderation.clone(),
            notices: state.notice_service.clone(),
        }
    }
}

impl MeParts {
    /// Returns who is signed in.
    pub async fn me(&self, who: &SignedIn) -> Result<Me, ApiError> {
        let roles = [(who.roles.is_admin, Role::Admin), (who.roles.is_moderator, Role::Moderator)];
        let may_publish = !who.is_guest() && self.moderation.check_may_publish(&who.account).await.is_ok();
        Ok(Me {
            account: Account(who.account.clone()),
            is_guest: who.is_guest(),
            by: who.by,
            roles: roles.into_iter().filter(|(has, _)| *has).map(|(_, role)| role).collect(),
            can_publish: may_publish,
            profile: self.people.view(&who.account, None).await?,
            settings: self.people.settings(&who.account).await?,
            unread_notices: self.notices.unread(&who.account).await?,
        })
    }

    async fn answer(&self, jar: CookieJar, begun: Begun, is_secure: bool) -> Result<Response, ApiError> {
        let Begun { access, access_token, refresh_token } = begun;
        let roles = match access.by {
            super::signed_in::SignedBy::Wallet => self.sign_ins.roles(&access.account).await?,
            _ => crate::sign_in::Roles::default(),
        };
        let Access { account, by, sign_in, expires_at_ms } = access;
        let me = self.me(&SignedIn { account, by, sign_in, roles }).await?;
        let answer = SignInAnswer { access_token, expires_at: rfc3339(expires_at_ms), me };
        let jar = jar.add(cookie(refresh_token, COOKIE_FOR, is_secure));
        Ok((AppendHeaders([(header::CACHE_CONTROL, "no-store")]), jar, Json(answer)).into_response())
    }
}

fn cookie(value: String, for_time: Duration, is_secure: bool) -> Cookie<'static> {
    let max_age = cookie::time::Duration::seconds(i64::try_from(for_time.as_secs()).unwrap_or(i64::MAX));
    Cookie::build((REFRESH_COOKIE, value))
        .path(COOKIE_PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_secure)
        .max_age(max_age)
        .build()
}

fn is_secure(state: &ApiState) -> bool {
    state.profile.config.http.public_url.starts_with("https:")
}

/// Returns a message to sign in order to sign in.
#[utoipa::path(post, path = "/v1/auth/challenge", tag = "people", request_body = NewChallenge, responses(
    (status = 200, body = Challenge), (status = 429, body = Problem),
))]
pub async fn create_challenge(
    State(sign_ins): State<Arc<SignIns>>,
    client: ClientIp,
    Json(who): Json<NewChallenge>,
) -> Result<Json<Challenge>, ApiError> {
    Ok(Json(sign_ins.challenge(&who, client.prefix())?))
}

/// Signs in with a signed message. The refresh token is in a cookie.
#[utoipa::path(post, path = "/v1/auth/sign-in", tag = "people", request_body = SignedChallenge, responses(
    (status = 200, body = SignInAnswer), (status = 403, body = Problem),
))]
pub async fn sign_in(
    State(state): State<ApiState>,
    jar: CookieJar,
    Json(signed): Json<SignedChallenge>,
) -> Result<Response, ApiError> {
    let parts = MeParts::from_ref(&state);
    let begun = parts.sign_ins.sign_in(&signed).await?;
    parts.answer(jar, begun, is_secure(&state)).await
}

/// Renews a sign-in with the cookie, which is replaced. A cookie that was used before ends the sign-in.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "people", responses(
    (status = 200, body = SignInAnswer), (status = 401, body = Problem),
))]
pub async fn refresh(State(state): State<ApiState>, jar: CookieJar) -> Result<Response, ApiError> {
    let parts = MeParts::from_ref(&state);
    let Some(token) = jar.get(REFRESH_COOKIE).map(|cookie| cookie.value().to_owned()) else {
        return Err(SignInError::SignedOut.into());
    };
    match parts.sign_ins.renew(&token).await {
        Ok(begun) => parts.answer(jar, begun, is_secure(&state)).await,
        Err(error @ (SignInError::Ended | SignInError::Reused)) => {
            // The browser need not ask with it again.
            let jar = jar.add(cookie(String::new(), Duration::ZERO, is_secure(&state)));
            Ok((jar, ApiError::from(error)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends the sign-in of the cookie or of the access token.
#[utoipa::path(post, path = "/v1/auth/sign-out", tag = "people", responses((status = 204)))]
pub async fn sign_out(
    State(state): State<ApiState>,
    who: Option<SignedIn>,
    jar: CookieJar,
) -> Result<Response, ApiError> {
    let sign_ins = &state.sign_ins;
    if let Some(who) = who {
        sign_ins.end(&who.account, &who.sign_in).await?;
    } else if let Some(token) = jar.get(REFRESH_COOKIE).map(|cookie| cookie.value().to_owned()) {
        // The token is proved by renewing with it.
        if let Ok(begun) = sign_ins.renew(&token).await {
            sign_ins.end(&begun.access.account, &begun.access.sign_in).await?;
        }
    }
    let jar = jar.add(cookie(String::new(), Duration::ZERO, is_secure(&state)));
    Ok((StatusCode::NO_CONTENT, jar).into_response())
}

/// Lists the person's sign-ins, the one that was used last first.
#[utoipa::path(get, path = "/v1/auth/sign-ins", tag = "people", responses(
    (status = 200, body = Vec<SignInView>), (status = 401, body = Problem),
))]
pub async fn list_sign_ins(
    State(sign_ins): State<Arc<SignIns>>,
    who: SignedIn,
) -> Result<Json<Vec<SignInView>>, ApiError> {
    let rows = sign_ins.list(&who.account).await?;
    let view = |row: vilokanam_indexer::people::SignInRow| {
        let by = signed_by(&row.signed_by)?;
        let is_this = row.id == who.sign_in.0;
        let (created_at, last_used_at) = (rfc3339(row.created_at), rfc3339(row.last_used_at));
        Some(SignInView { id: row.id, label: row.label, by, created_at, last_used_at, is_this })
    };
    Ok(Json(rows.into_iter().filter_map(view).collect()))
}

/// Ends all sign-ins of the person but the one that asks.
#[utoipa::path(delete, path = "/v1/auth/sign-ins", tag = "people", responses(
    (status = 204), (status = 401, body = Problem),
))]
pub async fn end_other_sign_ins(State(sign_ins): State<Arc<SignIns>>, who: SignedIn) -> Result<StatusCode, ApiError> {
    sign_ins.end_others(&who.account, &who.sign_in).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of the person's sign-ins.
#[utoipa::path(delete, path = "/v1/auth/sign-ins/{id}", tag = "people", params(("id" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub async fn end_sign_in(
    State(sign_ins): State<Arc<SignIns>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if sign_ins.end(&who.account, &SignInId(id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("You have no such sign-in."))
}

/// Returns who is signed in.
#[utoipa::path(get, path = "/v1/me", tag = "people", responses(
    (status = 200, body = Me), (status = 401, body = Problem),
))]
pub async fn get_me(State(state): State<ApiState>, who: SignedIn) -> Result<(HeaderMap, Json<Me>), ApiError> {
    let me = MeParts::from_ref(&state).me(&who).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok((headers, Json(me)))
}
