//! What the clients of the API server and of Prometheus share: escaping of what goes into a URL or a form, and an error with its causes.

/// Appends `text` with everything escaped but the unreserved characters of RFC 3986.
pub(crate) fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// The causes as well: "client error (Connect)" alone helps nobody.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let (mut text, mut source) = (error.to_string(), error.source());
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_value_can_end_it() {
        let mut out = String::new();
        escape("a&b=c d/é%\n", &mut out);
        assert_eq!(out, "a%26b%3Dc%20d%2F%C3%A9%25%0A");
    }
}
