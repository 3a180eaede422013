//! Paths: their shape, what is closed for good (`closed`), then what the lists open. A word is judged by its shape, so every way into another
//! tree (`/proc/N/root`, `fd/N`, `..`) is closed by shape; where a listed path leads is a question of its own, and its answer is judged here too.
use crate::{closed::closed, rules};

/// Why a path is refused: rule and reason.
pub(crate) type Refusal = (&'static str, String);

/// What may be listed, ready to be matched.
#[derive(Debug)]
pub(crate) struct Patterns {
    patterns: Vec<Vec<Part>>,
    /// Whether it lists folders: one of them beside all that lies in it. Only a folder is written with a slash behind it.
    folders: bool,
}

#[derive(Debug)]
enum Part {
    /// A segment as it stands.
    Whole(String),
    /// `*` once: characters of one segment, not a leading dot.
    Around(String, String),
    /// `<pid>`: a number or `self`.
    Pid,
    /// `<rotated>`: a log that was set aside, by number, date or packing.
    Rotated,
    /// `**`: segments without a leading dot; at the end at least one.
    Many,
}

impl Patterns {
    /// Reads patterns: absolute, without dots; `*` once in a segment, `**`, `<pid>`, `<rotated>`.
    pub(crate) fn new(texts: &[String]) -> Result<Self, String> {
        let part = |part: &str| match part {
            "**" => Part::Many,
            "<pid>" => Part::Pid,
            "<rotated>" => Part::Rotated,
            _ => match part.split_once('*') {
                Some((head, tail)) => Part::Around(head.to_owned(), tail.to_owned()),
                None => Part::Whole(part.to_owned()),
            },
        };
        let mut patterns = Vec::with_capacity(texts.len());
        for text in texts {
            let rest = text.strip_prefix('/').ok_or_else(|| format!("path {text:?} is not absolute"))?;
            if rest.split('/').any(|s| s == "." || s == ".." || (s != "**" && s.matches('*').count() > 1)) {
                return Err(format!("path {text:?} has dots, or more than one * in a segment"));
            }
            patterns.push(rest.split('/').filter(|s| !s.is_empty()).map(part).collect());
        }
        let inside = |text: &String| {
            text.strip_suffix("/**").map(|folder| if folder.is_empty() { "/" } else { folder }.to_owned())
        };
        let folders = texts.iter().filter_map(inside).any(|folder| texts.contains(&folder));
        Ok(Patterns { patterns, folders })
    }

    fn fit(&self, segments: &[&str]) -> bool {
        self.patterns.iter().any(|pattern| fits(pattern, segments))
    }
}

/// Checks a path against what is closed for good, then against a list. A folder may end in one slash.
pub(crate) fn check(path: &str, list: &Patterns) -> Result<(), Refusal> {
    if !path.starts_with('/') {
        return Err((rules::PATH_RELATIVE, format!("{} is not an absolute path", quote(path))));
    }
    if !path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-@:+,=".contains(&b)) {
        return Err((
            rules::PATH_CHARACTERS,
            "a path is of letters, digits and /._-@:+,= here: no patterns, no blanks".into(),
        ));
    }
    let trimmed = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
    let segments: Vec<&str> = if trimmed == "/" { vec![] } else { trimmed[1..].split('/').collect() };
    if segments.contains(&"") {
        return Err((rules::PATH_EMPTY, "a path with two slashes in a row".into()));
    }
    if segments.iter().any(|s| s.ends_with('.')) {
        return Err((
            rules::PATH_DOTS,
            "a path with . or .. in it, or a dot at an end, does not say where it leads".into(),
        ));
    }
    closed(trimmed, &segments)?;
    if list.fit(&segments) && (trimmed == path || list.folders) {
        return Ok(());
    }
    Err((rules::PATH_UNLISTED, format!("{} is not a path that this command may read", quote(path))))
}

