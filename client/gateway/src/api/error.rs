//! Errors of the API: typed by what went wrong, turned into HTTP here and nowhere else.

use axum::{
    http::{header, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use vilokanam_wire::{payment::Challenge, problem, Problem};

/// What the API answers when it cannot do what was asked.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    /// For programs, and the last part of the problem's URI.
    code: &'static str,
    title: &'static str,
    detail: String,
    mend: Option<String>,
    /// What is due, when it is money.
    challenge: Option<Box<Challenge>>,
    retry_after_s: Option<u32>,
    /// The request's id, filled in on the way out.
    request_id: Option<String>,
    /// What the log is told, and the client is not.
    reason: Option<String>,
}

impl ApiError {
    /// An error of this kind. `detail` is a sentence on what is wrong this time.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            mend: None,
            challenge: None,
            retry_after_s: None,
            request_id: None,
            reason: None,
        }
    }

    /// With a sentence on what would mend it.
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    /// The request makes no sense as it is.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be understood", detail)
    }

    /// What was asked for is not here.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", format!("There is no {what} here."))
    }

    /// A creator's request without the creator's signature.
    pub fn unsigned(detail: String) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unsigned", "The creator's signature is needed", detail)
            .mend("Sign the request anew with the account that created the stream.")
    }

    /// Signed by somebody else.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not yours", detail)
    }

    /// It does not fit with how things are.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "It does not fit", detail)
    }

    /// Too often.
    pub fn too_many_requests(retry_after_s: u32) -> Self {
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-requests",
            "Too many requests",
            "Your network has asked more often than this gateway answers.",
        );
        error.retry_after_s = Some(retry_after_s.max(1));
        error.mend(format!("Try again in {} s.", retry_after_s.max(1)))
    }

    /// Not now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now", detail);
        error.retry_after_s = Some(2);
        error.mend("Try again in a few seconds.")
    }

    /// What the framework refuses by itself, with what it says of it.
    pub fn refused_by_framework(status: StatusCode, said: &str) -> Self {
        let (code, title, otherwise) = match status {
            StatusCode::NOT_FOUND => ("not-found", "Not found", "There is no such thing here."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method-not-allowed", "Not possible here", "This address does not know the request's method.")
            }
            StatusCode::REQUEST_TIMEOUT => ("timeout", "Too slow", "The request took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "Too large", "The request's body is too large."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unsupported-media-type", "Another kind of body is expected", "Send it as 'application/json'.")
            }
            status if status.is_client_error() => {
                ("bad-request", "The request cannot be understood", "The request makes no sense here.")
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                return Self::unavailable("The gateway could not answer in time.");
            }
            _ => return Self::internal(&said),
        };
        let said = said.trim();
        Self::new(status, code, title, if said.is_empty() { otherwise } else { said })
    }

    /// Our fault. The log has the reason; the client gets none.
    pub fn internal(reason: &dyn std::fmt::Display) -> Self {
        let mut error = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The gateway failed",
            "Something went wrong in the gateway; its log says what.",
        );
        error.reason = Some(reason.to_string());
        error.mend("Try again; tell the operator the request id if it goes on.")
    }

    /// Says in the log what was refused, or what went wrong: under the id that the client is told.
    pub fn log(&self, method: &str, route: &str, request_id: Option<&str>) {
        match &self.reason {
            Some(reason) => tracing::error!(method, route, request_id, reason, "a request failed"),
            None => tracing::debug!(method, route, request_id, code = self.code, "refused"),
        }
    }

    /// Money is missing.
    pub fn payment_required(code: &'static str, detail: impl Into<String>, challenge: Challenge) -> Self {
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, code, "Payment required", detail);
        error.challenge = Some(Box::new(Challenge { code: code.into(), ..challenge }));
        error
    }

    /// With the request's id, so that a user can name it.
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// The body.
    pub fn to_problem(&self) -> Problem {
        Problem {
            kind: format!("/problems/{}", self.code),
            title: self.title.into(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            mend: self.mend.clone(),
            code: self.code.into(),
            request_id: self.request_id.clone(),
            ticks_due: self.challenge.as_ref().and_then(|challenge| challenge.ticks_due),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.to_problem()).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(problem::MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let challenge = self.challenge.as_ref().and_then(|challenge| challenge.to_header().parse().ok());
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        // The middleware that counts requests and adds their ids finds it here.
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn into_response_works() {
        let challenge = Challenge { stream: 3, ticks_due: Some(8), ..Default::default() };
        let error = ApiError::payment_required("ticks-due", "8 ticks are due.", challenge);
        assert_eq!(error.to_problem().ticks_due, Some(8));
        let response = error.into_response();
        assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header(header::CONTENT_TYPE), "application/problem+json");
        assert!(header(header::WWW_AUTHENTICATE).starts_with("Payment method="));
        assert!(header(header::WWW_AUTHENTICATE).contains("error=\"ticks-due\""));
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
    }

    #[test]
    fn refused_by_framework_works() {
        let told = |status, said| ApiError::refused_by_framework(status, said).to_problem();
        let odd = told(StatusCode::UNPROCESSABLE_ENTITY, "missing field `ticket`\n");
        assert_eq!((odd.status, &*odd.code, &*odd.detail), (422, "bad-request", "missing field `ticket`"));
        let silent = told(StatusCode::METHOD_NOT_ALLOWED, "");
        assert_eq!((silent.status, &*silent.code), (405, "method-not-allowed"));
        assert!(silent.detail.ends_with('.'), "silence is put into words");
        let ours = told(StatusCode::INTERNAL_SERVER_ERROR, "a secret");
        assert!(!ours.detail.contains("secret"), "our faults are the log's");
    }

    #[test]
    fn too_many_requests_works() {
        let response = ApiError::too_many_requests(0).into_response();
        assert_eq!(response.headers().get(header::RETRY_AFTER).map(|value| value.as_bytes()), Some(&b"1"[..]));
    }
}
