//! The floor of metrics: every selector of a query names only labelled namespaces, or its metric is one that the operator listed as
//! belonging to the cluster. No policy can lift it.
//!
//! Pure: text in, verdict out. A selector qualifies if one of its matchers alone keeps it to labelled namespaces: matchers can only
//! narrow each other. Where alternatives are joined by `or` inside braces, each must qualify. What cannot be parsed cannot be shown to
//! keep to the rule, and is denied.
use std::{collections::BTreeSet, panic::catch_unwind};
use wardgate_core::Denial;
use wardgate_promql::{
    Kind, Limits, equal, kind, literals,
    promql_parser::{
        label::{METRIC_NAME, Matcher},
        parser::{Expr, VectorSelector},
    },
    render,
};

/// The one rule of this floor.
pub const RULE: &str = "floor.namespace";
/// What a query may hold at most: above what the guard allows, so that the guard's words are the ones that are read.
const LIMITS: Limits = Limits { bytes: 8 * 1024, nesting: 64, operators: 400, patterns: 50_000 };

/// Whether every selector of `query` keeps to labelled namespaces or to `cluster_metrics`.
pub fn check(query: &str, labelled: &dyn Fn(&str) -> bool, cluster_metrics: &BTreeSet<String>) -> Result<(), Denial> {
    let expr = parse(query).map_err(unreadable)?;
    walk(&expr, &mut |selector| qualify(selector, labelled, cluster_metrics))
}

/// The same for the bare selector of a request for metadata.
pub fn check_selector(
    selector: &str,
    labelled: &dyn Fn(&str) -> bool,
    cluster_metrics: &BTreeSet<String>,
) -> Result<(), Denial> {
    match parse(selector).map_err(unreadable)? {
        Expr::VectorSelector(selector) => qualify(&selector, labelled, cluster_metrics),
        _ => {
            Err(Denial::new(RULE, "the selector is not a plain one").remedy("Use one such as `up{namespace=\"...\"}`."))
        }
    }
}

/// A query in its one canonical form: what two readers of the same text could read differently is gone from it.
pub fn canonical(query: &str) -> Result<String, Denial> {
    let text = render(&parse(query).map_err(unreadable)?);
    // What was written must read as what was meant, or it is not sent.
    match parse(&text) {
        Ok(again) if render(&again) == text => Ok(text),
        _ => Err(unreadable("it has no canonical form")),
    }
}

/// Parses a query of bounded length and depth; never panics. Matchers are to be read with [`kind`].
pub fn parse(query: &str) -> Result<Expr, String> {
    // The parser panics on some numbers. The scan keeps those out; this keeps out the ones nobody has found yet.
    match catch_unwind(|| wardgate_promql::parse(query, LIMITS)) {
        Ok(parsed) => parsed.map_err(|trouble| trouble.to_string()),
        Err(_) => Err("it is not a query".to_owned()),
    }
}

fn unreadable(why: impl AsRef<str>) -> Denial {
    let why: String = why.as_ref().chars().take(200).collect();
    Denial::new(RULE, format!("the query cannot be read, so not shown to keep to labelled namespaces: {why}"))
        .remedy("Correct the query's syntax.")
}

/// Shows every selector of a tree, wherever it stands. Anything that may read series without a selector is refused.
fn walk(expr: &Expr, see: &mut dyn FnMut(&VectorSelector) -> Result<(), Denial>) -> Result<(), Denial> {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::VectorSelector(selector) => see(selector)?,
            Expr::MatrixSelector(matrix) => see(&matrix.vs)?,
            Expr::Subquery(subquery) => open.push(&subquery.expr),
            Expr::Paren(paren) => open.push(&paren.expr),
            Expr::Unary(unary) => open.push(&unary.expr),
            Expr::Binary(binary) => open.extend([&*binary.rhs, &*binary.lhs]),
            Expr::Aggregate(aggregate) => {
                open.push(&aggregate.expr);
                open.extend(aggregate.param.as_deref());
            }
            Expr::Call(call) if call.func.name == "info" => {
                return Err(Denial::new(RULE, "`info` reads `target_info` of every namespace")
                    .remedy("Join with the info metric explicitly: `* on (...) group_left (...) target_info{namespace=\"...\"}`."));
            }
            Expr::Call(call) => open.extend(call.args.args.iter().map(|a| &**a)),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => {}
            Expr::Extension(_) => return Err(unreadable("it holds an extension")),
        }
    }
    Ok(())
}