fn fits(pattern: &[Part], segments: &[&str]) -> bool {
    let Some((part, later)) = pattern.split_first() else { return segments.is_empty() };
    if let Part::Many = part {
        if later.is_empty() {
            return !segments.is_empty() && segments.iter().all(|s| !s.starts_with('.'));
        }
        let plain = segments.iter().take_while(|s| !s.starts_with('.')).count();
        return (0..=plain).any(|skip| segments.get(skip..).is_some_and(|rest| fits(later, rest)));
    }
    let Some((segment, rest)) = segments.split_first() else { return false };
    let fit = match part {
        Part::Whole(text) => text == segment,
        Part::Around(head, tail) => around(head, tail, segment),
        Part::Pid => *segment == "self" || (segment.len() <= 7 && segment.bytes().all(|b| b.is_ascii_digit())),
        Part::Rotated => is_rotated(segment),
        Part::Many => false,
    };
    fit && fits(later, rest)
}

/// What a rotation puts behind a log's name besides figures.
const ROTATED: [&str; 9] = ["gz", "xz", "bz2", "zst", "old", "bak", "prev", "current", "Z"];

/// Whether a segment is `NAME.log` or `NAME.out` and then only what rotating adds: `server.log.2026-11-26`, `app.log-20261126.gz`, `gc.log.0.current`.
fn is_rotated(segment: &str) -> bool {
    let figures = |word: &str| (1..=14).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    [".log", ".out"].iter().any(|base| {
        let Some((name, added)) = segment.rsplit_once(base) else { return false };
        let Some(added) = added.strip_prefix(['.', '-', '_']) else { return false };
        let mut words = added.split(['.', '-', '_', ':', '+', 'T']);
        !name.is_empty() && !name.starts_with('.') && words.all(|word| figures(word) || ROTATED.contains(&word))
    })
}

/// Whether a text is `head*tail`.
fn around(head: &str, tail: &str, text: &str) -> bool {
    text.len() >= head.len() + tail.len()
        && text.starts_with(head)
        && text.ends_with(tail)
        && !(head.is_empty() && text.starts_with('.'))
}

/// Whether a text fits a pattern with one `*` at most.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => around(head, tail, text),
    }
}

