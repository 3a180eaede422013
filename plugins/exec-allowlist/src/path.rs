//! Paths: what no list can open, then what the lists open. A word is judged by its shape, so every way into another tree
//! (`/proc/N/root`, `fd/N`, `..`) is closed by shape; where a listed path leads is a question of its own, and its answer is judged here too.
use crate::rules;

/// Why a path is refused: rule and reason.
pub(crate) type Refusal = (&'static str, String);

/// Entries of `/proc/PID` that show secrets or lead elsewhere.
const PROCESS: [&str; 17] = [
    "environ",
    "mem",
    "maps",
    "smaps",
    "numa_maps",
    "map_files",
    "pagemap",
    "root",
    "cwd",
    "exe",
    "auxv",
    "cmdline",
    "attr",
    "clear_refs",
    "syscall",
    "coredump_filter",
    "timerslack_ns",
];

/// Folders of `/proc` that are no process.
const NO_PROCESS: [&str; 11] =
    ["sys", "net", "pressure", "irq", "bus", "fs", "driver", "tty", "sysvipc", "acpi", "scsi"];

/// Trees of credentials, and files that are one. `/var/run` is read as `/run`.
const CREDENTIALS: [&str; 36] = [
    "/run/secrets",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/var/secrets",
    "/secrets",
    "/vault",
    "/etc/kubernetes",
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/security/opasswd",
    "/etc/ssl/private",
    "/etc/pki/private",
    "/etc/pki/tls/private",
    "/etc/letsencrypt",
    "/etc/wireguard",
    "/etc/openvpn",
    "/etc/ipsec.secrets",
    "/etc/ipsec.d",
    "/etc/ppp",
    "/etc/krb5.keytab",
    "/etc/munge",
    "/etc/ceph",
    "/etc/rancher",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/ssh",
    "/etc/docker",
    "/var/lib/kubelet",
    "/var/lib/etcd",
    "/var/lib/rancher",
    "/var/lib/vault",
    "/var/spool/cron",
    "/root",
];

/// Segments that mean a credential wherever they stand, whole or before their first dot.
const CREDENTIAL_NAMES: [&str; 56] = [
    ".env",
    ".envrc",
    ".aws",
    ".azure",
    ".config",
    ".kube",
    ".docker",
    ".dockercfg",
    ".dockerconfigjson",
    ".ssh",
    ".gnupg",
    ".netrc",
    ".npmrc",
    ".yarnrc",
    ".pypirc",
    ".pgpass",
    ".my",
    ".s3cfg",
    ".boto",
    ".gcloud",
    ".git",
    ".git-credentials",
    ".vault-token",
    ".htpasswd",
    ".bash_history",
    ".ash_history",
    ".sh_history",
    ".zsh_history",
    ".psql_history",
    ".mysql_history",
    ".python_history",
    ".rediscli_history",
    ".node_repl_history",
    ".erlang",
    ".terraform",
    "htpasswd",
    "serviceaccount",
    "service-account",
    "service_account",
    "credential",
    "credentials",
    "secret",
    "secrets",
    "secrets-store",
    "token",
    "tokens",
    "password",
    "passwords",
    "apikey",
    "api-key",
    "api_key",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "kubeconfig",
];

/// Endings of key and store files and of images of memory, also before a further one (`tls.key.bak`).
const CREDENTIAL_ENDINGS: [&str; 23] = [
    "pem",
    "key",
    "p12",
    "pfx",
    "jks",
    "keystore",
    "truststore",
    "keytab",
    "kubeconfig",
    "env",
    "hprof",
    "core",
    "dmp",
    "mdmp",
    "phd",
    "heapsnapshot",
    "tfstate",
    "kdbx",
    "ppk",
    "gpg",
    "asc",
    "ovpn",
    "htpasswd",
];

/// Names of `.pem` files that hold certificates only: what a server shows to everyone, and whom it trusts.
const PUBLIC_CERTIFICATES: [&str; 16] = [
    "ca",
    "cacert",
    "ca-cert",
    "ca-bundle",
    "ca-certificates",
    "ca-chain",
    "cert",
    "cert-chain",
    "chain",
    "client-cert",
    "fullchain",
    "root-ca",
    "root-cert",
    "server-cert",
    "tls-ca-bundle",
    "tls-cert",
];

/// Words that mean a credential where they end a name of several (`db-password`, `tcp_fastopen_key`).
const CREDENTIAL_NOUNS: [&str; 15] = [
    "key",
    "keys",
    "secret",
    "secrets",
    "token",
    "tokens",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "credential",
    "credentials",
    "apikey",
    "keyring",
    "keytab",
];

/// And those where they begin one (`secret-volume`).
const CREDENTIAL_BEGINNINGS: [&str; 4] = ["secret", "secrets", "credential", "credentials"];

/// Logs of logins in `/var/log`, rotated ones included: people type passwords where names are asked for.
const LOGINS: [&str; 8] = ["auth.log", "secure", "btmp", "wtmp", "faillog", "lastlog", "tallylog", "sudo"];

/// Memory, consumption, devices.
const DEVICES: [&str; 15] = [
    "/dev",
    "/proc/kcore",
    "/proc/kmsg",
    "/proc/kallsyms",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/keys",
    "/proc/sysrq-trigger",
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/fs/binfmt_misc",
    "/sys/kernel/debug",
    "/sys/kernel/tracing",
    "/sys/kernel/security",
    "/sys/kernel/uevent_helper",
    "/sys/firmware",
];

/// The node and other pods, where a container has them mounted.
const NODE: [&str; 16] = [
    "/host",
    "/hostfs",
    "/host_mnt",
    "/hostroot",
    "/rootfs",
    "/var/log/pods",
    "/var/log/containers",
    "/var/log/journal",
    "/var/log/audit",
    "/var/log/kubernetes",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/crio",
    "/run/containerd",
    "/run/k3s",
];

/// What may be listed, ready to be matched.
#[derive(Debug)]
pub(crate) struct Patterns(Vec<Vec<Part>>);

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
        Ok(Patterns(patterns))
    }

    fn fit(&self, segments: &[&str]) -> bool {
        self.0.iter().any(|pattern| fits(pattern, segments))
    }
}

