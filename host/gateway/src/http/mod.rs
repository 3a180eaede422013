//! MCP over HTTP: one endpoint for both eras of the protocol, with authentication, limits and a graceful end.
//!
//! HTTP/1.1 only: every MCP client speaks it, and a second protocol would be a second set of limits to hold.
mod auth;
mod serve;
mod sessions;
mod settings;
mod tls;

pub use serve::{HttpError, HttpServer, Readiness, serve_http};
pub(crate) use serve::{accept, connection};
pub use settings::{HttpConfigError, HttpSettings, Tls};
pub(crate) use tls::Certificate;

/// Who a request was authenticated as. Put into a request by authentication alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The name configured for the token, or `local`.
    pub(crate) user: String,
    /// The legacy MCP session, empty if there is none. The client's claim.
    pub(crate) session: String,
}