/// Whether where the path leads is known without asking: the links of /proc and /sys are.
pub(crate) fn is_kernel(path: &str) -> bool {
    ["/proc", "/sys"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The start of a text, quoted.
pub(crate) fn quote(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push_str("..");
    }
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rule(path: &str) -> &'static str {
        let lists = [
            "/proc/meminfo",
            "/proc/<pid>/status",
            "/var/log/**",
            "/app/*.log",
            "/proc/<pid>/fd",
            "/etc",
            "/",
            "/sys/fs/cgroup/**/memory.*",
        ];
        let list = Patterns::new(&lists.map(str::to_owned)).unwrap();
        check(path, &list).map_or_else(|(rule, _)| rule, |()| "allowed")
    }

    #[test]
    fn listed_paths_pass() {
        for path in [
            "/proc/meminfo",
            "/proc/1/status",
            "/proc/self/status",
            "/var/log/a/b.log",
            "/app/x.log",
            "/",
            "/proc/17/fd",
            "/sys/fs/cgroup/memory.max",
            "/sys/fs/cgroup/kubepods.slice/pod1.slice/memory.current",
            "/var/log/token-service/app.log",
            "/var/log/security.log",
            "/var/log/ca.pem",
        ] {
            assert_eq!(rule(path), "allowed", "{path}");
        }
    }

    #[test]
    fn only_a_folder_has_a_slash_behind_it() {
        for (lists, passes) in [(&["/data/**"][..], false), (&["/data", "/data/**"], true), (&["/", "/**"], true)] {
            let lists: Vec<String> = lists.iter().map(|list| (*list).to_owned()).collect();
            assert_eq!(check("/data/x/", &Patterns::new(&lists).unwrap()).is_ok(), passes, "{lists:?}");
        }
    }

    #[test]
    fn ways_around_the_list_are_closed() {
        for (path, expected) in [
            ("var/log/x", rules::PATH_RELATIVE),
            ("-", rules::PATH_RELATIVE),
            ("/var/log/*", rules::PATH_CHARACTERS),
            ("/var/log/a b", rules::PATH_CHARACTERS),
            ("/var/log/%2e%2e/x", rules::PATH_CHARACTERS),
            ("/var/log/../../etc/passwd", rules::PATH_DOTS),
            ("/var/log/.", rules::PATH_DOTS),
            ("/var//log/x", rules::PATH_EMPTY),
            ("//etc", rules::PATH_EMPTY),
            ("/var/log//", rules::PATH_EMPTY),
            ("/proc/1/environ", rules::PATH_PROCESS),
            ("/proc/self/environ", rules::PATH_PROCESS),
            ("/proc/thread-self/environ", rules::PATH_PROCESS),
            ("/proc/1/task/1/environ", rules::PATH_PROCESS),
            ("/proc/1/root/etc/passwd", rules::PATH_PROCESS),
            ("/proc/1/cwd/x", rules::PATH_PROCESS),
            ("/mnt/proc/1/environ", rules::PATH_PROCESS),
            ("/proc/1/task/7/root/etc/hosts", rules::PATH_PROCESS),
            ("/var/log/app.log.", rules::PATH_DOTS),
            ("/var/run/docker.sock", rules::PATH_CREDENTIALS),
            ("/var/log/tls.key.bak", rules::PATH_CREDENTIALS),
            ("/var/log/Secrets.YAML", rules::PATH_CREDENTIALS),
            ("/var/log/.env.production", rules::PATH_CREDENTIALS),
            ("/var/log/db-password", rules::PATH_CREDENTIALS),
            ("/var/log/secret-volume/username", rules::PATH_CREDENTIALS),
            ("/var/log/JWT_SECRET.txt", rules::PATH_CREDENTIALS),
            ("/var/log/auth.log", rules::PATH_CREDENTIALS),
            ("/var/log/secure-20261126", rules::PATH_CREDENTIALS),
            ("/var/log/btmp.1", rules::PATH_CREDENTIALS),
            ("/var/log/pods/x/0.log", rules::PATH_NODE),
            ("/host/var/log/messages", rules::PATH_NODE),
            ("/var/log/journal/1/system.journal", rules::PATH_NODE),
            ("/var/log/server.pem", rules::PATH_CREDENTIALS),
            ("/var/log/ca.pem.key", rules::PATH_CREDENTIALS),
            ("/var/log/secret-ca.pem", rules::PATH_CREDENTIALS),
            ("/sys/fs/cgroup/.hidden/memory.max", rules::PATH_UNLISTED),
            ("/proc/1/fd/3", rules::PATH_PROCESS),
            ("/proc/1/cmdline", rules::PATH_PROCESS),
            ("/var/run/secrets/kubernetes.io/serviceaccount/token", rules::PATH_CREDENTIALS),
            ("/var/log/secrets/x", rules::PATH_CREDENTIALS),
            ("/var/log/tls.key", rules::PATH_CREDENTIALS),
            ("/root/.bashrc", rules::PATH_CREDENTIALS),
            ("/etc/shadow", rules::PATH_CREDENTIALS),
            ("/dev/zero", rules::PATH_DEVICE),
            ("/dev/fd/3", rules::PATH_DEVICE),
            ("/proc/kmsg", rules::PATH_DEVICE),
            ("/etc/passwd", rules::PATH_UNLISTED),
            ("/proc/meminfo/", rules::PATH_UNLISTED),
            ("/var/log/x/", rules::PATH_UNLISTED),
            ("/var/logs/x", rules::PATH_UNLISTED),
            ("/var/log/.hidden", rules::PATH_UNLISTED),
            ("/proc/12345678/status", rules::PATH_UNLISTED),
            ("/var/log", rules::PATH_UNLISTED),
        ] {
            assert_eq!(rule(path), expected, "{path}");
        }
    }
}
