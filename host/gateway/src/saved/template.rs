//! A query's text with its placeholders found: `${name}` outside of strings and comments.
use super::SavedQueryError;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(String),
}

/// Text and placeholders, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, SavedQueryError> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        // The quote that a string ends with, or the end of line for a comment.
        let mut within: Option<char> = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(inner) = rest.strip_prefix("${") {
                let Some((name, after)) = inner.split_once('}') else {
                    return Err(SavedQueryError::Open(inner.chars().take(40).collect()));
                };
                if within.is_some() {
                    return Err(SavedQueryError::Quoted(name.to_owned()));
                }
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Slot(name.to_owned()));
                rest = after;
                continue;
            }
            match (within, c) {
                (Some('"' | '\''), '\\') => {
                    // The character after a backslash ends no string.
                    let pair: String = rest.chars().take(2).collect();
                    plain.push_str(&pair);
                    rest = &rest[pair.len()..];
                    continue;
                }
                (Some(end), _) if c == end => within = None,
                (None, '"' | '\'' | '`') => within = Some(c),
                (None, '#') => within = Some('\n'),
                _ => {}
            }
            plain.push(c);
            rest = &rest[c.len_utf8()..];
        }
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// The names of the placeholders, once for each mention.
    pub(super) fn slots(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Slot(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with a token in each place. A place without a token stays empty; a catalogue has none.
    pub(super) fn fill(&self, tokens: &BTreeMap<&str, String>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Slot(name) => tokens.get(name.as_str()).cloned().unwrap_or_default(),
        };
        self.0.iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn placeholders_are_found_outside_of_strings_only() {
        let template = Template::parse(r#"a{b="$1",c=${c},d='x\'y'} + e[${w}] # $x"#).unwrap();
        assert_eq!(template.slots().collect::<Vec<_>>(), ["c", "w"]);
        let tokens = BTreeMap::from([("c", "\"v\"".to_owned()), ("w", "5m".to_owned())]);
        assert_eq!(template.fill(&tokens), r#"a{b="$1",c="v",d='x\'y'} + e[5m] # $x"#);
        for quoted in [r#"a{b="${c}"}"#, "a{b='${c}'}", "a{b=`${c}`}", r#"a{b="\"${c}"}"#, "a # ${c}"] {
            assert_eq!(Template::parse(quoted).unwrap_err(), SavedQueryError::Quoted("c".to_owned()), "{quoted}");
        }
        // A raw string has no escapes: the backslash does not keep it open.
        assert!(Template::parse(r"a{b=`\`,c=${c}}").is_ok());
        assert!(Template::parse("a # x\n[${w}]").is_ok());
    }
}
