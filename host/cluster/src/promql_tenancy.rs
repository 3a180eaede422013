//! Tenancy of metrics: who asks without naming namespaces is refused, or is answered about the namespaces that are open to them.
//!
//! A rewrite adds to each selector one matcher more, and matchers can only narrow each other. It is trusted no further than the
//! caller's own text: what comes out must pass the floor like any query, and a text that names closed namespaces is refused instead of
//! being answered with an empty result that reads like good news.
use crate::promql_floor::{self, RULE};
use std::collections::BTreeSet;
use wardgate_core::Denial;
use wardgate_promql::{
    PATTERN, equal, has_alternatives,
    promql_parser::parser::{Expr, VectorSelector},
};

/// What becomes of a selector that does not name its namespaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tenancy {
    /// The query is refused, with the matcher to add.
    #[default]
    Refuse,
    /// The host adds the namespaces that are open to the caller; reviewers, record and server see the query so.
    Rewrite,
}

/// Namespaces that one matcher can name; the floor reads no more.
const NAMESPACES: usize = 100;

/// The query as it will be reviewed and run: canonical, and within the floor.
pub fn query(
    text: &str,
    tenancy: Tenancy,
    open: &[String],
    cluster_metrics: &BTreeSet<String>,
) -> Result<String, Denial> {
    let canonical = promql_floor::canonical(text)?;
    let labelled = |namespace: &str| open.iter().any(|name| name == namespace);
    let refused = match promql_floor::check(&canonical, &labelled, cluster_metrics) {
        Ok(()) => return Ok(canonical),
        Err(denial) if tenancy == Tenancy::Refuse => return Err(denial),
        Err(denial) => denial,
    };
    let mut expr = promql_floor::parse(&canonical).map_err(|_| refused.clone())?;
    let matcher = matcher(open).ok_or_else(|| cannot(open.len()))?;
    for selector in selectors(&mut expr) {
        if !promql_floor::keeps(selector, &labelled, cluster_metrics) {
            if promql_floor::names_closed(selector, &labelled) || has_alternatives(selector) {
                return Err(promql_floor::refuse(selector, &labelled));
            }
            selector.matchers.matchers.push(equal("namespace", &matcher));
        }
    }
    let rewritten = promql_floor::canonical(&wardgate_promql::render(&expr))?;
    // Whatever was missed above is refused here.
    promql_floor::check(&rewritten, &labelled, cluster_metrics)?;
    Ok(rewritten)
}

/// The same for the bare selector of a request for metadata.
pub fn selector(
    text: &str,
    tenancy: Tenancy,
    open: &[String],
    cluster_metrics: &BTreeSet<String>,
) -> Result<String, Denial> {
    let labelled = |namespace: &str| open.iter().any(|name| name == namespace);
    let rewritten = match promql_floor::parse(text) {
        Ok(Expr::VectorSelector(_)) => query(text, tenancy, open, cluster_metrics)?,
        // Anything else has its refusal there.
        _ => text.to_owned(),
    };
    promql_floor::check_selector(&rewritten, &labelled, cluster_metrics)?;
    Ok(rewritten)
}

/// The value of a matcher that keeps to these namespaces: one name, or a marked pattern of several.
fn matcher(open: &[String]) -> Option<String> {
    match open {
        [] => None,
        [one] => Some(one.clone()),
        many if many.len() <= NAMESPACES => {
            let names: Vec<String> = many.iter().map(|name| name.replace('.', "\\.")).collect();
            Some(format!("{PATTERN}{}", names.join("|")))
        }
        _ => None,
    }
}

fn cannot(open: usize) -> Denial {
    let reason = match open {
        0 => "no namespace is open to you, so there is nothing that the query could be held to".to_owned(),
        _ => format!("{open} namespaces are open to you, more than the {NAMESPACES} that can be added to a query"),
    };
    Denial::new(RULE, reason).remedy("name the namespaces yourself: namespace=\"NAMESPACE\", or namespace=~\"a|b\"")
}

