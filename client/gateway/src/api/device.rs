//! The cookie by which the free preview of a device is counted.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, HeaderMap},
    response::Response,
};
use axum_extra::extract::{
    cookie::{Cookie, SameSite},
    CookieJar,
};
use std::convert::Infallible;
use vilokanam_paywall::DeviceCookie;
use vilokanam_wire::scalars::bytes_from_hex;

/// Name of the cookie.
const NAME: &str = "vilokanam_device";
/// How long a browser keeps it, in seconds: as long as previews are remembered.
const AGE_S: i64 = 86_400;

/// The device of a request: known by its cookie, or a new one.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    pub id: DeviceCookie,
    is_new: bool,
}

impl Device {
    fn of(headers: &HeaderMap) -> Self {
        let cookies = CookieJar::from_headers(headers);
        let known = cookies.get(NAME).and_then(|cookie| bytes_from_hex(&format!("0x{}", cookie.value())).ok());
        let id = DeviceCookie(known.unwrap_or_else(rand::random));
        Self { id, is_new: known.is_none() }
    }

    /// Whether the request came without the cookie.
    pub fn is_new(self) -> bool {
        self.is_new
    }

    /// A device that sent its cookie.
    #[cfg(test)]
    pub fn known(id: [u8; 16]) -> Self {
        Self { id: DeviceCookie(id), is_new: false }
    }

    /// A device without a cookie.
    #[cfg(test)]
    pub fn unknown(id: [u8; 16]) -> Self {
        Self { id: DeviceCookie(id), is_new: true }
    }

    /// Sends the cookie to a new device.
    pub fn introduce(self, response: &mut Response) {
        if self.is_new {
            let cookie = self.cookie().to_string().parse().map(|cookie| (header::SET_COOKIE, cookie));
            response.headers_mut().extend(cookie);
        }
    }

    fn cookie(self) -> Cookie<'static> {
        Cookie::build((NAME, hex::encode(self.id.0)))
            .path("/")
            .max_age(cookie::time::Duration::seconds(AGE_S))
            .http_only(true)
            .same_site(SameSite::Lax)
            .build()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_that_sends_its_cookie_back_is_known() {
        let new = Device::of(&HeaderMap::new());
        let mut response = Response::default();
        new.introduce(&mut response);
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        let sent = cookie.split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("other=1; {sent}").parse().unwrap());
        let known = Device::of(&headers);
        assert_eq!((known.id, known.is_new), (new.id, false));
        let mut response = Response::default();
        known.introduce(&mut response);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
    }

    #[test]
    fn cookie_that_is_no_id_is_replaced() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("{NAME}=zz").parse().unwrap());
        assert!(Device::of(&headers).is_new);
    }
}
