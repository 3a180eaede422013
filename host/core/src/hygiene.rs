//! Makes visible what a terminal or a model would act on without showing it: control characters, ANSI, bidirectional marks,
//! zero-width characters, tags (invariant 8). Applied to redacted text only.

/// Appends `c`, escaped if it would hide or reorder text. A line break is the caller's to split on; a tab stays.
pub fn push_visible(c: char, out: &mut String) {
    if hidden(c) {
        let code = u32::from(c);
        if code <= 0xff {
            out.push_str(&format!("\\x{code:02x}"));
        } else {
            out.push_str(&format!("\\u{{{code:x}}}"));
        }
    } else {
        out.push(c);
    }
}

/// How many bytes from its beginning on, of at most `most`, are plain ASCII, which nothing is done to: nearly all of nearly every text.
pub(crate) fn plain(text: &str, most: usize) -> usize {
    text.bytes().take(most).take_while(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n')).count()
}

/// The whole text made visible; line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, more) = rest.split_at(plain(rest, usize::MAX));
        out.push_str(ascii);
        let mut others = more.chars();
        if let Some(c) = others.next() {
            push_visible(c, &mut out);
        }
        rest = others.as_str();
    }
    out
}

/// How many of these bytes come before a character that is not complete yet: what is behind them may become one with what follows.
pub fn complete(bytes: &[u8]) -> usize {
    let begun = (1..=bytes.len().min(3)).find(|back| bytes[bytes.len() - back] >= 0xc0);
    match begun {
        Some(back) if incomplete(&bytes[bytes.len() - back..]) => bytes.len() - back,
        _ => bytes.len(),
    }
}

/// Whether these bytes could be the beginning of a character.
pub(crate) fn incomplete(bytes: &[u8]) -> bool {
    let need = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return false,
    };
    bytes.len() < need && bytes[1..].iter().all(|b| (0x80..0xc0).contains(b))
}

fn hidden(c: char) -> bool {
    match c {
        '\t' => false,
        // Soft hyphen, combining joiner, Arabic letter mark, Hangul fillers, Mongolian separators.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        // Zero-width and bidirectional marks, line and paragraph separators, invisible operators, variation selectors.
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' => true,
        '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => true,
        // Format controls of shorthand and of musical notation.
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        _ => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_hide_text_is_made_visible() {
        for (text, seen) in [
            ("plain äöü 漢字\tx", "plain äöü 漢字\tx"),
            ("\u{1b}[31mred\u{1b}[0m", "\\x1b[31mred\\x1b[0m"),
            ("a\rb", "a\\x0db"),
            ("abc\u{202e}def", "abc\\u{202e}def"),
            ("to\u{200b}ken", "to\\u{200b}ken"),
            ("\u{e0041}", "\\u{e0041}"),
            ("\u{9b}31m", "\\x9b31m"),
            ("\0", "\\x00"),
            ("two\nlines", "two\nlines"),
            ("a\u{1d173}b\u{1bca0}c\u{fff0}", "a\\u{1d173}b\\u{1bca0}c\\u{fff0}"),
        ] {
            assert_eq!(visible(text), seen);
        }
    }
}
