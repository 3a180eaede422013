//! Does each gate for commands fire? A command that no image has and no policy lists is asked for twice, under the AI identity: at the
//! road that serves the tool, and at the API server past this process. Both must deny it.
use super::{Args, Found, Parts, record};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use wardgate_cluster::kube::{PROBE, Probed};
use wardgate_core::{Call, Denial, Exec, Outcome, Place, Subject, never};

const TOOL: &str = "exec.tool-gate";
const ADMISSION: &str = "exec.admission-gate";
const IDENTITY: &str = "exec.identity";

pub(super) async fn check(parts: &Parts, identities: Option<&[String]>, args: &Args) -> Result<Vec<Found>> {
    let mut found = vec![tool_gate(parts, args).await?];
    let kubernetes = parts.end.kubernetes.as_ref().context("no cluster")?;
    let who = kubernetes.whoami().await;
    found.push(identity(&who, identities));
    let who = who.unwrap_or_else(|_| "this credential".into());

    let place = format!("{}/{}", args.namespace, args.pod);
    let begins = Denial::new(ADMISSION, format!("asks the API server for an exec of {PROBE} in {place} as {who}"));
    record(&parts.road, begins).await?;
    let call = parts.road.ids.fresh();
    let probed = kubernetes.probe_exec(&args.namespace, &args.pod, args.container.as_deref(), &call).await;
    let gate = admission_gate(probed, &who);
    let said = if gate.ok { "fired" } else { "did not fire" };
    record(&parts.road, Denial::new(ADMISSION, format!("the admission gate {said}: {}", gate.seen))).await?;
    found.push(gate);
    Ok(found)
}

async fn tool_gate(parts: &Parts, args: &Args) -> Result<Found> {
    let backend = parts.end.backends.exec.clone().context("no backend for commands")?;
    let call = Call {
        subject: Subject::named("doctor"),
        place: Place {
            namespace: Some(args.namespace.clone()),
            pod: Some(args.pod.clone()),
            container: args.container.clone(),
            pod_selector: None,
        },
        request: Exec { argv: vec![PROBE.into()], wrapper: vec![] },
        tool: "doctor",
        select: None,
        attributes: BTreeMap::new(),
    };
    let settled = parts.road.travel(call, backend, never()).await;
    Ok(judged(settled.outcome()))
}

fn judged(outcome: &Outcome) -> Found {
    match outcome {
        Outcome::Refused(denials) => {
            let rule = denials.first().map_or("", |denial| denial.rule.as_str());
            let why = denials.first().map_or("", |denial| denial.reason.as_str());
            let said = format!("{rule}: {why}");
            if rule.starts_with("exec.") {
                Found::well(TOOL, format!("the policies denied it, {said}"))
            } else if rule.starts_with("policy.") {
                Found::ill(
                    TOOL,
                    format!("no policy answered, {said}"),
                    "look at the policy set: wardgate policy inspect",
                )
            } else {
                // The floor, or a target that is not there: the policies were not asked.
                let remedy = "name a running pod in a namespace labelled debug-ai-access=enabled and debug-ai-exec=enabled, so that \
                              the policies are reached";
                Found::ill(TOOL, format!("it was denied before the policies were asked, {said}"), remedy)
            }
        }
        Outcome::Unrecorded => Found::ill(
            TOOL,
            "the evidence could not be written, so nothing was tried",
            "look at the directory that --evidence names",
        ),
        other => Found::ill(
            TOOL,
            format!("a command that no policy lists was not denied: {other:?}"),
            "stop the gateway; look for a policy that is on trial (monitor) or settings that allow every command",
        ),
    }
}

/// A gate that is scoped to other user names never sees this credential.
fn identity(who: &Result<String, String>, identities: Option<&[String]>) -> Found {
    match (who, identities) {
        (Err(why), _) => {
            Found::ill(IDENTITY, format!("the API server does not say who this is: {why}"), "check the credential")
        }
        (Ok(who), None) => Found::ill(
            IDENTITY,
            format!("{who}; the configuration has no [admission]"),
            "add [admission] with identities, and apply what `wardgate policy export` writes (docs/admission.md)",
        ),
        (Ok(who), Some(listed)) if listed.contains(who) => Found::well(IDENTITY, who.as_str()),
        (Ok(who), Some(listed)) => Found::ill(
            IDENTITY,
            format!("{who} is not among admission.identities: {}", listed.join(", ")),
            "add it and export the manifests again: they hold for the listed names alone",
        ),
    }
}

fn admission_gate(probed: Probed, who: &str) -> Found {
    match probed {
        Probed::Denied(words) => Found::well(ADMISSION, words),
        Probed::Unreachable(words) => Found::ill(
            ADMISSION,
            format!("the webhook is registered but does not answer: {words}"),
            "it fails closed, so the AI is locked out and nobody else is. See that the gateway runs with [admission], that the service \
             leads to it, and that its certificate fits the caBundle (docs/admission.md)",
        ),
        Probed::DeniedByAnother(words) => Found::ill(
            ADMISSION,
            format!("something else denied it first: {words}"),
            "whether the gate would have fired cannot be told. Grant this credential get and create on pods/exec, or look at the other \
             admission policy",
        ),
        Probed::Missing(words) => Found::ill(ADMISSION, words, "name a pod that is there"),
        Probed::LetThrough(words) => Found::ill(
            ADMISSION,
            format!("admission let an unlisted command through for {who}: {words}"),
            "apply the manifests: wardgate policy export webhook, vap or gatekeeper. If they are applied: they must match CONNECT (not \
             CREATE) on pods/exec, have no objectSelector, and name this user in matchConditions",
        ),
        Probed::Failed(why) => Found::ill(ADMISSION, format!("the API server did not answer: {why}"), "try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardgate_core::Ending;

    #[test]
    fn only_the_policies_own_denial_counts_at_the_tool() {
        let refused = |rule: &str| judged(&Outcome::Refused(vec![Denial::new(rule, "no")]));
        assert!(refused("exec.command.path").ok);
        for rule in ["floor.namespace", "target.none", "call.lookup-deadline", "policy.fault", "review.nobody"] {
            let found = refused(rule);
            assert!(!found.ok && found.remedy.is_some(), "{rule}");
        }
        for outcome in [
            Outcome::Complete(Ending::Exit(0)),
            Outcome::Complete(Ending::Unknown),
            Outcome::NeedsApproval(vec![]),
            Outcome::Refused(vec![]),
            Outcome::Unrecorded,
        ] {
            assert!(!judged(&outcome).ok, "{outcome:?}");
        }
    }

    #[test]
    fn only_a_denial_of_ours_counts_at_admission() {
        let words = || "words".to_string();
        assert!(admission_gate(Probed::Denied(words()), "x").ok);
        for probed in [
            Probed::DeniedByAnother(words()),
            Probed::Unreachable(words()),
            Probed::Missing(words()),
            Probed::LetThrough(words()),
            Probed::Failed(words()),
        ] {
            let found = admission_gate(probed, "x");
            assert!(!found.ok && found.remedy.is_some());
        }
    }

    #[test]
    fn a_gate_for_other_names_is_no_gate_for_this_one() {
        let who = Ok("system:serviceaccount:ai-ops:debug-ai".to_string());
        let listed = ["system:serviceaccount:ai-ops:debug-ai".to_string()];
        assert!(identity(&who, Some(&listed)).ok);
        assert!(!identity(&who, Some(&["another".into()])).ok);
        assert!(!identity(&who, None).ok && !identity(&Err("no".into()), Some(&listed)).ok);
    }
}
