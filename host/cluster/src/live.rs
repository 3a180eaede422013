//! A live cluster with its Prometheus as one look-up: places come from the watch caches, counts of series from Prometheus.
use crate::{
    kube::Kubernetes,
    prometheus::{OpenNamespaces, Prometheus},
};
use std::sync::Arc;
use wardgate_core::{
    AnyRequest, BoxFuture, Denial, Errand, Facts, Known, Lookup, Place, Question, Subject, Target, Unanswered, floor,
};

/// Both ends; without Prometheus its questions stay unanswered.
pub struct Live {
    /// Places.
    pub kubernetes: Arc<Kubernetes>,
    /// Series.
    pub prometheus: Option<Arc<Prometheus>>,
}

impl Lookup for Live {
    fn resolve<'a>(&'a self, place: &'a Place, request: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        self.kubernetes.resolve(place, request)
    }

    fn answer<'a>(&'a self, target: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        match &self.prometheus {
            Some(prometheus) if matches!(question.kind.as_str(), "series" | "metric-names") => {
                Box::pin(prometheus.answer(question))
            }
            _ => self.kubernetes.answer(target, question),
        }
    }

    fn errand(&self, target: &Target, question: &Question) -> Option<Errand> {
        let request = Kubernetes::errand(target, question)?;
        Some(Errand { request, backend: self.kubernetes.clone() })
    }

    fn learn(&self, target: &Target, question: &Question, outcome: &Result<Known, Unanswered>) {
        self.kubernetes.learn(target, question, outcome);
    }
}

impl OpenNamespaces for Kubernetes {
    fn open(&self, namespace: &str) -> bool {
        self.labels(namespace).is_some_and(|labels| floor::namespace(namespace, &labels, false).is_ok())
    }

    /// The labelled ones, the same for everybody; roles will narrow them here.
    fn seen_by(&self, _: &Subject) -> Vec<String> {
        self.open_namespaces()
    }
}
