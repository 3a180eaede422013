//! The host's own time limit before a command: `timeout` of the container, in the spelling that its image knows.
//!
//! Kubernetes cannot end a command that it started (kubernetes/kubernetes#89031): the process outlives its caller. Whether an image has
//! `timeout`, and which, is learned from the first start that fails for want of it.
use super::keep::Kept;
use std::time::Duration;
use wardgate_core::{Context, Denial, Exec, Prepare, Target};

/// What an image was found to have is believed for so long: a container that hid its `timeout` must not lose it for good.
const BELIEVED: Duration = Duration::from_secs(3600);

/// How a time limit is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `timeout -s KILL N`: GNU, and busybox from 1.30 on.
    Usual,
    /// `timeout -t N -s KILL`: busybox before that.
    Old,
    /// There is no such program.
    None,
}

impl Spelling {
    fn words(self, seconds: u16) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let n = seconds.to_string();
        match self {
            Self::Usual => words(&["timeout", "-s", "KILL", &n]),
            Self::Old => words(&["timeout", "-t", &n, "-s", "KILL"]),
            Self::None => vec![],
        }
    }
}

/// Time limits of one cluster's containers.
#[derive(Default)]
pub(super) struct Wrappers {
    /// Seconds; 0 for no time limit.
    seconds: u16,
    learned: Kept<String, Spelling>,
}

impl Wrappers {
    pub(super) fn new(seconds: u16) -> Self {
        Self { seconds, learned: Kept::default() }
    }

    /// What stands before a command in this container.
    pub(super) fn of(&self, target: &Target) -> Vec<String> {
        if self.seconds == 0 {
            return vec![];
        }
        self.learned.get(&image(target)).unwrap_or(Spelling::Usual).words(self.seconds)
    }

    /// A start with this wrapper failed for want of it.
    pub(super) fn learn(&self, target: &Target, spelling: Spelling) {
        self.learned.put(image(target), spelling, BELIEVED);
    }

    /// Every wrapper that this host makes.
    pub(super) fn all(&self) -> Vec<Vec<String>> {
        wrappers(self.seconds)
    }
}

/// Every wrapper that a host with this time limit makes; none for 0.
pub fn wrappers(seconds: u16) -> Vec<Vec<String>> {
    [Spelling::Usual, Spelling::Old].into_iter().filter(|_| seconds > 0).map(|s| s.words(seconds)).collect()
}

/// The image as it runs; a container whose digest is not known yet is known by itself.
pub(super) fn image(target: &Target) -> String {
    if target.image_digest.is_empty() {
        format!("{}/{}", target.pod_uid, target.container)
    } else {
        target.image_digest.clone()
    }
}

/// What a runtime says of a program that it cannot find. The words are containerd's (runc) and CRI-O's (crun).
pub(super) fn not_found(status: &str, program: &str) -> bool {
    let quoted =
        [format!("exec: \"{program}\": "), format!("executable file `{program}` "), format!("stat {program}: ")];
    let missing =
        ["executable file not found", "not found in $PATH", "no such file or directory", "No such file or directory"];
    quoted.iter().any(|quoted| status.contains(quoted)) && missing.iter().any(|missing| status.contains(missing))
}

/// Whether standard error begins as an old busybox begins it when `-s` is all that it knows: it takes the seconds for the program.
pub(super) fn took_seconds_for_program(stderr: &[u8], wrapper: &[String]) -> bool {
    let [_, _, _, seconds] = wrapper else { return false };
    stderr.starts_with(format!("timeout: can't execute '{seconds}'").as_bytes())
}

/// Splits this host's own wrapper off a whole command: what stands before it is a wrapper only if it is exactly one of these.
pub struct Splitter(Vec<Vec<String>>);

impl Splitter {
    pub(super) fn new(wrappers: Vec<Vec<String>>) -> Self {
        Self(wrappers)
    }
}

impl Prepare<Exec> for Splitter {
    fn prepare(&self, request: Exec, _: &Context) -> Result<Exec, Denial> {
        let own = self.0.iter().find(|wrapper| request.argv.len() > wrapper.len() && request.argv.starts_with(wrapper));
        let Some(wrapper) = own.filter(|_| request.wrapper.is_empty()) else { return Ok(request) };
        Ok(Exec { argv: request.argv[wrapper.len()..].to_vec(), wrapper: wrapper.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeMap;
    use wardgate_core::{Origin, Subject};

    #[test]
    fn a_runtime_that_cannot_find_a_program_is_understood_and_nothing_else_is() {
        for (status, missing) in [
            (
                "OCI runtime exec failed: exec failed: unable to start container process: exec: \"timeout\": executable file not found in $PATH: unknown",
                true,
            ),
            ("executable file `timeout` not found in $PATH: No such file or directory", true),
            ("exec: \"timeout\": stat timeout: no such file or directory", true),
            ("exec: \"cat\": executable file not found in $PATH", false),
            ("exec: \"timeout\": permission denied", false),
            ("container not found (\"timeout\")", false),
        ] {
            assert_eq!(not_found(status, "timeout"), missing, "{status}");
        }
    }

    #[test]
    fn only_a_wrapper_of_the_hosts_own_is_split_off() {
        let splitter = Splitter::new(Wrappers::new(30).all());
        let context = Context {
            subject: Subject::default(),
            target: Target::default(),
            origin: Origin::Admission,
            now: 0,
            attributes: BTreeMap::new(),
        };
        for (command, wrapper) in [
            ("timeout -s KILL 30 cat /proc/meminfo", 4),
            ("timeout -t 30 -s KILL cat /proc/meminfo", 5),
            ("timeout -s KILL 31 cat /proc/meminfo", 0),
            ("timeout -s TERM 30 cat /proc/meminfo", 0),
            ("timeout -s KILL 30", 0),
            ("/usr/bin/timeout -s KILL 30 id", 0),
            ("id", 0),
            // Only one of them: the rest is the command, which no grammar knows.
            ("timeout -s KILL 30 timeout -s KILL 30 id", 4),
        ] {
            let argv: Vec<String> = command.split(' ').map(Into::into).collect();
            let split = splitter.prepare(Exec { argv: argv.clone(), wrapper: vec![] }, &context).unwrap();
            assert_eq!(split.wrapper.len(), wrapper, "{command}");
            assert_eq!(split.command().collect::<Vec<_>>(), argv, "{command}");
        }
    }
}
