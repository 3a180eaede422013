//! `wardgate policy export`: the admission manifests of the second gate, out of the same configuration and the same policies.
//!
//! A grammar cannot be said in CEL or Rego without saying something else. So those two list whole commands, word by word, and only
//! commands that the loaded reviewers allow at the admission gate: by construction they allow nothing that the module denies. What
//! cannot be listed, such as a command that names a process, is denied there.
use crate::{check, config::Config, policies, yaml};
use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use wardgate_core::{Reviewers, Ruling, floor};
use wardgate_policy::set::PolicySet;

/// Commands that people ask for most; a reviewer decides about each.
const USUAL: &str = include_str!("commands.txt");
/// Commands of one manifest at most: admission policies have a budget of computation.
const MOST: usize = 1000;
/// Bytes of a list of commands.
const LIST: u64 = 1 << 20;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  wardgate policy export webhook --config wardgate.toml --ca-file ca.pem | kubectl apply -f -
  wardgate policy export vap --config wardgate.toml --commands more.txt | kubectl apply -f -
  wardgate policy export gatekeeper --config wardgate.toml | kubectl apply -f -")]
pub(crate) struct Args {
    /// Which manifests.
    #[arg(value_enum)]
    kind: Kind,
    /// The configuration; `admission.identities` says for whom the manifests hold.
    #[arg(long, env = "WARDGATE_CONFIG")]
    config: PathBuf,
    /// For vap and gatekeeper: further commands to offer to the policies, one a line, words apart by blanks.
    #[arg(long)]
    commands: Option<PathBuf>,
    /// For webhook: the certificates by which the API server knows the webhook, in PEM. Without it they are left for another to fill in.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// For webhook: the service in front of it, NAMESPACE/NAME.
    #[arg(long, default_value = "wardgate/wardgate-admission")]
    service: String,
    /// For webhook: a URL instead of a service, for a gateway outside the cluster.
    #[arg(long, conflicts_with = "service")]
    url: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// ValidatingWebhookConfiguration: the policies themselves decide.
    Webhook,
    /// ValidatingAdmissionPolicy in CEL, for clusters without a webhook.
    Vap,
    /// Gatekeeper's ConstraintTemplate in Rego, with its constraint.
    Gatekeeper,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let config = Config::read(&args.config)?;
    let identities = config.admission.as_ref().map(|admission| admission.identities.clone()).unwrap_or_default();
    if identities.is_empty() {
        bail!("admission.identities is empty: say which user names the manifests hold for");
    }
    let documents = if args.kind == Kind::Webhook {
        vec![webhook(&identities, &client(&args)?)]
    } else {
        let seconds = config.kubernetes.as_ref().map_or(0, |kubernetes| kubernetes.exec_seconds);
        let source = config.policies();
        let policies = tokio::task::spawn_blocking(move || policies::load(&source)).await??;
        let wrappers = wardgate_cluster::kube::wrappers(seconds);
        let commands = allowed(&policies, args.commands.as_deref(), &wrappers).await?;
        match args.kind {
            Kind::Vap => vap(&identities, &commands),
            _ => gatekeeper(&identities, &commands),
        }
    };
    let mut out = std::io::stdout().lock();
    for document in &documents {
        write!(out, "---\n{}", yaml::render(document))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whole commands, wrappers included, that the reviewers allow by their words alone.
async fn allowed(
    policies: &Arc<PolicySet>,
    more: Option<&Path>,
    wrappers: &[Vec<String>],
) -> Result<BTreeSet<Vec<String>>> {
    let mut offered: BTreeSet<Vec<String>> = USUAL.lines().filter_map(words).collect();
    // What asks a person first never passes here.
    offered
        .extend(policies.samples("exec").iter().filter(|sample| !sample.asks).filter_map(|sample| words(&sample.line)));
    if let Some(path) = more {
        let size = std::fs::metadata(path).with_context(|| path.display().to_string())?.len();
        if size > LIST {
            bail!("{}: larger than {LIST} bytes", path.display());
        }
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        offered.extend(text.lines().filter_map(words));
    }
    let mut commands = BTreeSet::new();
    for argv in offered {
        for wrapper in std::iter::once(&vec![]).chain(wrappers) {
            let judgement = check::offline(policies, argv.clone(), wrapper.clone()).await;
            if matches!(judgement.ruling, Ruling::Allow(_)) {
                commands.insert(wrapper.iter().chain(&argv).cloned().collect());
            }
        }
    }
    if commands.is_empty() {
        bail!("the policies allow none of the commands offered");
    }
    if commands.len() > MOST {
        bail!("{} commands are allowed; a manifest holds at most {MOST}: offer fewer", commands.len());
    }
    Ok(commands)
}

fn words(line: &str) -> Option<Vec<String>> {
    let words: Vec<String> = line.split_ascii_whitespace().map(Into::into).collect();
    (!words.is_empty() && !line.starts_with('#')).then_some(words)
}

fn client(args: &Args) -> Result<Value> {
    let mut client = match (&args.url, args.service.split_once('/')) {
        (Some(url), _) => json!({"url": url}),
        (None, Some((namespace, name))) => {
            json!({"service": {"namespace": namespace, "name": name, "path": "/admit", "port": 443}})
        }
        (None, None) => bail!("--service is NAMESPACE/NAME"),
    };
    if let Some(path) = &args.ca_file {
        let pem = std::fs::read(path).with_context(|| path.display().to_string())?;
        client["caBundle"] = STANDARD.encode(pem).into();
    }
    Ok(client)
}

// ---- manifests -----------------------------------------------------------------------------------------------------

/// A double-quoted JSON text is one of CEL and of Rego as well.
fn literal(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".into())
}

/// For the AI's credentials alone: a person's request never waits for this, nor fails with it.
fn only(identities: &[String]) -> Value {
    let expression = format!("request.userInfo.username in {}", literal(&identities));
    json!([{"name": "ai-identities", "expression": expression}])
}

fn rule(operation: &str, resources: &[&str]) -> Value {
    // Attach, exec and their like are met as CONNECT, never as CREATE.
    json!({"apiGroups": [""], "apiVersions": ["*"], "operations": [operation], "resources": resources, "scope": "*"})
}

/// Ways into a pod that are closed whatever a request says.
fn closed() -> Vec<Value> {
    let connects = ["pods/attach", "pods/portforward", "pods/proxy", "services/proxy", "nodes/proxy"];
    vec![rule("CONNECT", &connects), rule("UPDATE", &["pods/ephemeralcontainers"])]
}

fn webhook(identities: &[String], client: &Value) -> Value {
    let mut rules = vec![rule("CONNECT", &["pods/exec"])];
    rules.extend(closed());
    // No objectSelector: PodExecOptions has no labels, so that one would skip the webhook without a word (k/k#132287).
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "wardgate"},
        "webhooks": [{
            "name": "exec.wardgate.dev",
            "clientConfig": client,
            "rules": rules,
            "matchConditions": only(identities),
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "sideEffects": "None",
            "timeoutSeconds": 3,
            "admissionReviewVersions": ["v1"],
        }],
    })
}

