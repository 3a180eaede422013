//! "Where does this path lead?": what may be asked of a container, and for how long an answer is believed.
use super::{Kubernetes, keep::Kept, wrapper::image};
use std::time::Duration;
use wardgate_core::{Exec, Known, Question, Target, Unanswered};

/// A program's file belongs to the image.
const PROGRAM: Duration = Duration::from_secs(3600);
/// Any other link can be turned at any time.
const LINK: Duration = Duration::from_secs(5);
/// Bytes of a path at most.
const PATH: usize = 4096;
/// Where programs lie.
const PROGRAMS: [&str; 5] = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/"];

type Answered = Result<Known, Unanswered>;

/// Answers, by image or by container, and path.
#[derive(Default)]
pub(super) struct Paths(Kept<(String, String), Answered>);

impl Paths {
    fn get(&self, target: &Target, path: &str) -> Option<Answered> {
        self.0.get(&(scope(target, path), path.into()))
    }

    fn put(&self, target: &Target, path: &str, answer: &Answered) {
        if matches!(answer, Ok(_) | Err(Unanswered::Missing | Unanswered::Unsupported)) {
            let time = if is_program(path) { PROGRAM } else { LINK };
            self.0.put((scope(target, path), path.into()), answer.clone(), time);
        }
    }
}

fn scope(target: &Target, path: &str) -> String {
    if is_program(path) { image(target) } else { format!("{}/{}", target.pod_uid, target.container) }
}

fn is_program(path: &str) -> bool {
    PROGRAMS.iter().any(|dir| path.strip_prefix(dir).is_some_and(|name| !name.contains('/')))
}

/// What may stand in the command. Links of /proc and /sys are known, and looking at some of them does something.
fn may_be_asked(path: &str) -> bool {
    let plain = path.starts_with('/') && path.len() <= PATH && !path.chars().any(char::is_control);
    let mut steps = path.split('/').skip(1);
    let links_are_known = matches!(steps.clone().next(), Some("proc" | "sys"));
    path == "/" || plain && !links_are_known && steps.all(|step| !matches!(step, "" | "." | ".."))
}

impl Kubernetes {
    /// The cached answer, or `Unavailable`.
    pub(super) fn known_path(&self, target: &Target, question: &Question) -> Answered {
        if target.container.is_empty() {
            return Err(Unanswered::Unsupported);
        }
        if !may_be_asked(&question.subject) {
            return Err(Unanswered::Refused);
        }
        self.paths.get(target, &question.subject).unwrap_or(Err(Unanswered::Unavailable))
    }

    /// The command that finds it out.
    pub(super) fn path_errand(target: &Target, question: &Question) -> Option<Exec> {
        let asked = question.kind == "path" && !target.container.is_empty() && may_be_asked(&question.subject);
        asked.then(|| Exec { argv: vec!["readlink".into(), "-f".into(), question.subject.clone()], wrapper: vec![] })
    }

    /// Keeps an answer.
    pub(super) fn learn_path(&self, target: &Target, question: &Question, answer: &Answered) {
        if question.kind == "path" {
            self.paths.put(target, &question.subject, answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_absolute_paths_outside_proc_and_sys_are_asked() {
        for (path, asked) in [
            ("/var/log/app.log", true),
            ("/etc/os-release", true),
            ("/bin/busybox", true),
            ("/procedures/x", true),
            ("/proc/1/root", false),
            ("/proc", false),
            ("/sys/fs", false),
            ("/a/../proc/1/environ", false),
            ("/./proc/1", false),
            ("//proc/1", false),
            ("/a/", false),
            ("/", true),
            ("relative", false),
            ("-f", false),
            ("/a\nb", false),
            ("", false),
        ] {
            assert_eq!(may_be_asked(path), asked, "{path:?}");
        }
    }

    #[test]
    fn an_answer_about_a_program_is_the_images_and_one_about_a_link_is_the_containers() {
        let pod = |uid: &str| Target {
            pod_uid: uid.into(),
            container: "c".into(),
            image_digest: "sha256:1".into(),
            ..Target::default()
        };
        let paths = Paths::default();
        paths.put(&pod("a"), "/bin/ls", &Err(Unanswered::Missing));
        paths.put(&pod("a"), "/var/log/x", &Err(Unanswered::Missing));
        paths.put(&pod("a"), "/bin/ps", &Err(Unanswered::Timeout));
        assert!(paths.get(&pod("b"), "/bin/ls").is_some());
        assert!(paths.get(&pod("b"), "/var/log/x").is_none());
        assert!(paths.get(&pod("a"), "/var/log/x").is_some());
        assert!(paths.get(&pod("a"), "/bin/ps").is_none(), "what was not found out is asked again");
    }
}
