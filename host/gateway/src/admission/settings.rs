//! What an operator can set about the admission webhook.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// The admission webhook's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmissionSettings {
    /// Address and port to listen on, for the API server alone: a network policy should let nobody else in.
    pub bind: SocketAddr,
    /// File with the certificate chain in PEM, read again when it changes.
    pub certificate: PathBuf,
    /// File with its key in PEM.
    pub key: PathBuf,
    /// User names of the AI's credentials, such as "system:serviceaccount:ai-ops:debug-ai". The manifests that `wardgate policy export`
    /// writes hold for them alone, so that no outage of the webhook locks people out; whoever is sent here all the same is judged.
    #[serde(default)]
    pub identities: Vec<String>,
    /// Reviews at once, at most; one more is refused, which the API server takes for a denial. Default 64.
    #[serde(default = "in_flight")]
    pub max_in_flight: u32,
    /// Decisions that may wait to be written to the evidence; while more wait, everything is denied. Default 1024.
    #[serde(default = "queue")]
    pub queue: u32,
}

fn in_flight() -> u32 {
    64
}

fn queue() -> u32 {
    1024
}