fn qualify(
    selector: &VectorSelector,
    labelled: &dyn Fn(&str) -> bool,
    cluster_metrics: &BTreeSet<String>,
) -> Result<(), Denial> {
    if keeps(selector, labelled, cluster_metrics) { Ok(()) } else { Err(refuse(selector, labelled)) }
}

/// Whether a selector keeps to labelled namespaces, or to a metric of the cluster.
pub(crate) fn keeps(
    selector: &VectorSelector,
    labelled: &dyn Fn(&str) -> bool,
    cluster_metrics: &BTreeSet<String>,
) -> bool {
    if selector.name.as_ref().is_some_and(|name| cluster_metrics.contains(name)) {
        return true;
    }
    let all = &selector.matchers.matchers;
    let alternatives = &selector.matchers.or_matchers;
    let qualifies = |group: &[Matcher]| {
        // What stands beside the alternatives holds for each of them.
        all.iter().chain(group).any(|m| names_cluster_metric(m, cluster_metrics) || is_labelled(m, labelled))
    };
    if alternatives.is_empty() { qualifies(&[]) } else { alternatives.iter().all(|group| qualifies(group)) }
}

/// Whether a selector asks for a namespace that is not labelled, or for what has none, by its name.
pub(crate) fn names_closed(selector: &VectorSelector, labelled: &dyn Fn(&str) -> bool) -> bool {
    let matchers = selector.matchers.matchers.iter().chain(selector.matchers.or_matchers.iter().flatten());
    let named = matchers.filter(|matcher| matcher.name == "namespace").filter_map(|matcher| match kind(matcher) {
        Kind::Equal(name) => Some(vec![name.to_owned()]),
        Kind::Pattern(pattern) => literals(pattern),
        Kind::NotEqual(_) | Kind::NotPattern(_) => None,
    });
    named.flatten().any(|name| !labelled(&name))
}

fn names_cluster_metric(matcher: &Matcher, cluster_metrics: &BTreeSet<String>) -> bool {
    matcher.name == METRIC_NAME && matches!(kind(matcher), Kind::Equal(name) if cluster_metrics.contains(name))
}

fn is_labelled(matcher: &Matcher, labelled: &dyn Fn(&str) -> bool) -> bool {
    namespaces(matcher).is_some_and(|names| names.iter().all(|name| labelled(name)))
}

/// The namespaces that a matcher keeps to, if it can be told from its text.
fn namespaces(matcher: &Matcher) -> Option<Vec<String>> {
    if matcher.name != "namespace" {
        return None;
    }
    let names = match kind(matcher) {
        // An empty value matches what has no such label.
        Kind::Equal(name) => vec![name.to_owned()],
        Kind::Pattern(pattern) => literals(pattern)?,
        Kind::NotEqual(_) | Kind::NotPattern(_) => return None,
    };
    names.iter().all(|n| !n.is_empty()).then_some(names)
}

