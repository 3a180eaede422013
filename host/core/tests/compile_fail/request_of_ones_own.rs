//! A request that reviewers cannot see does not exist.
use wardgate_core::{AnyRequest, Keep, Logs, Request};

#[derive(Clone)]
struct PortForward;

impl Request for PortForward {
    const KEEP: Keep = Keep::First;
    const RECORDED: bool = false;
    fn any(&self) -> AnyRequest {
        AnyRequest::Logs(Logs::default())
    }
    fn from_any(_: AnyRequest) -> Option<Self> {
        None
    }
}

fn main() {}
