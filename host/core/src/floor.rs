//! The floor: limits of the host's own that no policy can lift (DESIGN §3). Pure: it looks at a request and at facts.
//!
//! The floor for metrics needs a PromQL parser and stands with the backends; everything else is here.
use crate::{AnyRequest, Context, Denial, Verb};
use std::{collections::BTreeMap, time::Duration};

/// The label that opens a namespace for reading.
pub const ACCESS: (&str, &str) = ("debug-ai-access", "enabled");

/// The label that opens a namespace for commands, beside [`ACCESS`].
pub const EXEC: (&str, &str) = ("debug-ai-exec", "enabled");

/// Kinds that are readable at all, by their resource's plural name. Secrets and ConfigMaps are not, and no setting makes them so.
pub const KINDS: [&str; 15] = [
    "cronjobs",
    "daemonsets",
    "deployments",
    "endpointslices",
    "events",
    "horizontalpodautoscalers",
    "jobs",
    "namespaces",
    "nodemetrics",
    "nodes",
    "podmetrics",
    "pods",
    "replicasets",
    "services",
    "statefulsets",
];

/// The part of the floor that an operator can raise, never lower.
#[derive(Clone, Debug)]
pub struct Floor {
    /// Between the first and the last evaluation of a range query, at most.
    pub max_range: Duration,
    /// Between two evaluations, at least.
    pub min_step: Duration,
    /// Whether nodes may be read.
    pub nodes: bool,
}

impl Default for Floor {
    fn default() -> Self {
        Self { max_range: Duration::from_secs(31 * 24 * 3600), min_step: Duration::from_secs(1), nodes: true }
    }
}

impl Floor {
    /// Whether this request may be made of this target at all.
    pub fn check(&self, context: &Context, request: &AnyRequest) -> Result<(), Denial> {
        let target = &context.target;
        match request {
            AnyRequest::Exec(exec) => {
                namespace(&target.namespace, &target.namespace_labels, true)?;
                if exec.argv.is_empty() || exec.argv.iter().any(|arg| arg.contains('\0')) {
                    return Err(Denial::new("floor.exec.argv", "a command is a list of words, without NUL bytes")
                        .remedy("name the program and its arguments, one word each"));
                }
                Ok(())
            }
            AnyRequest::Logs(_) | AnyRequest::Events(_) => {
                namespace(&target.namespace, &target.namespace_labels, false)
            }
            AnyRequest::Objects(selection) => self.object(context, &selection.kind, selection.verb),
            AnyRequest::Query(query) => self.query(query.start, query.end, query.step),
            AnyRequest::Metadata(metadata) => self.query(metadata.start, metadata.end, 0),
        }
    }

    fn object(&self, context: &Context, kind: &str, verb: Verb) -> Result<(), Denial> {
        if !KINDS.contains(&kind) {
            return Err(Denial::new("floor.kind", format!("{kind:?} is not a kind that is ever shown"))
                .remedy(format!("one of {}", KINDS.join(", "))));
        }
        match (kind, verb) {
            ("nodes" | "nodemetrics", _) if self.nodes => Ok(()),
            ("nodes" | "nodemetrics", _) => Err(Denial::new("floor.nodes", "nodes are switched off here")
                .remedy("ask about pods: they name their node")),
            // The list itself is filtered to labelled namespaces by its backend.
            ("namespaces", Verb::List) => Ok(()),
            _ => namespace(&context.target.namespace, &context.target.namespace_labels, false),
        }
    }

    fn query(&self, start: u64, end: u64, step: u64) -> Result<(), Denial> {
        if end < start {
            return Err(Denial::new("floor.query.order", "the end lies before the start").remedy("swap them"));
        }
        let (range, most) = (Duration::from_millis(end - start), self.max_range);
        if range > most {
            let reason = format!("{} s between start and end; at most {} s", range.as_secs(), most.as_secs());
            return Err(Denial::new("floor.query.range", reason).remedy(format!("at most {} s", most.as_secs())));
        }
        if start != end && step > 0 && Duration::from_millis(step) < self.min_step {
            let least = self.min_step.as_secs_f64();
            return Err(Denial::new("floor.query.step", format!("a step of {step} ms; at least {least} s"))
                .remedy(format!("step = {least}s")));
        }
        Ok(())
    }
}

/// Whether a namespace with these labels is open, for reading or for commands. Asked on resolve and again on run.
pub fn namespace(name: &str, labels: &BTreeMap<String, String>, exec: bool) -> Result<(), Denial> {
    let has = |(key, value): (&str, &str)| labels.get(key).is_some_and(|found| found == value);
    if name.is_empty() {
        return Err(
            Denial::new("floor.namespace", "no namespace is named").remedy("name a namespace that k8s_list lists")
        );
    }
    let denied = |(key, value): (&str, &str)| {
        let reason = format!("namespace {name:?} is not labelled {key}={value}");
        let remedy = format!("an operator of the cluster can open it: kubectl label namespace {name} {key}={value}");
        Err(Denial::new("floor.namespace", reason).remedy(remedy))
    };
    if !has(ACCESS) {
        return denied(ACCESS);
    }
    if exec && !has(EXEC) {
        return denied(EXEC);
    }
    Ok(())
}
