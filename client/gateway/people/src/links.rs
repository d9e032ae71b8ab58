//! Addresses of other pages in a profile.

/// Maximum number of addresses.
pub const MAX_LINKS: usize = 5;
/// Maximum number of characters of an address.
pub const MAX_CHARS: usize = 200;
/// How an address begins.
const SCHEME: &str = "https://";
/// Printable ASCII characters that no address has unencoded. Browsers read `\` as `/`, so that it hides the host.
const UNSAFE: &str = "\"<>\\^`{|}";

/// An address is not accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// There are too many.
    #[error("A profile has at most {MAX_LINKS} links, and this one has {0}. Remove some.")]
    TooMany(usize),
    /// An address is too long.
    #[error("A link has at most {MAX_CHARS} characters, and this one has {0}.")]
    TooLong(usize),
    /// It is not an address of the web over TLS.
    #[error("A link begins with 'https://' and the name of a site.")]
    NotHttps,
    /// It has a character that is not allowed.
    #[error(
        "A link has no white space, control characters, quotes or letters beyond ASCII. Copy it from the address bar of the browser."
    )]
    Character,
    /// It has a user name or a password.
    #[error("A link has no user name and no password: it would show another site than it leads to. Remove what is before '@'.")]
    UserInfo,
    /// The name of the site is no name.
    #[error("A link names a site such as 'example.org', and a port at most.")]
    Host,
}

/// Returns addresses as they are kept: without white space around them, each once. Empty ones are left out.
///
/// # Errors
///
/// [`LinkError`] for the first that is not accepted, or if there are too many.
pub fn check(links: &[String]) -> Result<Vec<String>, LinkError> {
    let mut checked: Vec<String> = Vec::new();
    for link in links.iter().map(|link| link.trim()).filter(|link| !link.is_empty()) {
        check_one(link)?;
        if !checked.iter().any(|known| known == link) {
            if checked.len() == MAX_LINKS {
                return Err(LinkError::TooMany(links.len()));
            }
            checked.push(link.to_owned());
        }
    }
    Ok(checked)
}

fn check_one(link: &str) -> Result<(), LinkError> {
    let chars = link.chars().count();
    if chars > MAX_CHARS {
        return Err(LinkError::TooLong(chars));
    }
    let rest = link.strip_prefix(SCHEME).ok_or(LinkError::NotHttps)?;
    if !link.chars().all(|character| character.is_ascii_graphic() && !UNSAFE.contains(character)) {
        return Err(LinkError::Character);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(LinkError::UserInfo);
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if !is_host(host) || port.is_some_and(|port| !is_port(port)) {
        return Err(LinkError::Host);
    }
    Ok(())
}

/// A name of at least two labels, the last of which has letters: no address of a machine, and nothing of a local network.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(is_label) && last.starts_with(|first: char| first.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(link: &str) -> Result<Vec<String>, LinkError> {
        check(&[link.to_owned()])
    }

    #[test]
    fn addresses_of_the_web_over_tls_are_kept_as_they_are() {
        for link in
            ["https://example.org", "https://example.org:8443/a?b=c#d", "https://xn--bcher-kva.example/%C3%A4@b"]
        {
            assert_eq!(one(&format!(" {link} ")), Ok(vec![link.to_owned()]));
        }
        assert_eq!(one("  "), Ok(Vec::new()));
    }

    #[test]
    fn addresses_that_run_or_hide_something_are_refused() {
        for (link, error) in [
            ("javascript:alert(1)", LinkError::NotHttps),
            ("http://example.org", LinkError::NotHttps),
            ("data:text/html,x", LinkError::NotHttps),
            ("//example.org", LinkError::NotHttps),
            ("https://bank.example@evil.example/", LinkError::UserInfo),
            ("https://user:word@evil.example", LinkError::UserInfo),
            ("https://evil.example\\@bank.example", LinkError::Character),
            ("https://example.org/\u{202e}gpj.exe", LinkError::Character),
            ("https://example.org/a\nb", LinkError::Character),
            ("https://example.org/\"onclick=\"x", LinkError::Character),
            ("https://exаmple.org", LinkError::Character),
            ("https://", LinkError::Host),
            ("https:///path", LinkError::Host),
            ("https://localhost/", LinkError::Host),
            ("https://127.0.0.1/", LinkError::Host),
            ("https://[::1]/", LinkError::Host),
            ("https://example.org:99999/", LinkError::Host),
            ("https://a..example", LinkError::Host),
        ] {
            assert_eq!(one(link), Err(error), "{link}");
        }
    }

    #[test]
    fn links_are_few_and_short() {
        let links = |count: usize| (0..count).map(|n| format!("https://{n}.example")).collect::<Vec<_>>();
        assert_eq!(check(&links(MAX_LINKS)), Ok(links(MAX_LINKS)));
        assert_eq!(check(&links(MAX_LINKS + 1)), Err(LinkError::TooMany(MAX_LINKS + 1)));
        let again = vec!["https://a.example".to_owned(); 9];
        assert_eq!(check(&again), Ok(again[..1].to_vec()));
        let long = |chars: usize| format!("https://a.example/{}", "x".repeat(chars - 18));
        assert!(one(&long(MAX_CHARS)).is_ok());
        assert_eq!(one(&long(MAX_CHARS + 1)), Err(LinkError::TooLong(MAX_CHARS + 1)));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_accepted_again_as_it_is(rest in "\\PC{0,40}") {
            let link = format!("https://a.example/{rest}");
            if let Ok(links) = one(&link) {
                prop_assert_eq!(check(&links), Ok(links));
            }
        }
    }
}
