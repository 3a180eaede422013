//! Writes JSON values as YAML for people: blocks of lines stay blocks. Texts are JSON's own quoted ones, which YAML reads as they are.
use serde_json::Value;

/// One document.
pub(crate) fn render(value: &Value) -> String {
    let mut out = String::new();
    node(value, 0, &mut out);
    out
}

fn node(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                out.push_str(&format!("{indent}{key}:"));
                inner(value, depth + 1, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("{indent}-"));
                inner(item, depth + 1, out);
            }
        }
        other => out.push_str(&format!("{indent}{other}\n")),
    }
}

fn inner(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::String(text) if is_block(text) => {
            // A dash keeps the last line's end out of the text, where it has none.
            out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
            for line in text.lines() {
                let indent = if line.is_empty() { String::new() } else { "  ".repeat(depth) };
                out.push_str(&format!("{indent}{line}\n"));
            }
        }
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            node(value, depth, out);
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            out.push('\n');
            node(value, depth, out);
        }
        flat => out.push_str(&format!(" {flat}\n")),
    }
}

/// What survives as a block: lines of visible text, the first not indented, no end of lines but one.
fn is_block(text: &str) -> bool {
    let plain = |c: char| c == '\n' || !c.is_control();
    text.contains('\n') && !text.ends_with("\n\n") && !text.starts_with([' ', '\n']) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_lists_and_texts() {
        let value = json!({"a": "x: y", "b": {"c": [1, "z"], "d": []}, "e": [{"f": "one\n  two\n\nthree\n", "g": true}], "h": "i\nj", "k": "\tl\nm"});
        let text = "a: \"x: y\"\nb:\n  c: [1,\"z\"]\n  d: []\ne:\n  -\n    f: |\n      one\n        two\n\n      three\n    g: true\nh: |-\n  i\n  j\nk: \"\\tl\\nm\"\n";
        assert_eq!(render(&value), text);
    }
}
