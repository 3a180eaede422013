//! What a place is, out of the capture; and the answers to reviewers' questions that a capture can give.

use super::{
    Mirror,
    capture::{Container, containers, meta},
    labels,
};
use crate::{
    compact::DEFAULT_CONTAINER,
    container::{self, choose, none_fits},
    kinds,
    selector::LabelSelector,
};
use serde_json::Value;
use std::cmp::Reverse;
use wardgate_core::{
    AnyRequest, Bound, BoxFuture, Denial, Facts, Known, Lookup, Place, Question, Selection, Target, Unanswered,
    Value as Answer, Verb, floor,
};

impl Lookup for Mirror {
    fn resolve<'a>(&'a self, place: &'a Place, request: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        Box::pin(std::future::ready(self.facts(place, request)))
    }

    fn answer<'a>(&'a self, target: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        let answer = match question.kind.as_str() {
            "series" => self.series(question),
            "metric-names" => Ok(self.near(&question.subject)),
            "path" => self.path(target, &question.subject),
            _ => Err(Unanswered::Unavailable),
        };
        Box::pin(std::future::ready(answer))
    }
}

impl Mirror {
    fn facts(&self, place: &Place, request: &AnyRequest) -> Result<Facts, Denial> {
        match request {
            AnyRequest::Query(_) | AnyRequest::Metadata(_) => Ok(one(self.cluster())),
            AnyRequest::Objects(selection) => self.objects_at(place, selection),
            AnyRequest::Events(_) => Ok(many(self.namespaces(place, ""))),
            AnyRequest::Logs(_) | AnyRequest::Exec(_) => self.containers(place),
        }
    }

    fn cluster(&self) -> Target {
        Target { cluster: self.capture.cluster.clone(), ..Target::default() }
    }

    fn namespace(&self, name: &str) -> Target {
        // A namespace that is not there has no labels, and is refused in the same words as one that is not open.
        Target { namespace: name.into(), namespace_labels: self.namespace_labels(name), ..self.cluster() }
    }

    fn objects_at(&self, place: &Place, selection: &Selection) -> Result<Facts, Denial> {
        let get = selection.verb == Verb::Get;
        match (kinds::by_word(&selection.kind), &selection.name) {
            (Some(kind), Some(name)) if kind.word == "namespaces" && get => Ok(one(self.namespace(name))),
            (Some(kind), _) if !kind.namespaced => Ok(one(self.cluster())),
            // The floor refuses an unknown kind by name.
            (None, _) => Ok(one(self.cluster())),
            (Some(kind), Some(name)) if get => {
                let namespace = place.namespace.as_deref().ok_or_else(no_namespace)?;
                let mut target = self.namespace(namespace);
                if kind.word == "pods"
                    && let Some(pod) = self.capture.object("pods", namespace, name)
                {
                    fill(&mut target, pod);
                }
                Ok(one(target))
            }
            (Some(_), _) => {
                let cursor = selection.cursor.as_ref().map_or("", |cursor| cursor.as_str());
                Ok(many(self.namespaces(place, cursor.split(':').next().unwrap_or_default())))
            }
        }
    }

    /// The named namespace, or every open one from `from` on.
    fn namespaces(&self, place: &Place, from: &str) -> Vec<Target> {
        match &place.namespace {
            Some(namespace) => vec![self.namespace(namespace)],
            None => self.open_namespaces().iter().filter(|n| n.as_str() >= from).map(|n| self.namespace(n)).collect(),
        }
    }

