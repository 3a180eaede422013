//! Between the host's words and the contract's (1.0.0). A younger contract gets a file like this one; nothing else changes.
use crate::{
    bindings::{redaction as r, review as v, types as t},
    setup,
};
use std::collections::BTreeMap;
use wardgate_core as core;

/// The context, as the contract puts it.
pub(crate) fn context(context: &core::Context) -> t::Context {
    let (subject, target) = (&context.subject, &context.target);
    t::Context {
        subject: t::Subject {
            user: subject.user.clone(),
            groups: subject.groups.clone(),
            session: subject.session.clone(),
            incident: subject.incident.clone(),
        },
        target: t::Target {
            cluster: target.cluster.clone(),
            namespace: target.namespace.clone(),
            namespace_labels: labels(&target.namespace_labels),
            pod: target.pod.clone(),
            pod_uid: target.pod_uid.clone(),
            pod_labels: labels(&target.pod_labels),
            node: target.node.clone(),
            container: target.container.clone(),
            image: target.image.clone(),
            image_digest: target.image_digest.clone(),
        },
        origin: match context.origin {
            core::Origin::Gateway => t::Origin::Gateway,
            core::Origin::Admission => t::Origin::Admission,
        },
        now: context.now,
        attributes: labels(&context.attributes),
    }
}

/// A request. There is no way to say standard input or a terminal in the host's words.
pub(crate) fn request(request: &core::AnyRequest) -> t::Request {
    use core::AnyRequest as A;
    match request {
        A::Logs(logs) => t::Request::Logs(t::Logs {
            since_seconds: logs.since_seconds,
            tail_lines: logs.tail_lines,
            limit_bytes: logs.limit_bytes,
            previous: logs.previous,
            pattern: logs.pattern.clone(),
        }),
        A::Events(selection) => t::Request::Events(object(selection)),
        A::Objects(selection) => t::Request::Objects(object(selection)),
        A::Exec(exec) => t::Request::Exec(t::Exec {
            argv: exec.argv.clone(),
            wrapper: exec.wrapper.clone(),
            stdin: false,
            tty: false,
        }),
        A::Query(query) => t::Request::Query(t::Query {
            text: query.text.clone(),
            start: query.start,
            end: query.end,
            step: query.step,
        }),
        A::Metadata(metadata) => t::Request::Metadata(t::Metadata {
            what: metadata.what.clone(),
            name: metadata.name.clone(),
            selector: metadata.selector.clone(),
            start: metadata.start,
            end: metadata.end,
            limit: metadata.limit,
        }),
    }
}

/// The answers so far.
pub(crate) fn answers(answers: &[core::Answer]) -> Vec<t::Answer> {
    let known = |known: &core::Known| t::Known {
        value: match &known.value {
            core::Value::Number(n) => t::Value::Number(*n),
            core::Value::Text(text) => t::Value::Text(text.clone()),
            core::Value::Texts(texts) => t::Value::Texts(texts.clone()),
        },
        bound: match known.bound {
            core::Bound::Exact => t::Bound::Exact,
            core::Bound::AtMost => t::Bound::AtMost,
            core::Bound::AtLeast => t::Bound::AtLeast,
            core::Bound::About => t::Bound::About,
        },
    };
    let question = |q: &core::Question| t::Question {
        kind: q.kind.clone(),
        subject: q.subject.clone(),
        window: q.window.map(|w| t::Window { start: w.start, end: w.end }),
        stop_at: q.stop_at,
        arguments: labels(&q.arguments),
    };
    let answer = |a: &core::Answer| t::Answer {
        question: question(&a.question),
        outcome: a.outcome.as_ref().map(known).map_err(|e| e.as_str().to_owned()),
    };
    answers.iter().map(answer).collect()
}

/// A reviewer's verdict; it was checked before.
pub(crate) fn verdict(verdict: t::Verdict) -> core::Verdict {
    match verdict {
        t::Verdict::Abstain => core::Verdict::Abstain,
        t::Verdict::Allow(allow) => {
            core::Verdict::Allow(core::Allowance { rule: allow.rule, caps: caps(&allow.limits) })
        }
        t::Verdict::Ask(ask) => core::Verdict::Ask(core::Approval {
            denial: denial(ask.denial),
            approvers: ask.approvers,
            groups: ask.groups,
            caps: caps(&ask.limits),
        }),
        t::Verdict::Deny(deny) => core::Verdict::Deny(denial(deny)),
        t::Verdict::Need(questions) => core::Verdict::Need(questions.into_iter().map(question).collect()),
    }
}

/// Where a stream's bytes come from.
pub(crate) fn source(channel: core::Channel, form: core::Form) -> r::Source {
    let form = match form {
        core::Form::Text => r::Form::Text,
        core::Form::Scalars => r::Form::Scalars,
    };
    r::Source { channel: channel.as_str().to_owned(), form }
}

/// What `describe` returned.
pub(crate) fn descriptor(descriptor: t::Descriptor) -> setup::Descriptor {
    setup::Descriptor {
        name: descriptor.name,
        version: descriptor.version,
        settings_schema: descriptor.settings_schema,
        questions: descriptor.questions,
    }
}

