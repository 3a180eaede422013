//! Captured logs: since the capture's end, the last lines, the newest bytes.

use super::{
    Mirror,
    capture::{Container, LogOf},
};
use crate::records::Documents;
use jiff::SignedDuration;
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Fault, FaultKind, Logs, Part, Piece, Prepare, Raw, Source,
};

/// Lines from the end when the caller does not say.
const TAIL: u32 = 200;
/// Bytes of one piece, so that a long log arrives as a stream does.
const PIECE: usize = 16 << 10;

impl Prepare<Logs> for Mirror {
    fn prepare(&self, request: Logs, _: &Context) -> Result<Logs, Denial> {
        Ok(Logs { tail_lines: Some(request.tail_lines.unwrap_or(TAIL)), ..request })
    }
}

impl Backend<Logs> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Logs>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.log_pieces(call).map(Documents::boxed)))
    }
}

impl Mirror {
    fn log_pieces(&self, call: &Committed<Logs>) -> Result<Documents, Fault> {
        let mut pieces = Documents::default();
        let single = call.parts().len() == 1;
        for (at, part) in call.parts().iter().enumerate() {
            pieces.piece(Piece::Part(at));
            match self.log(part) {
                Ok(text) => {
                    for chunk in text.as_bytes().chunks(PIECE) {
                        pieces.piece(Piece::Bytes(Channel::Log, Raw::new(chunk)));
                    }
                }
                // Of a single part a failure is a fault; of many, its words are one part's.
                Err(fault) if single => return Err(fault),
                Err(fault) => pieces.piece(Piece::Bytes(Channel::Error, fault.text)),
            }
        }
        Ok(pieces)
    }

    /// One container's lines, newest kept.
    fn log(&self, part: &Part<Logs>) -> Result<String, Fault> {
        let (target, request) = (&part.target, &part.request);
        self.must_be_open(&target.namespace, false)?;
        let names = (target.namespace.clone(), target.pod.clone(), target.container.clone());
        let container = Container { namespace: names.0, pod: names.1, name: names.2 };
        let of = LogOf { container, previous: request.previous };
        let lines = self.capture.logs.get(&of).ok_or_else(|| {
            let which = if request.previous { "log of an earlier run" } else { "log" };
            let words =
                format!("the capture has no {which} of container {:?} in pod {:?}", target.container, target.pod);
            Fault::new(FaultKind::Missing, words)
        })?;
        let since = request.since_seconds.map(|s| self.capture.end - SignedDuration::from_secs(i64::from(s)));
        let from = since.map_or(0, |since| lines.partition_point(|line| line.at < since));
        let tail = usize::try_from(request.tail_lines.unwrap_or(TAIL)).unwrap_or(usize::MAX);
        let mut lines = &lines[from.max(lines.len().saturating_sub(tail))..];
        if let Some(most) = request.limit_bytes {
            let mut room = usize::try_from(most).unwrap_or(usize::MAX);
            let fits = lines.iter().rev().take_while(|line| {
                let size = line.text.len() + 1;
                let fits = size <= room;
                room = room.saturating_sub(size);
                fits
            });
            lines = &lines[lines.len() - fits.count()..];
        }
        let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
        for line in lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        Ok(text)
    }
}
