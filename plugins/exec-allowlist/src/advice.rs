//! What would pass instead: a command near the one that was denied.
use crate::{
    grammar,
    judge::ExecAllowlist,
    table::{Command, words_of},
};
use wardgate_guest::types::Target;

/// How many words of a command are mended to find one that passes.
const MENDED: usize = 4;

impl ExecAllowlist {
    /// A request near this one that passes, if there is a natural one.
    pub(crate) fn instead(&self, target: &Target, argv: &[String]) -> Option<Vec<String>> {
        let (name, rest) = argv.split_first()?;
        let mut tries: Vec<Vec<String>> = Vec::new();
        let mut commands = self.candidates(target, name).filter(|c| !c.minor).peekable();
        if commands.peek().is_none() {
            // sh -c "CMD", timeout 5 CMD, busybox CMD, "CMD ARG": the command within.
            tries.push(within(rest.last().unwrap_or(name)));
            tries.extend((1..argv.len().min(6)).map(|skip| argv[skip..].to_vec()));
            tries.extend((1..argv.len().min(6)).map(|skip| within(&argv[skip..].join(" "))));
            let bare = name.rsplit('/').next()?.to_owned();
            tries.push([vec![bare], rest.to_vec()].concat());
            // Whatever prints a file: its end.
            if let Some(file) = rest.last().filter(|word| word.starts_with('/')) {
                tries.push(words_of(&format!("tail -n 100 {file}")));
            }
        } else {
            // CMD | ...: what stands before the shell's syntax.
            tries.push(within(&argv.join(" ")));
        }
        // The grammar that came furthest is most likely the one that was meant.
        let meant = self.furthest(target, argv).map(|furthest| furthest.command).filter(|command| !command.minor);
        for command in meant.into_iter().chain(commands) {
            tries.extend(self.mended(command, target, argv));
        }
        for command in self.candidates(target, name).filter(|command| !command.minor) {
            tries.extend(command.allow.iter().take(1).cloned());
        }
        tries.into_iter().find(|near| near != argv && self.passes(target, near))
    }

    /// The command with what its grammar refuses replaced, completed or left out, one word after the other.
    fn mended(&self, command: &Command, target: &Target, argv: &[String]) -> Vec<Vec<String>> {
        let Some((name, rest)) = argv.split_first() else { return vec![] };
        let mut found = vec![];
        // An option that is not listed may have brought its value as a word of its own.
        for with_value in [false, true] {
            let mut words = rest.to_vec();
            let mut completed = command.complete.first().is_none_or(|first| words.contains(first));
            for _ in 0..MENDED {
                let Err(refusal) = grammar::read(command, &words, &self.table, &target.namespace) else { break };
                match (refusal.nearest, refusal.at < words.len()) {
                    (Some(nearest), true) => words[refusal.at] = nearest,
                    (None, true) => {
                        let last = if with_value && words[refusal.at].starts_with('-') {
                            refusal.at + 2
                        } else {
                            refusal.at + 1
                        };
                        words.drain(refusal.at..last.min(words.len()));
                        if !completed {
                            words.splice(0..0, command.complete.iter().cloned());
                            completed = true;
                        }
                    }
                    (_, false) if !completed => {
                        words.splice(0..0, command.complete.iter().cloned());
                        completed = true;
                    }
                    (_, false) => break,
                }
            }
            found.push([vec![name.clone()], words].concat());
        }
        found
    }
}

/// The first command of a shell's line.
fn within(line: &str) -> Vec<String> {
    let plain = |c: char| !"|;&<>".contains(c);
    let end = line.find(|c| !plain(c)).unwrap_or(line.len());
    let head = line.get(..end).unwrap_or_default();
    // The 2 of `2>/dev/null`.
    let head = if line.get(end..).is_some_and(|rest| rest.starts_with('>')) {
        head.trim_end_matches(['1', '2'])
    } else {
        head
    };
    words_of(head)
}
