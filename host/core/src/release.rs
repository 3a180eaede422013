//! The release stage: redactors point, the host masks, then cuts to the budget and says so.
//!
//! [`Stage`] is one stream: bytes in, clean bytes and masks out, in constant memory; `wardgate redact` is nothing but this.
//! `Release` is all streams of a call, and ends in a [`Body`]. Neither knows where bytes come from, and neither shows a byte that
//! a redactor has not decided: after a failure the rest stays inside (invariant 7 and the fail-closed rule).
pub use crate::mask::Piece as Released;
use crate::{
    Body, Channel, Context, Cut, Finding, Form, Keep, Limits, Outcome, Progress, RecordText, Recording, Redaction,
    RedactionFailed, Redactors, Select,
    lane::{Lane, Line, Room},
    mask::{Masker, Piece},
    records::Records,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// One stream under redaction.
pub struct Stage {
    redaction: Option<Box<dyn Redaction>>,
    masker: Masker,
}

impl Stage {
    /// Opens a stream.
    pub async fn open(
        redactors: &dyn Redactors,
        context: &Context,
        channel: Channel,
        form: Form,
    ) -> Result<Self, RedactionFailed> {
        let masker = Masker::new(form, redactors.tags());
        Ok(Self { redaction: Some(redactors.open(context, channel, form).await?), masker })
    }

    /// The bytes that follow; what is decided by them goes to `out`. After an error the stage gives nothing more.
    pub async fn feed(
        &mut self,
        bytes: &[u8],
        out: &mut (dyn FnMut(Released<'_>) + Send),
    ) -> Result<(), RedactionFailed> {
        let Some(redaction) = &mut self.redaction else { return Err(over()) };
        self.masker.push(bytes);
        let progress = redaction.scan(bytes).await;
        let decided = progress.and_then(|progress| self.decide(progress, out));
        if decided.is_err() {
            self.redaction = None;
        }
        decided
    }

    /// No more bytes: everything is decided now.
    pub async fn finish(&mut self, out: &mut (dyn FnMut(Released<'_>) + Send)) -> Result<(), RedactionFailed> {
        let Some(redaction) = self.redaction.take() else { return Err(over()) };
        let findings: Vec<Finding> = redaction.finish().await?;
        let settled = self.masker.end();
        self.decide(Progress { findings, settled }, out)
    }

    fn decide(&mut self, progress: Progress, out: &mut dyn FnMut(Released<'_>)) -> Result<(), RedactionFailed> {
        let decided = self.masker.decide(progress, out);
        decided.map_err(|why| RedactionFailed { plugin: "redactors".into(), what: why.words().into() })
    }
}

fn over() -> RedactionFailed {
    RedactionFailed { plugin: "redactors".into(), what: "the stream is over".into() }
}

/// One stream of JSON documents, redacted scalar by scalar.
pub struct DocumentStage {
    stage: Stage,
    records: Records,
}

impl DocumentStage {
    /// Opens a stream.
    pub async fn open(redactors: &dyn Redactors, context: &Context, channel: Channel) -> Result<Self, RedactionFailed> {
        let stage = Stage::open(redactors, context, channel, Form::Scalars).await?;
        Ok(Self { stage, records: Records::default() })
    }

    /// One more document; those that are decided by now come back masked, in order.
    pub async fn feed(&mut self, document: Value) -> Result<Vec<Value>, RedactionFailed> {
        let text = self.records.push(0, document);
        let records = &mut self.records;
        self.stage.feed(&text, &mut |piece| records.take(&piece)).await?;
        Ok(self.decided())
    }

    /// No more documents: the rest of them.
    pub async fn finish(&mut self) -> Result<Vec<Value>, RedactionFailed> {
        let records = &mut self.records;
        self.stage.finish(&mut |piece| records.take(&piece)).await?;
        Ok(self.decided())
    }

    fn decided(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.records.pop()).map(|(_, value)| value).collect()
    }
}

/// Why the release of a call cannot go on.
pub(crate) enum Halt {
    Redactor(RedactionFailed),
    Recorder,
}

impl From<RedactionFailed> for Halt {
    fn from(failed: RedactionFailed) -> Self {
        Self::Redactor(failed)
    }
}

impl Halt {
    pub(crate) fn cut(self) -> Cut {
        match self {
            Self::Redactor(RedactionFailed { plugin, what }) => Cut::Redactor { plugin, what },
            Self::Recorder => Cut::Recorder,
        }
    }
}

enum Shape {
    Text(Lane),
    Documents(Records),
}

struct Stream {
    stage: Stage,
    shape: Shape,
    /// When the bytes below each offset were read.
    read_at: VecDeque<(u64, u64)>,
    at: u64,
}

/// All streams of one call.
pub(crate) struct Release<'a> {
    redactors: &'a dyn Redactors,
    contexts: &'a [Context],
    limits: Limits,
    keep: Keep,
    select: Option<Arc<dyn Select>>,
    recording: Option<Box<dyn Recording>>,
    streams: BTreeMap<(usize, Channel, Form), Stream>,
    spent: u64,
    pub(crate) body: Body,
}

impl<'a> Release<'a> {
    pub(crate) fn new(
        redactors: &'a dyn Redactors,
        contexts: &'a [Context],
        limits: Limits,
        keep: Keep,
        select: Option<Arc<dyn Select>>,
        recording: Option<Box<dyn Recording>>,
    ) -> Self {
        Self {
            redactors,
            contexts,
            limits,
            keep,
            select,
            recording,
            streams: BTreeMap::new(),
            spent: 0,
            body: Body::default(),
        }
    }

    /// Raw bytes: recorded first, then scanned; whatever is decided is kept or cut.
    pub(crate) async fn bytes(
        &mut self,
        part: usize,
        channel: Channel,
        bytes: &[u8],
        read_at: u64,
    ) -> Result<(), Halt> {
        self.seal(channel, bytes).await?;
        let mut fresh = Vec::new();
        self.feed((part, channel, Form::Text), bytes, read_at, &mut fresh).await?;
        self.show(channel, fresh).await
    }

    /// One whole document. What does not parse is redacted as text.
    pub(crate) async fn record(
        &mut self,
        part: usize,
        channel: Channel,
        bytes: &[u8],
        read_at: u64,
    ) -> Result<(), Halt> {
        let document =
            (bytes.len() <= crate::Piece::RECORD).then(|| serde_json::from_slice::<Value>(bytes).ok()).flatten();
        let Some(document) = document else { return self.bytes(part, channel, bytes, read_at).await };
        self.seal(channel, bytes).await?;
        let key = (part, channel, Form::Scalars);
        self.open(key).await?;
        let text = match self.streams.get_mut(&key) {
            Some(Stream { shape: Shape::Documents(records), .. }) => records.push(part, document),
            _ => Vec::new(),
        };
        self.feed(key, &text, read_at, &mut Vec::new()).await?;
        self.take_records(key);
        Ok(())
    }

    /// Ends every stream of the parts so far; a stream whose redaction failed keeps its undecided bytes inside.
    pub(crate) async fn finish(&mut self) -> Result<(), Halt> {
        let keys: Vec<_> = self.streams.keys().copied().collect();
        let mut halt = Ok(());
        for key in keys {
            let mut fresh = Vec::new();
            let ended = self.end(key, &mut fresh).await.map_err(Halt::from);
            let shown = self.show(key.1, fresh).await;
            halt = halt.and(ended).and(shown);
        }
        self.collect();
        halt
    }

    /// Closes the recording.
    pub(crate) async fn close(&mut self, outcome: &Outcome) -> Result<(), Halt> {
        match self.recording.take() {
            Some(recording) => recording.finish(outcome).await.map_err(|_| Halt::Recorder),
            None => Ok(()),
        }
    }

    async fn seal(&mut self, channel: Channel, bytes: &[u8]) -> Result<(), Halt> {
        match &mut self.recording {
            Some(recording) => recording.seal(channel, bytes).await.map_err(|_| Halt::Recorder),
            None => Ok(()),
        }
    }

    async fn show(&mut self, channel: Channel, fresh: Vec<Line>) -> Result<(), Halt> {
        let Some(recording) = &mut self.recording else { return Ok(()) };
        for line in fresh {
            recording.show(channel, line.read_at, &(line.text + "\n")).await.map_err(|_| Halt::Recorder)?;
        }
        Ok(())
    }

    async fn open(&mut self, key: (usize, Channel, Form)) -> Result<(), RedactionFailed> {
        if self.streams.contains_key(&key) {
            return Ok(());
        }
        let (part, channel, form) = key;
        let context = self.contexts.get(part).or(self.contexts.first()).ok_or_else(over)?;
        let stage = Stage::open(self.redactors, context, channel, form).await?;
        let shape = match form {
            Form::Text => Shape::Text(Lane::new(self.room(part), self.select_for(channel))),
            Form::Scalars => Shape::Documents(Records::default()),
        };
        self.streams.insert(key, Stream { stage, shape, read_at: VecDeque::new(), at: 0 });
        Ok(())
    }

    /// A pattern selects among log lines; an error's words are never hidden by it.
    fn select_for(&self, channel: Channel) -> Option<Arc<dyn Select>> {
        if channel == Channel::Log { self.select.clone() } else { None }
    }

    /// What is left of the budget beside everything that is kept so far.
    fn left(&self) -> u64 {
        let kept: u64 = self.streams.values().map(Stream::kept_bytes).sum();
        self.limits.released_bytes.saturating_sub(kept + self.spent)
    }

    /// That, shared among the parts that are still to come. The channels of one part share what it has as they come.
    fn room(&self, part: usize) -> Room {
        let parts = self.contexts.len().saturating_sub(part).max(1) as u64;
        Room { bytes: (self.left() / parts).max(1), lines: self.limits.lines, keep: self.keep }
    }

    async fn feed(
        &mut self,
        key: (usize, Channel, Form),
        bytes: &[u8],
        read_at: u64,
        fresh: &mut Vec<Line>,
    ) -> Result<(), RedactionFailed> {
        self.open(key).await?;
        let left = self.left();
        let Some(stream) = self.streams.get_mut(&key) else { return Err(over()) };
        stream.bound(left);
        stream.at += bytes.len() as u64;
        stream.read_at.push_back((stream.at, read_at));
        let Stream { stage, shape, read_at, .. } = stream;
        let masked = &mut self.body.masked;
        stage.feed(bytes, &mut |piece| take(shape, read_at, masked, &piece, fresh)).await
    }

    async fn end(&mut self, key: (usize, Channel, Form), fresh: &mut Vec<Line>) -> Result<(), RedactionFailed> {
        let left = self.left();
        let Some(stream) = self.streams.get_mut(&key) else { return Ok(()) };
        stream.bound(left);
        let Stream { stage, shape, read_at, .. } = stream;
        let masked = &mut self.body.masked;
        let ended = match stage.redaction {
            // It failed before, which was said then.
            None => Ok(()),
            Some(_) => stage.finish(&mut |piece| take(shape, read_at, masked, &piece, fresh)).await,
        };
        if let Shape::Text(lane) = shape {
            lane.finish(fresh);
        }
        self.take_records(key);
        ended
    }

    fn take_records(&mut self, key: (usize, Channel, Form)) {
        let Some(Stream { shape: Shape::Documents(records), .. }) = self.streams.get_mut(&key) else { return };
        let decided: Vec<_> = std::iter::from_fn(|| records.pop()).collect();
        let most = if key.1 == Channel::Series { self.limits.series } else { self.limits.items } as usize;
        let kept: u64 = self.streams.values().map(Stream::kept_bytes).sum();
        for (part, value) in decided {
            let value = visible(value);
            if self.select.as_ref().is_some_and(|select| !select.keep_record(&value)) {
                self.body.records_passed_over += 1;
                continue;
            }
            if self.keep == Keep::First && self.body.records_cut > 0 {
                self.body.records_cut += 1;
                continue;
            }
            self.spent += size(&value);
            self.body.records.push(RecordText { part, channel: key.1, value });
            while kept + self.spent > self.limits.released_bytes || self.body.records.len() > most {
                let Some(last) = self.body.records.len().checked_sub(1) else { break };
                let at = if self.keep == Keep::First { last } else { 0 };
                self.spent -= size(&self.body.records.remove(at).value);
                self.body.records_cut += 1;
            }
        }
    }

    fn collect(&mut self) {
        for ((part, channel, _), stream) in std::mem::take(&mut self.streams) {
            if let Shape::Text(lane) = stream.shape {
                self.spent += lane.kept_bytes();
                self.body.lanes.push(lane.into_text(part, channel));
            }
        }
    }
}

impl Stream {
    fn bound(&mut self, left: u64) {
        if let Shape::Text(lane) = &mut self.shape {
            lane.bound(left);
        }
    }

    fn kept_bytes(&self) -> u64 {
        match &self.shape {
            Shape::Text(lane) => lane.kept_bytes(),
            Shape::Documents(_) => 0,
        }
    }
}

fn take(
    shape: &mut Shape,
    read_at: &mut VecDeque<(u64, u64)>,
    masked: &mut BTreeMap<String, u64>,
    piece: &Piece<'_>,
    fresh: &mut Vec<Line>,
) {
    let start = match piece {
        Piece::Clean(_, start) | Piece::Mask { start, .. } => *start,
    };
    while read_at.len() > 1 && read_at.front().is_some_and(|(end, _)| *end <= start) {
        read_at.pop_front();
    }
    let when = read_at.front().map_or(0, |(_, when)| *when);
    if let Piece::Mask { rule, joined: false, .. } = piece {
        *masked.entry(rule.to_string()).or_default() += 1;
    }
    match (shape, piece) {
        (Shape::Text(lane), Piece::Clean(bytes, _)) => lane.push(bytes, when, fresh),
        (Shape::Text(lane), Piece::Mask { text, joined: false, .. }) => lane.mask(text, when, fresh),
        (Shape::Text(_), Piece::Mask { .. }) => {}
        (Shape::Documents(records), piece) => records.take(piece),
    }
}

/// What a document costs of the budget.
fn size(value: &Value) -> u64 {
    value.to_string().len() as u64 + 1
}

/// Strings and keys of a document made visible; line breaks stay.
fn visible(value: Value) -> Value {
    let fine = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') && text.is_ascii();
    match value {
        Value::String(text) if !fine(&text) => Value::String(crate::hygiene::visible(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(visible).collect()),
        Value::Object(map) => {
            let key = |key: String| if fine(&key) { key } else { crate::hygiene::visible(&key) };
            Value::Object(map.into_iter().map(|(k, v)| (key(k), visible(v))).collect())
        }
        other => other,
    }
}
