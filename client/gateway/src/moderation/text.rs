//! Texts of reports, appeals, answers and notes.

use super::error::DecideError;
use vilokanam_wire::moderation::MAX_MODERATION_CHARS;

/// Returns a text without the space around it, if it is neither empty nor too long.
pub(crate) fn checked_text(text: &str) -> Result<&str, DecideError> {
    let text = text.trim();
    match (1..=MAX_MODERATION_CHARS).contains(&text.chars().count()) {
        true => Ok(text),
        false => Err(DecideError::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_neither_empty_nor_too_long() {
        assert_eq!(checked_text(" because ").unwrap(), "because");
        assert!(matches!(checked_text(" \n"), Err(DecideError::Text)));
        assert!(checked_text(&"x".repeat(MAX_MODERATION_CHARS)).is_ok());
        assert!(matches!(checked_text(&"x".repeat(MAX_MODERATION_CHARS + 1)), Err(DecideError::Text)));
    }
}
