//! Captured commands: an argv that was captured in this container has an answer, no other has. Nothing runs.

use super::{Mirror, capture::Container};
use crate::records::Documents;
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Ending, Exec, Fault, FaultKind, Piece, Prepare, Raw,
    Source,
};

/// Bytes of one piece.
const PIECE: usize = 16 << 10;
/// Commands that a refusal lists.
const LISTED: usize = 50;

impl Prepare<Exec> for Mirror {
    fn prepare(&self, request: Exec, _: &Context) -> Result<Exec, Denial> {
        // Nothing runs, so there is nothing to put a time limit on.
        Ok(Exec { wrapper: Vec::new(), ..request })
    }
}

impl Backend<Exec> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Exec>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.exec_pieces(call).map(Documents::boxed)))
    }
}

impl Mirror {
    fn exec_pieces(&self, call: &Committed<Exec>) -> Result<Documents, Fault> {
        let [part] = call.parts() else {
            return Err(Fault::new(FaultKind::Unsupported, "a command runs in one container"));
        };
        let target = &part.target;
        self.must_be_open(&target.namespace, true)?;
        let names = (target.namespace.clone(), target.pod.clone(), target.container.clone());
        let container = Container { namespace: names.0, pod: names.1, name: names.2 };
        let captured = self.capture.execs.get(&container).map_or(&[][..], Vec::as_slice);
        let asked: Vec<&str> = part.request.command().collect();
        let Some(found) = captured.iter().find(|c| c.argv == asked) else {
            return Err(Fault::new(FaultKind::Unsupported, self.what_there_is(&container)));
        };
        let mut pieces = Documents::default();
        for (channel, text) in [(Channel::Stdout, &found.stdout), (Channel::Stderr, &found.stderr)] {
            for chunk in text.as_bytes().chunks(PIECE) {
                pieces.piece(Piece::Bytes(channel, Raw::new(chunk)));
            }
        }
        pieces.piece(Piece::End(Ending::Exit(found.exit)));
        Ok(pieces)
    }

    fn what_there_is(&self, container: &Container) -> String {
        let list = |of: &Container| {
            let commands = self.capture.execs.get(of).into_iter().flatten();
            commands.take(LISTED).map(|c| c.argv.join(" ")).collect::<Vec<_>>().join("\n  ")
        };
        let here = list(container);
        if !here.is_empty() {
            return format!("this is a mirror: nothing runs. Captured in this container:\n  {here}");
        }
        let elsewhere = self.capture.execs.keys().filter(|other| self.is_open(&other.namespace, true)).take(LISTED);
        let places = elsewhere.map(|c| format!("{}/{} ({})", c.namespace, c.pod, c.name)).collect::<Vec<_>>();
        let places = places.join("\n  ");
        format!(
            "this is a mirror: nothing runs, and nothing was captured in this container. Captured elsewhere:\n  {places}"
        )
    }
}
