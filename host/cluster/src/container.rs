//! Which container a request means: the one it names, the default-container annotation's, the only one, else an error that lists
//! them. The same rule for a live cluster and a mirror.
use wardgate_core::Denial;

/// Chooses among `containers`, of which the first `main` are no init containers.
pub fn choose<'a>(
    pod: &str,
    named: Option<&str>,
    default: Option<&str>,
    containers: &[&'a str],
    main: usize,
) -> Result<&'a str, Denial> {
    let list = || containers.join(", ");
    if let Some(named) = named {
        let found = containers.iter().find(|name| **name == named).copied();
        return found.ok_or_else(|| {
            Denial::new("target.container", format!("pod {pod} has no container {named:?}"))
                .remedy(format!("one of: {}", list()))
        });
    }
    if let Some(found) = default.and_then(|default| containers.iter().find(|name| **name == default)) {
        return Ok(found);
    }
    match containers.get(..main) {
        Some([only]) => Ok(only),
        _ => Err(Denial::new("target.container", format!("pod {pod} has several containers"))
            .remedy(format!("name one of: {}", list()))),
    }
}

/// How a pod that a selector found and that has no such container is told.
pub(crate) fn left_out(pod: &str, denial: &Denial) -> String {
    format!("{pod} ({}; {})", denial.reason, denial.remedy.as_deref().unwrap_or_default())
}

/// None of the pods that a selector may have found can be looked at; those that were left out say why.
pub(crate) fn none_fits(namespace: &str, left_out: &[String]) -> Denial {
    let Some(first) = left_out.first() else {
        return Denial::new("target.missing", format!("no pod of namespace {namespace:?} fits the selector"))
            .remedy("list the pods of the namespace with their labels");
    };
    let (shown, more) =
        (left_out.iter().take(3).cloned().collect::<Vec<_>>().join("; "), left_out.len().saturating_sub(3));
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Denial::new(
        "target.container",
        format!("of each pod that fits the selector it is open which container: {shown}{more}"),
    )
    .remedy(format!("name a container that each of them has: {first}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_then_the_annotated_then_the_only_one() {
        for (named, default, containers, main, chosen) in [
            (Some("b"), Some("a"), &["a", "b"][..], 2, Ok("b")),
            (None, Some("b"), &["a", "b"], 2, Ok("b")),
            (None, Some("gone"), &["a", "b"], 2, Err("name one of: a, b")),
            (None, None, &["a", "init"], 1, Ok("a")),
            (Some("init"), None, &["a", "init"], 1, Ok("init")),
            (None, None, &["a", "b"], 2, Err("name one of: a, b")),
            (Some("c"), None, &["a"], 1, Err("one of: a")),
            (None, None, &[], 0, Err("name one of: ")),
        ] {
            let got = choose("p", named, default, containers, main);
            assert_eq!(got.map_err(|denial| denial.remedy.unwrap_or_default()), chosen.map_err(String::from));
        }
    }
}