/// Every selector of a tree, to be changed.
fn selectors(expr: &mut Expr) -> Vec<&mut VectorSelector> {
    let (mut open, mut found) = (vec![expr], Vec::new());
    while let Some(expr) = open.pop() {
        match expr {
            Expr::VectorSelector(selector) => found.push(selector),
            Expr::MatrixSelector(matrix) => found.push(&mut matrix.vs),
            Expr::Subquery(subquery) => open.push(&mut subquery.expr),
            Expr::Paren(paren) => open.push(&mut paren.expr),
            Expr::Unary(unary) => open.push(&mut unary.expr),
            Expr::Binary(binary) => open.extend([&mut *binary.rhs, &mut *binary.lhs]),
            Expr::Aggregate(aggregate) => {
                open.push(&mut aggregate.expr);
                open.extend(aggregate.param.as_deref_mut());
            }
            Expr::Call(call) => open.extend(call.args.args.iter_mut().map(|argument| &mut **argument)),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cluster() -> BTreeSet<String> {
        ["node_load1", "my.metric"].map(str::to_owned).into()
    }

    fn rewrite(text: &str) -> Result<String, Denial> {
        query(text, Tenancy::Rewrite, &["pay".into(), "shop".into()], &cluster())
    }

    #[test]
    fn every_form_of_a_selector_gets_the_open_namespaces() {
        // `§` stands for the matcher that is added.
        for (asked, rewritten) in [
            ("up", "up{§}"),
            ("up{}", "up{§}"),
            ("up{job=\"x\"}", "up{job=\"x\",§}"),
            ("{__name__=\"up\"}", "up{§}"),
            ("{\"up\"}", "up{§}"),
            ("{\"a.b\"}", "{__name__=\"a.b\",§}"),
            ("{__name__=~\".+\"}", "{__name__=~\".+\",§}"),
            ("{__name__!=\"up\",job=\"x\"}", "{__name__!=\"up\",job=\"x\",§}"),
            ("rate(up[5m])", "rate(up{§}[5m])"),
            ("up offset 5m", "up{§} offset 5m"),
            ("up offset -5m", "up{§} offset -5m"),
            ("up @ 0", "up{§} @ 0"),
            ("up @ end() offset 1m", "up{§} @ end() offset 1m"),
            ("max_over_time(up[1h:1m])", "max_over_time(up{§}[1h:1m])"),
            (
                "max_over_time(max_over_time(rate(up[5m])[1h:1m])[1d:1h] offset 1w)",
                "max_over_time(max_over_time(rate(up{§}[5m])[1h:1m])[1d:1h] offset 1w)",
            ),
            ("a and b", "a{§} and b{§}"),
            ("a * on (pod) group_left (node) b", "a{§} * on (pod) group_left (node) b{§}"),
            ("a unless b", "a{§} unless b{§}"),
            ("a or vector(0)", "a{§} or vector(0)"),
            ("sum by (namespace) (up)", "sum by (namespace) (up{§})"),
            ("topk(scalar(a), b)", "topk(scalar(a{§}), b{§})"),
            ("quantile(scalar(a), b)", "quantile(scalar(a{§}), b{§})"),
            ("absent(up)", "absent(up{§})"),
            ("-up", "-up{§}"),
            ("((up))", "((up{§}))"),
            ("clamp(a, scalar(b), 1)", "clamp(a{§}, scalar(b{§}), 1)"),
            (
                "label_replace(up, \"namespace\", \"shop\", \"\", \"\")",
                "label_replace(up{§}, \"namespace\", \"shop\", \"\", \"\")",
            ),
            ("label_join(up, \"namespace\", \"\", \"job\")", "label_join(up{§}, \"namespace\", \"\", \"job\")"),
            ("up # {namespace=\"kube-system\"}\n", "up{§}"),
            ("up # namespace=\"shop\"", "up{§}"),
            ("up{job=\"a\",job=\"a\"}", "up{job=\"a\",§}"),
            // Patterns and negations are narrowed.
            ("up{namespace=~\".*\"}", "up{namespace=~\".*\",§}"),
            ("up{namespace=~\"(?i)KUBE-SYSTEM\"}", "up{namespace=~\"(?i)KUBE-SYSTEM\",§}"),
            ("up{namespace=~\"(shop)|(.*)\"}", "up{namespace=~\"(shop)|(.*)\",§}"),
            ("up{namespace=~\"^shop$|.*\"}", "up{namespace=~\"^shop$|.*\",§}"),
            ("up{namespace!=\"shop\"}", "up{namespace!=\"shop\",§}"),
            ("up{namespace!=\"\"}", "up{namespace!=\"\",§}"),
            ("up{namespace!~\"shop|pay\"}", "up{namespace!~\"shop|pay\",§}"),
            ("up{\"namespace\"=~\"kube-.*\"}", "up{namespace=~\"kube-.*\",§}"),
            ("up{exported_namespace=\"x\"}", "up{exported_namespace=\"x\",§}"),
            ("up{a=~`\\`,b=`,namespace=\"shop\"`}", "up{a=~\"\\\\\",b=\",namespace=\\\"shop\\\"\",§}"),
            // What keeps to open namespaces, or to the cluster's metrics, stays as it is.
            ("up{namespace=\"shop\"}", "up{namespace=\"shop\"}"),
            ("up{namespace=~\"shop|pay\",job=\"x\"}", "up{job=\"x\",namespace=~\"shop|pay\"}"),
            ("node_load1", "node_load1"),
            ("{\"my.metric\"}", "{__name__=\"my.metric\"}"),
            ("node_load1 and up", "node_load1 and up{§}"),
            ("{__name__=~\"node_load1\"}", "{__name__=~\"node_load1\",§}"),
            ("vector(1)", "vector(1)"),
        ] {
            let rewritten = rewritten.replace('§', "namespace=~\"pay|shop\"");
            let got = rewrite(asked);
            assert_eq!(got.as_deref().map_err(|d| &*d.reason), Ok(&*rewritten), "{asked}");
            assert_eq!(rewrite(&rewritten).as_deref(), Ok(&*rewritten), "a second time: {asked}");
        }
    }

    #[test]
    fn a_label_that_only_looks_like_the_namespaces_counts_for_nothing() {
        for label in ["n\u{430}mespace", "namespace ", "Namespace", "namespace\u{200b}"] {
            let got = rewrite(&format!("up{{\"{label}\"=\"shop\"}}")).unwrap();
            assert!(got.contains("namespace=~\"pay|shop\""), "{label:?}: {got}");
        }
    }

    #[test]
    fn what_names_a_closed_namespace_is_refused_and_not_answered_with_nothing() {
        for (attack, asked) in [
            ("by name", "up{namespace=\"kube-system\"}"),
            ("beside an open one", "up{namespace=~\"shop|kube-system\"}"),
            ("by a pattern that is a name", "up{namespace=~\"kube-system\"}"),
            ("without a namespace", "up{namespace=\"\"}"),
            ("open or none", "up{namespace=~\"shop|\"}"),
            ("empty pattern", "up{namespace=~\"\"}"),
            ("in a place of its own", "up or up{namespace=\"kube-system\"}"),
            ("escaped", "up{namespace=\"\\x6bube-system\"}"),
            ("alternatives in braces", "{namespace=\"shop\" or job=\"x\"}"),
            ("alternatives beside a name", "up{a=\"b\" or namespace=\"shop\"}"),
            ("alternatives that name nothing", "{a=\"b\" or c=\"d\"}"),
            ("info reads another selector", "info(up)"),
            ("no query", "up{"),
            ("nothing", ""),
        ] {
            let refused = rewrite(asked);
            assert_eq!(refused.as_ref().map_err(|d| d.rule.as_str()), Err(RULE), "{attack}: {asked}");
            assert!(refused.unwrap_err().remedy.is_some(), "{attack}");
        }
    }

    #[test]
    fn with_none_or_too_many_namespaces_open_nothing_is_rewritten() {
        let open = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
        let asked = |count| query("up", Tenancy::Rewrite, &open(count), &cluster());
        assert_eq!(asked(1).as_deref(), Ok("up{namespace=\"n0\"}"));
        assert!(asked(100).unwrap().ends_with("|n99\"}"));
        for count in [0, 101] {
            assert!(asked(count).unwrap_err().reason.contains("open to you"), "{count}");
        }
        assert_eq!(query("node_load1", Tenancy::Rewrite, &[], &cluster()).as_deref(), Ok("node_load1"));
    }

    #[test]
    fn refusing_is_what_it_was() {
        let refuse = |text: &str| query(text, Tenancy::Refuse, &["shop".into()], &cluster());
        assert!(refuse("up").unwrap_err().reason.contains("names no namespace"));
        assert_eq!(refuse("sum(up{namespace='shop'})").as_deref(), Ok("sum(up{namespace=\"shop\"})"));
    }

    #[test]
    fn a_selector_of_metadata_is_rewritten_alike_and_nothing_else_passes_for_one() {
        let open = ["shop".to_owned()];
        let rewrite = |text: &str| selector(text, Tenancy::Rewrite, &open, &cluster());
        assert_eq!(rewrite("up").as_deref(), Ok("up{namespace=\"shop\"}"));
        for text in ["rate(up[5m])", "up + up", "1", ""] {
            assert!(rewrite(text).is_err(), "{text}");
        }
    }
}
