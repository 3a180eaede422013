//! Whose a legacy session is. A session's stream can be resumed by its id, so an id must be worth nothing to anybody else.
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use std::{collections::HashMap, sync::Arc, sync::Mutex, sync::PoisonError};

/// Owners of the sessions that live.
pub(crate) struct Owners {
    manager: Arc<LocalSessionManager>,
    users: Mutex<HashMap<String, String>>,
    most: usize,
}

impl Owners {
    pub(crate) fn new(manager: Arc<LocalSessionManager>, most: usize) -> Self {
        Self { manager, users: Mutex::default(), most }
    }

    /// Whether one more session may begin.
    pub(crate) async fn room(&self) -> bool {
        self.manager.sessions.read().await.len() < self.most
    }

    /// A session began. Those that ended are forgotten: never more entries than sessions.
    pub(crate) async fn began(&self, session: &str, user: &str) {
        let alive = self.manager.sessions.read().await;
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        users.retain(|id, _| alive.contains_key(id.as_str()));
        users.insert(session.into(), user.into());
    }

    pub(crate) fn owns(&self, session: &str, user: &str) -> bool {
        self.users.lock().unwrap_or_else(PoisonError::into_inner).get(session).is_some_and(|owner| owner == user)
    }
}
