//! AdmissionReview (admission.k8s.io/v1) as it stands on the wire. Everything in it but the API server's own words is untrusted.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Bytes of an annotation's value: the audit log is not ours to fill.
const ANNOTATION: usize = 2048;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Review {
    pub(super) api_version: String,
    pub(super) request: Asked,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) uid: String,
    pub(super) resource: Resource,
    #[serde(default)]
    pub(super) sub_resource: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) namespace: String,
    pub(super) operation: String,
    pub(super) user_info: UserInfo,
    #[serde(default)]
    pub(super) object: Value,
}

#[derive(Deserialize)]
pub(super) struct Resource {
    #[serde(default)]
    pub(super) group: String,
    pub(super) resource: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct UserInfo {
    pub(super) username: String,
    pub(super) groups: Vec<String>,
    pub(super) extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    /// Which token it was (KEP-4193).
    pub(super) fn credential(&self) -> Option<&str> {
        self.extra.get("authentication.kubernetes.io/credential-id")?.first().map(String::as_str)
    }
}

/// `PodExecOptions`. A field that is not known here may do anything, so it is denied.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExecOptions {
    #[serde(rename = "kind", default)]
    _kind: String,
    #[serde(rename = "apiVersion", default)]
    _api_version: String,
    #[serde(default)]
    pub(super) stdin: bool,
    #[serde(rename = "stdout", default)]
    _stdout: bool,
    #[serde(rename = "stderr", default)]
    _stderr: bool,
    #[serde(default)]
    pub(super) tty: bool,
    #[serde(default)]
    pub(super) container: String,
    #[serde(default)]
    pub(super) command: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    api_version: &'static str,
    kind: &'static str,
    response: Response,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    uid: String,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    audit_annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
}

/// What was decided, and what the cluster's audit log is told of it.
pub(super) struct Decision {
    /// `None` allows; a text denies, and is shown to whoever asked.
    pub(super) denied: Option<String>,
    /// allow, ask or deny.
    pub(super) verdict: &'static str,
    /// The rule that decided.
    pub(super) rule: String,
    /// More for the audit log.
    pub(super) annotations: BTreeMap<&'static str, String>,
}

impl Decision {
    pub(super) fn answer(self, uid: String) -> Answer {
        let Self { denied, verdict, rule, mut annotations } = self;
        annotations.insert("verdict", verdict.into());
        annotations.insert("rule", rule);
        for value in annotations.values_mut() {
            let end = value.floor_char_boundary(ANNOTATION);
            value.truncate(end);
        }
        let allowed = denied.is_none();
        let status = denied.map(|message| Status { code: 403, reason: "Forbidden", message });
        let response = Response { uid, allowed, status, audit_annotations: annotations };
        Answer { api_version: "admission.k8s.io/v1", kind: "AdmissionReview", response }
    }
}
