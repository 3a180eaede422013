//! A cluster's map without a cluster.
use std::collections::BTreeMap;
use wardgate_core::{
    AnyRequest, Bound, BoxFuture, Denial, Facts, Known, Lookup, Place, Question, Target, Unanswered, Value, floor,
};

/// Every namespace is open but `private`; a selector finds two pods, `a` and `b`; in the namespace `hang`, and to a question about
/// `hang`, no answer comes; any other question's answer is its subject, unless
/// it is mute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places {
    /// The container that is found in every pod.
    pub container: &'static str,
    /// Whether no question is answered.
    pub mute: bool,
}

impl Lookup for Places {
    fn resolve<'a>(&'a self, place: &'a Place, request: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        Box::pin(async move {
            let namespace = place.namespace.as_deref().unwrap_or("shop");
            if namespace == "hang" {
                std::future::pending::<()>().await;
            }
            let open = [floor::ACCESS, floor::EXEC].map(|(key, value)| (key.to_string(), value.to_string()));
            let labels: BTreeMap<_, _> = if namespace == "private" { BTreeMap::new() } else { open.into() };
            let target = |pod: &str| Target {
                namespace: namespace.into(),
                namespace_labels: labels.clone(),
                pod: pod.into(),
                pod_uid: format!("uid of {pod}"),
                container: self.container.into(),
                ..Target::default()
            };
            let targets = match (request, &place.pod_selector) {
                (AnyRequest::Query(_), _) => vec![Target::default()],
                (_, Some(_)) => vec![target("a"), target("b")],
                _ => vec![target(place.pod.as_deref().unwrap_or(""))],
            };
            Ok(Facts { targets, ..Facts::default() })
        })
    }
    fn answer<'a>(&'a self, _: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        Box::pin(async move {
            if self.mute {
                return Err(Unanswered::Unsupported);
            }
            if question.subject == "hang" {
                std::future::pending::<()>().await;
            }
            Ok(Known { value: Value::Text(question.subject.clone()), bound: Bound::Exact })
        })
    }
}
