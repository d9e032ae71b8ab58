//! Changes of profiles.

use super::known::People;
use crate::sign_in::decode_signature;
use sp_runtime::MultiSignature;
use tick_stream_primitives::{clock::now_ms, ticket::is_signed_by, AccountId};
use vilokanam_indexer::{
    people::{ChangedPerson, PersonRow},
    GatewayStateError,
};
use vilokanam_people::{
    handle::{Handle, HandleError},
    links::{self, LinkError},
    text::{clean, Lines, TextError},
};
use vilokanam_wire::{
    people::{profile_text, ChangeProfile, PersonView},
    scalars::from_rfc3339,
    Account,
};

/// Maximum number of characters of a name.
const MAX_NAME_CHARS: usize = 50;
/// Maximum number of characters of what a person says of themselves.
const MAX_BIO_CHARS: usize = 1_000;
/// Characters of a picture's hash.
const HASH_CHARS: usize = 64;
/// Maximum number of characters of the time in a signed profile.
const MAX_TIME_CHARS: usize = 40;

/// Why a profile is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// A guest changes more than the name.
    #[error("Recipients of a gift can set a name, and nothing else.")]
    NotForGuests,
    /// The handle is not accepted.
    #[error(transparent)]
    Handle(#[from] HandleError),
    /// Somebody else has the handle.
    #[error("Somebody has this handle, or one that looks like it. Choose another one.")]
    HandleTaken,
    /// A text is too long.
    #[error("The {field} has {chars} characters, and {max} are allowed. Shorten it.")]
    TooLong {
        /// Which text.
        field: &'static str,
        /// Its length.
        chars: usize,
        /// The limit.
        max: usize,
    },
    /// A link is not accepted.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A picture is not there.
    #[error("This gateway has no picture with the hash of the {0}. Upload the picture first.")]
    NoPicture(&'static str),
    /// The signature is not what it should be.
    #[error("{0}")]
    Signature(&'static str),
    /// The database fails.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}

const NO_SIGNATURE: &str = "The signature must be a SCALE-encoded MultiSignature in hex.";
const NO_TIME: &str = "A signed profile needs 'signed_at', the RFC 3339 time that is part of the signed text.";
const OTHER_TEXT: &str =
    "The signature is not that of the account over the profile as it is after this change. Read the profile \
                          again, and sign it as it will be.";

/// Returns a change as it is kept: texts are cleaned, the handle is in lower case. Doing it again changes nothing.
///
/// # Errors
///
/// A field is not accepted. Whether the handle is free and the pictures are there is not checked here.
pub fn cleaned(change: ChangeProfile) -> Result<ChangeProfile, ChangeError> {
    let handle = change.handle.as_deref().map(|text| match text.trim() {
        "" => Ok(String::new()),
        text => Handle::parse(text).map(|handle| handle.as_str().to_owned()),
    });
    let name = change.name.as_deref().map(|text| cleaned_text("name", text, (MAX_NAME_CHARS, Lines::One)));
    let bio = change.bio.as_deref().map(|text| cleaned_text("description", text, (MAX_BIO_CHARS, Lines::Many)));
    Ok(ChangeProfile {
        handle: handle.transpose()?,
        name: name.transpose()?,
        bio: bio.transpose()?,
        links: change.links.as_deref().map(links::check).transpose()?,
        ..change
    })
}

fn cleaned_text(field: &'static str, text: &str, (max, lines): (usize, Lines)) -> Result<String, ChangeError> {
    match clean(text, max, lines) {
        Err(TextError::Empty) => Ok(String::new()),
        Err(TextError::TooLong { chars, max }) => Err(ChangeError::TooLong { field, chars, max }),
        Ok(text) => Ok(text),
    }
}

impl People {
    /// Changes a profile. What is absent stays as it is, and an empty text removes. A signature holds until what it covers is
    /// changed.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]; then nothing is changed.
    pub async fn change(&self, who: &AccountId, is_guest: bool, change: ChangeProfile) -> Result<(), ChangeError> {
        if is_guest && change != (ChangeProfile { name: change.name.clone(), ..ChangeProfile::default() }) {
            return Err(ChangeError::NotForGuests);
        }
        let change = cleaned(change)?;
        self.check_picture("picture", change.picture.as_deref()).await?;
        self.check_picture("banner", change.banner.as_deref()).await?;
        let skeleton = match change.handle.as_deref().filter(|handle| !handle.is_empty()) {
            Some(handle) => Some(Handle::parse(handle)?.skeleton()),
            None => None,
        };
        let signed = signature_of(&change)?;
        let mut next = self.index.person(who).await?.unwrap_or_else(|| PersonRow::new(who.clone()));
        apply(&mut next, &change, skeleton.as_ref());
        let signed = match signed {
            Some((signature, hex, at)) => {
                let text = signed_text(&next, &at);
                if !is_signed_by(&signature, text.as_bytes(), who) {
                    return Err(ChangeError::Signature(OTHER_TEXT));
                }
                Some((text, hex, at))
            }
            None => None,
        };
        let changed = self.index.change_person(who, move |row| {
            let before = signed_text(row, "");
            apply(row, &change, skeleton.as_ref());
            let signed = signed.filter(|(text, _, at)| *text == signed_text(row, at));
            match signed {
                Some((_, hex, at)) => (row.signature, row.signed_at) = (hex, at),
                // Also if another request has changed the profile since it was read above.
                None if change.signature.is_some() || before != signed_text(row, "") => {
                    (row.signature, row.signed_at) = (String::new(), String::new());
                }
                None => {}
            }
            row.updated_at = now_ms();
        });
        match changed.await? {
            ChangedPerson::Changed(_) => Ok(()),
            ChangedPerson::HandleTaken => Err(ChangeError::HandleTaken),
        }
    }

    async fn check_picture(&self, field: &'static str, hash: Option<&str>) -> Result<(), ChangeError> {
        let Some(hash) = hash.filter(|hash| !hash.is_empty()) else { return Ok(()) };
        let is_hash = hash.len() == HASH_CHARS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash && self.index.image(hash).await?.is_some() {
            return Ok(());
        }
        Err(ChangeError::NoPicture(field))
    }
}

/// Returns the signature of a change, the same in hex, and its time. `None` if there is none, or it is to be removed.
fn signature_of(change: &ChangeProfile) -> Result<Option<(MultiSignature, String, String)>, ChangeError> {
    let Some(hex) = change.signature.as_deref().filter(|hex| !hex.is_empty()) else { return Ok(None) };
    let signature = decode_signature(hex).ok_or(ChangeError::Signature(NO_SIGNATURE))?;
    let at = change.signed_at.as_deref().filter(|at| at.len() <= MAX_TIME_CHARS && from_rfc3339(at).is_some());
    let at = at.ok_or(ChangeError::Signature(NO_TIME))?;
    Ok(Some((signature, hex.to_owned(), at.to_owned())))
}

fn apply(row: &mut PersonRow, change: &ChangeProfile, skeleton: Option<&String>) {
    if let Some(handle) = &change.handle {
        row.handle = Some(handle.clone()).filter(|handle| !handle.is_empty());
        row.skeleton = skeleton.cloned();
    }
    let texts = [
        (&mut row.name, &change.name),
        (&mut row.bio, &change.bio),
        (&mut row.picture, &change.picture),
        (&mut row.banner, &change.banner),
    ];
    for (text, change) in texts {
        if let Some(change) = change {
            text.clone_from(change);
        }
    }
    if let Some(links) = &change.links {
        row.links.clone_from(links);
    }
    if let Some(settings) = change.settings {
        row.hides_from_leaderboards = settings.hide_from_leaderboards;
        row.keeps_history = settings.keep_history;
    }
}

/// Returns the text that the account signs.
fn signed_text(row: &PersonRow, signed_at: &str) -> String {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let view = PersonView {
        account: Account(row.account.clone()),
        handle: row.handle.clone(),
        name: given(&row.name),
        bio: given(&row.bio),
        picture: given(&row.picture),
        banner: given(&row.banner),
        links: row.links.clone(),
        followers: 0,
        is_creator: false,
        is_followed_by_me: None,
        signature: None,
        signed_at: None,
    };
    profile_text(&view, signed_at)
}

#[cfg(test)]
mod tests;
