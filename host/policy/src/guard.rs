//! What a store carries: one guest's bounds, what it was refused, and the lines it logged. The only host code a guest can call.
use crate::{
    bindings::{diagnostics, types},
    text,
};
use wasmtime::{Error, ResourceLimiter, Result};

/// A request for memory or table space that was turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Bytes, or elements of a table.
    pub asked: usize,
    /// What it may have.
    pub limit: usize,
}

/// A line that a guest logged; escaped and bounded already.
pub(crate) struct Line {
    pub(crate) level: diagnostics::Level,
    pub(crate) text: String,
}

/// The data of a store that runs one guest.
pub(crate) struct Guard {
    memory: usize,
    /// A guest cannot tell a refusal from a panic, so it is written down here.
    pub(crate) refused: Option<Refused>,
    /// Kept until the call is over: nothing a guest does may block on a log.
    pub(crate) lines: Vec<Line>,
}

impl Guard {
    /// Lines, and bytes a line, that one call may log; the rest is dropped.
    const LINES: usize = 16;
    const LINE: usize = 1024;
    /// Elements of one table; a shipped guest has some hundreds.
    const TABLE: usize = 20_000;

    pub(crate) fn new(memory: usize) -> Self {
        Self { memory, refused: None, lines: Vec::new() }
    }

    fn decide(&mut self, asked: usize, limit: usize) -> bool {
        if asked > limit {
            self.refused.get_or_insert(Refused { asked, limit });
        }
        asked <= limit
    }
}

impl ResourceLimiter for Guard {
    fn memory_growing(&mut self, _now: usize, asked: usize, maximum: Option<usize>) -> Result<bool> {
        Ok(self.decide(asked, self.memory.min(maximum.unwrap_or(usize::MAX))))
    }

    fn memory_grow_failed(&mut self, _: Error) -> Result<()> {
        self.refused.get_or_insert(Refused { asked: 0, limit: self.memory });
        Ok(())
    }

    fn table_growing(&mut self, _now: usize, asked: usize, maximum: Option<usize>) -> Result<bool> {
        Ok(self.decide(asked, Self::TABLE.min(maximum.unwrap_or(usize::MAX))))
    }
}

impl diagnostics::Host for Guard {
    fn log(&mut self, level: diagnostics::Level, message: String) {
        if self.lines.len() < Self::LINES {
            self.lines.push(Line { level, text: text::escape(&message, Self::LINE) });
        }
    }
}

impl types::Host for Guard {}
