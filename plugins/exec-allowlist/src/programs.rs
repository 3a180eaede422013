//! Programs that are not in the table and why: so that a denial can teach. Being here denies nothing that being unlisted would not.
use crate::rules;

/// Programs that are refused for one reason.
struct Group {
    rule: &'static str,
    why: &'static str,
    remedy: &'static str,
    /// Bare names, with blanks between.
    names: &'static str,
}

const GROUPS: &[Group] = &[
    Group {
        rule: rules::SHELL,
        why: "a shell runs anything",
        remedy: "run the one command itself; pipes are not needed: output is cut and filtered for you",
        names: "sh bash dash ash zsh ksh fish csh tcsh rbash pwsh rc elvish nu posh mksh yash sash",
    },
    Group {
        rule: rules::INTERPRETER,
        why: "it can run code, read any file or change things",
        remedy: "use a command that only reads: ps, ss, df, cat of listed files, curl of the container's own health and metrics pages",
        names: "python python2 python3 perl ruby node nodejs php lua awk gawk mawk sed jshell tclsh gdb lldb strace \
                ltrace perf bpftrace vi vim nano ed less more man psql mysql sqlite3 mongo mongosh kubectl helm \
                crictl ctr docker git make gcc jdb tcpdump socat tshark dumpcap emacs vimdiff view rview rvim pico \
                joe nvim pg ex expect erl irb pry ghci julia octave R Rscript scala kotlin groovy jrunscript jjs \
                lua5.1 lua5.3 lua5.4 luajit python3.9 python3.10 python3.11 python3.12 python3.13 pypy3 deno bun \
                ts-node dotnet mono wish gimp latex pdflatex sqlplus clickhouse-client cqlsh influx pg_dump \
                pg_dumpall pg_restore mysqldump mariadb sqlmap vault consul nomad terraform ansible ansible-playbook \
                puppet chef salt-call nerdctl podman buildah skopeo gh svn hg bzr cvs g++ cc ld as tcc clang rustc \
                cargo mvn gradle ant composer bundle rake cpan yarn pnpm npx pipx uv easy_install virtualenv ipython \
                jupyter jhsdb jdeps keytool jarsigner ssh-keygen ssh-agent gpg age openvpn gdbserver valgrind sysdig \
                falco bpftool bcc dtrace stap ftrace trace-cmd rlwrap screen tmux byobu dialog whiptail latexmk m4 \
                bc dc units nawk dbus-send busctl loginctl machinectl virsh qemu wireshark ettercap ipset ebtables \
                arptables",
    },
    Group {
        rule: rules::BUILTIN,
        why: "it is part of a shell, no program",
        remedy: "cat /proc/1/limits for limits; which NAME for where a program lies",
        names: "ulimit type hash alias cd pushd source . : history jobs fg bg wait trap umask read mapfile compgen \
                enable bind times if for while",
    },
    Group {
        rule: rules::ENDLESS,
        why: "it runs on and tells nothing",
        remedy: "a sampling command with a count, such as vmstat 1 5",
        names: "sleep yes seq inotifywait inotifywatch pv usleep stress stress-ng",
    },
    Group {
        rule: rules::ENVIRONMENT,
        why: "the environment is where most secrets are",
        remedy: "printenv NAME with a listed name, such as HOSTNAME; object details show which variables are set",
        names: "env set export declare typeset",
    },
    Group {
        rule: rules::LAUNCHER,
        why: "it starts another program",
        remedy: "run that program itself; the time limit is the host's",
        names: "busybox toybox timeout nice nohup stdbuf setsid chroot nsenter unshare xargs sudo su doas runuser \
                gosu su-exec watch script time command exec eval setarch linux32 linux64 flock parallel entr tini \
                dumb-init ld.so capsh setpriv ld-linux.so.2 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 \
                ld-musl-x86_64.so.1 ld-musl-aarch64.so.1 start-stop-daemon run-parts run-mailcap cpulimit softlimit \
                multitime hyperfine strace-log-merge torify proxychains proxychains4 tsocks fakeroot faketime \
                firejail bwrap systemd-run systemd-nspawn runc crun choom ssh-askpass pkexec batch cgexec tcpserver \
                openvt unbuffer logsave sg newgrp chpst s6-setuidgid setlock envdir rsh catchsegv sshpass aoss \
                dotlockfile distcc",
    },
    Group {
        rule: rules::WRITES,
        why: "it can change files, processes or the system",
        remedy: "changes need an approved action; nothing here makes one",
        names: "rm mv cp ln touch mkdir rmdir chmod chown chgrp truncate dd tee split install kill pkill killall \
                reboot shutdown halt poweroff init service umount swapoff insmod modprobe rmmod apt apt-get \
                yum dnf crontab useradd passwd mkfs fdisk shred unlink mknod mkfifo tar zip unzip cpio \
                ar uniq sort patch logger wall sync ipcrm ipcmk losetup cryptsetup dmsetup lvm lvcreate pvcreate \
                vgcreate mdadm parted gdisk sfdisk fsck e2fsck resize2fs tune2fs debugfs xfs_repair mke2fs mkswap \
                hwclock ntpdate adjtime renice setfacl setfattr chattr chcon restorecon setenforce setcap usermod \
                userdel groupadd groupmod chpasswd chsh chfn visudo update-alternatives dpkg-reconfigure \
                update-ca-certificates snap flatpak pacman zypper brew opkg emerge lz4 \
                lzma 7z rar unrar pax dump restore rename mktemp csplit sponge fallocate fstrim depmod kmod rfkill \
                telinit runlevel rc-service rc-update supervisorctl s6-svc sv monit pm2 ldconfig wipefs blockdev \
                hdparm sdparm smartctl eject chvt loadkeys setterm stty reset tput write mesg mail sendmail mailx \
                rndc postfix named unbound-control redis-server mysqld postgres mongod etcd pg_ctl initdb createdb \
                dropdb vacuumdb",
    },
    Group {
        rule: rules::TRANSFER,
        why: "it reaches other hosts and moves data",
        remedy: "ss and netstat show connections; nslookup checks a name in the cluster; curl fetches the container's own health page",
        names: "telnet ssh scp sftp rsync ftp tftp traceroute tracepath mtr nmap whois aws gcloud az gsutil http \
                aria2c lynx links w3m smbclient nbdkit arping hping3 fping nping tcptraceroute iperf iperf3 ab wrk \
                hey siege httping grpcurl websocat wscat xh httpie curlie axel youtube-dl wget2 restic rclone s3cmd \
                mc azcopy ssh-copy-id autossh mosh finger rwho rlogin rcp uucp cancel lp lpr ssh-keyscan ldapsearch \
                ldapmodify kinit klist snmpwalk snmpget nbtscan smbmap rpcclient showmount mount.nfs openvas nikto \
                mosquitto_pub mosquitto_sub kcat kafkacat nats amqp-publish",
    },
    Group {
        rule: rules::SEARCH,
        why: "it reads whole trees, or matches or recodes text before secrets are masked",
        remedy: "ls and du for folders, tail or head for a listed log; a log's `pattern` filters after masking",
        names: "rg ag locate strings xxd od hexdump base64 base32 diff cmp comm cut tr jq yq tac rev nl fold paste \
                join zgrep bzcat xzcat lastlog look expand unexpand pr fmt column shuf tsort ptx csvtool hd uuencode \
                uudecode basenc bat batcat most lesspipe zmore zless zdiff bzgrep xzgrep lzcat zstdcat unzstd \
                zipinfo dos2unix iconv xmllint xsltproc xmlstarlet xq toml2json nm objdump readelf ldd size elfedit \
                plocate updatedb fd fzf ranger mlocate wdiff diff3 sdiff colordiff agrep ugrep ack csvgrep eqn troff \
                groff nroff soelim genisoimage arj dosbox binwalk exiftool identify convert gs pdftotext msgfilter \
                msgattrib",
    },
];

/// Rule, reason and remedy for a program's bare name.
pub(crate) fn about(name: &str) -> (&'static str, String, &'static str) {
    let group = GROUPS.iter().find(|group| group.names.split_ascii_whitespace().any(|known| known == name));
    let (rule, why, remedy) = match group {
        Some(group) => (group.rule, group.why, group.remedy),
        None => (
            rules::UNLISTED,
            "it is not in the table of commands",
            "one of the listed commands; the tool's description names them",
        ),
    };
    (rule, format!("{} is not allowed: {why}", crate::path::quote(name)), remedy)
}
