//! Requests that serve an operator's command and no agent: the closed list that stands beside the road. Each is fixed by the host but for
//! names that the operator gives; what comes back is for the operator's terminal.
use super::{
    Kubernetes,
    http::{Url, ask, words},
};
use http::StatusCode;
use wardgate_core::CallId;

/// A program that no image has, under a name that says whose it is.
pub const PROBE: &str = "/wardgate-probe";
/// Bytes of an answer.
const ANSWER: usize = 256 << 10;
/// What a denial of this project's gates begins with, whichever of them it was: webhook, ValidatingAdmissionPolicy or Gatekeeper.
const OURS: &str = "wardgate: ";

/// What the API server made of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// A gate of ours denied it, in these words.
    Denied(String),
    /// Something else denied it: another admission policy, or RBAC. Whether ours would have is not known.
    DeniedByAnother(String),
    /// The webhook is registered but did not answer; the API server denied for that reason alone.
    Unreachable(String),
    /// There is no such pod, or no such container.
    Missing(String),
    /// Admission let it through.
    LetThrough(String),
    /// No answer, or none that can be read.
    Failed(String),
}

impl Kubernetes {
    /// Asks for an exec of [`PROBE`] past every gate of this process. It is no upgrade: admission sees the same request that it sees
    /// of kubectl, and where admission lets it through there is no connection in which anything could run.
    pub async fn probe_exec(&self, namespace: &str, pod: &str, container: Option<&str>, call: &CallId) -> Probed {
        let url = Url::new("api/v1/namespaces", [namespace, "pods", pod, "exec"])
            .with_some("container", container)
            .with("stdout", "true")
            .with("command", PROBE);
        let Ok(request) = url.get(call.as_str()) else { return Probed::Failed("the names make no request".into()) };
        match ask(&self.client, request, ANSWER).await {
            Ok((status, answer)) => judged(status, words(&answer)),
            Err(why) => Probed::Failed(why),
        }
    }
}

fn judged(status: StatusCode, words: String) -> Probed {
    let denied = words.contains("denied the request") || words.contains("denied request");
    if words.contains("failed calling webhook") || words.contains("failed to call webhook") {
        Probed::Unreachable(words)
    } else if denied && words.contains(OURS) {
        Probed::Denied(words)
    } else if denied || matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) {
        Probed::DeniedByAnother(words)
    } else if status == StatusCode::NOT_FOUND {
        Probed::Missing(words)
    } else {
        // "Upgrade request required", an unknown container, a node that is gone: all of them come after admission.
        Probed::LetThrough(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as a kube-apiserver 1.36 writes them.
    #[test]
    fn only_a_denial_of_ours_counts_as_one() {
        let of = |status, text: &str| judged(StatusCode::from_u16(status).unwrap_or_default(), text.into());
        let kind = |probed: &Probed| match probed {
            Probed::Denied(_) => "denied",
            Probed::DeniedByAnother(_) => "another",
            Probed::Unreachable(_) => "unreachable",
            Probed::Missing(_) => "missing",
            Probed::LetThrough(_) => "through",
            Probed::Failed(_) => "failed",
        };
        for (status, text, expected) in [
            (
                403,
                r#"admission webhook "exec.wardgate.dev" denied the request: wardgate: exec.command.path: no"#,
                "denied",
            ),
            (
                403,
                "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'wardgate-exec' with binding 'wardgate-exec' denied request: \
                 wardgate: exec.unlisted: not a command",
                "denied",
            ),
            (
                403,
                r#"admission webhook "validation.gatekeeper.sh" denied the request: [wardgate-exec] wardgate: exec.unlisted"#,
                "denied",
            ),
            (403, r#"admission webhook "other.example" denied the request: no execs on Fridays"#, "another"),
            (403, r#"pods "web" is forbidden: User "x" cannot get resource "pods/exec" in API group """#, "another"),
            (401, "Unauthorized", "another"),
            (
                500,
                r#"Internal error occurred: failed calling webhook "exec.wardgate.dev": dial tcp: refused"#,
                "unreachable",
            ),
            (404, r#"pods "web" not found"#, "missing"),
            (400, "Upgrade request required", "through"),
            (400, "container nope is not valid for pod web", "through"),
            (200, "", "through"),
        ] {
            assert_eq!(kind(&of(status, text)), expected, "{text}");
        }
    }
}
