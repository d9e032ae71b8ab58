//! Addresses of the gateway, and the local ones that stand for them.

use url::{Position, Url};

/// What of a gateway is served locally: everything below one path.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    /// Address of the gateway, with a slash at the end.
    gateway: Url,
    /// Path below the gateway's, with a slash at the end: that of the stream.
    served: String,
    /// Secret part of local paths. Without it, any page in a browser of this machine could have the viewer pay.
    secret: String,
}

impl Addresses {
    pub fn new(gateway: &Url, served: String, secret: String) -> Self {
        Self { gateway: gateway.clone(), served, secret }
    }

    /// The local path for an address. `None` if it is not served locally.
    pub fn local(&self, address: &Url) -> Option<String> {
        let is_ours = address.origin() == self.gateway.origin();
        let path = address.path().strip_prefix(self.gateway.path()).filter(|_| is_ours)?;
        path.starts_with(&self.served).then(|| {
            let rest = &address[Position::AfterPath..Position::AfterQuery];
            format!("/{}/{path}{rest}", self.secret)
        })
    }

    /// The address for a local path and query. `None` if there is none.
    pub fn remote(&self, path_and_query: &str) -> Option<Url> {
        let rest = self.without_secret(path_and_query)?;
        let address = self.gateway.join(rest).ok()?;
        // Joining has resolved what leads out of the stream's path.
        self.local(&address).is_some().then_some(address)
    }

    /// What follows the secret in a local path.
    pub fn without_secret<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix('/')?.strip_prefix(&self.secret)?.strip_prefix('/')
    }

    /// The local path of a page of its own.
    pub fn page(&self, name: &str) -> String {
        format!("/{}/{name}", self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(gateway: &str) -> Addresses {
        Addresses::new(&gateway.parse().unwrap(), "v1/streams/3/".into(), "abc".into())
    }

    #[test]
    fn addresses_of_the_stream_have_local_ones() {
        for gateway in ["http://h:8080/", "https://h/video/"] {
            let addresses = addresses(gateway);
            let remote: Url = format!("{gateway}v1/streams/3/hls/master.m3u8?dvr=1").parse().unwrap();
            let local = addresses.local(&remote).unwrap();
            assert_eq!(local, "/abc/v1/streams/3/hls/master.m3u8?dvr=1");
            assert_eq!(addresses.remote(&local), Some(remote));
        }
    }

    #[test]
    fn nothing_else_is_served() {
        let addresses = addresses("http://h:8080/");
        for path in [
            "/abd/v1/streams/3/keys/1",
            "/v1/streams/3/keys/1",
            "/abc/v1/streams/31/keys/1",
            "/abc/v1/sessions/1",
            "/abc/v1/streams/3/../4/keys/1",
            "/abc/v1/streams/3/%2e%2e/4/keys/1",
            "/abc/http://other/v1/streams/3/keys/1",
            "/abc//other/v1/streams/3/keys/1",
        ] {
            assert_eq!(addresses.remote(path), None, "{path}");
        }
        for address in
            ["http://other:8080/v1/streams/3/x", "https://h:8080/v1/streams/3/x", "http://h:8080/v1/streams/4/x"]
        {
            assert_eq!(addresses.local(&address.parse().unwrap()), None, "{address}");
        }
    }
}
