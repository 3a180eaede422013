//! Captures that are not well formed: what is said about them, and what cannot be read through them.
#![allow(clippy::unwrap_used)]

use super::capture::Capture;
use proptest::prelude::*;
use std::{fs, path::Path};

const MANIFEST: &str = "version = 1\nname = \"n\"\ntitle = \"t\"\ncluster = \"c\"\nstart = \"2026-03-12T14:00:00Z\"\nend = \"2026-03-12T14:30:00Z\"\n";
const OBJECTS: &str = r#"{"kind": "List", "items": [
  {"kind": "Namespace", "metadata": {"name": "shop"}},
  {"kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"containers": [{"name": "app"}]}}
]}"#;

/// A folder with the two files that every capture needs, and these.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in [("capture.toml", MANIFEST), ("objects/all.json", OBJECTS)].iter().chain(files) {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn error(path: &Path) -> String {
    Capture::open(path).err().map_or_else(|| "it was read".into(), |e| e.to_string())
}

#[test]
fn the_smallest_capture_is_two_files() {
    assert_eq!(error(folder(&[]).path()), "it was read");
}

#[test]
fn what_is_wrong_is_said_with_file_and_line() {
    let manifest = |from: &str, to: &str| MANIFEST.replace(from, to);
    for (path, text, says) in [
        ("capture.toml", manifest("version = 1", "version = 2"), "capture.toml: is version 2 of the format"),
        ("capture.toml", manifest("cluster", "clutser"), "capture.toml:4: unknown field `clutser`"),
        ("capture.toml", manifest("2026-03-12T14:30:00Z", "later"), "capture.toml: end is no RFC 3339 time"),
        ("capture.toml", manifest("14:30", "13:30"), "capture.toml: end must come after start"),
        ("objects/x.json", "{".into(), "objects/x.json:1: is not JSON"),
        ("objects/x.json", "{\"items\":\n[}".into(), "objects/x.json:2: is not JSON"),
        ("objects/x.json", "7".into(), "objects/x.json: holds neither an object nor a list of them"),
        (
            "objects/x.json",
            r#"[{"kind":"Secret","metadata":{"name":"s"}}]"#.into(),
            "objects/x.json: item 1: kind \"Secret\" is none of CronJob",
        ),
        (
            "objects/x.json",
            r#"{"kind":"Pod","metadata":{}}"#.into(),
            "objects/x.json: item 1: metadata.name is missing",
        ),
        (
            "objects/x.json",
            r#"{"kind":"Pod","metadata":{"name":"p"}}"#.into(),
            "objects/x.json: item 1: metadata.namespace is missing",
        ),
        (
            "objects/x.json",
            r#"{"kind":"Node","metadata":{"name":"p","namespace":"shop"}}"#.into(),
            "objects/x.json: item 1: metadata.namespace is missing, or stands where none may",
        ),
        (
            "objects/x.json",
            r#"{"kind":"Namespace","metadata":{"name":"shop"}}"#.into(),
            "objects/x.json: item 1: this Namespace stands in objects/all.json already",
        ),
        (
            "objects/x.json",
            r#"{"kind":"Service","metadata":{"name":"s","namespace":"lost"}}"#.into(),
            "objects: services \"s\": its namespace has no Namespace object",
        ),
        (
            "logs/shop/web/app.log",
            "2026-03-12T14:01:00Z a\nno time\n".into(),
            "logs/shop/web/app.log:2: does not begin with an RFC 3339 time",
        ),
        (
            "logs/shop/web/app.log",
            "2026-03-12T14:01:00Z a\n2026-03-12T14:00:00Z b\n".into(),
            "logs/shop/web/app.log:2: is older than the line before",
        ),
        (
            "logs/shop/web/app.log",
            "2026-03-12T15:00:00Z a\n".into(),
            "logs/shop/web/app.log:1: is later than the capture's end",
        ),
        (
            "logs/shop/web/other.log",
            String::new(),
            "logs/shop/web/other.log: the capture has no pod with this container",
        ),
        ("logs/shop/gone/app.log", String::new(), "logs/shop/gone/app.log: the capture has no pod with this container"),
        ("exec/shop/web/app/a.toml", "argv = []".into(), "exec/shop/web/app/a.toml: argv is empty"),
        (
            "exec/shop/web/app/a.toml",
            "argv = [\"ls\"]\nstdin = \"x\"".into(),
            "exec/shop/web/app/a.toml:2: unknown field `stdin`",
        ),
        (
            "exec/shop/web/other/a.toml",
            "argv = [\"ls\"]".into(),
            "exec/shop/web/other/a.toml: the capture has no pod with this container",
        ),
        (
            "metrics/m.txt",
            "load 30s\n  up 1\n  up 1\n".into(),
            "metrics/m.txt:3: this series stands in the capture already",
        ),
        ("metrics/m.txt", "load 10m\n  up 1x4\n".into(), "metrics: series up{} has samples after the capture's end"),
        ("run.sh", "echo".into(), "run.sh: has no place in a capture"),
    ] {
        let dir = folder(&[(path, &text)]);
        let said = error(dir.path());
        assert!(said.starts_with(says), "{path}: {said}\n  wanted {says}");
    }
}

