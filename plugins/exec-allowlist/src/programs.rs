//! Programs that are not in the table and why: so that a denial can teach. Being here denies nothing that being unlisted would not.
use crate::rules;

/// Rule, reason and remedy for a program's bare name.
pub(crate) fn about(name: &str) -> (&'static str, String, &'static str) {
    let (rule, why, remedy) = match name {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "fish" | "csh" | "tcsh" | "rbash" | "pwsh" | "rc" => (
            rules::SHELL,
            "a shell runs anything",
            "run the one command itself; pipes are not needed: output is cut and filtered for you",
        ),
        "python" | "python2" | "python3" | "perl" | "ruby" | "node" | "nodejs" | "php" | "lua" | "awk" | "gawk"
        | "mawk" | "sed" | "java" | "jshell" | "tclsh" | "gdb" | "lldb" | "strace" | "ltrace" | "perf" | "bpftrace"
        | "vi" | "vim" | "nano" | "ed" | "less" | "more" | "man" | "psql" | "mysql" | "sqlite3" | "mongo"
        | "mongosh" | "redis-cli" | "etcdctl" | "kubectl" | "helm" | "crictl" | "ctr" | "docker" | "git"
        | "openssl" | "make" | "gcc" | "go" | "pip" | "npm" | "jmap" | "jinfo" | "jdb" | "tcpdump" | "socat" => (
            rules::INTERPRETER,
            "it can run code, read any file or change things",
            "use a command that only reads: ps, ss, df, cat of listed files, curl of the container's own health and metrics pages",
        ),
        "env" | "set" | "export" | "declare" => (
            rules::ENVIRONMENT,
            "the environment is where most secrets are",
            "printenv NAME with a listed name, such as HOSTNAME; object details show which variables are set",
        ),
        "busybox" | "toybox" | "timeout" | "nice" | "ionice" | "nohup" | "stdbuf" | "setsid" | "chroot" | "nsenter"
        | "unshare" | "xargs" | "sudo" | "su" | "doas" | "runuser" | "gosu" | "su-exec" | "watch" | "script"
        | "time" | "command" | "exec" | "eval" | "taskset" | "setarch" | "linux32" | "linux64" | "flock"
        | "parallel" | "entr" | "tini" | "dumb-init" | "ld.so" | "capsh" | "setpriv" | "chrt" | "prlimit" => {
            (rules::LAUNCHER, "it starts another program", "run that program itself; the time limit is the host's")
        }
        "rm" | "mv" | "cp" | "ln" | "touch" | "mkdir" | "rmdir" | "chmod" | "chown" | "chgrp" | "truncate" | "dd"
        | "tee" | "split" | "install" | "kill" | "pkill" | "killall" | "reboot" | "shutdown" | "halt" | "poweroff"
        | "init" | "systemctl" | "service" | "umount" | "swapoff" | "swapon" | "insmod" | "modprobe" | "rmmod"
        | "iptables" | "ip6tables" | "nft" | "tc" | "route" | "ifconfig" | "apt" | "apt-get" | "yum" | "dnf"
        | "apk" | "dpkg" | "rpm" | "crontab" | "at" | "useradd" | "passwd" | "mkfs" | "fdisk" | "shred" | "unlink"
        | "mknod" | "mkfifo" | "tar" | "gzip" | "gunzip" | "zip" | "unzip" | "cpio" | "ar" | "uniq" | "sort"
        | "patch" | "logger" | "wall" | "sync" => (
            rules::WRITES,
            "it can change files, processes or the system",
            "changes need an approved action; nothing here makes one",
        ),
        "nc" | "ncat" | "netcat" | "telnet" | "ssh" | "scp" | "sftp" | "rsync" | "ftp" | "tftp" | "ping" | "ping6"
        | "traceroute" | "tracepath" | "mtr" | "nmap" | "whois" | "aws" | "gcloud" | "az" | "gsutil" | "http"
        | "aria2c" | "lynx" | "links" | "w3m" | "smbclient" | "nbdkit" => (
            rules::TRANSFER,
            "it reaches other hosts and moves data",
            "ss and netstat show connections; nslookup checks a name in the cluster; curl fetches the container's own health page",
        ),
        "find" | "egrep" | "fgrep" | "rg" | "ag" | "locate" | "strings" | "xxd" | "od" | "hexdump" | "base64"
        | "base32" | "diff" | "cmp" | "comm" | "cut" | "tr" | "jq" | "yq" | "tac" | "rev" | "nl" | "fold" | "paste"
        | "join" | "zcat" | "zgrep" | "bzcat" | "xzcat" | "lsof" | "fuser" | "file" | "readlink" | "realpath"
        | "dmesg" | "journalctl" | "last" | "lastlog" | "who" | "w" => (
            rules::SEARCH,
            "it reads whole trees, or matches or recodes text before secrets are masked",
            "ls and du for folders, tail or head for a listed log; a log's `pattern` filters after masking",
        ),
        _ => (
            rules::UNLISTED,
            "it is not in the table of commands",
            "one of the listed commands; the tool's description names them",
        ),
    };
    (rule, format!("{} is not allowed: {why}", crate::path::quote(name)), remedy)
}
