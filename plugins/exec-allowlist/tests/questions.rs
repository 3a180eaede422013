//! What the words do not tell: links, and implementations. The road answers; here a table does.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::{answered, configured, exec, of, policy, rule, text, unavailable, words};
use std::cell::RefCell;
use wardgate_guest::types::{Known, Question, Value};

/// A container's links: path and where it leads. What is not listed is missing.
fn image<'l>(links: &'l [(&'l str, &'l str)]) -> impl Fn(&Question) -> Result<Known, String> + 'l {
    move |question| {
        assert_eq!(question.kind, "path");
        let found = links.iter().find(|(path, _)| *path == question.subject);
        found.map_or(Err("missing".into()), |(_, real)| Ok(text(real)))
    }
}

#[test]
fn a_listed_path_that_is_a_link_is_judged_by_where_it_leads() {
    let links = [
        ("/var/log/app.log", "/var/log/app.log"),
        ("/var/log/current.log", "/var/log/app-7.log"),
        ("/var/log/x.log", "/run/secrets/kubernetes.io/serviceaccount/token"),
        ("/var/log/y.log", "/proc/1/environ"),
        ("/var/log/z.log", "/etc/passwd"),
        ("/var/log/nginx/access.log", "/proc/17/fd/pipe:[4711]"),
        ("/var/log/strange.log", "relative"),
        ("/etc/os-release", "/usr/lib/os-release"),
        ("/etc/mtab", "/proc/9/mounts"),
        ("/app", "/opt/app-1.2"),
        ("/logs", "/var/run/secrets"),
    ];
    for (command, expected) in [
        ("cat /var/log/app.log", ("allow", "exec.cat")),
        ("tail -n 5 /var/log/current.log", ("allow", "exec.tail")),
        ("cat /var/log/x.log", ("deny", "exec.path.link")),
        ("cat /var/log/app.log /var/log/y.log", ("deny", "exec.path.link")),
        ("head -n 1 /var/log/z.log", ("deny", "exec.path.link")),
        ("tail /var/log/nginx/access.log", ("deny", "exec.path.link")),
        ("wc -l /var/log/strange.log", ("deny", "exec.path.link")),
        ("cat /etc/os-release", ("allow", "exec.cat")),
        ("cat /etc/mtab", ("allow", "exec.cat")),
        ("ls -la /app/", ("allow", "exec.ls")),
        ("ls /logs", ("deny", "exec.path.link")),
        ("cat /var/log/gone.log", ("allow", "exec.cat")),
        ("openssl x509 -in /etc/ssl/certs/x.crt -noout -dates", ("allow", "exec.openssl")),
    ] {
        let verdict = answered(policy(), of(words(command)), &image(&links));
        assert_eq!(rule(&verdict), expected, "{command}");
    }
}

#[test]
fn what_could_have_been_told_and_was_not_denies() {
    let cat = || exec(&["cat", "/etc/hosts"]);
    for (word, expected) in [
        ("missing", "allow"),
        ("unavailable", "allow"),
        ("unsupported", "allow"),
        ("timeout", "deny"),
        ("refused", "deny"),
        ("no such word", "deny"),
    ] {
        let verdict = answered(policy(), cat(), &|_| Err(word.into()));
        assert_eq!(rule(&verdict).0, expected, "{word}");
    }
    let number = |_: &Question| Ok(Known { value: Value::Number(1), ..text("") });
    assert_eq!(rule(&answered(policy(), cat(), &number)), ("deny", "exec.path.unanswered"));
}

#[test]
fn nothing_is_asked_about_the_kernel_or_a_denied_command_or_by_the_look_up_itself() {
    for command in [
        "cat /proc/meminfo",
        "cat /sys/fs/cgroup/memory.max",
        "ss -tan",
        "ps aux",
        "cat /etc/shadow",
        "tail -f /var/log/app.log",
        "readlink -f /var/log/app.log",
        "readlink -f /bin/busybox",
        "readlink -f /usr/bin/date",
        "readlink -f /app",
        "curl -s localhost:8080/healthz",
    ] {
        answered(policy(), of(words(command)), &|question| unreachable!("{command} asks {question:?}"));
    }
}

