//! Making foreign text safe to show: bounded, and nothing in it can move a cursor, end a line or reverse what is read.

/// The text with everything but printable ASCII escaped, cut at about `limit` bytes.
pub(crate) fn escape(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if out.len() >= limit {
            out.push_str("...");
            break;
        }
        match c {
            ' '..='~' => out.push(c),
            _ => out.extend(c.escape_default()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_moves_the_cursor_and_cuts_what_is_long() {
        for (text, limit, shown) in [
            ("plain 'text' \\ stays", 100, "plain 'text' \\ stays"),
            ("a\nb\x1b[2J", 100, "a\\nb\\u{1b}[2J"),
            ("\u{202e}evil", 100, "\\u{202e}evil"),
            ("aaaaaaaa", 3, "aaa..."),
        ] {
            assert_eq!(escape(text, limit), shown);
        }
    }
}
