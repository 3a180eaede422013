//! Reads a capture: what it holds, checked, in memory. The format is documented in docs/mirror.md; this is version 1.
//! It knows nothing of requests and answers; the backends beside it do.

use super::{
    error::{CaptureError, quoted},
    files::{Embedded, Files, Folder},
    metrics,
    promql::Store,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// Objects of one capture.
const MAX_OBJECTS: usize = 20_000;
/// Log lines of one capture.
const MAX_LINES: usize = 1_000_000;
/// Captured commands of one capture.
const MAX_EXECS: usize = 2_000;

/// One captured incident.
pub(super) struct Capture {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) cluster: String,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// By resource (`pods`), in the order of namespace and name.
    pub(super) objects: BTreeMap<&'static str, Vec<Value>>,
    pub(super) logs: BTreeMap<LogOf, Vec<Line>>,
    pub(super) execs: BTreeMap<Container, Vec<Captured>>,
    pub(super) metrics: Store,
}

/// A container by its names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Container {
    pub(super) namespace: String,
    pub(super) pod: String,
    pub(super) name: String,
}

/// A container's log: of its current run or the one before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogOf {
    pub(super) container: Container,
    pub(super) previous: bool,
}

/// One line of a log.
pub(super) struct Line {
    pub(super) at: Timestamp,
    pub(super) text: Box<str>,
}

/// One command and what it said.
pub(super) struct Captured {
    pub(super) argv: Vec<String>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) exit: i32,
}

/// The kinds a capture may hold: resource, kind.
const KINDS: [(&str, &str); 15] = [
    ("cronjobs", "CronJob"),
    ("daemonsets", "DaemonSet"),
    ("deployments", "Deployment"),
    ("endpointslices", "EndpointSlice"),
    ("events", "Event"),
    ("horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    ("jobs", "Job"),
    ("namespaces", "Namespace"),
    ("nodemetrics", "NodeMetrics"),
    ("nodes", "Node"),
    ("podmetrics", "PodMetrics"),
    ("pods", "Pod"),
    ("replicasets", "ReplicaSet"),
    ("services", "Service"),
    ("statefulsets", "StatefulSet"),
];

impl Capture {
    /// Reads the capture in a directory.
    pub(super) fn open(path: &Path) -> Result<Self, CaptureError> {
        let dir = cap_std::fs::Dir::open_ambient_dir(path, cap_std::ambient_authority());
        Self::read(&Folder::new(dir.map_err(|e| CaptureError::io("", &e))?))
    }

    /// Reads a capture that is built into the binary.
    pub(super) fn embedded(files: &'static [(&'static str, &'static str)]) -> Result<Self, CaptureError> {
        Self::read(&Embedded(files))
    }

    fn read(files: &dyn Files) -> Result<Self, CaptureError> {
        let manifest = Manifest::read(&files.text(MANIFEST)?)?;
        let mut reading = Reading::default();
        for path in files.paths()? {
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                [MANIFEST] => {}
                [name] if has_extension(name, "md") => {}
                ["objects", .., name] if has_extension(name, "json") => reading.objects(&path, &files.text(&path)?)?,
                ["logs", namespace, pod, file] if has_extension(file, "log") => {
                    reading.log(&path, [namespace, pod, file], &files.text(&path)?)?;
                }
                ["exec", namespace, pod, name, file] if has_extension(file, "toml") => {
                    reading.exec(&path, [namespace, pod, name], &files.text(&path)?)?;
                }
                ["metrics", file] if has_extension(file, "txt") => {
                    reading.metrics.read(&path, &files.text(&path)?, manifest.start.as_millisecond())?;
                }
                _ => {
                    let places = "capture.toml, objects/*.json, logs/NAMESPACE/POD/CONTAINER.log, \
                                  exec/NAMESPACE/POD/CONTAINER/*.toml, metrics/*.txt, *.md";
                    return Err(CaptureError::file(&path, format!("has no place in a capture; it holds {places}")));
                }
            }
        }
        reading.finish(manifest)
    }

    /// The objects of a resource.
    pub(super) fn of(&self, resource: &str) -> &[Value] {
        self.objects.get(resource).map_or(&[], Vec::as_slice)
    }

    /// One object by its names.
    pub(super) fn object(&self, resource: &str, namespace: &str, name: &str) -> Option<&Value> {
        self.of(resource).iter().find(|o| meta(o, "name") == name && meta(o, "namespace") == namespace)
    }
}

