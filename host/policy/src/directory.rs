//! The policy directory: `NAME.wasm`, `NAME.wasm.sigstore.json`, and `NAME.settings.json` if there is one. Opened once; whatever a
//! link in it says, nothing outside of it can be read. Knows nothing of trust.
use crate::{text, verify::Module};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions, OpenOptionsExt},
};
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

/// An open policy directory.
pub struct PolicyDirectory {
    dir: Dir,
    path: PathBuf,
}

/// Why a policy directory, or a file in it, cannot be read. One bad file fails the whole directory: a policy that silently is not
/// there could be the one that would have said no.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The directory itself.
    #[error("the policy directory {path} cannot be read: {error}", path = .path.display())]
    Directory {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file in it; a link that leads outside is one of these.
    #[error("{file} in the policy directory {path} cannot be read: {why}", path = .path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Which, escaped.
        file: String,
        /// Why.
        why: String,
    },
    /// More policies than a set may have.
    #[error("the policy directory {path} holds more than {limit} policies", path = .path.display())]
    TooMany {
        /// Where.
        path: PathBuf,
        /// How many there may be.
        limit: usize,
    },
}

/// What a bundle's name has behind its component's.
const BUNDLE: &str = ".sigstore.json";
/// The largest settings file that is read.
const SETTINGS: usize = 1 << 20;
/// Policies that one directory may hold.
const POLICIES: usize = 64;