    fn containers(&self, place: &Place) -> Result<Facts, Denial> {
        let namespace = place.namespace.as_deref().ok_or_else(no_namespace)?;
        let target = self.namespace(namespace);
        // Names of pods are not told from a namespace that is not open.
        floor::namespace(namespace, &target.namespace_labels, false)?;
        match (&place.pod, &place.pod_selector) {
            (Some(name), None) => {
                let pod = self.capture.object("pods", namespace, name).ok_or_else(|| {
                    let reason = format!("there is no pod {name:?} in namespace {namespace:?}");
                    Denial::new("target.missing", reason)
                        .remedy("list the pods of the namespace: pods of a Deployment change their names")
                })?;
                let mut facts = one(container(&target, pod, place.container.as_deref())?);
                for key in &self.settings.annotations {
                    if let Some(value) = pod["metadata"]["annotations"][key].as_str() {
                        facts.attributes.insert(format!("annotation/{key}"), value.to_owned());
                    }
                }
                Ok(facts)
            }
            (None, Some(selector)) => {
                let selector = LabelSelector::parse(selector)
                    .map_err(|error| Denial::new("target.selector", error.to_string()))?;
                let mut facts = Facts::default();
                let here = self.capture.of("pods").iter().filter(|pod| meta(pod, "namespace") == namespace);
                let mut fits: Vec<_> = here.filter(|pod| selector.matches(&labels(pod))).collect();
                fits.sort_by_key(|pod| (Reverse(meta(pod, "creationTimestamp")), meta(pod, "name")));
                for pod in fits {
                    match container(&target, pod, place.container.as_deref()) {
                        Ok(target) => facts.targets.push(target),
                        Err(denial) => facts.left_out.push(container::left_out(meta(pod, "name"), &denial)),
                    }
                }
                if facts.targets.is_empty() {
                    return Err(none_fits(namespace, &facts.left_out));
                }
                Ok(facts)
            }
            _ => {
                Err(Denial::new("target.pod", "name either one pod or a label selector")
                    .remedy("pod, or label_selector"))
            }
        }
    }

    /// Where a path leads: what a captured `readlink -f PATH` said.
    fn path(&self, target: &Target, path: &str) -> Result<Known, Unanswered> {
        let container =
            Container { namespace: target.namespace.clone(), pod: target.pod.clone(), name: target.container.clone() };
        let captured = self.capture.execs.get(&container).ok_or(Unanswered::Unavailable)?;
        let look = captured.iter().find(|c| c.argv == ["readlink", "-f", path]).ok_or(Unanswered::Unavailable)?;
        match look.stdout.lines().next() {
            Some(leads) if look.exit == 0 => Ok(Known { value: Answer::Text(leads.to_owned()), bound: Bound::Exact }),
            _ => Err(Unanswered::Missing),
        }
    }
}

fn one(target: Target) -> Facts {
    many(vec![target])
}

fn many(targets: Vec<Target>) -> Facts {
    Facts { targets, ..Facts::default() }
}

fn fill(target: &mut Target, pod: &Value) {
    target.pod = meta(pod, "name").into();
    target.pod_uid = match meta(pod, "uid") {
        // A capture written by hand may leave it out; the name is unique within it.
        "" => format!("mirror:{}/{}", meta(pod, "namespace"), meta(pod, "name")),
        uid => uid.into(),
    };
    target.pod_labels = labels(pod);
    target.node = pod["spec"]["nodeName"].as_str().unwrap_or_default().into();
}

/// The target for one container of a pod.
fn container(namespace: &Target, pod: &Value, named: Option<&str>) -> Result<Target, Denial> {
    let main = pod["spec"]["containers"].as_array().map_or(0, Vec::len);
    let names: Vec<&str> = containers(pod).filter_map(|c| c["name"].as_str()).collect();
    let default = pod["metadata"]["annotations"][DEFAULT_CONTAINER].as_str();
    let chosen = choose(meta(pod, "name"), named, default, &names, main)?;
    let mut target = namespace.clone();
    fill(&mut target, pod);
    target.container = chosen.into();
    if let Some(spec) = containers(pod).find(|c| c["name"] == chosen) {
        target.image = spec["image"].as_str().unwrap_or_default().into();
    }
    let statuses = ["containerStatuses", "initContainerStatuses"].into_iter();
    let status = statuses.filter_map(|field| pod["status"][field].as_array()).flatten().find(|s| s["name"] == chosen);
    let id = status.and_then(|s| s["imageID"].as_str()).unwrap_or_default();
    target.image_digest = id.rfind("sha256:").map_or("", |at| &id[at..]).into();
    Ok(target)
}

fn no_namespace() -> Denial {
    Denial::new("target.namespace", "this needs a namespace")
        .remedy("name one; k8s_list lists those that are open under namespaces")
}
