//! Mail, by the operator's server.

use super::texts::Words;
use lettre::{
    message::{header::ContentType, Mailbox},
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
};
use std::time::Duration;
use vilokanam_wire::notices::MAX_MAIL_CHARS;

/// Limit for the server to take a mail.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);

/// Mail cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The URL of the server cannot be used.
    #[error("people.smtp_url: {0}; write it like smtps://user:password@host")]
    Server(lettre::transport::smtp::Error),
    /// The sender is no address.
    #[error("people.mail_from: '{0}' is no address; write it like Videos <videos@example.org>")]
    From(String),
    /// The recipient is no address.
    #[error("This is no mail address; write it like name@example.org.")]
    Address,
    /// The mail cannot be written.
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// The server did not take it.
    #[error("the mail server did not take the mail: {0}")]
    Refused(#[from] lettre::transport::smtp::Error),
}

impl MailError {
    /// Returns whether another attempt may help.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Refused(error) if !error.is_permanent())
    }
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
}

/// Sends mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Address of the pages, without a slash at its end.
    pages: String,
}

impl Mailer {
    /// Sends by the server at this URL, from this address. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`MailError::Server`], [`MailError::From`].
    pub fn new(server: &str, from: &str, public_url: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(server).map_err(MailError::Server)?;
        let transport = transport.timeout(Some(SEND_TIMEOUT)).build();
        let from = from.parse().map_err(|_| MailError::From(from.to_owned()))?;
        Ok(Self { transport, from, pages: public_url.trim_end_matches('/').to_owned() })
    }

    /// Sends a mail.
    ///
    /// # Errors
    ///
    /// [`MailError`] says whether another attempt may help.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address_of(to)?))
            .subject(letter.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())?;
        self.transport.send(message).await?;
        Ok(())
    }

    /// Returns the mail of a notice.
    pub fn notice(&self, words: &Words) -> Letter {
        let Words { title, text, url, .. } = words;
        let pages = &self.pages;
        let body = format!(
            "{title}\n{text}\n\n{pages}{url}\n\n-- \nYou receive this because you have entered this address at {pages}. Choose \
             there what you are told of: {pages}/notices\n"
        );
        Letter { subject: title.clone(), text: body }
    }

    /// Returns the mail with the code that verifies an address.
    pub fn code(&self, code: &str, minutes: u64) -> Letter {
        let pages = &self.pages;
        let text = format!(
            "The code is {code}. It is valid for {minutes} minutes.\n\nEnter it at {pages}/notices to receive notices at this \
             address. If you have not asked for this, do nothing: without the code, no further mail comes.\n"
        );
        Letter { subject: format!("Your code: {code}"), text }
    }
}

/// Reads a mail address.
///
/// # Errors
///
/// [`MailError::Address`].
pub fn address_of(text: &str) -> Result<Address, MailError> {
    let is_short = text.len() <= MAX_MAIL_CHARS && text.is_ascii();
    text.parse().ok().filter(|_| is_short).ok_or(MailError::Address)
}

#[cfg(test)]
mod tests {
    use super::{super::texts, *};

    fn mailer() -> Mailer {
        Mailer::new("smtp://127.0.0.1:2525", "Videos <videos@example.org>", "https://video.example/").unwrap()
    }

    #[test]
    fn wrong_settings_are_named_and_the_password_is_not() {
        let error =
            |server: &str, from: &str| Mailer::new(server, from, "https://a.example").err().unwrap().to_string();
        assert!(error("http://me:secret@host", "a@example.org").starts_with("people.smtp_url"));
        assert!(!error("http://me:secret@host", "a@example.org").contains("secret"));
        assert!(error("smtp://host", "nobody").starts_with("people.mail_from"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(address_of("ann@example.org").is_ok());
        let long = format!("{}@example.org", "a".repeat(250));
        for wrong in ["", "ann", "a@b@c", "ann@example.org\r\nBcc: all@example.org", "Ann <ann@example.org>", &long] {
            assert!(address_of(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn mail_says_where_it_comes_from_and_how_to_turn_it_off() {
        let letter = mailer().notice(&texts::payout(1_000_000_000_000));
        assert_eq!(letter.subject, "1 VLK were paid out to you");
        assert!(letter.text.contains("https://video.example/studio/earnings\n"));
        assert!(letter.text.contains("https://video.example/notices"));
        assert!(mailer().code("012345", 15).text.contains("012345"));
    }
}
