//! Tenancy as an escape game: whatever is asked, a rewritten query answers the same over two worlds that differ only in namespaces
//! that are closed. Judged by evaluating both, not by looking at the text.
#![allow(clippy::unwrap_used)]
use super::{
    metrics::Reader,
    promql::{Bounds, Store, evaluate},
};
use crate::promql_tenancy::{Tenancy, query};
use proptest::prelude::*;
use std::collections::BTreeSet;

const NOW: i64 = 3_600_000;

/// A world: open namespaces are always the same, closed ones hold what `secret` says.
fn world(secret: &str) -> Store {
    let mut text = String::from("load 30s\n");
    for metric in ["up", "a", "b_total", "c"] {
        for (n, namespace) in ["shop", "pay"].into_iter().enumerate() {
            for job in ["x", "y"] {
                text += &format!("  {metric}{{namespace=\"{namespace}\",job=\"{job}\",pod=\"p{n}\"}} {n}+1x120\n");
            }
        }
        for namespace in ["kube-system", "shop-2", "xshop", "SHOP", "paying"] {
            text +=
                &format!("  {metric}{{namespace=\"{namespace}\",job=\"x\",pod=\"{secret}\"}} {}+3x120\n", secret.len());
        }
        // Without the label, and with names that are near to it.
        text += &format!("  {metric}{{job=\"x\",exported_namespace=\"shop\",pod=\"{secret}\"}} {}x120\n", secret.len());
        text += &format!("  {metric}{{Namespace=\"shop\",pod=\"{secret}\"}} {}x120\n", secret.len());
    }
    let mut reader = Reader::default();
    reader.read("world", &text, 0).unwrap();
    let (series, about) = reader.finish();
    Store::new(series, about)
}

fn rewritten(text: &str) -> Option<String> {
    query(text, Tenancy::Rewrite, &["pay".into(), "shop".into()], &BTreeSet::new()).ok()
}

/// What a rewritten query says in one world; errors say something, too.
fn told(store: &Store, text: &str) -> String {
    let said = |step| format!("{:?}", evaluate(store, text, NOW - 600_000, NOW, step, Bounds::default()));
    said(0) + &said(300_000)
}

fn escapes(asked: &str) -> Option<String> {
    let text = rewritten(asked)?;
    let told = [world("s"), world("another-secret")].map(|store| told(&store, &text));
    (told[0] != told[1]).then_some(text)
}

fn matcher() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        4 => Just("namespace"),
        1 => Just("\"namespace\""),
        1 => Just("job"),
        1 => Just("pod"),
        1 => Just("exported_namespace"),
        1 => Just("__name__"),
    ];
    let value = prop_oneof![
        3 => prop::sample::select(vec![
            "shop", "pay", "kube-system", "", ".*", ".+", "shop.*", "shop|", "|shop", "(shop|kube-system)", "(?i)shop", "[a-z-]+", "up",
            "shop|pay", ".*shop", "kube-.*", "(shop)|(.*)", "^shop$|.*", "shop\\\\-2", "\\\\w+", "()", "shop||pay", "a|b_total|up",
        ])
        .prop_map(str::to_owned),
        1 => "[a-zA-Z.|*+?()^$-]{0,8}",
    ];
    (label, prop_oneof!["=", "=~", "!=", "!~"], value).prop_map(|(label, op, value)| format!("{label}{op}\"{value}\""))
}

fn selector() -> impl Strategy<Value = String> {
    let groups = prop_oneof![
        5 => prop::collection::vec(prop::collection::vec(matcher(), 0..4), 1..2),
        1 => prop::collection::vec(prop::collection::vec(matcher(), 0..3), 2..3),
    ];
    let tail = prop_oneof![5 => Just(""), 1 => Just(" offset 1m"), 1 => Just(" @ 3000"), 1 => Just(" # ,namespace=\"shop\"\n")];
    (prop_oneof![4 => prop::sample::select(vec!["up", "a", "c"]), 1 => Just("")], groups, tail).prop_map(
        |(name, groups, tail)| {
            let groups: Vec<String> = groups.iter().map(|group| group.join(",")).collect();
            format!("{name}{{{}}}{tail}", groups.join(" or "))
        },
    )
}

fn expression() -> impl Strategy<Value = String> {
    selector().prop_recursive(4, 24, 3, |inner| {
        let call = prop::sample::select(vec!["abs", "absent", "sort", "count_over_time", "max_over_time", "scalar"]);
        let aggregate =
            prop::sample::select(vec!["sum", "count", "max by (namespace)", "count by (pod)", "group without (job)"]);
        let between = prop::sample::select(vec![
            "+",
            "or",
            "and",
            "unless",
            "> bool",
            "* on (job)",
            "* on (job) group_left (pod)",
            "or on ()",
            "unless on (pod)",
        ]);
        prop_oneof![
            (call, inner.clone()).prop_map(|(call, inner)| match call {
                "count_over_time" | "max_over_time" => format!("{call}(({inner})[5m:1m])"),
                _ => format!("{call}({inner})"),
            }),
            (aggregate, inner.clone()).prop_map(|(aggregate, inner)| format!("{aggregate} ({inner})")),
            (inner.clone(), between, inner.clone()).prop_map(|(a, between, b)| format!("({a}) {between} ({b})")),
            inner.clone().prop_map(|inner| format!("topk(scalar(count({inner})), {inner})")),
            inner
                .clone()
                .prop_map(|inner| format!("label_replace({inner}, \"namespace\", \"shop\", \"pod\", \"(.*)\")")),
            inner.clone().prop_map(|inner| format!("count_values(\"namespace\", {inner})")),
            inner.prop_map(|inner| format!("-({inner})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_query_tells_anything_of_a_closed_namespace(asked in expression()) {
        prop_assert_eq!(escapes(&asked), None, "{}", asked);
    }

    #[test]
    fn a_rewrite_never_needs_another(asked in expression()) {
        if let Some(once) = rewritten(&asked) {
            prop_assert_eq!(rewritten(&once), Some(once));
        }
    }
}

/// The game can be lost: without the rewrite the same queries tell the two worlds apart.
#[test]
fn the_game_would_see_an_escape() {
    let tells = |text: &str| told(&world("s"), text) != told(&world("another-secret"), text);
    for text in [
        "up",
        "sum(up)",
        "count by (pod) (a)",
        "a{namespace=~\".*\"}",
        "absent(a{pod=\"s\"})",
        "a{namespace!=\"shop\"}",
    ] {
        assert!(tells(text), "{text}");
        assert!(rewritten(text).is_some() && escapes(text).is_none(), "{text}");
    }
}
