//! Recordings: two files a call, and a sealed third where operators configured a key; space reserved before it runs, written through
//! threads of their own, flushed once at the end. Keeps invariant 2. No raw byte reaches the disk unsealed: without a key only length
//! and digest of raw output are kept.
use crate::{
    canonical::hex,
    cast::{self, Cast, Digested},
    chain::RECORDINGS,
    disk::{Access, File, SharedDisk},
    options::Options,
    seal::{self, Recipients, Sealer},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{mpsc, oneshot};
use wardgate_core::{AnyRequest, BoxFuture, Channel, Intent, Outcome, Recording, RecordingDown};

/// Threads that write recordings.
const THREADS: usize = 2;
/// Work that may wait for them, in pieces of at most a few times `GATHER`.
const QUEUE: usize = 64;
/// Bytes of text that gather before they are handed over.
const GATHER: usize = 32 << 10;
/// Room for headers, marks and the last line.
const FRAME: u64 = 64 << 10;
/// Files of a recording, by their endings. The last one is there only if it was sealed.
pub(crate) const ENDINGS: [&str; 3] = ["cast", "jsonl", "age"];

/// The file name of a call's cast; `None` for what cannot be a file name.
pub(crate) fn file_name(call: &str, extension: &str) -> Option<String> {
    let plain = call.len() <= 64 && call.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (plain && !call.is_empty()).then(|| format!("{call}.{extension}"))
}

/// All files that a call's recording may have.
pub(crate) fn files_of(call: &str) -> impl Iterator<Item = String> {
    ENDINGS.into_iter().filter_map(move |ending| file_name(call, ending))
}

/// What a finished recording leaves for the outcome's record.
#[derive(Clone, Default)]
pub(crate) struct Digests(Arc<Mutex<Option<Value>>>);

impl Digests {
    pub(crate) fn to_json(&self) -> Value {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or(Value::Null)
    }
    fn set(&self, value: Value) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// Opens recordings.
pub(crate) struct Recorder {
    disk: SharedDisk,
    dir: PathBuf,
    hands: Hands,
}

/// Who does the writing: threads, or the caller.
#[derive(Clone)]
struct Hands(Option<mpsc::Sender<Work>>);

impl Hands {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, RecordingDown> {
        let Some(sender) = &self.0 else { return Ok(work()) };
        let (done, result) = oneshot::channel();
        let work = Box::new(move || _ = done.send(work()));
        sender.send(work).await.map_err(|_| RecordingDown)?;
        result.await.map_err(|_| RecordingDown)
    }

    /// Without waiting; what finds no room is left undone.
    fn try_run(&self, work: impl FnOnce() + Send + 'static) {
        match &self.0 {
            None => work(),
            Some(sender) => _ = sender.try_send(Box::new(work)),
        }
    }
}

impl Recorder {
    pub(crate) fn inline(disk: SharedDisk, dir: &Path) -> Self {
        Self { disk, dir: dir.join(RECORDINGS), hands: Hands(None) }
    }

    pub(crate) fn threaded(disk: SharedDisk, dir: &Path) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel::<Work>(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for n in 0..THREADS {
            let receiver = receiver.clone();
            std::thread::Builder::new().name(format!("recorder-{n}")).spawn(move || {
                loop {
                    let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                    match next {
                        Some(work) => work(),
                        None => return,
                    }
                }
            })?;
        }
        Ok(Self { disk, dir: dir.join(RECORDINGS), hands: Hands(Some(sender)) })
    }

    /// With its space reserved, or not at all.
    pub(crate) async fn open(
        &self,
        intent: &Intent,
        options: &Options,
        digests: Digests,
    ) -> Result<Box<Tape>, RecordingDown> {
        let call = intent.id.as_str();
        // Text may grow on its way into JSON; twice what may be read is ample, and the bound holds in any case.
        let wanted = intent.limits.read_bytes.saturating_mul(2).saturating_add(FRAME);
        let bound_max = options.recording_bytes.max(FRAME);
        let bound = wanted.min(bound_max);
        let (mut cast_head, mut side_head) = (Vec::new(), Vec::new());
        let started = intent.arrived;
        let cast = Cast::begin(started, &title(intent), call, &mut cast_head);
        cast::side_begin(call, started, &mut side_head);
        let [Some(cast_name), Some(side_name), Some(sealed_name)] = ENDINGS.map(|ending| file_name(call, ending))
        else {
            return Err(RecordingDown);
        };
        let (disk, dir, min_free) = (self.disk.clone(), self.dir.clone(), options.min_free_bytes);
        let recipients = options.recipients.clone();
        // A backend's words about an error are sealed on top of what may be read.
        let sealed_bound = if recipients.is_empty() {
            0
        } else {
            seal::room(intent.limits.read_bytes.saturating_add(FRAME)).saturating_add(FRAME).min(bound_max)
        };
        let opened = self
            .hands
            .run(move || {
                let free = disk.space(&dir)?.free;
                if free < min_free.saturating_add(bound.saturating_mul(2)).saturating_add(sealed_bound) {
                    return Err(io::Error::from(io::ErrorKind::StorageFull));
                }
                let (cast_path, side_path) = (dir.join(cast_name), dir.join(side_name));
                let cast = Track::open(&disk, &cast_path, bound)?;
                let opened = Track::open(&disk, &side_path, bound).and_then(|side| {
                    let sealed = Sealed::open(&disk, &dir.join(sealed_name), sealed_bound, &recipients);
                    Ok((side, sealed.inspect_err(|_| _ = disk.remove(&side_path))?))
                });
                let (side, sealed) = opened.inspect_err(|_| _ = disk.remove(&cast_path))?;
                Ok(Box::new(Tracks { disk, dir, cast, side, sealed, closed: false }))
            })
            .await?;
        match opened {
            Ok(mut tracks) => {
                tracks.cast.add(&cast_head)?;
                tracks.side.add(&side_head)?;
                Ok(Box::new(Tape {
                    tracks: Some(tracks),
                    cast,
                    raw: BTreeMap::new(),
                    last: started,
                    hands: self.hands.clone(),
                    digests,
                    call: call.into(),
                }))
            }
            Err(error) => {
                tracing::error!(target: "wardgate::evidence", call, %error, "no recording could be opened");
                Err(RecordingDown)
            }
        }
    }
}

/// One file, and what of it is still in memory.
struct Track {
    file: Arc<dyn File>,
    path: PathBuf,
    waiting: Vec<u8>,
    at: u64,
    bound: u64,
    digest: Sha256,
}

impl Track {
    fn open(disk: &SharedDisk, path: &Path, bound: u64) -> io::Result<Self> {
        let file: Arc<dyn File> = disk.open(path, Access::New)?.into();
        if let Err(error) = file.reserve(bound) {
            disk.remove(path)?;
            return Err(error);
        }
        Ok(Self { file, path: path.into(), waiting: Vec::new(), at: 0, bound, digest: Sha256::new() })
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), RecordingDown> {
        let len = self.at + (self.waiting.len() + bytes.len()) as u64;
        if len > self.bound {
            return Err(RecordingDown);
        }
        self.waiting.extend_from_slice(bytes);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.file.write_at(&self.waiting, self.at)?;
        self.digest.update(&self.waiting);
        self.at += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }

    fn close(&mut self) -> io::Result<Digested> {
        self.write()?;
        self.file.set_size(self.at)?;
        self.file.sync()?;
        Ok(Digested { bytes: self.at, sha256: hex(&self.digest.clone().finalize()) })
    }
}

/// As the sealer writes: a piece at a time, straight to the file.
impl io::Write for Track {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes).map_err(|RecordingDown| io::Error::from(io::ErrorKind::FileTooLarge))?;
        if self.waiting.len() >= GATHER {
            self.write()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write()
    }
}

/// Raw output on its way into a sealed file.
struct Sealed {
    sealer: Sealer<Track>,
    path: PathBuf,
    to: Vec<String>,
}

impl Sealed {
    fn open(disk: &SharedDisk, path: &Path, bound: u64, recipients: &Recipients) -> io::Result<Option<Self>> {
        if recipients.is_empty() {
            return Ok(None);
        }
        let track = Track::open(disk, path, bound)?;
        let sealer = Sealer::begin(recipients, track).inspect_err(|_| _ = disk.remove(path))?;
        Ok(Some(Self { sealer, path: path.into(), to: recipients.names() }))
    }

    fn close(self) -> io::Result<(Digested, Vec<String>)> {
        Ok((self.sealer.finish()?.close()?, self.to))
    }
}

struct Tracks {
    disk: SharedDisk,
    dir: PathBuf,
    cast: Track,
    side: Track,
    /// Gone once it is closed.
    sealed: Option<Sealed>,
    closed: bool,
}

/// What closing leaves of each file.
struct Closed {
    cast: Digested,
    side: Digested,
    sealed: Option<(Digested, Vec<String>)>,
}

impl Drop for Tracks {
    /// Abandoned: what there is stays, without the reserved rest.
    fn drop(&mut self) {
        if !self.closed {
            let _ = self.close();
        }
    }
}

impl Tracks {
    fn write(&mut self) -> io::Result<()> {
        self.cast.write()?;
        self.side.write()?;
        self.sealed.as_mut().map_or(Ok(()), |sealed| sealed.sealer.write())
    }

    /// Every file, even if one fails: what there is stays, without the reserved rest.
    fn close(&mut self) -> io::Result<Closed> {
        self.closed = true;
        let (cast, side) = (self.cast.close(), self.side.close());
        let sealed = self.sealed.take().map(Sealed::close).transpose();
        let closed = Closed { cast: cast?, side: side?, sealed: sealed? };
        self.disk.sync_dir(&self.dir)?;
        Ok(closed)
    }

    fn remove(mut self) {
        self.closed = true;
        for path in
            [&self.cast.path, &self.side.path].into_iter().chain(self.sealed.as_ref().map(|sealed| &sealed.path))
        {
            let _ = self.disk.remove(path);
        }
    }
}

/// An open recording.
pub(crate) struct Tape {
    /// Gone while a thread has them, and for good once one failed.
    tracks: Option<Box<Tracks>>,
    cast: Cast,
    raw: BTreeMap<Channel, (u64, Sha256)>,
    last: u64,
    hands: Hands,
    digests: Digests,
    call: String,
}

impl Tape {
    /// The intent could not be made durable: there is no call to record.
    pub(crate) async fn discard(mut self: Box<Self>) {
        if let Some(tracks) = self.tracks.take() {
            let _ = self.hands.run(move || tracks.remove()).await;
        }
    }

    async fn write(&mut self) -> Result<(), RecordingDown> {
        let Some(mut tracks) = self.tracks.take() else { return Err(RecordingDown) };
        let (tracks, written) = self
            .hands
            .run(move || {
                let written = tracks.write();
                (tracks, written)
            })
            .await?;
        self.keep(tracks, written)
    }

    fn keep<T>(&mut self, tracks: Box<Tracks>, written: io::Result<T>) -> Result<T, RecordingDown> {
        match written {
            Ok(value) => {
                self.tracks = Some(tracks);
                Ok(value)
            }
            Err(error) => {
                tracing::error!(target: "wardgate::evidence", call = self.call, %error, "the recording could not go on");
                Err(RecordingDown)
            }
        }
    }
}

impl Recording for Tape {
    fn seal<'a>(&'a mut self, channel: Channel, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async move {
            let (length, digest) = self.raw.entry(channel).or_default();
            *length += bytes.len() as u64;
            digest.update(bytes);
            let Some(tracks) = &mut self.tracks else { return Err(RecordingDown) };
            let full = tracks.sealed.as_mut().is_some_and(|sealed| sealed.sealer.add(channel, bytes));
            // The next piece was read: what was shown of earlier ones leaves this process's memory.
            if full || !tracks.cast.waiting.is_empty() { self.write().await } else { Ok(()) }
        })
    }

    fn show<'a>(
        &'a mut self,
        channel: Channel,
        read_at: u64,
        text: &'a str,
    ) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async move {
            let Some(tracks) = &mut self.tracks else { return Err(RecordingDown) };
            let (mut cast, mut side) = (Vec::with_capacity(text.len() + 64), Vec::with_capacity(text.len() + 64));
            self.cast.show(channel, read_at, text, &mut cast);
            cast::side_show(channel, read_at, text, &mut side);
            tracks.cast.add(&cast)?;
            tracks.side.add(&side)?;
            self.last = self.last.max(read_at);
            if tracks.cast.waiting.len() >= GATHER { self.write().await } else { Ok(()) }
        })
    }

    fn finish<'a>(mut self: Box<Self>, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async move {
            let Some(mut tracks) = self.tracks.take() else { return Err(RecordingDown) };
            let raw: BTreeMap<Channel, Digested> = std::mem::take(&mut self.raw)
                .into_iter()
                .map(|(channel, (bytes, digest))| (channel, Digested { bytes, sha256: hex(&digest.finalize()) }))
                .collect();
            let (mut cast, mut side) = (Vec::new(), Vec::new());
            self.cast.end(self.last, outcome, &mut cast);
            cast::side_end(self.last, outcome, &raw, &mut side);
            let added = tracks.cast.add(&cast).and_then(|()| tracks.side.add(&side));
            let (tracks, closed) = self
                .hands
                .run(move || {
                    let closed = tracks.close();
                    (tracks, closed)
                })
                .await?;
            let Closed { cast, side, sealed } = self.keep(tracks, closed)?;
            self.tracks = None;
            let raw: BTreeMap<&str, &Digested> = raw.iter().map(|(channel, d)| (channel.as_str(), d)).collect();
            let sealed = sealed.map(|(file, to)| json!({"bytes": file.bytes, "sha256": file.sha256, "to": to}));
            self.digests.set(json!({"cast": cast, "side": side, "raw": raw, "sealed": sealed}));
            added
        })
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        // Closing writes: not here.
        if let Some(tracks) = self.tracks.take() {
            self.hands.try_run(move || drop(tracks));
        }
    }
}

/// What a player shows: where, and the command.
fn title(intent: &Intent) -> String {
    let place = intent.parts.first().map_or_else(String::new, |part| part.context.target.path());
    let command = match &intent.asked {
        AnyRequest::Exec(exec) => exec.argv.join(" "),
        other => other.kind().to_owned(),
    };
    let shown: String = command.chars().filter(|c| !c.is_control()).take(200).collect();
    format!("{place}: {shown}")
}
