//! A source of whole documents that are already there.
use serde_json::Value;
use std::collections::VecDeque;
use wardgate_core::{BoxFuture, Channel, Ending, Fault, Piece, Raw, Source};

/// Yields its pieces, then an orderly end.
#[derive(Default)]
pub struct Documents {
    pieces: VecDeque<Piece>,
    #[cfg(test)]
    documents: Vec<String>,
}

impl Documents {
    /// One more document.
    pub fn push(&mut self, channel: Channel, document: &Value) {
        #[cfg(test)]
        self.documents.push(document.to_string());
        self.pieces.push_back(Piece::Record(channel, Raw::new(document.to_string())));
    }

    /// Anything else.
    pub fn piece(&mut self, piece: Piece) {
        self.pieces.push_back(piece);
    }

    /// The documents, parsed again.
    #[cfg(test)]
    pub(crate) fn written(self) -> Vec<Value> {
        let records = self.documents.into_iter();
        records.filter_map(|document| serde_json::from_str(&document).ok()).collect()
    }

    /// As a source.
    pub fn boxed(self) -> Box<dyn Source> {
        Box::new(self)
    }
}

impl Source for Documents {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        let piece = self.pieces.pop_front().unwrap_or(Piece::End(Ending::Complete));
        Box::pin(std::future::ready(Ok(piece)))
    }
}
