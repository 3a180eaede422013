//! Where a capture's files come from: a directory, or a table built into the binary. Reads are bounded; nothing outside
//! the directory can be reached, and links are refused rather than followed.

use super::error::CaptureError;
use cap_std::fs::Dir;
use std::{borrow::Cow, io::Read as _};

/// Files in one capture.
const MAX_FILES: usize = 4_096;
/// Folders within folders.
const MAX_DEPTH: usize = 6;
/// Bytes of one file.
pub(super) const MAX_FILE: u64 = 32 << 20;
/// Bytes of all files together.
const MAX_TOTAL: u64 = 256 << 20;

/// A read-only tree of text files, named by relative paths with `/` between their parts.
pub(super) trait Files {
    /// Every file's path, sorted.
    fn paths(&self) -> Result<Vec<String>, CaptureError>;
    /// One file's text.
    fn text(&self, path: &str) -> Result<Cow<'_, str>, CaptureError>;
}

/// Files built into the binary.
pub(super) struct Embedded(pub(super) &'static [(&'static str, &'static str)]);

impl Files for Embedded {
    fn paths(&self) -> Result<Vec<String>, CaptureError> {
        let mut paths: Vec<String> = self.0.iter().map(|(path, _)| (*path).to_owned()).collect();
        paths.sort();
        Ok(paths)
    }

    fn text(&self, path: &str) -> Result<Cow<'_, str>, CaptureError> {
        let found = self.0.iter().find(|(p, _)| *p == path);
        found.map(|(_, text)| Cow::Borrowed(*text)).ok_or_else(|| CaptureError::file(path, "is not there"))
    }
}

/// Files below one directory.
pub(super) struct Folder {
    dir: Dir,
    spent: std::cell::Cell<u64>,
}

impl Folder {
    pub(super) fn new(dir: Dir) -> Self {
        Self { dir, spent: std::cell::Cell::new(0) }
    }

    fn walk(&self, at: &str, depth: usize, paths: &mut Vec<String>) -> Result<(), CaptureError> {
        if depth > MAX_DEPTH {
            return Err(CaptureError::file(at, format!("folders go deeper than {MAX_DEPTH}")));
        }
        let io = |e: std::io::Error| CaptureError::io(at, &e);
        for entry in self.dir.read_dir(if at.is_empty() { "." } else { at }).map_err(io)? {
            let entry = entry.map_err(io)?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(CaptureError::file(at, "holds a file whose name is not UTF-8"));
            };
            if name.starts_with('.') {
                continue;
            }
            let path = if at.is_empty() { name } else { format!("{at}/{name}") };
            let kind = entry.file_type().map_err(|e| CaptureError::io(&path, &e))?;
            if kind.is_dir() {
                self.walk(&path, depth + 1, paths)?;
            } else if kind.is_file() {
                paths.push(path);
            } else {
                return Err(CaptureError::file(&path, "is neither a file nor a folder (links are not followed)"));
            }
            if paths.len() > MAX_FILES {
                return Err(CaptureError::file(at, format!("a capture has at most {MAX_FILES} files")));
            }
        }
        Ok(())
    }
}

impl Files for Folder {
    fn paths(&self) -> Result<Vec<String>, CaptureError> {
        let mut paths = Vec::new();
        self.walk("", 0, &mut paths)?;
        paths.sort();
        Ok(paths)
    }

    fn text(&self, path: &str) -> Result<Cow<'_, str>, CaptureError> {
        let io = |e: std::io::Error| CaptureError::io(path, &e);
        let mut text = String::new();
        let read = self.dir.open(path).map_err(io)?.take(MAX_FILE + 1).read_to_string(&mut text).map_err(io)? as u64;
        self.spent.set(self.spent.get() + read);
        if read > MAX_FILE {
            return Err(CaptureError::file(path, format!("is larger than {MAX_FILE} bytes")));
        }
        if self.spent.get() > MAX_TOTAL {
            return Err(CaptureError::file(
                path,
                format!("with this file the capture is larger than {MAX_TOTAL} bytes"),
            ));
        }
        Ok(Cow::Owned(text))
    }
}
