//! Places that no list can open: of processes, credentials, devices, the node.
use crate::{path::Refusal, rules};

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

/// Whether a place is closed.
pub(crate) fn closed(path: &str, segments: &[&str]) -> Result<(), Refusal> {
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