fn vap(identities: &[String], commands: &BTreeSet<Vec<String>>) -> Vec<Value> {
    let (access, exec) = (floor::ACCESS, floor::EXEC);
    let label = |(key, value): (&str, &str)| {
        format!("namespaceObject.metadata.?labels[?{}].orValue('') == {}", literal(&key), literal(&value))
    };
    let list: Vec<String> = commands.iter().map(literal).collect();
    let validation = |expression: String, message: &str| json!({"expression": expression, "message": message, "reason": "Forbidden"});
    let policy = |name: &str, rules: Vec<Value>, variables: Value, validations: Vec<Value>, audit: Value| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name},
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {"resourceRules": rules},
                "matchConditions": only(identities),
                "variables": variables,
                "validations": validations,
                "auditAnnotations": audit,
            },
        })
    };
    let binding = |name: &str| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name, "validationActions": ["Deny"]},
        })
    };
    let checks = vec![
        validation(
            format!("{} && {}", label(access), label(exec)),
            "wardgate: floor.namespace: the namespace is not open for commands",
        ),
        validation(
            "!object.?stdin.orValue(false) && !object.?tty.orValue(false)".into(),
            "wardgate: floor.exec.stdin: a command gets neither standard input nor a terminal",
        ),
        // KEP-6035: a variable can make any program another one.
        validation("!has(object.env)".into(), "wardgate: floor.exec.options: a command gets no environment"),
        validation(
            "object.?command.orValue([]) in variables.allowed".into(),
            "wardgate: exec.unlisted: not a command of this policy's list, word by word",
        ),
    ];
    let allowed = json!([{"name": "allowed", "expression": format!("[\n  {}\n]", list.join(",\n  "))}]);
    let audit = json!([{"key": "command", "valueExpression": "string(object.?command.orValue([]).join(' '))"}]);
    let never = validation("false".into(), "wardgate: floor: this way into a pod is never open to this credential");
    vec![
        policy("wardgate-exec", vec![rule("CONNECT", &["pods/exec"])], allowed, checks, audit),
        binding("wardgate-exec"),
        policy("wardgate-closed", closed(), json!([]), vec![never], json!([])),
        binding("wardgate-closed"),
    ]
}