/// What a reviewer's `configure` returned.
pub(crate) fn reviewer_setup(made: v::Setup) -> setup::ReviewerSetup {
    let kinds = [
        (t::Kinds::LOGS, "logs"),
        (t::Kinds::EVENTS, "events"),
        (t::Kinds::OBJECTS, "objects"),
        (t::Kinds::EXEC, "exec"),
        (t::Kinds::QUERY, "query"),
        (t::Kinds::METADATA, "metadata"),
        (t::Kinds::ACTION, "action"),
        (t::Kinds::OTHER, "other"),
    ];
    let kinds = kinds.into_iter().filter(|(flag, _)| made.kinds.contains(*flag)).map(|(_, name)| name.to_owned());
    setup::ReviewerSetup { kinds: kinds.collect(), rules: rules(made.rules) }
}

/// What a redactor's `configure` returned.
pub(crate) fn redactor_setup(made: r::Setup) -> setup::RedactorSetup {
    let attention = match made.attention {
        r::Attention::Everything => setup::Attention::Everything,
        r::Attention::Near(triggers) => setup::Attention::Near(triggers.into_iter().map(trigger).collect()),
    };
    setup::RedactorSetup { rules: rules(made.rules), attention }
}

fn trigger(trigger: r::Trigger) -> setup::Trigger {
    let literal = |l: r::Literal| setup::Literal {
        text: l.text,
        any_case: l.any_case,
        word_start: l.word_start,
        follow: match l.follow {
            r::Follow::Anything => setup::Follow::Anything,
            r::Follow::Value(least) => setup::Follow::Value(least),
            r::Follow::Byte(byte) => setup::Follow::Byte(byte),
        },
    };
    let run = |run: r::Run| setup::Run {
        alphabet: run.alphabet,
        min_length: run.min_length,
        lower: run.mixes.contains(r::Characters::LOWER),
        upper: run.mixes.contains(r::Characters::UPPER),
        digit: run.mixes.contains(r::Characters::DIGIT),
        symbol: run.mixes.contains(r::Characters::SYMBOL),
    };
    setup::Trigger {
        literals: trigger.literals.into_iter().map(literal).collect(),
        runs: trigger.runs.into_iter().map(run).collect(),
        bytes: trigger.bytes.into_iter().map(|b| (b.first, b.last)).collect(),
        before: trigger.before,
        after: trigger.after,
        across: trigger.across,
    }
}

fn rules(rules: Vec<t::Rule>) -> Vec<setup::Rule> {
    rules.into_iter().map(|rule| setup::Rule { id: rule.id, description: rule.description }).collect()
}

fn object(selection: &core::Selection) -> t::Object {
    t::Object {
        verb: selection.verb.as_str().to_owned(),
        api_group: selection.api_group.clone(),
        kind: selection.kind.clone(),
        name: selection.name.clone(),
        selector: selection.label_selector.clone(),
        field_selector: selection.field_selector.clone(),
        limit: selection.limit,
    }
}

fn denial(denial: t::Denial) -> core::Denial {
    core::Denial {
        rule: denial.rule,
        reason: denial.reason,
        remedy: denial.remedy,
        instead: denial.instead.and_then(instead).map(Box::new),
        details: map(denial.details),
    }
}

/// A request that a reviewer proposes; `None` if the host has no such request, for then it could not be shown either.
fn instead(request: t::Request) -> Option<core::AnyRequest> {
    use core::AnyRequest as A;
    Some(match request {
        t::Request::Logs(logs) => A::Logs(core::Logs {
            since_seconds: logs.since_seconds,
            tail_lines: logs.tail_lines,
            limit_bytes: logs.limit_bytes,
            previous: logs.previous,
            pattern: logs.pattern,
        }),
        t::Request::Events(object) => A::Events(selection(object)?),
        t::Request::Objects(object) => A::Objects(selection(object)?),
        t::Request::Exec(exec) if !exec.stdin && !exec.tty => {
            A::Exec(core::Exec { argv: exec.argv, wrapper: exec.wrapper })
        }
        t::Request::Query(query) => {
            A::Query(core::Query { text: query.text, start: query.start, end: query.end, step: query.step })
        }
        t::Request::Metadata(metadata) => A::Metadata(core::Metadata {
            what: metadata.what,
            name: metadata.name,
            selector: metadata.selector,
            start: metadata.start,
            end: metadata.end,
            limit: metadata.limit,
        }),
        t::Request::Exec(_) | t::Request::Action(_) | t::Request::Other(_) => return None,
    })
}

fn selection(object: t::Object) -> Option<core::Selection> {
    let verb = [core::Verb::Get, core::Verb::List].into_iter().find(|verb| verb.as_str() == object.verb)?;
    Some(core::Selection {
        verb,
        api_group: object.api_group,
        kind: object.kind,
        name: object.name,
        label_selector: object.selector,
        field_selector: object.field_selector,
        limit: object.limit,
        cursor: None,
    })
}

fn question(question: t::Question) -> core::Question {
    core::Question {
        kind: question.kind,
        subject: question.subject,
        window: question.window.map(|w| core::Window { start: w.start, end: w.end }),
        stop_at: question.stop_at,
        arguments: map(question.arguments),
    }
}

fn caps(limits: &t::Limits) -> core::Caps {
    core::Caps {
        timeout_ms: limits.timeout_ms,
        max_read_bytes: limits.max_read_bytes,
        max_released_bytes: limits.max_released_bytes,
        max_lines: limits.max_lines,
        max_items: limits.max_items,
        max_series: limits.max_series,
        max_samples: limits.max_samples,
    }
}

fn labels(map: &BTreeMap<String, String>) -> Vec<t::Label> {
    map.iter().map(|(key, value)| t::Label { key: key.clone(), value: value.clone() }).collect()
}

fn map(labels: Vec<t::Label>) -> BTreeMap<String, String> {
    labels.into_iter().map(|label| (label.key, label.value)).collect()
}
