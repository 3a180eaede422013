//! Captured objects and events, in compact form, filtered and paged as a live cluster would.

use super::{Mirror, capture::meta, labels};
use crate::{
    compact::{self, compact},
    kinds,
    records::Documents,
    selector::LabelSelector,
};
use serde_json::Value;
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Cursor, Denial, Events, Fault, FaultKind, Objects, Piece, Prepare,
    Selection, Source, Verb,
};

/// Objects of a list when the caller does not say.
const OBJECTS: u32 = 50;
/// Events when the caller does not say.
const EVENTS: u32 = 100;
/// The fields that a field selector may name, and where they stand.
const FIELDS: [(&str, &str); 4] = [
    ("metadata.name", "/metadata/name"),
    ("metadata.namespace", "/metadata/namespace"),
    ("spec.nodeName", "/spec/nodeName"),
    ("status.phase", "/status/phase"),
];

impl Prepare<Objects> for Mirror {
    fn prepare(&self, Objects(mut selection): Objects, _: &Context) -> Result<Objects, Denial> {
        if selection.verb == Verb::List {
            selection.limit = Some(selection.limit.unwrap_or(OBJECTS));
        }
        if selection.cursor.as_ref().is_some_and(|cursor| place(cursor).is_none()) {
            return Err(kinds::no_cursor());
        }
        Filter::of(&selection)?;
        Ok(Objects(selection))
    }
}

impl Backend<Objects> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Objects>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.object_pieces(call).map(Documents::boxed)))
    }
}

impl Prepare<Events> for Mirror {
    fn prepare(&self, Events(mut selection): Events, _: &Context) -> Result<Events, Denial> {
        selection.limit = Some(selection.limit.unwrap_or(EVENTS));
        Ok(Events(selection))
    }
}

impl Backend<Events> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Events>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.event_pieces(call).map(Documents::boxed)))
    }
}

impl Mirror {
    fn object_pieces(&self, call: &Committed<Objects>) -> Result<Documents, Fault> {
        let mut pieces = Documents::default();
        let limit = call.parts().first().and_then(|part| part.request.0.limit).unwrap_or(OBJECTS);
        let mut left = limit.min(call.limits().items) as usize;
        for (at, part) in call.parts().iter().enumerate() {
            let (selection, namespace) = (&part.request.0, part.target.namespace.as_str());
            let kind =
                kinds::by_word(&selection.kind).ok_or_else(|| Fault::new(FaultKind::Unsupported, "no such kind"))?;
            if kind.namespaced {
                self.must_be_open(namespace, false)?;
            }
            pieces.piece(Piece::Part(at));
            let namespace = if kind.namespaced { namespace } else { "" };
            if selection.verb == Verb::Get {
                let name = selection.name.as_deref().unwrap_or_default();
                if kind.word == "namespaces" {
                    self.must_be_open(name, false)?;
                }
                let found = self.capture.object(kind.word, namespace, name);
                let object = found.ok_or_else(|| {
                    let words = format!("the capture has no {} {name:?} in namespace {namespace:?}", kind.kind);
                    Fault::new(FaultKind::Missing, words)
                })?;
                pieces.push(Channel::Object, &compact(kind.word, object).unwrap_or_default());
                continue;
            }
            let filter = Filter::of(selection).map_err(|denial| Fault::new(FaultKind::Invalid, denial.reason))?;
            let after = selection.cursor.as_ref().and_then(|cursor| position(namespace, cursor)).unwrap_or_default();
            let fits = |object: &&Value| {
                let name = meta(object, "name");
                meta(object, "namespace") == namespace
                    && name > after
                    && (kind.word != "namespaces" || self.is_open(name, false))
                    && filter.accepts(object)
            };
            let mut last = after;
            for object in self.capture.of(kind.word).iter().filter(fits) {
                if left == 0 {
                    pieces.piece(Piece::Next(cursor(namespace, last)?));
                    return Ok(pieces);
                }
                pieces.push(Channel::Object, &compact(kind.word, object).unwrap_or_default());
                last = meta(object, "name");
                left -= 1;
            }
        }
        Ok(pieces)
    }

