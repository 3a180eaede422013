//! Who this host is to the API server: its user name, and the id of the credential that it uses now (KEP-4193). The server says so itself;
//! no token is read or taken apart here.
use super::{
    Kubernetes,
    http::{Url, ask, words},
};
use http::Method;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{task::AbortHandle, time::sleep};

/// Bytes of an answer.
const ANSWER: usize = 256 << 10;
/// How often it is asked: a token that was replaced is unknown for no longer.
const AGAIN: Duration = Duration::from_secs(15);
/// The one in use, and the one before it.
const KEPT: usize = 2;

/// The ids of the credential that this host uses, kept up to date until it is dropped.
pub struct OwnCredential {
    ids: Arc<Mutex<VecDeque<String>>>,
    asking: AbortHandle,
}

impl OwnCredential {
    /// Whether the API server means this host's credential by that id.
    pub fn is(&self, id: &str) -> bool {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|own| own == id)
    }
}

impl Drop for OwnCredential {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

impl Kubernetes {
    /// The user name by which the API server knows this credential.
    pub async fn whoami(&self) -> Result<String, String> {
        let answer = myself(&self.client).await?;
        answer["username"].as_str().map(str::to_string).ok_or_else(|| words(&answer))
    }

    /// Begins to ask for the credential's id. A failure changes nothing: an id that was ours stays ours.
    pub fn own_credential(&self) -> OwnCredential {
        let (ids, client) = (Arc::<Mutex<VecDeque<String>>>::default(), self.client.clone());
        let kept = ids.clone();
        let asking = tokio::spawn(async move {
            loop {
                match myself(&client).await {
                    Ok(user) => remember(&kept, credential(&user)),
                    Err(why) => tracing::warn!(error = %why, "the API server does not say who this host is"),
                }
                sleep(AGAIN).await;
            }
        });
        OwnCredential { ids, asking: asking.abort_handle() }
    }
}

/// `status.userInfo` of a SelfSubjectReview.
async fn myself(client: &kube::Client) -> Result<Value, String> {
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let url = Url::new("apis/authentication.k8s.io/v1/selfsubjectreviews", []);
    let request = url.bring(Method::POST, "application/json", &review).map_err(|error| error.to_string())?;
    let (_, mut answer) = ask(client, request, ANSWER).await?;
    match answer["status"]["userInfo"].take() {
        Value::Null => Err(words(&answer)),
        user => Ok(user),
    }
}

fn credential(user: &Value) -> Option<&str> {
    user["extra"]["authentication.kubernetes.io/credential-id"][0].as_str()
}

fn remember(ids: &Mutex<VecDeque<String>>, id: Option<&str>) {
    let mut ids = ids.lock().unwrap_or_else(PoisonError::into_inner);
    match id {
        Some(id) if ids.front().is_none_or(|newest| newest != id) => {
            ids.push_front(id.to_owned());
            ids.truncate(KEPT);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_in_use_and_the_one_before_it_are_known() {
        let ids = Mutex::default();
        for id in [Some("JTI=1"), Some("JTI=1"), None, Some("JTI=2"), Some("JTI=2"), Some("JTI=3")] {
            remember(&ids, id);
        }
        assert_eq!(*ids.lock().unwrap_or_else(PoisonError::into_inner), ["JTI=3", "JTI=2"]);
    }

    #[test]
    fn an_id_is_where_the_api_server_writes_it() {
        let user = json!({"username": "x", "extra": {"authentication.kubernetes.io/credential-id": ["JTI=1"]}});
        assert_eq!(credential(&user), Some("JTI=1"));
        for none in [json!({}), json!({"extra": {"authentication.kubernetes.io/credential-id": []}})] {
            assert_eq!(credential(&none), None);
        }
    }
}
