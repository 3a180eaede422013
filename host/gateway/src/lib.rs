//! Wardgate's MCP endpoint: who calls, is the call well formed, is there a place for it; then the road.
//!
//! - [`Gateway`] holds the tools (one file each under `tools/`) and hands calls to the road.
//! - `answer` is the only file that builds MCP results, and it builds them from [`wardgate_core::Settled`] alone.
//! - [`serve_stdio`] and [`serve_http`] are the transports.
//! - [`AdmissionServer`] is the second gate, for the API server.
//!
//! This crate never sees a cluster: it knows backends by core's traits.

mod admission;
mod answer;
mod arguments;
mod draft;
mod gateway;
mod handler;
mod http;
mod instructions;
mod kinds;
mod metrics;
mod quota;
mod samples;
mod saved;
mod schema;
mod settings;
mod stdio;
mod tools;

pub use admission::{AdmissionServer, AdmissionSettings, Intents, OwnCredential};
pub use arguments::BrokenSchema;
pub use gateway::{Backends, Gateway, GatewayError, RoadProvider};
pub use handler::INCIDENT;
pub use http::{HttpConfigError, HttpError, HttpServer, HttpSettings, Readiness, Tls, serve_http};
pub use prometheus_client::registry::Registry as MetricsRegistry;
pub use saved::{BadType, Catalogue, Parameter, ParameterType, SavedQuery, SavedQueryError, Word};
pub use settings::{Bounds, GatewaySettings, Quotas, SettingsError};
pub use stdio::{StdioError, serve_stdio, serve_streams};
pub use tokio_util::sync::CancellationToken;
