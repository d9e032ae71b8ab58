//! `/v1/me/notices`, `/v1/me/push`, `/v1/me/mail`: notices, how they reach the person, and where to.

use super::{error::ApiError, page::PageQuery, signed_in::SignedIn, state::ApiState};
use crate::notices::{NoticeError, NoticeService};
use axum::{
    extract::{Query, State},
    http::{header, StatusCode},
    response::{AppendHeaders, IntoResponse, Response},
    Json,
};
use serde::Serialize;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_wire::{
    codes,
    notices::{
        EndPush, MailView, NewMail, Notice, NoticeSettings, PushKey, PushSubscription, ReadNotices, UnreadNotices,
        VerifyMail,
    },
    streams::Page,
    Problem,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(list_notices))
        .routes(routes!(read_notices))
        .routes(routes!(get_notice_settings, set_notice_settings))
        .routes(routes!(get_push_key))
        .routes(routes!(subscribe_to_push, end_push))
        .routes(routes!(get_mail, set_mail, remove_mail))
        .routes(routes!(verify_mail))
}

/// An answer about one person, which no cache keeps.
fn private<T: Serialize>(body: T) -> Response {
    (AppendHeaders([(header::CACHE_CONTROL, "no-store")]), Json(body)).into_response()
}

/// Lists the person's notices, the newest first.
#[utoipa::path(get, path = "/v1/me/notices", tag = "people", params(PageQuery), responses(
    (status = 200, body = Page<Notice>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_notices(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Query(page): Query<PageQuery>,
) -> Result<Response, ApiError> {
    let found = service.list(&who.account, &page.request()).await?;
    Ok(private(Page { items: found.items, next_cursor: found.next }))
}

/// Marks the person's notices up to one as read. Returns how many are unread then.
#[utoipa::path(post, path = "/v1/me/notices/read", tag = "people", request_body = ReadNotices, responses(
    (status = 200, body = UnreadNotices), (status = 401, body = Problem),
))]
pub async fn read_notices(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Json(body): Json<ReadNotices>,
) -> Result<Response, ApiError> {
    let count = service.read(&who.account, body.up_to).await?;
    Ok(private(UnreadNotices { count }))
}

/// Returns what the person is told of, and on which ways.
#[utoipa::path(get, path = "/v1/me/notices/settings", tag = "people", responses(
    (status = 200, body = NoticeSettings), (status = 401, body = Problem),
))]
pub async fn get_notice_settings(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
) -> Result<Response, ApiError> {
    Ok(private(service.settings(&who.account).await?))
}

/// Replaces what the person is told of, and on which ways.
#[utoipa::path(put, path = "/v1/me/notices/settings", tag = "people", request_body = NoticeSettings, responses(
    (status = 200, body = NoticeSettings), (status = 401, body = Problem),
))]
pub async fn set_notice_settings(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Json(settings): Json<NoticeSettings>,
) -> Result<Response, ApiError> {
    service.set(&who.account, &settings).await?;
    Ok(private(settings))
}

/// Returns the key with which browsers subscribe to push messages of this gateway.
#[utoipa::path(get, path = "/v1/push/key", tag = "people", responses((status = 200, body = PushKey)))]
pub async fn get_push_key(State(service): State<Arc<NoticeService>>) -> Json<PushKey> {
    Json(PushKey { key: service.push_key().to_owned() })
}

/// Turns on push messages in a browser. A person has them in ten browsers at most; the oldest goes.
#[utoipa::path(put, path = "/v1/me/push", tag = "people", request_body = PushSubscription, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn subscribe_to_push(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Json(subscription): Json<PushSubscription>,
) -> Result<StatusCode, ApiError> {
    service.subscribe(&who.account, subscription).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turns off push messages in a browser.
#[utoipa::path(delete, path = "/v1/me/push", tag = "people", request_body = EndPush, responses(
    (status = 204), (status = 401, body = Problem),
))]
pub async fn end_push(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Json(body): Json<EndPush>,
) -> Result<StatusCode, ApiError> {
    service.unsubscribe(&who.account, &body.endpoint).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the person's mail address.
#[utoipa::path(get, path = "/v1/me/mail", tag = "people", responses(
    (status = 200, body = MailView), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_mail(State(service): State<Arc<NoticeService>>, who: SignedIn) -> Result<Response, ApiError> {
    who.require_wallet()?;
    Ok(private(service.mail(&who.account).await?))
}

/// Sets the person's mail address, and sends a code to it. Nothing else is sent there before the code has come back.
#[utoipa::path(put, path = "/v1/me/mail", tag = "people", request_body = NewMail, responses(
    (status = 200, body = MailView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem),
))]
pub async fn set_mail(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Json(body): Json<NewMail>,
) -> Result<Response, ApiError> {
    who.require_wallet()?;
    Ok(private(service.set_mail(&who.account, &body.address).await?))
}

/// Removes the person's mail address.
#[utoipa::path(delete, path = "/v1/me/mail", tag = "people", responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn remove_mail(State(service): State<Arc<NoticeService>>, who: SignedIn) -> Result<StatusCode, ApiError> {
    who.require_wallet()?;
    service.remove_mail(&who.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Verifies the person's mail address with the code that was sent to it. Five codes can be tried.
#[utoipa::path(post, path = "/v1/me/mail/verify", tag = "people", request_body = VerifyMail, responses(
    (status = 200, body = MailView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 409, body = Problem),
))]
pub async fn verify_mail(
    State(service): State<Arc<NoticeService>>,
    who: SignedIn,
    Json(body): Json<VerifyMail>,
) -> Result<Response, ApiError> {
    who.require_wallet()?;
    Ok(private(service.verify_mail(&who.account, &body.code).await?))
}

impl From<NoticeError> for ApiError {
    fn from(error: NoticeError) -> Self {
        let detail = error.to_string();
        match error {
            NoticeError::Push(_) => {
                Self::bad_request(detail).hint("Turn push messages off in this browser, and on again.")
            }
            NoticeError::Mail(_) | NoticeError::WrongCode { .. } => Self::bad_request(detail),
            NoticeError::NoMail => Self::not_found(detail),
            NoticeError::NoCode => Self::conflict(detail).hint("Enter the address again to get a new code."),
            NoticeError::TooManyCodes { retry_after_s } => {
                let (status, title) = (StatusCode::TOO_MANY_REQUESTS, "Too many codes");
                Self::new(status, codes::TOO_MANY_REQUESTS, title, detail).retry_after(Some(retry_after_s.max(1)))
            }
            NoticeError::Records(error) => error.into(),
            NoticeError::Index(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_to_do() {
        let status = |error: NoticeError| ApiError::from(error).into_response().status();
        assert_eq!(status(NoticeError::NoMail), StatusCode::NOT_FOUND);
        assert_eq!(status(NoticeError::NoCode), StatusCode::CONFLICT);
        assert_eq!(status(NoticeError::WrongCode { left: 4 }), StatusCode::BAD_REQUEST);
        let refused = ApiError::from(NoticeError::TooManyCodes { retry_after_s: 0 }).into_response();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    }
}