/// A string of an object's metadata, empty when it is not there.
pub(super) fn meta<'a>(object: &'a Value, field: &str) -> &'a str {
    object["metadata"][field].as_str().unwrap_or("")
}

/// The names of a pod's containers, init containers last.
pub(super) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    let of = |field: &str| pod["spec"][field].as_array().map_or(&[][..], Vec::as_slice);
    of("containers").iter().chain(of("initContainers"))
}

const MANIFEST: &str = "capture.toml";

struct Manifest {
    name: String,
    title: String,
    cluster: String,
    start: Timestamp,
    end: Timestamp,
}

impl Manifest {
    fn read(text: &str) -> Result<Self, CaptureError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            version: i64,
            name: String,
            title: String,
            cluster: String,
            start: String,
            end: String,
        }
        let file: File = from_toml(MANIFEST, text)?;
        if file.version != 1 {
            let why = format!("is version {} of the format; this program reads version 1", file.version);
            return Err(CaptureError::file(MANIFEST, why));
        }
        let time = |field: &str, text: &str| {
            text.parse::<Timestamp>().map_err(|_| {
                CaptureError::file(MANIFEST, format!("{field} is no RFC 3339 time such as 2026-03-12T14:00:00Z"))
            })
        };
        let (start, end) = (time("start", &file.start)?, time("end", &file.end)?);
        if end <= start {
            return Err(CaptureError::file(MANIFEST, "end must come after start"));
        }
        Ok(Self { name: file.name, title: file.title, cluster: file.cluster, start, end })
    }
}

/// Namespace and name.
type Names = (String, String);

#[derive(Default)]
struct Reading {
    /// By resource, then by namespace and name: the file it stood in, and the object.
    objects: BTreeMap<&'static str, BTreeMap<Names, (String, Value)>>,
    count: usize,
    logs: BTreeMap<LogOf, (String, Vec<Line>)>,
    lines: usize,
    execs: BTreeMap<Container, (String, Vec<Captured>)>,
    commands: usize,
    metrics: metrics::Reader,
}

impl Reading {
    /// One object, an array of them, or a list as `kubectl get -o json` writes it.
    fn objects(&mut self, path: &str, text: &str) -> Result<(), CaptureError> {
        let document: Value = serde_json::from_str(text)
            .map_err(|e| CaptureError::line(path, e.line(), format!("is not JSON (column {})", e.column())))?;
        let list_of = document["kind"].as_str().and_then(|k| k.strip_suffix("List")).unwrap_or("").to_owned();
        let items = match document {
            Value::Array(items) => items,
            Value::Object(mut list) if list.contains_key("items") => match list.remove("items") {
                Some(Value::Array(items)) => items,
                _ => return Err(CaptureError::file(path, "items is no array")),
            },
            object @ Value::Object(_) => vec![object],
            _ => return Err(CaptureError::file(path, "holds neither an object nor a list of them")),
        };
        for (at, item) in items.into_iter().enumerate() {
            let fail = |why: String| CaptureError::file(path, format!("item {}: {why}", at + 1));
            let kind = item["kind"].as_str().unwrap_or(&list_of).to_owned();
            let Some((resource, _)) = KINDS.iter().find(|(_, k)| *k == kind.as_str()) else {
                let kinds = KINDS.map(|(_, k)| k).join(", ");
                return Err(fail(format!("kind {} is none of {kinds}", quoted(&kind))));
            };
            let key = (meta(&item, "namespace").to_owned(), meta(&item, "name").to_owned());
            if key.1.is_empty() {
                return Err(fail("metadata.name is missing".into()));
            }
            if key.0.is_empty() != matches!(*resource, "namespaces" | "nodes" | "nodemetrics") {
                return Err(fail("metadata.namespace is missing, or stands where none may".into()));
            }
            self.count += 1;
            if self.count > MAX_OBJECTS {
                return Err(fail(format!("a capture has at most {MAX_OBJECTS} objects")));
            }
            if let Some((other, _)) = self.objects.entry(resource).or_default().insert(key, (path.to_owned(), item)) {
                return Err(fail(format!("this {kind} stands in {other} already")));
            }
        }
        Ok(())
    }