/// Checks a path against what is closed for good, then against a list. The path may end in one slash.
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
    if list.fit(&segments) {
        return Ok(());
    }
    Err((rules::PATH_UNLISTED, format!("{} is not a path that this command may read", quote(path))))
}

fn closed(path: &str, segments: &[&str]) -> Result<(), Refusal> {
    // Wherever a /proc is mounted.
    for (at, _) in segments.iter().enumerate().filter(|(_, s)| **s == "proc") {
        if let Some([who, rest @ ..]) = segments.get(at + 1..)
            && !NO_PROCESS.contains(who)
            && process_closed(rest)
        {
            return Err((
                rules::PATH_PROCESS,
                "this entry of a process shows its environment, memory, arguments or files".into(),
            ));
        }
    }
    let run = path.strip_prefix("/var/run").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let path = run.map_or_else(|| path.to_owned(), |rest| format!("/run{rest}"));
    let under = |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    if CREDENTIALS.iter().any(|root| under(root)) || segments.iter().any(|s| is_credential(s)) {
        return Err((rules::PATH_CREDENTIALS, "this path holds credentials".into()));
    }
    if is_core(segments) {
        return Err((rules::PATH_CREDENTIALS, "an image of a process' memory holds its secrets".into()));
    }
    if let Some(log) = path.strip_prefix("/var/log/")
        && LOGINS
            .iter()
            .any(|name| log.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '/'])))
    {
        return Err((rules::PATH_CREDENTIALS, "a log of logins may hold what people typed as their names".into()));
    }
    if NODE.iter().any(|root| under(root)) {
        return Err((rules::PATH_NODE, "this path belongs to the node or to other pods".into()));
    }
    if DEVICES.iter().any(|root| under(root)) && !under("/dev/shm") && path != "/dev/termination-log" {
        return Err((rules::PATH_DEVICE, "devices and the kernel's memory are not files to read".into()));
    }
    Ok(())
}

/// Whether it is a dump of a process as the kernel names it: `core.1234`, and `core` among logs, where it is no folder of sources.
fn is_core(segments: &[&str]) -> bool {
    let Some((name, folders)) = segments.split_last() else { return false };
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    match name.strip_prefix("core") {
        Some("") => folders.iter().any(|folder| matches!(*folder, "log" | "logs")),
        Some(rest) => rest.strip_prefix(['.', '-']).is_some_and(numbered),
        None => false,
    }
}

/// What stands behind `/proc/PID`. A thread has what its process has.
fn process_closed(rest: &[&str]) -> bool {
    let rest = match rest {
        ["task", _, inner @ ..] => inner,
        other => other,
    };
    match rest {
        [] | ["task" | "ns"] => false,
        ["task" | "ns" | "fd" | "fdinfo", _, ..] => true,
        [entry, ..] => PROCESS.contains(entry),
    }
}

/// Whether a segment names a credential wherever it stands.
pub(crate) fn is_credential(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    // A leading dot belongs to the name.
    let cut = lower.char_indices().skip(1).find(|(_, c)| *c == '.').map_or(lower.len(), |(i, _)| i);
    let (stem, endings) = lower.split_at(cut);
    if endings == ".pem" && PUBLIC_CERTIFICATES.contains(&stem) {
        return false;
    }
    CREDENTIAL_NAMES.contains(&stem)
        || CREDENTIAL_NAMES.contains(&lower.as_str())
        || endings.split('.').any(|end| CREDENTIAL_ENDINGS.contains(&end.trim_end_matches('~')))
        || lower.starts_with("..data")
        || has_noun(stem)
}

/// Whether any word of a name means a credential (`DB_PASSWORD_PORT`).
pub(crate) fn speaks_of_credentials(name: &str) -> bool {
    name.to_ascii_lowercase().split(['-', '_', '.']).any(|word| CREDENTIAL_NOUNS.contains(&word))
}

/// Whether a name of several words is one of a credential.
fn has_noun(stem: &str) -> bool {
    let (Some((first, _)), Some((_, last))) = (stem.split_once(['-', '_']), stem.rsplit_once(['-', '_'])) else {
        return false;
    };
    CREDENTIAL_BEGINNINGS.contains(&first) || CREDENTIAL_NOUNS.contains(&last)
}

/// What speaks against a word whatever its command takes it for: a closed place, as the word itself or behind an option's name.
pub(crate) fn closed_word(word: &str) -> Result<(), Refusal> {
    let path = match word.as_bytes().first() {
        Some(b'/') => word,
        Some(b'-') => word.find('/').and_then(|at| word.get(at..)).unwrap_or_default(),
        _ => "",
    };
    // Written to, not read.
    if path.is_empty() || ["/dev/null", "/dev/stdout", "/dev/stderr"].contains(&path) {
        return Ok(());
    }
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    closed(&format!("/{}", segments.join("/")), &segments)
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
            "/etc/",
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
            ("/var/logs/x", rules::PATH_UNLISTED),
            ("/var/log/.hidden", rules::PATH_UNLISTED),
            ("/proc/12345678/status", rules::PATH_UNLISTED),
            ("/var/log", rules::PATH_UNLISTED),
        ] {
            assert_eq!(rule(path), expected, "{path}");
        }
    }
}
