//! A disk in memory that fails on demand: it fills up, it refuses, and a power cut leaves of unsynced writes whatever a seed says.
//! For tests and simulations.
use crate::disk::{Access, Disk, File, Lock, Space};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What a disk was about to do, when a fault is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bytes into a file: path, offset, length.
    Write(PathBuf, u64, usize),
    /// A flush of a file.
    Sync(PathBuf),
    /// A new file.
    Create(PathBuf),
    /// A rename, a removal or a flush of a directory.
    Directory(PathBuf),
}

type Fault = Box<dyn FnMut(&Operation) -> Option<io::ErrorKind> + Send>;

/// Bytes that survive a power cut together.
const SECTOR: usize = 512;

#[derive(Clone, Default)]
struct Content {
    /// As a reader sees it.
    now: Vec<u8>,
    /// As of the last flush.
    durable: Vec<u8>,
}

#[derive(Default)]
struct Inner {
    files: BTreeMap<u64, Content>,
    /// As a reader sees them.
    names: BTreeMap<PathBuf, u64>,
    /// As of the last flush of their directory.
    durable_names: BTreeMap<PathBuf, u64>,
    locks: BTreeSet<PathBuf>,
    next: u64,
    capacity: u64,
    fault: Option<Fault>,
    writes: u64,
}

impl Inner {
    fn used(&self) -> u64 {
        self.files.values().map(|content| content.now.len() as u64).sum()
    }
    fn fault(&mut self, operation: &Operation) -> io::Result<()> {
        match self.fault.as_mut().and_then(|fault| fault(operation)) {
            Some(kind) => Err(kind.into()),
            None => Ok(()),
        }
    }
    fn collect(&mut self) {
        let live: BTreeSet<u64> = self.names.values().chain(self.durable_names.values()).copied().collect();
        self.files.retain(|id, _| live.contains(id));
    }
}

/// The disk; a clone is the same disk.
#[derive(Clone)]
pub struct MemoryDisk(Arc<Mutex<Inner>>);

