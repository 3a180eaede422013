//! Paths: what no list can open, then what the lists open. Links are not followed here: the shape of a path is all a reviewer sees,
//! so every way into another tree (`/proc/N/root`, `fd/N`, `..`) is closed by shape.
use crate::rules;

/// Why a path is refused: rule and reason.
pub(crate) type Refusal = (&'static str, String);

/// Entries of `/proc/PID` that show secrets or lead elsewhere. Threads have the same, so all of `task` is one.
const PROCESS: [&str; 22] = [
    "environ",
    "mem",
    "maps",
    "smaps",
    "smaps_rollup",
    "numa_maps",
    "map_files",
    "pagemap",
    "root",
    "cwd",
    "exe",
    "auxv",
    "cmdline",
    "task",
    "attr",
    "clear_refs",
    "syscall",
    "personality",
    "ns",
    "uid_map",
    "gid_map",
    "coredump_filter",
];

/// Trees of credentials, and files that are one.
const CREDENTIALS: [&str; 16] = [
    "/var/run/secrets",
    "/run/secrets",
    "/var/secrets",
    "/secrets",
    "/vault",
    "/etc/kubernetes",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/ssl/private",
    "/etc/pki/private",
    "/etc/krb5.keytab",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/var/lib/kubelet",
    "/var/lib/etcd",
    "/root",
];

/// Segments that mean a credential wherever they stand.
const CREDENTIAL_NAMES: [&str; 22] = [
    ".env",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".ssh",
    ".gnupg",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".gcloud",
    ".git-credentials",
    ".vault-token",
    "serviceaccount",
    "credentials",
    "secrets",
    "token",
    "id_rsa",
    "id_ed25519",
    "kubeconfig",
];

/// Endings of key and store files.
const CREDENTIAL_ENDINGS: [&str; 9] =
    [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kubeconfig", ".env", ".hprof"];

/// Memory, consumption, devices.
const DEVICES: [&str; 9] = [
    "/dev",
    "/proc/kcore",
    "/proc/kmsg",
    "/proc/kallsyms",
    "/proc/kpagecount",
    "/proc/sysrq-trigger",
    "/proc/sys/kernel/core_pattern",
    "/sys/kernel",
    "/sys/firmware",
];

/// Checks a path against what is closed for good, then against the lists. The path may end in one slash.
pub(crate) fn check<'a>(path: &str, mut lists: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
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
    if segments.contains(&"..") || segments.contains(&".") {
        return Err((rules::PATH_DOTS, "a path with . or .. in it does not say where it leads".into()));
    }
    if segments.contains(&"") {
        return Err((rules::PATH_EMPTY, "a path with two slashes in a row".into()));
    }
    closed(trimmed, &segments)?;
    if lists.any(|pattern| fits(pattern, &segments)) {
        return Ok(());
    }
    Err((rules::PATH_UNLISTED, format!("{} is not a path that this command may read", quote(path))))
}

fn closed(path: &str, segments: &[&str]) -> Result<(), Refusal> {
    if let ["proc", _, entry, rest @ ..] = segments
        && !matches!(
            segments[1],
            "sys" | "net" | "pressure" | "irq" | "bus" | "fs" | "driver" | "tty" | "sysvipc" | "acpi" | "scsi"
        )
    {
        let other_root = (*entry == "fd" || *entry == "fdinfo") && !rest.is_empty();
        if PROCESS.contains(entry) || other_root {
            return Err((
                rules::PATH_PROCESS,
                "this entry of a process shows its environment, memory, arguments or files".into(),
            ));
        }
    }
    let under = |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    if CREDENTIALS.iter().any(|root| under(root)) || segments.iter().any(|s| is_credential(s)) {
        return Err((rules::PATH_CREDENTIALS, "this path holds credentials".into()));
    }
    if under("/dev/fd")
        || (DEVICES.iter().any(|root| under(root)) && !under("/dev/shm") && path != "/dev/termination-log")
    {
        return Err((rules::PATH_DEVICE, "devices and the kernel's memory are not files to read".into()));
    }
    Ok(())
}

fn is_credential(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    CREDENTIAL_NAMES.contains(&lower.as_str())
        || CREDENTIAL_ENDINGS.iter().any(|end| lower.ends_with(end))
        || lower.starts_with(".env.")
        || lower.starts_with("..data")
}

/// Whether a listed pattern fits: `<pid>` is a number or `self`, `*` stands for characters of one segment (not a leading dot), `**`
/// at the end for one or more segments.
fn fits(pattern: &str, segments: &[&str]) -> bool {
    let mut rest = segments.iter();
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if part == "**" {
            return rest.len() > 0 && rest.all(|s| !s.starts_with('.'));
        }
        let Some(segment) = rest.next() else { return false };
        let fit = match part {
            "<pid>" => *segment == "self" || (segment.len() <= 7 && segment.bytes().all(|b| b.is_ascii_digit())),
            _ => glob(part, segment),
        };
        if !fit {
            return false;
        }
    }
    rest.next().is_none()
}

/// One `*` at most.
fn glob(part: &str, segment: &str) -> bool {
    match part.split_once('*') {
        None => part == segment,
        Some((head, tail)) => {
            segment.len() >= head.len() + tail.len()
                && segment.starts_with(head)
                && segment.ends_with(tail)
                && !(head.is_empty() && segment.starts_with('.'))
        }
    }
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
    use super::*;

    fn rule(path: &str) -> &'static str {
        let lists = ["/proc/meminfo", "/proc/<pid>/status", "/var/log/**", "/app/*.log", "/proc/<pid>/fd", "/etc", "/"];
        check(path, lists.into_iter()).map_or_else(|(rule, _)| rule, |()| "allowed")
    }

    #[test]
    fn listed_paths_pass() {
        for path in [
            "/proc/meminfo",
            "/proc/1/status",
            "/proc/self/status",
            "/var/log/a/b.log",
            "/app/x.log",
            "/etc/",
            "/",
            "/proc/17/fd",
        ] {
            assert_eq!(rule(path), "allowed", "{path}");
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
            ("/var/logs/x", rules::PATH_UNLISTED),
            ("/var/log/.hidden", rules::PATH_UNLISTED),
            ("/proc/12345678/status", rules::PATH_UNLISTED),
            ("/var/log", rules::PATH_UNLISTED),
        ] {
            assert_eq!(rule(path), expected, "{path}");
        }
    }
}
