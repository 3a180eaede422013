//! Files among the recordings that no outcome vouches for. Must not decide whether a log is intact: a crash leaves such files too.
use crate::{
    chain::RECORDINGS,
    disk::{Access, Disk},
    record::{Kind, Record},
    recording::files_of,
    report::Note,
};
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

/// Names in a note; more are only counted.
const NAMED: usize = 10;

/// What lay there before the log was read, less what it accounted for so far.
#[derive(Default)]
pub(crate) struct Loose {
    dir: PathBuf,
    files: BTreeSet<String>,
    /// Recorded calls that have not ended yet.
    under_way: BTreeSet<String>,
}

impl Loose {
    /// Lists before anything is read: what a writer adds meanwhile is no business of this reading.
    pub(crate) fn list(disk: &dyn Disk, dir: &Path) -> io::Result<Self> {
        let dir = dir.join(RECORDINGS);
        let files = match disk.list(&dir) {
            Ok(names) => names.into_iter().collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { dir, files, under_way: BTreeSet::new() })
    }

    pub(crate) fn record(&mut self, record: &Record) {
        let Some(call) = &record.call else { return };
        if record.begins_a_recording() {
            self.under_way.insert(call.clone());
        } else if matches!(record.kind, Kind::Outcome | Kind::Abandoned) {
            self.under_way.remove(call);
        }
    }

    /// An outcome names this file, whether it is the one that was recorded or not.
    pub(crate) fn accounted(&mut self, file: &str) {
        self.files.remove(file);
    }

    /// What is left. Beside a writer, calls that have not ended own their files, and retention may have taken some.
    pub(crate) fn note(mut self, disk: &dyn Disk, live: bool) -> Option<Note> {
        if live {
            for file in self.under_way.iter().flat_map(|call| files_of(call)) {
                self.files.remove(&file);
            }
            self.files.retain(|file| disk.open(&self.dir.join(file), Access::Read).is_ok());
        }
        let count = self.files.len() as u64;
        (count > 0).then(|| Note::Loose { count, files: self.files.into_iter().take(NAMED).collect() })
    }
}
