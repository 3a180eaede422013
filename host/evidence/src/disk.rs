//! The disk as the log sees it: few operations, so that a simulation can fill it, tear writes and cut the power. Must not know
//! records.
use std::{io, path::Path, sync::Arc};

/// A place for files. Everything it makes is for its owner alone.
pub trait Disk: Send + Sync {
    /// A directory with its parents; there already is fine.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;
    /// Names of files in a directory, sorted; directories are left out.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// A file that is there.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>>;
    /// In place of any file of that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Not there is fine.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes names durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// The one writer's lock, free again when dropped. `WouldBlock` when someone else holds it.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Lock>>;
    /// Whether someone holds it; makes nothing.
    fn is_locked(&self, path: &Path) -> bool;
    /// Room in the file system.
    fn space(&self, dir: &Path) -> io::Result<Space>;
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read; it must be there.
    Read,
    /// To read and write; it must be there.
    Write,
    /// To read and write; it must not be there.
    New,
}

/// An open file. All offsets are the caller's; there is no cursor.
pub trait File: Send + Sync {
    /// Its length.
    fn size(&self) -> io::Result<u64>;
    /// As many bytes as there are, up to the buffer's length; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// All of them.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Grows it to this length, with blocks behind every byte.
    fn reserve(&self, len: u64) -> io::Result<()>;
    /// Cuts or grows it.
    fn set_size(&self, len: u64) -> io::Result<()>;
    /// Returns once all bytes written are durable.
    fn sync(&self) -> io::Result<()>;
}

/// A lock that is held until it is dropped.
pub trait Lock: Send + Sync {}

/// Room in a file system, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Space {
    /// For everyone.
    pub total: u64,
    /// For us.
    pub free: u64,
}

impl Space {
    /// Used, in thousandths.
    pub fn used_permille(self) -> u64 {
        1000 - self.free.min(self.total).saturating_mul(1000).checked_div(self.total).unwrap_or(0)
    }
}

/// Everything of a file, at most `max` bytes.
pub(crate) fn read_all(disk: &dyn Disk, path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let file = disk.open(path, Access::Read)?;
    let size = file.size()?;
    if size > max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is longer than it may be"));
    }
    let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
    let mut at = 0;
    while at < bytes.len() {
        match file.read_at(&mut bytes[at..], at as u64)? {
            0 => break,
            n => at += n,
        }
    }
    bytes.truncate(at);
    Ok(bytes)
}

/// A new file with these bytes, durable under its name. In place of one that is there.
pub(crate) fn write_new(disk: &dyn Disk, dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (path, part) = (dir.join(name), dir.join(format!("{name}.part")));
    disk.remove(&part)?;
    let file = disk.open(&part, Access::New)?;
    file.write_at(bytes, 0)?;
    file.sync()?;
    disk.rename(&part, &path)?;
    disk.sync_dir(dir)
}

/// A shared disk.
pub type SharedDisk = Arc<dyn Disk>;

/// The machine's own file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

mod real {
    use super::{Access, Disk, File, Lock, Path, Space, io};
    use rustix::{
        fs::{FallocateFlags, FlockOperation, OFlags},
        io::Errno,
    };
    use std::{
        fs,
        os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    };

    struct RealFile(fs::File);
    struct RealLock(#[expect(dead_code, reason = "held, never read")] fs::File);
    impl Lock for RealLock {}

    fn options() -> fs::OpenOptions {
        let mut options = fs::OpenOptions::new();
        // A link in the evidence directory is somebody's trick, never ours.
        options.read(true).mode(0o600).custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0));
        options
    }

    impl Disk for super::RealDisk {
        fn create_dir(&self, dir: &Path) -> io::Result<()> {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
        }

        fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                if entry.file_type()?.is_file()
                    && let Ok(name) = entry.file_name().into_string()
                {
                    names.push(name);
                }
            }
            names.sort_unstable();
            Ok(names)
        }

        fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
            let mut options = options();
            match access {
                Access::Read => {}
                Access::Write => _ = options.write(true),
                Access::New => _ = options.write(true).create_new(true),
            }
            Ok(Box::new(RealFile(options.open(path)?)))
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            fs::rename(from, to)
        }

        fn remove(&self, path: &Path) -> io::Result<()> {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        }

        fn sync_dir(&self, dir: &Path) -> io::Result<()> {
            fs::File::open(dir)?.sync_all()
        }

        fn lock(&self, path: &Path) -> io::Result<Box<dyn Lock>> {
            let file = options().write(true).create(true).truncate(false).open(path)?;
            rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)?;
            Ok(Box::new(RealLock(file)))
        }

        fn is_locked(&self, path: &Path) -> bool {
            options().open(path).is_ok_and(|file| {
                let tried = rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared);
                matches!(tried, Err(Errno::WOULDBLOCK))
            })
        }

        fn space(&self, dir: &Path) -> io::Result<Space> {
            let found = rustix::fs::statvfs(dir)?;
            // As `df` has it: what only root may use counts neither as free nor as there.
            let used = found.f_blocks.saturating_sub(found.f_bfree);
            let unit = found.f_frsize;
            Ok(Space { total: (used + found.f_bavail).saturating_mul(unit), free: found.f_bavail.saturating_mul(unit) })
        }
    }

    impl File for RealFile {
        fn size(&self) -> io::Result<u64> {
            Ok(self.0.metadata()?.len())
        }

        fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
            loop {
                match self.0.read_at(buffer, offset) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => return other,
                }
            }
        }

        fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
            self.0.write_all_at(bytes, offset)
        }

        fn reserve(&self, len: u64) -> io::Result<()> {
            if len == 0 {
                return Ok(());
            }
            match rustix::fs::fallocate(&self.0, FallocateFlags::empty(), 0, len) {
                Err(Errno::OPNOTSUPP | Errno::NOSYS) => zeros(&self.0, len),
                other => Ok(other?),
            }
        }

        fn set_size(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }

        fn sync(&self) -> io::Result<()> {
            self.0.sync_data()
        }
    }

    fn zeros(file: &fs::File, len: u64) -> io::Result<()> {
        let block = vec![0; 1 << 20];
        let mut at = file.metadata()?.len();
        while at < len {
            let n = usize::try_from(len - at).unwrap_or(usize::MAX).min(block.len());
            file.write_all_at(&block[..n], at)?;
            at += n as u64;
        }
        Ok(())
    }
}