    fn event_pieces(&self, call: &Committed<Events>) -> Result<Documents, Fault> {
        let mut pieces = Documents::default();
        let (mut total, mut left) = (0, call.limits().items as usize);
        for (at, part) in call.parts().iter().enumerate() {
            let (selection, namespace) = (&part.request.0, part.target.namespace.as_str());
            self.must_be_open(namespace, false)?;
            let kind = kinds::by_word(&selection.kind).map(|kind| kind.kind);
            let about = |event: &&Value| {
                let object =
                    if event["regarding"].is_object() { &event["regarding"] } else { &event["involvedObject"] };
                meta(event, "namespace") == namespace
                    && kind.is_none_or(|kind| object["kind"] == kind)
                    && selection.name.as_deref().is_none_or(|name| object["name"] == name)
            };
            let events = compact::events(self.capture.of("events").iter().filter(about));
            pieces.piece(Piece::Part(at));
            total += events.len() as u64;
            let most = left.min(selection.limit.unwrap_or(EVENTS) as usize);
            // In order of time; the oldest are the ones left out.
            for event in &events[events.len() - most.min(events.len())..] {
                pieces.push(Channel::Event, event);
                left -= 1;
            }
        }
        pieces.piece(Piece::Total(total));
        Ok(pieces)
    }
}

/// What a list's selectors ask for.
struct Filter {
    labels: LabelSelector,
    fields: Vec<(&'static str, bool, String)>,
}

impl Filter {
    fn of(selection: &Selection) -> Result<Self, Denial> {
        let labels = match selection.label_selector.as_deref() {
            Some(text) => LabelSelector::parse(text).map_err(|e| Denial::new("target.selector", e.to_string()))?,
            None => LabelSelector::default(),
        };
        let mut fields = Vec::new();
        for term in selection.field_selector.as_deref().unwrap_or_default().split(',').filter(|term| !term.is_empty()) {
            let (field, equal, value) = match (term.split_once("!="), term.split_once('=')) {
                (Some((field, value)), _) => (field, false, value),
                (None, Some((field, value))) => (field, true, value.trim_start_matches('=')),
                (None, None) => return Err(no_field()),
            };
            let (_, pointer) = FIELDS.iter().find(|(name, _)| *name == field.trim()).ok_or_else(no_field)?;
            fields.push((*pointer, equal, value.trim().to_owned()));
        }
        Ok(Self { labels, fields })
    }

    fn accepts(&self, object: &Value) -> bool {
        let field = |(pointer, equal, value): &(&str, bool, String)| {
            let found = object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            (found == value) == *equal
        };
        self.labels.matches(&labels(object)) && self.fields.iter().all(field)
    }
}

fn no_field() -> Denial {
    let fields = FIELDS.map(|(name, _)| name).join(", ");
    Denial::new("target.selector", "a field selector is FIELD=VALUE or FIELD!=VALUE, with commas between")
        .remedy(format!("fields: {fields}"))
}

/// `NAMESPACE:0:NAME`, as the live backend writes it: the last object that was shown.
fn cursor(namespace: &str, name: &str) -> Result<Cursor, Fault> {
    let text = format!("{namespace}:0:{name}");
    Cursor::try_from(text).map_err(|_| Fault::new(FaultKind::Broken, "a name that no cursor can hold"))
}

fn position<'a>(namespace: &str, cursor: &'a Cursor) -> Option<&'a str> {
    let (at, name) = place(cursor)?;
    (at == namespace).then_some(name)
}

fn place(cursor: &Cursor) -> Option<(&str, &str)> {
    let mut words = cursor.as_str().splitn(3, ':');
    let (at, version, name) = (words.next()?, words.next()?, words.next()?);
    (version == "0").then_some((at, name))
}
