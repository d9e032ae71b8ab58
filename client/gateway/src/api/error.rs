//! Errors of the API: typed by what went wrong and turned into HTTP here, nowhere else.

use axum::{
    http::{header, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use vilokanam_wire::{codes, payment::Challenge, problem, Problem};

/// The answer to a request that is refused or failed.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    /// The kind, for programs; the last part of the problem's URI.
    code: &'static str,
    title: &'static str,
    detail: String,
    hint: Option<String>,
    /// The payment that is required, for 402.
    challenge: Option<Box<Challenge>>,
    retry_after_s: Option<u32>,
    /// Id of the request, filled in by the middleware.
    request_id: Option<String>,
    /// The reason for the log, which the client does not receive.
    reason: Option<String>,
}

impl ApiError {
    /// An error of a kind. `detail` is a sentence that says what is wrong this time.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            hint: None,
            challenge: None,
            retry_after_s: None,
            request_id: None,
            reason: None,
        }
    }

    /// Replaces the sentence that says what is wrong this time.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Adds a sentence on how to fix it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the seconds after which it can be tried again, if they are known.
    pub fn retry_after(mut self, seconds: Option<u32>) -> Self {
        self.retry_after_s = seconds.or(self.retry_after_s);
        self
    }

    /// The request cannot be understood.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, codes::BAD_REQUEST, "The request cannot be understood", detail)
    }

    /// What was asked for does not exist. `detail` is a whole sentence.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, "Not found", detail)
    }

    /// A request for what was bought without a proof of who has bought it.
    pub fn unsigned(detail: String) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, codes::UNSIGNED, "A proof of the purchase is needed", detail)
            .hint("Send the session's token, or sign the request with a session key of the account that has paid.")
    }

    /// A request of an account that has no right to it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, codes::FORBIDDEN, "Not allowed", detail)
    }

    /// The request conflicts with the present state.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, codes::CONFLICT, "The request conflicts with the present state", detail)
    }

    /// Too many requests of one network.
    pub fn too_many_requests(retry_after_s: u32) -> Self {
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            codes::TOO_MANY_REQUESTS,
            "Too many requests",
            "Your network has sent more requests than this gateway allows.",
        );
        error.retry_after_s = Some(retry_after_s.max(1));
        error.hint(format!("Try again in {} s.", retry_after_s.max(1)))
    }

    /// A temporary failure.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, codes::UNAVAILABLE, "Not available now", detail);
        error.retry_after_s = Some(2);
        error.hint("Try again in a few seconds.")
    }

    /// A refusal of the framework, with its own words.
    pub fn refused_by_framework(status: StatusCode, said: &str) -> Self {
        let (code, title, otherwise) = match status {
            StatusCode::NOT_FOUND => (codes::NOT_FOUND, "Not found", "There is nothing at this address."),
            StatusCode::METHOD_NOT_ALLOWED => (
                codes::METHOD_NOT_ALLOWED,
                "Method not allowed",
                "This address does not support the method of the request.",
            ),
            StatusCode::REQUEST_TIMEOUT => (codes::TIMEOUT, "Timeout", "The request took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => (codes::TOO_LARGE, "Too large", "The request's body is too large."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                (codes::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type", "Send the body as 'application/json'.")
            }
            status if status.is_client_error() => {
                (codes::BAD_REQUEST, "The request cannot be understood", "The request cannot be understood.")
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                return Self::unavailable("The gateway could not answer in time.");
            }
            _ => return Self::internal(&said),
        };
        let said = said.trim();
        Self::new(status, code, title, if said.is_empty() { otherwise } else { said })
    }

    /// An internal error. The reason goes to the log and not to the client.
    pub fn internal(reason: &dyn std::fmt::Display) -> Self {
        let mut error = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            codes::INTERNAL,
            "The gateway failed",
            "An internal error occurred; the gateway's log has the reason.",
        );
        error.reason = Some(reason.to_string());
        error.hint("Try again. If it happens again, give the operator the request id.")
    }

    /// Logs the refusal or the failure, under the id that the client receives.
    pub fn log(&self, method: &str, route: &str, request_id: Option<&str>) {
        match &self.reason {
            Some(reason) => tracing::error!(method, route, request_id, reason, "a request failed"),
            None => tracing::debug!(method, route, request_id, code = self.code, "refused"),
        }
    }

    /// A payment is required.
    pub fn payment_required(code: &'static str, detail: impl Into<String>, challenge: Challenge) -> Self {
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, code, "Payment required", detail);
        error.challenge = Some(Box::new(Challenge { code: code.into(), ..challenge }));
        error
    }

    /// Adds the id of the request.
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// The body of the answer.
    pub fn to_problem(&self) -> Problem {
        Problem {
            kind: format!("/problems/{}", self.code),
            title: self.title.into(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            hint: self.hint.clone(),
            code: self.code.into(),
            request_id: self.request_id.clone(),
            required_ticks: self.challenge.as_ref().and_then(|challenge| challenge.required_ticks),
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
        let challenge = Challenge { stream: 3, required_ticks: Some(8), ..Default::default() };
        let error = ApiError::payment_required("out-of-prepaid-ticks", "8 ticks are due.", challenge);
        assert_eq!(error.to_problem().required_ticks, Some(8));
        let response = error.into_response();
        assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header(header::CONTENT_TYPE), "application/problem+json");
        assert!(header(header::WWW_AUTHENTICATE).starts_with("Payment method="));
        assert!(header(header::WWW_AUTHENTICATE).contains("error=\"out-of-prepaid-ticks\""));
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
    }

    #[test]
    fn refused_by_framework_works() {
        let problem = |status, said| ApiError::refused_by_framework(status, said).to_problem();
        let odd = problem(StatusCode::UNPROCESSABLE_ENTITY, "missing field `ticket`\n");
        assert_eq!((odd.status, &*odd.code, &*odd.detail), (422, "bad-request", "missing field `ticket`"));
        let silent = problem(StatusCode::METHOD_NOT_ALLOWED, "");
        assert_eq!((silent.status, &*silent.code), (405, "method-not-allowed"));
        assert!(silent.detail.ends_with('.'), "silence is put into words");
        let ours = problem(StatusCode::INTERNAL_SERVER_ERROR, "a secret");
        assert!(!ours.detail.contains("secret"), "our faults are the log's");
    }

    #[test]
    fn too_many_requests_works() {
        let response = ApiError::too_many_requests(0).into_response();
        assert_eq!(response.headers().get(header::RETRY_AFTER).map(|value| value.as_bytes()), Some(&b"1"[..]));
    }
}