    /// Lines that each begin with their time, as `kubectl logs --timestamps` writes them.
    fn log(&mut self, path: &str, [namespace, pod, file]: [&&str; 3], text: &str) -> Result<(), CaptureError> {
        let stem = file.strip_suffix(".log").unwrap_or(file);
        let (name, previous) = stem.strip_suffix(".previous").map_or((stem, false), |name| (name, true));
        let container = Container { namespace: (*namespace).into(), pod: (*pod).into(), name: name.into() };
        let mut lines: Vec<Line> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let (time, text) = line.split_once(' ').unwrap_or((line, ""));
            let at = at + 1;
            let Ok(time) = time.parse::<Timestamp>() else {
                return Err(CaptureError::line(path, at, "does not begin with an RFC 3339 time and a blank"));
            };
            if lines.last().is_some_and(|before| before.at > time) {
                return Err(CaptureError::line(path, at, "is older than the line before"));
            }
            lines.push(Line { at: time, text: text.into() });
        }
        self.lines += lines.len();
        if self.lines > MAX_LINES {
            return Err(CaptureError::file(path, format!("a capture has at most {MAX_LINES} lines of logs")));
        }
        self.logs.insert(LogOf { container, previous }, (path.to_owned(), lines));
        Ok(())
    }

    fn exec(&mut self, path: &str, [namespace, pod, name]: [&&str; 3], text: &str) -> Result<(), CaptureError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            argv: Vec<String>,
            #[serde(default)]
            stdout: String,
            #[serde(default)]
            stderr: String,
            #[serde(default)]
            exit: i32,
        }
        let File { argv, stdout, stderr, exit } = from_toml(path, text)?;
        if argv.is_empty() {
            return Err(CaptureError::file(path, "argv is empty"));
        }
        let container = Container { namespace: (*namespace).into(), pod: (*pod).into(), name: (*name).into() };
        let (_, there) = self.execs.entry(container).or_insert_with(|| (path.to_owned(), Vec::new()));
        if there.iter().any(|c| c.argv == argv) {
            return Err(CaptureError::file(path, "this argv is captured twice for this container"));
        }
        self.commands += 1;
        if self.commands > MAX_EXECS {
            return Err(CaptureError::file(path, format!("a capture has at most {MAX_EXECS} commands")));
        }
        there.push(Captured { argv, stdout, stderr, exit });
        Ok(())
    }

    fn finish(self, manifest: Manifest) -> Result<Capture, CaptureError> {
        let (series, about) = self.metrics.finish();
        let end = manifest.end.as_millisecond();
        let mut objects: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
        for (resource, kept) in self.objects {
            objects.insert(resource, kept.into_values().map(|(_, object)| object).collect());
        }
        let Manifest { name, title, cluster, start, end: until } = manifest;
        let mut capture = Capture {
            name,
            title,
            cluster,
            start,
            end: until,
            objects,
            logs: BTreeMap::new(),
            execs: BTreeMap::new(),
            metrics: Store::new(Vec::new(), BTreeMap::new()),
        };
        if let Some(late) = series.iter().find(|s| s.samples.last().is_some_and(|last| last.t > end)) {
            let why = format!("series {} has samples after the capture's end", late.labels);
            return Err(CaptureError::file("metrics", why));
        }
        capture.metrics = Store::new(series, about);
        for (of, (path, lines)) in self.logs {
            capture.must_know(&of.container, &path)?;
            if lines.last().is_some_and(|l| l.at > until) {
                return Err(CaptureError::line(&path, lines.len(), "is later than the capture's end"));
            }
            capture.logs.insert(of, lines);
        }
        for (container, (path, commands)) in self.execs {
            capture.must_know(&container, &path)?;
            capture.execs.insert(container, commands);
        }
        for (resource, kept) in &capture.objects {
            if let Some(lost) = kept.iter().find(|o| {
                let namespace = meta(o, "namespace");
                !namespace.is_empty() && capture.object("namespaces", "", namespace).is_none()
            }) {
                let why = format!("{resource} {}: its namespace has no Namespace object", quoted(meta(lost, "name")));
                return Err(CaptureError::file("objects", why));
            }
        }
        Ok(capture)
    }
}

impl Capture {
    fn must_know(&self, container: &Container, path: &str) -> Result<(), CaptureError> {
        let pod = self.object("pods", &container.namespace, &container.pod);
        let there = pod.is_some_and(|pod| containers(pod).any(|c| c["name"] == container.name.as_str()));
        if there { Ok(()) } else { Err(CaptureError::file(path, "the capture has no pod with this container")) }
    }
}

fn has_extension(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|e| e == extension)
}

fn from_toml<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, CaptureError> {
    toml::from_str(text).map_err(|e| {
        let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        CaptureError::line(path, before.matches('\n').count() + 1, e.message())
    })
}
