//! One line of `--jsonl`: a request, or why it is none. Whatever else is wrong with a line, its id comes back with the verdict, to
//! the letter.
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Value as Json, value::RawValue};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use wardgate_core::Denial;

/// What a line is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Exec,
    Query,
    Logs,
}

impl Kind {
    fn form(self) -> &'static str {
        match self {
            Self::Exec => r#"{"id":1,"argv":["ss","-tan"]}"#,
            Self::Query => r#"{"id":1,"query":"up","start":"now-30m","end":"now","step":"30s"}"#,
            Self::Logs => r#"{"id":1,"namespace":"shop","pod":"cart-0","tail_lines":200}"#,
        }
    }
}

/// A request with what is known about its target.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Line {
    /// Read apart, and by [`read`] alone.
    pub(super) id: IgnoredAny,
    pub(super) argv: Option<Vec<String>>,
    pub(super) query: Option<String>,
    pub(super) time: Option<Json>,
    pub(super) start: Option<Json>,
    pub(super) end: Option<Json>,
    pub(super) step: Option<Json>,
    pub(super) namespace: Option<String>,
    pub(super) pod: Option<String>,
    pub(super) container: Option<String>,
    pub(super) since_seconds: Option<u32>,
    pub(super) tail_lines: Option<u32>,
    pub(super) previous: Option<bool>,
    pub(super) image: Option<String>,
    pub(super) image_digest: Option<String>,
    pub(super) namespace_labels: Option<BTreeMap<String, String>>,
    pub(super) pod_labels: Option<BTreeMap<String, String>>,
    pub(super) cluster_metrics: Option<BTreeSet<String>>,
}

/// A line's id as it stands there, `null` where it has none, and its request.
pub(super) fn read(line: &[u8], kind: Kind) -> (String, Result<Line, Denial>) {
    let mut id = None;
    // What comes behind the id may break the line; the id stays.
    let _ = serde_json::Deserializer::from_slice(line).deserialize_map(Id(&mut id));
    let object = line.trim_ascii_start().first() == Some(&b'{');
    let request = if object {
        serde_json::from_slice::<Line>(line).map_err(|error| refused(kind, format!("the line is no request: {error}")))
    } else {
        Err(refused(kind, "the line is no request: it is no JSON object"))
    };
    let request = request.and_then(|line| match line.foreign(kind) {
        Some(field) => Err(refused(kind, format!("{field} belongs to another kind of request"))),
        None => Ok(line),
    });
    (id.unwrap_or_else(|| "null".into()), request)
}

/// A line that is no request.
pub(super) fn refused(kind: Kind, why: impl Into<String>) -> Denial {
    Denial::new("check.line", why).remedy(format!("write one JSON object a line, such as {}", kind.form()))
}

impl Line {
    fn foreign(&self, kind: Kind) -> Option<&'static str> {
        let fields = [
            ("argv", Kind::Exec, self.argv.is_some()),
            ("query", Kind::Query, self.query.is_some()),
            ("time", Kind::Query, self.time.is_some()),
            ("start", Kind::Query, self.start.is_some()),
            ("end", Kind::Query, self.end.is_some()),
            ("step", Kind::Query, self.step.is_some()),
            ("cluster_metrics", Kind::Query, self.cluster_metrics.is_some()),
            ("since_seconds", Kind::Logs, self.since_seconds.is_some()),
            ("tail_lines", Kind::Logs, self.tail_lines.is_some()),
            ("previous", Kind::Logs, self.previous.is_some()),
        ];
        fields.into_iter().find(|(_, of, given)| *given && *of != kind).map(|(name, ..)| name)
    }
}

/// Keeps the member `id` of an object that may break off later.
struct Id<'a>(&'a mut Option<String>);

impl<'de> Visitor<'de> for Id<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "id" {
                *self.0 = Some(map.next_value::<&RawValue>()?.get().to_owned());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(line: &[u8]) -> String {
        read(line, Kind::Exec).0
    }

    #[test]
    fn an_id_comes_back_to_the_letter_whatever_else_is_wrong() {
        for (line, expected) in [
            (&br#"{"id":123456789012345678901234567890,"argv":["id"]}"#[..], "123456789012345678901234567890"),
            (br#"{"id": 1.10 ,"argv":["id"]}"#, "1.10"),
            (br#"{"argv":["id"],"id":{"a":[1, 2]}}"#, r#"{"a":[1, 2]}"#),
            (b"{\"id\":\"x\",\"argv\":[\"\xff\"]}", r#""x""#),
            (br#"{"id":7,"argv":["id"]} trailing"#, "7"),
            (br#"{"id":7,"since_seconds":99999999999}"#, "7"),
            (br#"{"id":7,"argv":["cut"#, "7"),
            (br#"{"argv":["id"]}"#, "null"),
            (br#"[1,["id"]]"#, "null"),
            (b"  ", "null"),
            (b"\xff", "null"),
        ] {
            assert_eq!(id(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn what_is_no_request_of_the_kind_is_refused_and_the_form_is_shown() {
        for line in [
            &br#"[1,["cat","/proc/meminfo"],"up"]"#[..],
            b"",
            b"null",
            b"7",
            br#"{"id":1,"argv":["id"],"query":"up"}"#,
            br#"{"id":1,"argv":["id"],"previous":false}"#,
            br#"{"id":1,"argv":["id"],"argv":["ls"]}"#,
            br#"{"id":1,"argv":["id"],"uid":"x"}"#,
            br#"{"id":1,"argv":["id"]} {}"#,
            b"{\"id\":1,\"argv\":[\"\xff\"]}",
        ] {
            let denial = read(line, Kind::Exec).1.err().unwrap_or_default();
            assert_eq!(denial.rule, "check.line", "{}", String::from_utf8_lossy(line));
            assert!(denial.remedy.is_some_and(|remedy| remedy.contains("argv")));
        }
        assert!(read(br#"{"id":1,"argv":["id"],"namespace":"shop","pod_labels":{}}"#, Kind::Exec).1.is_ok());
    }
}