#[test]
fn the_same_command_twice_is_refused() {
    let dir =
        folder(&[("exec/shop/web/app/a.toml", "argv = [\"ls\"]"), ("exec/shop/web/app/b.toml", "argv = [\"ls\"]")]);
    assert_eq!(error(dir.path()), "exec/shop/web/app/b.toml: this argv is captured twice for this container");
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_capture_is_not_followed() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "2026-03-12T14:01:00Z outside").unwrap();
    let dir = folder(&[("logs/shop/web/app.previous.log", "")]);
    std::os::unix::fs::symlink(secret.path(), dir.path().join("logs/shop/web/app.log")).unwrap();
    assert!(error(dir.path()).contains("links are not followed"));
    let dir = folder(&[]);
    fs::remove_file(dir.path().join("capture.toml")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", dir.path().join("capture.toml")).unwrap();
    assert!(error(dir.path()).starts_with("capture.toml: "), "the manifest is opened by name, and stays inside");
    let dir = folder(&[]);
    std::os::unix::fs::symlink("/etc", dir.path().join("objects/etc")).unwrap();
    assert!(error(dir.path()).contains("links are not followed"));
}

#[test]
fn a_missing_capture_says_so() {
    assert!(error(Path::new("/nonexistent/capture")).starts_with(".: "));
    assert!(error(tempfile::tempdir().unwrap().path()).starts_with("capture.toml: "));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Whatever stands in the metrics and logs of a capture, reading it ends in a capture or in an error.
    #[test]
    fn no_text_breaks_the_reader(metrics in "(load [0-9]{0,3}[smh]?\n)?([ a-z_{}\"=,\\\\0-9.+x\\-]{0,40}\n){0,4}", log in "\\PC{0,60}") {
        let dir = folder(&[("metrics/m.txt", &metrics), ("logs/shop/web/app.log", &log)]);
        let _ = Capture::open(dir.path());
    }

    /// A query that the parser takes comes to an answer or an error, within its bounds.
    #[test]
    fn no_query_breaks_the_evaluator(text in "(sum|topk|rate|max_over_time|abs|count_values|quantile)?[ (]{0,2}(by \\(a\\))?[(0-9\", ]{0,4}(m|n\\{a=~\"[a-c|.*]{0,4}\"\\}|1e9|-1)(\\[[0-9]{1,2}[smhd](:[0-9]{0,2}[sm]?)?\\])?[)]{0,3}( (offset 1m|@ 5|[-+*/%^]|and|or|> bool|==) ?(m|2|on \\(a\\) n))?") {
        let mut reader = super::metrics::Reader::default();
        reader.read("m", "load 10s\n m{a=\"a\"} 1x5\n m{a=\"b\"} 0 _ stale\n n{a=\"a\"} NaN Inf -1\n", 0).unwrap();
        let (series, about) = reader.finish();
        let store = super::promql::Store::new(series, about);
        let bounds = super::promql::Bounds { work: 50_000, steps: 100, depth: 16, text: 1_000 };
        let _ = super::promql::evaluate(&store, &text, 0, 60_000, 10_000, bounds);
        let _ = super::promql::evaluate(&store, &text, 50_000, 50_000, 0, bounds);
    }
}
