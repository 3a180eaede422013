//! Which process a command left behind, out of the container's own list of processes. A container may print anything: what does not
//! read as such a list tells nothing, and only numbers of it are told to anybody.
use crate::Question;

/// Pids told at most.
const TOLD: usize = 8;
/// Bytes of a process' name that the kernel keeps.
const NAME: usize = 15;
/// The program that makes the list.
const LISTER: &str = "ps";

/// The processes that may be the one asked for, of a list with the columns PID, PPID and COMMAND: by its name, and because whatever comes
/// into a container from outside has no parent there. `None` where the list does not tell.
pub(super) fn of(list: &[u8], question: &Question) -> Option<Vec<u32>> {
    let name = question.subject.get(..NAME).unwrap_or(&question.subject);
    let mut lines = std::str::from_utf8(list).ok()?.lines();
    let header: Vec<&str> = lines.next()?.split_whitespace().collect();
    if header != ["PID", "PPID", "COMMAND"] {
        return None;
    }
    let mut found = Vec::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let (pid, parent): (u32, u32) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let command = words.collect::<Vec<_>>().join(" ");
        if pid == 2 && command == "kthreadd" {
            // The node's own list: there the parent of what came from outside is a process like any other.
            return None;
        }
        if pid != 1 && parent == 0 && command == name {
            found.push(pid);
        }
    }
    if name == LISTER {
        // The list has its own maker in it, who came last.
        let last = found.iter().copied().max();
        found.retain(|pid| Some(*pid) != last);
    }
    Some(found)
}

/// What is said of it; a line.
pub(super) fn told(pids: Option<&[u32]>) -> String {
    match pids {
        None => "its pid is not known: the container does not tell\n".into(),
        Some([]) => "the container's own ps lists no such process: it may have ended\n".into(),
        Some(pids) => {
            let shown: Vec<String> = pids.iter().take(TOLD).map(u32::to_string).collect();
            let (one, more) = (if pids.len() == 1 { "pid" } else { "one of the pids" }, pids.len() > TOLD);
            let more = if more { " and more" } else { "" };
            format!("may still be running: {one} {}{more}, by the container's own ps\n", shown.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(program: &str) -> Question {
        Question {
            kind: "process".into(),
            subject: program.into(),
            window: None,
            stop_at: None,
            arguments: std::collections::BTreeMap::new(),
        }
    }

    /// As procps and busybox write it.
    const GNU: &str = "    PID    PPID COMMAND\n      1       0 java\n     17       0 find\n     18      17 find\n     40       0 ps\n";
    const BUSYBOX: &str = "PID   PPID  COMMAND\n    1     0 java\n   17     0 find\n   40     0 ps\n";

    #[test]
    fn a_process_is_found_by_its_name_and_that_it_came_from_outside() {
        for (list, program, pids) in [
            (GNU, "find", Some(vec![17])),
            (BUSYBOX, "find", Some(vec![17])),
            (GNU, "java", Some(vec![])),
            (GNU, "du", Some(vec![])),
            // Who made the list is not what was left behind.
            (GNU, "ps", Some(vec![])),
            ("PID PPID COMMAND\n17 0 ps\n40 0 ps\n", "ps", Some(vec![17])),
            ("PID PPID COMMAND\n17 0 du\n19 0 du\n", "du", Some(vec![17, 19])),
            ("PID PPID COMMAND\n17 0 a-very-long-nam\n", "a-very-long-name-indeed", Some(vec![17])),
            ("PID PPID COMMAND\n17 0 find <defunct>\n", "find", Some(vec![])),
            // The node's processes.
            ("PID PPID COMMAND\n2 0 kthreadd\n17 0 find\n", "find", None),
            // No such list.
            ("", "find", None),
            ("USER PID PPID COMMAND\n", "find", None),
            ("PID PPID COMMAND\n17\n", "find", None),
            ("PID PPID COMMAND\nignore 0 find\n", "find", None),
        ] {
            assert_eq!(of(list.as_bytes(), &asked(program)), pids, "{list}");
        }
        assert_eq!(of(b"\xff", &asked("find")), None);
    }

    #[test]
    fn no_more_is_said_than_is_known() {
        let many: Vec<u32> = (10..30).collect();
        for (pids, says) in [
            (None, "its pid is not known"),
            (Some(&[][..]), "lists no such process"),
            (Some(&[17][..]), "may still be running: pid 17, by"),
            (Some(&[17, 18][..]), "one of the pids 17, 18, by"),
            (Some(&many[..]), "16, 17 and more, by"),
        ] {
            assert!(told(pids).contains(says), "{}", told(pids));
        }
    }
}