impl PolicyDirectory {
    /// Opens it; from here on it is this directory, wherever its path may lead later.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        match Dir::open_ambient_dir(path, ambient_authority()) {
            Ok(dir) => Ok(Self { dir, path: path.to_owned() }),
            Err(error) => Err(DirectoryError::Directory { path: path.to_owned(), error }),
        }
    }

    /// Every component in it, sorted by name, with its bundle and settings. Nothing is verified.
    pub fn modules(&self) -> Result<Vec<Module>, DirectoryError> {
        self.names()?.iter().map(|name| self.module(name)).collect()
    }

    /// One component by its file's stem.
    pub fn module(&self, name: &str) -> Result<Module, DirectoryError> {
        let wasm = format!("{name}.wasm");
        let settings = format!("{name}.settings.json");
        let missing = || self.bad(&wasm, "there is no such file".to_owned());
        let settings = match self.read(&settings, SETTINGS)? {
            Some(bytes) => Some(serde_json::from_slice(&bytes).map_err(|e| self.bad(&settings, e.to_string()))?),
            None => None,
        };
        Ok(Module {
            name: name.to_owned(),
            wasm: self.read(&wasm, Module::SIZE)?.ok_or_else(missing)?,
            bundle: self.read(&format!("{wasm}{BUNDLE}"), Module::BUNDLE)?,
            settings,
        })
    }

    /// The stems of all components, sorted.
    fn names(&self) -> Result<Vec<String>, DirectoryError> {
        let unreadable = |error| DirectoryError::Directory { path: self.path.clone(), error };
        let mut names = Vec::new();
        for entry in self.dir.entries().map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.file_name();
            let Some(stem) = Path::new(&file).extension().filter(|e| *e == "wasm").and(Path::new(&file).file_stem())
            else {
                continue;
            };
            let Some(name) = stem.to_str() else {
                return Err(self.bad(&file.to_string_lossy(), "its name is not UTF-8".to_owned()));
            };
            names.push(name.to_owned());
            if names.len() > POLICIES {
                return Err(DirectoryError::TooMany { path: self.path.clone(), limit: POLICIES });
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// All of a file, or `None` if there is none. Not blocking: what is named here could be a pipe.
    fn read(&self, file: &str, limit: usize) -> Result<Option<Vec<u8>>, DirectoryError> {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        let opened = match self.dir.open_with(file, &options) {
            Ok(opened) => opened,
            // A dangling link is there, and is no file.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.dir.symlink_metadata(file).is_err() => {
                return Ok(None);
            }
            Err(error) => return Err(self.bad(file, error.to_string())),
        };
        let metadata = opened.metadata().map_err(|e| self.bad(file, e.to_string()))?;
        if !metadata.is_file() {
            return Err(self.bad(file, "not a regular file".to_owned()));
        }
        let mut bytes = Vec::new();
        opened.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|e| self.bad(file, e.to_string()))?;
        if bytes.len() > limit { Err(self.bad(file, format!("larger than {limit} bytes"))) } else { Ok(Some(bytes)) }
    }

    fn bad(&self, file: &str, why: String) -> DirectoryError {
        DirectoryError::File { path: self.path.clone(), file: text::escape(file, 100), why }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, PolicyDirectory) {
        let temp = tempfile::tempdir().unwrap();
        let inside = temp.path().join("policies");
        fs::create_dir(&inside).unwrap();
        fs::write(temp.path().join("outside.wasm"), "secret").unwrap();
        for (name, text) in files {
            fs::write(inside.join(name), text).unwrap();
        }
        let directory = PolicyDirectory::open(&inside).unwrap();
        (temp, directory)
    }

    #[test]
    fn lists_sorted_with_what_lies_beside() {
        let (_temp, directory) = with(&[
            ("b.wasm", "B"),
            ("a.wasm", "A"),
            ("a.wasm.sigstore.json", "{}"),
            ("b.settings.json", r#"{"x": 1}"#),
            ("README", "no"),
        ]);
        let modules = directory.modules().unwrap();
        let shown: Vec<_> =
            modules.iter().map(|m| (m.name.as_str(), m.bundle.is_some(), m.settings.is_some())).collect();
        assert_eq!(shown, [("a", true, false), ("b", false, true)]);
    }

    #[test]
    fn a_link_out_of_the_directory_is_refused() {
        let (temp, directory) = with(&[("a.wasm", "A")]);
        let inside = temp.path().join("policies");
        for target in ["../outside.wasm".into(), temp.path().join("outside.wasm")] {
            std::os::unix::fs::symlink::<PathBuf, _>(target, inside.join("evil.wasm")).unwrap();
            let error = directory.modules().unwrap_err().to_string();
            assert!(error.contains("evil.wasm"), "{error}");
            fs::remove_file(inside.join("evil.wasm")).unwrap();
        }
        for name in ["../outside", "/etc/../outside", "."] {
            assert!(directory.module(name).is_err(), "{name}");
        }
        std::os::unix::fs::symlink("a.wasm", inside.join("alias.wasm")).unwrap();
        assert_eq!(directory.modules().unwrap().len(), 2, "a link within the directory is fine");
    }

    #[test]
    fn a_directory_swapped_after_it_was_opened_is_not_followed() {
        let (temp, directory) = with(&[("a.wasm", "A")]);
        fs::rename(temp.path().join("policies"), temp.path().join("old")).unwrap();
        fs::create_dir(temp.path().join("policies")).unwrap();
        fs::write(temp.path().join("policies/evil.wasm"), "E").unwrap();
        assert_eq!(directory.modules().unwrap()[0].name, "a");
    }

    #[test]
    fn what_is_no_file_and_what_is_too_large() {
        let (temp, directory) = with(&[("a.wasm", "A")]);
        let inside = temp.path().join("policies");
        fs::create_dir(inside.join("d.wasm")).unwrap();
        assert!(directory.modules().unwrap_err().to_string().contains("not a regular file"));
        fs::remove_dir(inside.join("d.wasm")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            inside.join("p.wasm"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        assert!(directory.modules().is_err(), "a pipe must not be waited for");
        fs::remove_file(inside.join("p.wasm")).unwrap();
        fs::write(inside.join("a.wasm.sigstore.json"), vec![b' '; Module::BUNDLE + 1]).unwrap();
        assert!(directory.modules().unwrap_err().to_string().contains("larger than"));
    }
}
