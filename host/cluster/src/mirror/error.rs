//! Why a capture cannot be read: which file, which line, what is wrong with it.

use thiserror::Error;

/// A capture that is not well formed. The texts quote paths and field names, never what a log or an object says.
#[derive(Debug, Error)]
pub enum CaptureError {
    /// A line of a file.
    #[error("{file}:{line}: {why}")]
    Line {
        /// Path within the capture.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A file or folder as a whole.
    #[error("{file}: {why}")]
    File {
        /// Path within the capture; "." for the capture itself.
        file: String,
        /// What is wrong.
        why: String,
    },
}

impl CaptureError {
    pub(super) fn line(file: &str, line: usize, why: impl Into<String>) -> Self {
        Self::Line { file: file.to_owned(), line, why: why.into() }
    }

    pub(super) fn file(file: &str, why: impl Into<String>) -> Self {
        Self::File { file: if file.is_empty() { "." } else { file }.to_owned(), why: why.into() }
    }

    pub(super) fn io(file: &str, e: &std::io::Error) -> Self {
        Self::file(file, e.to_string())
    }
}

/// At most 40 characters of a word from a file, escaped, for use in an error.
pub(super) fn quoted(word: &str) -> String {
    format!("{:?}", word.chars().take(40).collect::<String>())
}
