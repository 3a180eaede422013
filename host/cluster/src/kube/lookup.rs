//! What a place is, out of the watch caches: no request leaves for it.
use super::{
    Kubernetes,
    facts::{NamespaceFacts, PodFacts},
    process,
};
use crate::{
    container::{self, choose, none_fits},
    kinds,
    selector::LabelSelector,
};
use std::{collections::BTreeMap, sync::Arc};
use wardgate_core::{
    AnyRequest, BoxFuture, Denial, Exec, Facts, Known, Lookup, Place, Question, Selection, Target, Unanswered, Verb,
    floor,
};

impl Lookup for Kubernetes {
    fn resolve<'a>(&'a self, place: &'a Place, request: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        Box::pin(std::future::ready(self.facts(place, request)))
    }

    fn answer<'a>(&'a self, target: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        let answer = match question.kind.as_str() {
            "path" => self.known_path(target, question),
            _ => Err(Unanswered::Unsupported),
        };
        Box::pin(std::future::ready(answer))
    }

    fn learn(&self, target: &Target, question: &Question, outcome: &Result<Known, Unanswered>) {
        self.learn_path(target, question, outcome);
    }
}

impl Kubernetes {
    /// The command that answers a question for which no cache has an answer. A closed list: where does this path lead, which process is it.
    pub(crate) fn errand(target: &Target, question: &Question) -> Option<Exec> {
        Self::path_errand(target, question).or_else(|| process::errand(target, question))
    }

    fn facts(&self, place: &Place, request: &AnyRequest) -> Result<Facts, Denial> {
        if !self.healthy() {
            return Err(stale());
        }
        match request {
            AnyRequest::Query(_) | AnyRequest::Metadata(_) => Ok(Self::one(self.cluster())),
            AnyRequest::Objects(selection) => self.objects(place, selection),
            AnyRequest::Events(_) => Ok(Facts { targets: self.namespaces(place, None), ..Facts::default() }),
            AnyRequest::Logs(_) | AnyRequest::Exec(_) => self.pods(place),
        }
    }

    fn one(target: Target) -> Facts {
        Facts { targets: vec![target], ..Facts::default() }
    }

    pub(super) fn cluster(&self) -> Target {
        Target { cluster: self.settings.cluster.clone(), ..Target::default() }
    }

    /// The labels of a namespace as the cache has them now; a cache that is stale knows none.
    pub(crate) fn labels(&self, namespace: &str) -> Option<BTreeMap<String, String>> {
        let fresh = self.namespaces.fresh(self.settings.stale_after);
        fresh.then(|| self.namespaces.get("", namespace).map(|facts| facts.labels.clone())).flatten()
    }

    /// The namespaces that are labelled for access, in order; a cache that is stale knows none.
    pub(crate) fn open_namespaces(&self) -> Vec<String> {
        if !self.namespaces.fresh(self.settings.stale_after) {
            return Vec::new();
        }
        let open = |n: &&Arc<NamespaceFacts>| floor::namespace(&n.name, &n.labels, false).is_ok();
        self.namespaces.list(None).iter().filter(open).map(|n| n.name.clone()).collect()
    }

    pub(super) fn namespace(&self, name: &str) -> Target {
        // A namespace that does not exist has no labels, and is refused in the same words as one that is not open.
        let namespace_labels = self.labels(name).unwrap_or_default();
        Target { namespace: name.into(), namespace_labels, ..self.cluster() }
    }

    fn objects(&self, place: &Place, selection: &Selection) -> Result<Facts, Denial> {
        match (kinds::by_word(&selection.kind), &selection.name) {
            (Some(kind), Some(name)) if kind.word == "namespaces" && selection.verb == Verb::Get => {
                Ok(Self::one(self.namespace(name)))
            }
            (Some(kind), _) if !kind.namespaced => Ok(Self::one(self.cluster())),
            // The floor refuses an unknown kind by name.
            (None, _) => Ok(Self::one(self.cluster())),
            (Some(kind), Some(name)) if selection.verb == Verb::Get => {
                let Some(namespace) = &place.namespace else { return Err(no_namespace()) };
                let mut target = self.namespace(namespace);
                if kind.word == "pods"
                    && let Some(pod) = self.pods.get(namespace, name)
                {
                    fill(&mut target, &pod);
                }
                Ok(Self::one(target))
            }
            (Some(_), _) => Ok(Facts {
                targets: self.namespaces(place, selection.cursor.as_ref().map(|c| c.as_str())),
                ..Facts::default()
            }),
        }
    }