fn gatekeeper(identities: &[String], commands: &BTreeSet<Vec<String>>) -> Vec<Value> {
    let list: Vec<String> = commands.iter().map(literal).collect();
    let label = |(key, value): (&str, &str)| format!("labels[{}] == {}", literal(&key), literal(&value));
    // Plain old Rego, which every Gatekeeper reads. What is undefined is not passed.
    let rego = format!(
        "# Gatekeeper's own webhook must be registered for CONNECT on pods/exec and the rest (chart value enableConnectOperations,
# or validatingWebhookCustomRules): by default it is not, and then this template never fires.
package wardgateexec

identities := {{{identities}}}

allowed := {{
  {commands},
}}

ours {{ identities[input.review.userInfo.username] }}

labels := input.review._unstable.namespace.metadata.labels

open {{
  {access}
  {exec}
}}

options := input.review.object

passes {{
  input.review.operation == \"CONNECT\"
  input.review.resource.group == \"\"
  input.review.resource.resource == \"pods\"
  input.review.subResource == \"exec\"
  open
  not options.stdin
  not options.tty
  not options.env
  allowed[options.command]
}}

violation[{{\"msg\": msg}}] {{
  ours
  not passes
  msg := \"wardgate: exec.unlisted: not an exec of this policy's list, word by word, in a namespace that is open for commands\"
}}
",
        identities = identities.iter().map(literal).collect::<Vec<_>>().join(", "),
        commands = list.join(",\n  "),
        access = label(floor::ACCESS),
        exec = label(floor::EXEC),
    );
    let kinds = [
        "PodExecOptions",
        "PodAttachOptions",
        "PodPortForwardOptions",
        "PodProxyOptions",
        "ServiceProxyOptions",
        "NodeProxyOptions",
        // Ephemeral containers are an update of a pod; nothing else that the AI's names could do to one is theirs to do.
        "Pod",
    ];
    vec![
        json!({
            "apiVersion": "templates.gatekeeper.sh/v1",
            "kind": "ConstraintTemplate",
            "metadata": {"name": "wardgateexec"},
            "spec": {
                "crd": {"spec": {"names": {"kind": "WardgateExec"}}},
                "targets": [{"target": "admission.k8s.gatekeeper.sh", "rego": rego}],
            },
        }),
        json!({
            "apiVersion": "constraints.gatekeeper.sh/v1beta1",
            "kind": "WardgateExec",
            "metadata": {"name": "wardgate-exec"},
            "spec": {"enforcementAction": "deny", "match": {"kinds": [{"apiGroups": [""], "kinds": kinds}]}},
        }),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ai() -> Vec<String> {
        vec!["system:serviceaccount:ai-ops:debug-ai".into()]
    }

    /// `BLESS=1 cargo test` writes it anew.
    #[test]
    fn the_manifest_in_deploy_is_the_one_that_is_exported() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/admission/webhook.yaml");
        let service =
            json!({"service": {"namespace": "wardgate", "name": "wardgate-admission", "path": "/admit", "port": 443}});
        let text = format!("---\n{}", yaml::render(&webhook(&ai(), &service)));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    }

    #[test]
    fn no_gate_is_skipped_by_a_selector_or_open_when_it_fails() {
        let hook = &webhook(&ai(), &json!({}))["webhooks"][0];
        assert_eq!(hook["failurePolicy"], "Fail");
        assert!(hook.get("objectSelector").is_none() && hook.get("namespaceSelector").is_none());
        let commands = BTreeSet::from([vec!["id".to_string()]]);
        for document in vap(&ai(), &commands).iter().filter(|document| document["kind"] == "ValidatingAdmissionPolicy")
        {
            assert_eq!(document["spec"]["failurePolicy"], "Fail");
            let constraints = &document["spec"]["matchConstraints"];
            assert!(constraints.get("objectSelector").is_none() && constraints.get("namespaceSelector").is_none());
            assert!(document["spec"]["matchConditions"][0]["expression"].as_str().unwrap().contains(&ai()[0]));
        }
    }

    #[test]
    fn exec_is_met_as_connect_in_every_manifest() {
        let commands = BTreeSet::from([vec!["id".to_string()]]);
        let rules = webhook(&ai(), &json!({}))["webhooks"][0]["rules"].clone();
        let vap = vap(&ai(), &commands)[0]["spec"]["matchConstraints"]["resourceRules"].clone();
        for rule in [&rules[0], &vap[0]] {
            assert_eq!((&rule["operations"], &rule["resources"]), (&json!(["CONNECT"]), &json!(["pods/exec"])));
        }
        let rego = gatekeeper(&ai(), &commands)[0]["spec"]["targets"][0]["rego"].clone();
        assert!(rego.as_str().unwrap().contains("operation == \"CONNECT\""));
    }

    /// Words are data: none of them can end its text and become code.
    #[test]
    fn a_word_stays_a_word() {
        let odd = vec!["cat".to_string(), "/a\"], [\"sh".into(), "b\\".into(), "${x}'\n".into()];
        let commands = BTreeSet::from([odd]);
        let expression = vap(&ai(), &commands)[0]["spec"]["variables"][0]["expression"].clone();
        let back: Vec<Vec<String>> = serde_json::from_str(expression.as_str().unwrap()).unwrap();
        assert_eq!(back, commands.into_iter().collect::<Vec<_>>());
    }
}