#[test]
fn every_question_is_one_that_the_look_up_may_answer() {
    // The admission gate sees the host's own `readlink -f SUBJECT`: the grammar must let it through by its shape.
    for command in
        ["cat /etc/hosts /var/log/a.log", "date -d yesterday", "/usr/bin/date -d now", "ls -la /app /srv/", "httpd -v"]
    {
        let asked = RefCell::new(vec![]);
        answered(policy(), of(words(command)), &|question| {
            asked.borrow_mut().push(question.subject.clone());
            Err("unavailable".into())
        });
        assert!(!asked.borrow().is_empty(), "{command}");
        for subject in asked.borrow().iter() {
            let verdict = answered(policy(), exec(&["readlink", "-f", subject]), &|_| unreachable!("it asks"));
            assert_eq!(rule(&verdict), ("allow", "exec.readlink"), "{subject}");
        }
    }
}

#[test]
fn options_of_one_implementation_pass_where_it_is_known() {
    let gnu =
        [("/bin/date", "/usr/bin/date"), ("/usr/bin/date", "/usr/bin/date"), ("/usr/sbin/httpd", "/usr/sbin/httpd")];
    let alpine = [("/bin/date", "/bin/busybox"), ("/bin/busybox", "/bin/busybox"), ("/usr/sbin/httpd", "/bin/busybox")];
    // The official busybox image has hard links.
    let busybox =
        [("/bin/date", "/bin/date"), ("/bin/busybox", "/bin/busybox"), ("/usr/sbin/httpd", "/usr/sbin/httpd")];
    let odd = [("/bin/date", "/opt/tools/all-in-one")];
    let toybox = [("/bin/date", "/bin/toybox")];
    for (name, links, date, httpd) in [
        ("GNU", &gnu[..], "allow", "allow"),
        ("Alpine", &alpine, "allow", "deny"),
        ("busybox", &busybox, "deny", "deny"),
        ("odd", &odd, "deny", "deny"),
        ("toybox", &toybox, "allow", "deny"),
        ("empty", &[], "deny", "deny"),
    ] {
        let verdict = answered(policy(), exec(&["date", "-d", "yesterday"]), &image(links));
        assert_eq!(rule(&verdict).0, date, "{name}");
        let verdict = answered(policy(), exec(&["/usr/sbin/httpd", "-v"]), &image(links));
        assert_eq!(rule(&verdict).0, httpd, "{name}");
        // What holds everywhere passes everywhere.
        let verdict = answered(policy(), exec(&["date", "-u"]), &image(links));
        assert_eq!(rule(&verdict), ("allow", "exec.date"), "{name}");
    }
    let verdict = answered(policy(), exec(&["date", "-d", "yesterday"]), &unavailable);
    assert_eq!(rule(&verdict), ("deny", "exec.flavour"));
}

#[test]
fn the_grammar_that_asks_for_least_decides_once_the_implementation_is_known() {
    let settings = r#"{"add": {"commands": [
        {"command": "x", "tier": "costly", "words": ["a"], "ask": ["x a"]},
        {"command": "x", "flavours": ["busybox"], "words": ["a"], "allow": ["x a"]}]}}"#;
    let policy = configured(settings).unwrap();
    let verdict = answered(&policy, exec(&["x", "a"]), &image(&[("/bin/x", "/bin/busybox")]));
    assert_eq!(rule(&verdict), ("allow", "exec.x"));
    let verdict = answered(&policy, exec(&["x", "a"]), &image(&[("/usr/bin/x", "/usr/bin/x")]));
    assert_eq!(rule(&verdict), ("ask", "exec.x.costly"));
}
