//! "Which process is it?": what is asked of a container in which a command may have been left behind.
use std::collections::BTreeMap;
use wardgate_core::{Exec, Question, Target};

/// The question for a program.
pub(super) fn question(program: &str) -> Question {
    Question {
        kind: "process".into(),
        subject: program.rsplit('/').next().unwrap_or_default().into(),
        window: None,
        stop_at: None,
        arguments: BTreeMap::new(),
    }
}

/// The command that finds it out. No column of it shows an argument or a variable, and both procps and busybox know all of them.
pub(super) fn errand(target: &Target, question: &Question) -> Option<Exec> {
    let asked = question.kind == "process" && !target.container.is_empty();
    asked.then(|| Exec { argv: ["ps", "-eo", "pid,ppid,comm"].map(String::from).to_vec(), wrapper: vec![] })
}