    /// The named namespace, or every open one; from where a cursor stopped.
    fn namespaces(&self, place: &Place, cursor: Option<&str>) -> Vec<Target> {
        if let Some(namespace) = &place.namespace {
            return vec![self.namespace(namespace)];
        }
        let from = cursor.and_then(|cursor| cursor.split(':').next()).unwrap_or_default();
        let open =
            self.namespaces.list(None).into_iter().filter(|n| floor::namespace(&n.name, &n.labels, false).is_ok());
        open.filter(|n| n.name.as_str() >= from).map(|n| self.namespace(&n.name)).collect()
    }

    fn pods(&self, place: &Place) -> Result<Facts, Denial> {
        let Some(namespace) = &place.namespace else { return Err(no_namespace()) };
        let target = self.namespace(namespace);
        // Names of pods are not told from a namespace that is not open.
        floor::namespace(namespace, &target.namespace_labels, false)?;
        match (&place.pod, &place.pod_selector) {
            (Some(name), None) => {
                let missing = || {
                    let reason = format!("there is no pod {name:?} in namespace {namespace:?}");
                    Denial::new("target.missing", reason)
                        .remedy("list the pods of the namespace: pods of a Deployment change their names")
                };
                let pod = self.pods.get(namespace, name).ok_or_else(missing)?;
                let container = container(&pod, place.container.as_deref())?;
                Ok(Self::one(Self::pod(target, &pod, container)))
            }
            (None, Some(selector)) => {
                let selector = LabelSelector::parse(selector)
                    .map_err(|error| Denial::new("target.selector", error.to_string()))?;
                let all = self.pods.list(Some(namespace)).into_iter();
                let mut fits: Vec<_> = all.filter(|pod| selector.matches(&pod.labels)).collect();
                // The newest first: what does not fit the call's limits is what is oldest.
                fits.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.name.cmp(&b.name)));
                let (mut targets, mut left_out) = (Vec::new(), Vec::new());
                for pod in fits {
                    match container(&pod, place.container.as_deref()) {
                        Ok(container) => targets.push(Self::pod(target.clone(), &pod, container)),
                        Err(denial) => left_out.push(container::left_out(&pod.name, &denial)),
                    }
                }
                if targets.is_empty() {
                    return Err(none_fits(namespace, &left_out));
                }
                Ok(Facts { targets, left_out, ..Facts::default() })
            }
            _ => {
                Err(Denial::new("target.pod", "name either one pod or a label selector")
                    .remedy("pod, or label_selector"))
            }
        }
    }

    fn pod(mut target: Target, pod: &PodFacts, container: usize) -> Target {
        fill(&mut target, pod);
        if let Some(found) = pod.containers.get(container) {
            target.container.clone_from(&found.name);
            target.image.clone_from(&found.image);
            target.image_digest.clone_from(&found.digest);
        }
        target
    }
}

fn fill(target: &mut Target, pod: &PodFacts) {
    target.pod.clone_from(&pod.name);
    target.pod_uid.clone_from(&pod.uid);
    target.pod_labels.clone_from(&pod.labels);
    target.node.clone_from(&pod.node);
}

fn container(pod: &PodFacts, named: Option<&str>) -> Result<usize, Denial> {
    let names: Vec<&str> = pod.containers.iter().map(|c| c.name.as_str()).collect();
    let chosen = choose(&pod.name, named, pod.default_container.as_deref(), &names, pod.main)?;
    Ok(names.iter().position(|name| *name == chosen).unwrap_or_default())
}

fn no_namespace() -> Denial {
    Denial::new("target.namespace", "this needs a namespace")
        .remedy("name one; k8s_list lists those that are open under namespaces")
}

fn stale() -> Denial {
    Denial::new("floor.stale", "the host has not heard from the API server lately, so it does not know what is open")
        .remedy("try again in a minute")
}