impl MemoryDisk {
    /// An empty disk of that many bytes.
    pub fn new(capacity: u64) -> Self {
        Self(Arc::new(Mutex::new(Inner { capacity, ..Inner::default() })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asked before every operation that changes something; what it answers with is what the caller gets.
    pub fn set_fault(&self, fault: impl FnMut(&Operation) -> Option<io::ErrorKind> + Send + 'static) {
        self.inner().fault = Some(Box::new(fault));
    }

    /// No more faults.
    pub fn clear_fault(&self) {
        self.inner().fault = None;
    }

    /// How large it is from now on.
    pub fn set_capacity(&self, capacity: u64) {
        self.inner().capacity = capacity;
    }

    /// Writes so far.
    pub fn writes(&self) -> u64 {
        self.inner().writes
    }

    /// What a power cut leaves: all that was flushed; of the rest, sector by sector, what `survives` says. Names that were not
    /// flushed survive if it says so as well. Old handles go on with the old disk.
    #[must_use]
    pub fn after_power_cut(&self, mut survives: impl FnMut() -> bool) -> Self {
        let inner = self.inner();
        let mut files = BTreeMap::new();
        for (id, content) in &inner.files {
            let mut left = content.durable.clone();
            if left.len() != content.now.len() && survives() {
                left.resize(content.now.len(), 0);
            }
            for (n, sector) in content.now.chunks(SECTOR).enumerate() {
                let at = n * SECTOR;
                let end = (at + sector.len()).min(left.len());
                if at < end && left[at..end] != sector[..end - at] && survives() {
                    left[at..end].copy_from_slice(&sector[..end - at]);
                }
            }
            files.insert(*id, Content { now: left.clone(), durable: left });
        }
        let mut names = inner.durable_names.clone();
        let changed: BTreeSet<PathBuf> = names
            .keys()
            .chain(inner.names.keys())
            .filter(|path| names.get(*path) != inner.names.get(*path))
            .cloned()
            .collect();
        for path in changed {
            if survives() {
                match inner.names.get(&path) {
                    Some(id) => names.insert(path, *id),
                    None => names.remove(&path),
                };
            }
        }
        let left = Inner {
            files,
            durable_names: names.clone(),
            names,
            next: inner.next,
            capacity: inner.capacity,
            ..Inner::default()
        };
        let disk = Self(Arc::new(Mutex::new(left)));
        disk.inner().collect();
        disk
    }

    /// What a crash of the process leaves: everything.
    #[must_use]
    pub fn after_kill(&self) -> Self {
        self.after_power_cut(|| true)
    }

    /// A file's bytes, if it is there.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let inner = self.inner();
        inner.files.get(inner.names.get(path)?).map(|content| content.now.clone())
    }

    /// Puts a file there, durable: an attacker's hand.
    pub fn put(&self, path: &Path, bytes: &[u8]) {
        let mut inner = self.inner();
        let id = inner.next;
        inner.next += 1;
        inner.files.insert(id, Content { now: bytes.to_vec(), durable: bytes.to_vec() });
        inner.names.insert(path.into(), id);
        inner.durable_names.insert(path.into(), id);
        inner.collect();
    }

    /// All files.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.inner().names.keys().cloned().collect()
    }
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for MemoryDisk {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let name = |path: &PathBuf| {
            (path.parent() == Some(dir)).then(|| path.file_name()?.to_str().map(String::from)).flatten()
        };
        Ok(self.inner().names.keys().filter_map(name).collect())
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        let mut inner = self.inner();
        let id = match (inner.names.get(path).copied(), access) {
            (Some(_), Access::New) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Some(id), _) => id,
            (None, Access::New) => {
                inner.fault(&Operation::Create(path.into()))?;
                let id = inner.next;
                inner.next += 1;
                inner.files.insert(id, Content::default());
                inner.names.insert(path.into(), id);
                id
            }
            (None, _) => return Err(missing()),
        };
        Ok(Box::new(Handle { disk: self.clone(), id, path: path.into() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut inner = self.inner();
        inner.fault(&Operation::Directory(to.into()))?;
        let id = inner.names.remove(from).ok_or_else(missing)?;
        inner.names.insert(to.into(), id);
        inner.collect();
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut inner = self.inner();
        if inner.names.contains_key(path) {
            inner.fault(&Operation::Directory(path.into()))?;
            inner.names.remove(path);
            inner.collect();
        }
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut inner = self.inner();
        inner.fault(&Operation::Directory(dir.into()))?;
        let within = |path: &PathBuf| path.parent() == Some(dir);
        inner.durable_names.retain(|path, _| !within(path));
        let now: Vec<_> = inner.names.iter().filter(|(p, _)| within(p)).map(|(p, id)| (p.clone(), *id)).collect();
        inner.durable_names.extend(now);
        inner.collect();
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Lock>> {
        if !self.inner().locks.insert(path.into()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Held { disk: self.clone(), path: path.into() }))
    }

    fn is_locked(&self, path: &Path) -> bool {
        self.inner().locks.contains(path)
    }

    fn space(&self, _: &Path) -> io::Result<Space> {
        let inner = self.inner();
        Ok(Space { total: inner.capacity, free: inner.capacity.saturating_sub(inner.used()) })
    }
}

struct Held {
    disk: MemoryDisk,
    path: PathBuf,
}

impl Lock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        self.disk.inner().locks.remove(&self.path);
    }
}

struct Handle {
    disk: MemoryDisk,
    id: u64,
    path: PathBuf,
}

impl Handle {
    fn grow(&self, inner: &mut Inner, len: usize) -> io::Result<()> {
        let (used, capacity) = (inner.used(), inner.capacity);
        let content = inner.files.get_mut(&self.id).ok_or_else(missing)?;
        let more = len.saturating_sub(content.now.len());
        if used + more as u64 > capacity {
            return Err(io::ErrorKind::StorageFull.into());
        }
        content.now.resize(len.max(content.now.len()), 0);
        Ok(())
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(io::Error::other)
}

impl File for Handle {
    fn size(&self) -> io::Result<u64> {
        self.disk.inner().files.get(&self.id).map(|content| content.now.len() as u64).ok_or_else(missing)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let inner = self.disk.inner();
        let bytes = &inner.files.get(&self.id).ok_or_else(missing)?.now;
        let rest = bytes.get(index(offset)?..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut inner = self.disk.inner();
        inner.writes += 1;
        inner.fault(&Operation::Write(self.path.clone(), offset, bytes.len()))?;
        let start = index(offset)?;
        self.grow(&mut inner, start + bytes.len())?;
        let content = inner.files.get_mut(&self.id).ok_or_else(missing)?;
        content.now[start..start + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn reserve(&self, len: u64) -> io::Result<()> {
        let mut inner = self.disk.inner();
        self.grow(&mut inner, index(len)?)
    }

    fn set_size(&self, len: u64) -> io::Result<()> {
        let mut inner = self.disk.inner();
        self.grow(&mut inner, index(len)?)?;
        let content = inner.files.get_mut(&self.id).ok_or_else(missing)?;
        content.now.truncate(index(len)?);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut inner = self.disk.inner();
        inner.fault(&Operation::Sync(self.path.clone()))?;
        let content = inner.files.get_mut(&self.id).ok_or_else(missing)?;
        content.durable.clone_from(&content.now);
        Ok(())
    }
}
