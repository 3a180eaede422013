//! Which of the names that exist somebody may have meant.

/// Longest name that is compared.
const LONGEST: usize = 200;

/// At most `most` of `names`, nearest first: recording rules over `wanted` (`level:wanted:operations`), then names that hold it or that it
/// holds as a run of whole words, then names a few slips of the pen away. Names that are like it in no such way are left out.
pub fn near<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    if wanted.len() > LONGEST || wanted.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, &str)> =
        names.into_iter().filter_map(|name| distance(wanted, name).map(|d| (d, name))).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(most).map(|(_, name)| name).collect()
}

/// How far apart two names are; none if they have nothing to do with each other.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    if name == wanted || name.len() > LONGEST {
        return None;
    }
    if name.split(':').any(|part| part == wanted) {
        return Some(0);
    }
    let (longer, shorter) = if name.len() > wanted.len() { (name, wanted) } else { (wanted, name) };
    let extra = longer.len() - shorter.len();
    if shorter.contains('_') && holds(longer, shorter) {
        return Some(1 + extra / 8);
    }
    // A slip in four letters, five slips at most.
    let slips = (wanted.len() / 4).clamp(1, 5);
    if extra > slips {
        return None;
    }
    let edits = edits(wanted.as_bytes(), name.as_bytes());
    (edits <= slips).then_some(1 + edits)
}

/// Whether one name stands in another between underscores.
fn holds(longer: &str, shorter: &str) -> bool {
    let bytes = longer.as_bytes();
    longer.match_indices(shorter).any(|(at, _)| {
        let ends = |b: Option<&u8>| b.is_none_or(|b| matches!(b, b'_' | b':'));
        ends(at.checked_sub(1).and_then(|i| bytes.get(i))) && ends(bytes.get(at + shorter.len()))
    })
}

/// Letters to insert, drop or change (Levenshtein).
fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &[
        "http_requests_total",
        "http_request_duration_seconds_bucket",
        "http_request_duration_seconds_count",
        "job:http_requests_total:rate5m",
        "up",
        "ups_status",
        "node_load1",
        "node_load15",
        "kube_pod_info",
    ];

    #[test]
    fn what_was_meant_comes_first() {
        for (wanted, expected) in [
            ("http_request_total", vec!["http_requests_total"]),
            ("http_requests", vec!["http_requests_total", "job:http_requests_total:rate5m"]),
            ("http_requests_total", vec!["job:http_requests_total:rate5m"]),
            (
                "http_request_duration_seconds",
                vec!["http_request_duration_seconds_bucket", "http_request_duration_seconds_count"],
            ),
            ("kube_pods_info", vec!["kube_pod_info"]),
            ("node_load5", vec!["node_load1", "node_load15"]),
            ("upp", vec!["up"]),
            ("completely_different", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(near(wanted, NAMES.iter().copied(), 10), expected, "{wanted}");
        }
        assert_eq!(near("node_load5", NAMES.iter().copied(), 1), ["node_load1"]);
    }
}
