//! Text of a cue: plain text, bold, italic and underlined. Everything else that WebVTT, or HTML, could contain is taken out.

/// Styles that are kept.
const STYLES: [&str; 3] = ["b", "i", "u"];

/// Plain text in the syntax of WebVTT. Blank lines, which would end the cue, are left out.
pub(super) fn escaped(text: &str) -> String {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
    let mut escaped = String::with_capacity(text.len());
    for (place, line) in lines.enumerate() {
        if place > 0 {
            escaped.push('\n');
        }
        line.chars().for_each(|c| push_escaped(&mut escaped, c));
    }
    escaped
}

fn push_escaped(text: &mut String, c: char) {
    match c {
        '&' => text.push_str("&amp;"),
        '<' => text.push_str("&lt;"),
        '>' => text.push_str("&gt;"),
        // Invisible characters that turn the direction of what follows could disguise a text.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
        '\t' => text.push(' '),
        c if c.is_control() && c != '\n' => {}
        c => text.push(c),
    }
}

/// The text of a cue, as it was uploaded, without anything but the styles: other tags are left out and what is between them
/// stays as text, so that `<script>x</script>` is `x`.
pub(super) fn harmless(uploaded: &str) -> String {
    let mut text = String::with_capacity(uploaded.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = uploaded;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '<' => match after.split_once('>') {
                Some((tag, after)) => {
                    write_tag(&mut text, tag, &mut open);
                    after
                }
                // A tag without an end is no tag.
                None => {
                    push_escaped(&mut text, c);
                    after
                }
            },
            '&' => {
                let (decoded, after) = entity(after);
                push_escaped(&mut text, decoded);
                after
            }
            c => {
                push_escaped(&mut text, c);
                after
            }
        };
    }
    while let Some(style) = open.pop() {
        text.push_str(&format!("</{style}>"));
    }
    text
}

/// Writes a tag if it is a style, so that tags are closed in order.
fn write_tag(text: &mut String, tag: &str, open: &mut Vec<&'static str>) {
    let (name, is_end) = tag.strip_prefix('/').map_or((tag, false), |name| (name, true));
    // Classes, as in `i.loud`, name rules of a style sheet, which is not kept.
    let name = name.split(['.', ' ', '\t', '\n']).next().unwrap_or_default();
    let Some(style) = STYLES.into_iter().find(|style| *style == name) else { return };
    match (is_end, open.last() == Some(&style)) {
        (false, _) if !open.contains(&style) => {
            open.push(style);
            text.push_str(&format!("<{style}>"));
        }
        (true, true) => {
            open.pop();
            text.push_str(&format!("</{style}>"));
        }
        _ => {}
    }
}

/// The character that `&…;` stands for, and what follows. `after` begins after the `&`.
fn entity(after: &str) -> (char, &str) {
    let known =
        [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("nbsp;", '\u{a0}'), ("lrm;", '\u{200e}'), ("rlm;", '\u{200f}')];
    let found = known.into_iter().find_map(|(name, c)| Some((c, after.strip_prefix(name)?)));
    found.unwrap_or(('&', after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_other_tags_are_only_their_text() {
        for (uploaded, expected) in [
            ("<script>alert(1)</script>", "alert(1)"),
            ("<img src=x onerror=alert(1)>hello", "hello"),
            ("<v Fred>Hi</v> <c.red.big>there</c>", "Hi there"),
            ("<00:00:01.000>one <lang en>two</lang>", "one two"),
            ("<i onclick=x()>soft</i>", "<i>soft</i>"),
            ("<<script>script>x", "script&gt;x"),
            ("&lt;script&gt;x&lt;/script&gt;", "&lt;script&gt;x&lt;/script&gt;"),
            ("a < b", "a &lt; b"),
            ("1 --> 2", "1 --&gt; 2"),
            ("A &amp; B &copy; &", "A &amp; B &amp;copy; &amp;"),
        ] {
            assert_eq!(harmless(uploaded), expected, "{uploaded}");
        }
    }

    #[test]
    fn styles_are_closed_in_order() {
        for (uploaded, expected) in [
            ("<b>x", "<b>x</b>"),
            ("<b><i>x</b></i>", "<b><i>x</i></b>"),
            ("</b>x</i>", "x"),
            ("<i><i>x</i></i>", "<i>x</i>"),
        ] {
            assert_eq!(harmless(uploaded), expected, "{uploaded}");
        }
    }

    #[test]
    fn control_characters_are_left_out() {
        assert_eq!(harmless("a\u{0}b\u{202e}c\td"), "abc d");
        assert_eq!(escaped("one\r\n\n  \ntwo\n"), "one\ntwo");
    }
}