/// Says which matcher to add, or which namespace is not open.
pub(crate) fn refuse(selector: &VectorSelector, labelled: &dyn Fn(&str) -> bool) -> Denial {
    let text = clip(&wardgate_promql::selector(selector));
    let matchers = || selector.matchers.matchers.iter().chain(selector.matchers.or_matchers.iter().flatten());
    let closed = matchers().filter_map(namespaces).flatten().find(|name| !labelled(name));
    let example = {
        let mut plain = selector.clone();
        plain.matchers.matchers.retain(|m| m.name != "namespace");
        plain.matchers.or_matchers.clear();
        plain.matchers.matchers.push(equal("namespace", "NAMESPACE"));
        clip(&wardgate_promql::selector(&plain))
    };
    let reason = match &closed {
        Some(name) => format!("`{text}` names the namespace {:?}, which is not labelled for access", clip(name)),
        None if matchers().any(|m| m.name == "namespace") => {
            format!("`{text}` does not name its namespaces literally (`=`, or `=~` with names joined by `|`)")
        }
        None => format!("`{text}` names no namespace"),
    };
    Denial::new(RULE, reason)
        .remedy(format!(
            "Add namespace=\"NAMESPACE\" with a labelled namespace (the tool k8s_list with kind namespaces lists them), as in `{example}`; or namespace=~\"a|b\" for several."
        ))
        .detail("selector", text)
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn open(namespace: &str) -> bool {
        matches!(namespace, "shop" | "pay" | "a.b")
    }

    fn cluster() -> BTreeSet<String> {
        ["node_load1", "kube_node_info", "my.metric"].map(str::to_owned).into()
    }

    fn passes(query: &str) -> bool {
        check(query, &open, &cluster()).is_ok()
    }

    #[test]
    fn queries_within_labelled_namespaces_pass() {
        for query in [
            r#"up{namespace="shop"}"#,
            r"up{namespace='shop'}",
            r#"up{"namespace"="shop"}"#,
            r#"{"up", namespace="shop"}"#,
            r#"{__name__=~".+", namespace="shop"}"#,
            r#"up{namespace=~"shop|pay"}"#,
            r#"up{namespace=~"(shop|pay)"}"#,
            r#"up{namespace=~"shop"}"#,
            r#"up{namespace=~"a\\.b|shop"}"#,
            r"up{namespace=~`a\.b|shop`}",
            r#"up{namespace="shop",namespace!="x"}"#,
            r#"up{namespace="shop",namespace=~".+"}"#,
            r#"up{namespace="\x73hop"}"#,
            r#"{namespace="shop" or namespace="pay"}"#,
            r#"sum by (namespace) (rate(http_requests_total{namespace="shop"}[5m] offset 1h @ end()))"#,
            r#"max_over_time(sum(rate(x{namespace="shop"}[5m]))[1h:1m])"#,
            r#"x{namespace="shop"} * on (node) group_left kube_node_info"#,
            "node_load1",
            "{__name__=\"node_load1\"}",
            "{\"my.metric\"}",
            "{__name__=\"node_load1\",job=~\".*\"}",
            "{__name__=\"node_load1\" or __name__=\"kube_node_info\"}",
            "vector(1) + time()",
            "rate(node_load1[5m])",
        ] {
            assert!(passes(query), "{query}: {:?}", check(query, &open, &cluster()));
        }
    }

    #[test]
    fn selector_outside_labelled_namespaces_is_refused_wherever_it_hides() {
        for (attack, query) in [
            ("no namespace", "up"),
            ("another namespace", r#"up{namespace="kube-system"}"#),
            ("empty value matches series without the label", r#"up{namespace=""}"#),
            ("empty alternative", r#"up{namespace=~"shop|"}"#),
            ("empty pattern", r#"up{namespace=~""}"#),
            ("empty group", r#"up{namespace=~"()"}"#),
            ("pattern", r#"up{namespace=~"shop.*"}"#),
            ("a dot is any character", r#"up{namespace=~"a.b"}"#),
            ("class", r#"up{namespace=~"[a-z]+"}"#),
            ("flag", r#"up{namespace=~"(?i)shop"}"#),
            ("anchors do not make a literal", r#"up{namespace=~"^shop$|.*"}"#),
            ("one closed alternative", r#"up{namespace=~"shop|kube-system"}"#),
            ("nested alternation", r#"up{namespace=~"(shop|(pay|.*))"}"#),
            ("two groups", r#"up{namespace=~"(shop)|(.*)"}"#),
            ("escape class", r#"up{namespace=~"\\w+"}"#),
            ("quoted span", r#"up{namespace=~"\\Qshop\\E"}"#),
            ("negative", r#"up{namespace!="kube-system"}"#),
            ("negative pattern", r#"up{namespace!~"kube-.*"}"#),
            ("other label", r#"up{exported_namespace="shop"}"#),
            ("other case", r#"up{Namespace="shop"}"#),
            ("look-alike", "up{\"nаmespace\"=\"shop\"}"),
            ("trailing blank in the name", r#"up{"namespace "="shop"}"#),
            ("newline in the value", "up{namespace=\"shop\\n\"}"),
            ("or group without namespace", r#"{namespace="shop" or job="x"}"#),
            ("or group without namespace, last", r#"up{job="x" or namespace="shop"}"#),
            ("or with a closed namespace", r#"{namespace="shop" or namespace="kube-system"}"#),
            ("cluster metric or another", r#"{__name__="node_load1" or __name__="secrets"}"#),
            ("cluster metric by pattern", r#"{__name__=~"node_load1"}"#),
            ("cluster metric by prefix", r#"{__name__=~"node_load1.*"}"#),
            ("cluster metric negated", r#"{__name__!="node_load1"}"#),
            ("cluster metric as a label's value", r#"up{name="node_load1"}"#),
            ("cluster metric in a comment", "up # node_load1\n"),
            ("namespace in a comment", "up # {namespace=\"shop\"}\n"),
            ("namespace in a string", r#"up{job="namespace=\"shop\""}"#),
            ("right side", r#"up{namespace="shop"} or up"#),
            ("left side", r#"up or up{namespace="shop"}"#),
            ("unless", r#"up unless up{namespace="shop"}"#),
            ("subquery", r"max_over_time(up[1h:1m])"),
            ("nested subquery", r"max_over_time(max_over_time(rate(up[5m])[1h:1m])[1h:1m])"),
            ("matrix", r"rate(up[5m])"),
            ("function argument", r#"clamp_max(up{namespace="shop"}, scalar(up))"#),
            ("aggregation parameter", r#"topk(scalar(sum(up)), up{namespace="shop"})"#),
            ("aggregation parameter of quantile", r#"quantile(scalar(secret), up{namespace="shop"})"#),
            ("unary", "-up"),
            ("parentheses", "((up))"),
            ("bool comparison", r#"up{namespace="shop"} > bool up"#),
            ("label rewriting does not add a matcher", r#"label_replace(up, "namespace", "shop", "", "")"#),
            ("grouping does not add a matcher", r"sum by (namespace) (up)"),
            ("at", "up @ 0"),
            ("info reads a hidden selector", r#"info(up{namespace="shop"})"#),
            ("info with a selector", r#"info(up{namespace="shop"}, {namespace="shop"})"#),
            ("absent tells whether something is there", "absent(up)"),
            ("raw string that seems to stay open", r#"up{a=`\`,namespace=~".*",b=`,namespace="shop"`}"#),
            ("nothing", ""),
            ("no query", "up{namespace=\"shop\""),
            ("injected through a value", r#"up{namespace="shop"} or up{namespace="pay"} or {job="x"}"#),
        ] {
            let refused = check(query, &open, &cluster());
            assert_eq!(refused.as_ref().map_err(|d| d.rule.as_str()), Err(RULE), "{attack}: {query}");
            assert!(refused.unwrap_err().remedy.is_some(), "{attack}");
        }
    }

    #[test]
    fn a_refusal_names_the_matcher_to_add() {
        let denial = check(r#"sum(rate(http_requests_total{job="x"}[5m]))"#, &open, &cluster()).unwrap_err();
        assert!(denial.reason.contains("names no namespace"), "{}", denial.reason);
        let remedy = denial.remedy.unwrap();
        assert!(remedy.contains(r#"`http_requests_total{job="x",namespace="NAMESPACE"}`"#), "{remedy}");
        let denial = check(r#"up{namespace="kube-system"}"#, &open, &cluster()).unwrap_err();
        assert!(denial.reason.contains("\"kube-system\", which is not labelled"), "{}", denial.reason);
        let denial = check(r#"up{namespace=~"shop.*"}"#, &open, &cluster()).unwrap_err();
        assert!(denial.reason.contains("literally"), "{}", denial.reason);
    }

    #[test]
    fn a_bare_selector_of_metadata_is_held_to_the_same_rule() {
        assert!(check_selector(r#"up{namespace="shop"}"#, &open, &cluster()).is_ok());
        assert!(check_selector("node_load1", &open, &cluster()).is_ok());
        for selector in ["up", "{}", r#"up{namespace="shop"} or up"#, r#"rate(up{namespace="shop"}[5m])"#, "1"] {
            assert!(check_selector(selector, &open, &cluster()).is_err(), "{selector}");
        }
    }

    #[test]
    fn numbers_and_depths_that_break_parsers_are_refused_in_time() {
        for query in [
            "up[1e30]".to_owned(),
            "up[1e400]".to_owned(),
            "up offset 99999999999999999999".to_owned(),
            "up{namespace=\"shop\"} offset Inf".to_owned(),
            "up{namespace=\"shop\"} offset -NaN".to_owned(),
            "rate(up{namespace=\"shop\"}[1m5000000000ms])".to_owned(),
            "-".repeat(4000),
            format!("up{}", "+up".repeat(1300)),
            "(".repeat(4000),
            format!("up{{a=~\"{}\"}}", "x{900}".repeat(600)),
            "up{namespace=\"shop\"}".repeat(500),
            "up{namespace=\"\\é\"}".to_owned(),
            "\u{0}".to_owned(),
        ] {
            let began = std::time::Instant::now();
            assert!(!passes(&query), "{}", &query[..query.len().min(40)]);
            assert!(began.elapsed().as_millis() < 500, "{}", &query[..query.len().min(40)]);
        }
    }

    #[test]
    fn canonical_text_reads_the_same_to_everybody() {
        let text = canonical("sum(rate({\"up\",namespace='shop',pod=~`a\\d+`}[5m])) by(pod) # note").unwrap();
        assert_eq!(text, "sum by (pod) (rate(up{namespace=\"shop\",pod=~\"a\\\\d+\"}[5m]))");
        assert_eq!(canonical(&text).as_deref(), Ok(text.as_str()));
    }

    /// Namespaces as an attacker would try to write them.
    fn matcher() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            Just("shop".to_owned()),
            Just("pay".to_owned()),
            Just("kube-system".to_owned()),
            Just(String::new()),
            "[a-z.|*+?()\\\\-]{0,12}".prop_map(|s| s.replace('\\', "\\\\")),
        ];
        (prop_oneof![Just("namespace"), Just("\"namespace\""), Just("job")], prop_oneof!["=", "=~", "!=", "!~"], value)
            .prop_map(|(label, op, value)| format!("{label}{op}\"{value}\""))
    }

    /// What Prometheus takes a matcher for; a pattern that does not compile matches nothing.
    fn is_match(matcher: &Matcher, value: &str) -> bool {
        let pattern = |text: &str| regex::Regex::new(&format!("^(?s:{text})$")).ok();
        match kind(matcher) {
            Kind::Equal(text) => value == text,
            Kind::NotEqual(text) => value != text,
            Kind::Pattern(text) => pattern(text).is_some_and(|p| p.is_match(value)),
            Kind::NotPattern(text) => pattern(text).is_some_and(|p| !p.is_match(value)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// The law of the floor, checked against the matchers' own meaning: what passes matches no closed namespace.
        #[test]
        fn a_selector_that_passes_matches_no_closed_namespace(
            groups in prop::collection::vec(prop::collection::vec(matcher(), 1..4), 1..3),
            name in prop_oneof![Just("up"), Just("")],
        ) {
            let lists: Vec<String> = groups.iter().map(|g| g.join(",")).collect();
            let query = format!("{name}{{{}}}", lists.join(" or "));
            let Ok(Expr::VectorSelector(selector)) = parse(&query) else { return Ok(()) };
            if !passes(&query) { return Ok(()) }
            for closed in ["kube-system", "", "x", "shopx", "xshop", "shop-2", "SHOP", "shop\n", "a-b", "axb", "default"] {
                let all = &selector.matchers.matchers;
                let matches = |group: &[Matcher]| {
                    all.iter().chain(group).filter(|m| m.name == "namespace").all(|m| is_match(m, closed))
                };
                let groups = &selector.matchers.or_matchers;
                let hit = if groups.is_empty() { matches(&[]) } else { groups.iter().any(|g| matches(g)) };
                prop_assert!(!hit, "{query} matches {closed:?}");
            }
        }

        #[test]
        fn no_text_makes_the_floor_panic(text in "[a-z0-9{}()\\[\\]=~!\"'`\\\\|,:@+*/<> .#\né-]{0,60}") {
            let _ = check(&text, &open, &cluster());
            let _ = canonical(&text);
        }

        /// Text around a closed selector never opens it.
        #[test]
        fn wrapping_a_closed_selector_never_opens_it(wraps in prop::collection::vec(0usize..8, 0..6)) {
            let mut query = "secret".to_owned();
            for wrap in wraps {
                query = match wrap {
                    0 => format!("({query})"),
                    1 => format!("sum by (namespace) ({query})"),
                    2 => format!("topk(3, {query})"),
                    3 => format!("abs({query})"),
                    4 => format!("max_over_time(({query})[1h:1m])"),
                    5 => format!("up{{namespace=\"shop\"}} or {query}"),
                    6 => format!("{query} + on () group_left () up{{namespace=\"shop\"}}"),
                    _ => format!("-{query}"),
                };
            }
            prop_assert!(parse(&query).is_ok(), "{query}");
            prop_assert!(!passes(&query), "{query}");
        }
    }
}
