//! Decides one AdmissionReview. Fails closed: what is not an exec that the reviewers allow is denied.
use super::{
    intents::{CREDENTIAL, Intents},
    review::{Asked, Decision, ExecOptions},
};
use crate::gateway::RoadProvider;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use wardgate_core::{Call, Denial, Exec, Ledger, Outcome, Place, Prepare, Road, Ruling, Subject, never};

/// A decision's time. The API server waits longer.
const TIME: Duration = Duration::from_millis(500);
/// What this gate is called on record.
const TOOL: &str = "admission";

pub(super) struct Gate {
    road: RoadProvider,
    prepare: Arc<dyn Prepare<Exec>>,
    ledger: Arc<dyn Ledger>,
    intents: Intents,
}

impl Gate {
    pub(super) fn new(
        road: RoadProvider,
        prepare: Arc<dyn Prepare<Exec>>,
        ledger: Arc<dyn Ledger>,
        intents: Intents,
    ) -> Self {
        Self { road, prepare, ledger, intents }
    }

    pub(super) async fn decide(&self, asked: &Asked) -> Decision {
        let mut road = (self.road)();
        road.ledger = self.ledger.clone();
        road.limits.time = TIME;
        let what = format!("{}/{}", asked.resource.resource, asked.sub_resource);
        let mut annotations = BTreeMap::new();
        if let Some(credential) = asked.user_info.credential() {
            annotations.insert(CREDENTIAL, credential.to_owned());
        }
        let decided = match exec(asked, &what) {
            Ok(options) => {
                let command = serde_json::to_string(&options.command).unwrap_or_default();
                annotations.insert("command", command);
                self.exec(&road, asked, options, &mut annotations).await
            }
            Err(denial) => away(&road, asked, &what, denial).await,
        };
        let (verdict, rule, denied) = decided;
        Decision { denied, verdict, rule, annotations }
    }

    async fn exec(
        &self,
        road: &Road,
        asked: &Asked,
        options: ExecOptions,
        annotations: &mut BTreeMap<&'static str, String>,
    ) -> Decided {
        let place = Place {
            namespace: Some(asked.namespace.clone()),
            pod: Some(asked.name.clone()),
            container: Some(options.container).filter(|name| !name.is_empty()),
            pod_selector: None,
        };
        let credential = asked.user_info.credential().map(|id| (CREDENTIAL.to_owned(), id.to_owned()));
        let call = Call {
            subject: subject(asked),
            place,
            request: Exec { argv: options.command, wrapper: vec![] },
            tool: TOOL,
            select: None,
            attributes: credential.into_iter().collect(),
        };
        let judgement = road.judge_admission(call, &*self.prepare, &self.intents, never()).await;
        if let Some(call) = judgement.of {
            annotations.insert("call", call.to_string());
        }
        match judgement.ruling {
            Ruling::Allow(_) => ("allow", judgement.rules.join(" "), None),
            // There is nobody here to ask, and no call of this host's own that asked before.
            Ruling::Ask(denials) => told("ask", denials.first()),
            Ruling::Deny(denials) => told("deny", denials.first()),
        }
    }
}

/// Verdict, rule, and the words of a denial.
type Decided = (&'static str, String, Option<String>);

fn subject(asked: &Asked) -> Subject {
    let user = &asked.user_info;
    Subject { user: user.username.clone(), groups: user.groups.clone(), ..Subject::default() }
}

fn told(verdict: &'static str, denial: Option<&Denial>) -> Decided {
    let unknown = Denial::new("policy.unknown", "denied");
    let denial = denial.unwrap_or(&unknown);
    let remedy = denial.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {remedy}"));
    (verdict, denial.rule.clone(), Some(format!("wardgate: {}: {}{remedy}", denial.rule, denial.reason)))
}

/// Denied by the host itself; on record like any call that never became a request.
async fn away(road: &Road, asked: &Asked, what: &str, denial: Denial) -> Decided {
    let settled = road.turn_away(subject(asked), &format!("{TOOL} {what}"), denial).await;
    match settled.outcome() {
        Outcome::Refused(denials) => told("deny", denials.first()),
        _ => told("deny", Some(&Denial::new("evidence.down", "the decision could not be recorded"))),
    }
}

/// The exec that is asked for, or why it is none that could be allowed.
fn exec(asked: &Asked, what: &str) -> Result<ExecOptions, Denial> {
    if asked.resource.group.is_empty() && what == "pods/exec" && asked.operation == "CONNECT" {
        let options = ExecOptions::deserialize(&asked.object).map_err(|error| {
            Denial::new("floor.exec.options", format!("the exec's options are not understood: {error}"))
        })?;
        if options.stdin || options.tty {
            return Err(Denial::new("floor.exec.stdin", "a command gets neither standard input nor a terminal")
                .remedy("kubectl exec without -i and -t"));
        }
        return Ok(options);
    }
    let rule = match asked.sub_resource.as_str() {
        "attach" => "floor.attach",
        "portforward" => "floor.portforward",
        "proxy" => "floor.proxy",
        "ephemeralcontainers" => "floor.ephemeralcontainers",
        _ => "floor.admission",
    };
    Err(Denial::new(rule, format!("{what} is never open to this credential"))
        .remedy("logs, events, metrics and read-only commands are, through Wardgate's tools"))
}
