//! A segment's bytes as lines, in constant memory; and what segments are called. Must not know what a line says.
use crate::{disk::File, record::LINE_MAX};
use std::{io, sync::Arc};

/// The file name of a segment.
pub fn segment_name(number: u64) -> String {
    format!("segment-{number:09}.log")
}

/// The number in a segment's file name.
pub fn segment_number(name: &str) -> Option<u64> {
    let number = name.strip_prefix("segment-")?.strip_suffix(".log")?.parse().ok()?;
    (segment_name(number) == name).then_some(number)
}

/// What comes next in a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<'a> {
    /// A line without its line break; no zero byte in it.
    Line(&'a [u8]),
    /// From here on no more lines: `bytes` up to the last one that is not zero.
    Torn { bytes: u64 },
    /// Nothing but zeros, or nothing at all.
    End,
}

/// Reads lines one after another.
pub(crate) struct Lines {
    file: Arc<dyn File>,
    buffer: Vec<u8>,
    /// Of the buffer's first byte.
    base: u64,
    /// Into the buffer.
    at: usize,
    eof: bool,
}

const CHUNK: usize = 64 << 10;

impl Lines {
    pub(crate) fn new(file: Arc<dyn File>) -> Self {
        Self { file, buffer: Vec::new(), base: 0, at: 0, eof: false }
    }

    /// Where the next line begins.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        let mut searched = 0;
        loop {
            let found = self.buffer[self.at + searched..].iter().position(|b| matches!(b, b'\n' | 0));
            match found.map(|n| self.at + searched + n) {
                Some(end) if self.buffer[end] == b'\n' => {
                    let start = self.at;
                    self.at = end + 1;
                    return Ok(Next::Line(&self.buffer[start..end]));
                }
                Some(_) => return self.rest(),
                None => {
                    searched = self.buffer.len() - self.at;
                    if self.eof || searched >= LINE_MAX {
                        return self.rest();
                    }
                    self.fill()?;
                }
            }
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + CHUNK, 0);
        let read = self.file.read_at(&mut self.buffer[len..], self.base + len as u64)?;
        self.buffer.truncate(len + read);
        self.eof = read == 0;
        Ok(())
    }

    fn rest(&self) -> io::Result<Next<'static>> {
        let start = self.offset();
        let (mut at, mut last) = (start, start);
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = self.file.read_at(&mut chunk, at)?;
            if read == 0 {
                break;
            }
            if let Some(n) = chunk[..read].iter().rposition(|b| *b != 0) {
                last = at + n as u64 + 1;
            }
            at += read as u64;
        }
        Ok(if last == start { Next::End } else { Next::Torn { bytes: last - start } })
    }
}
