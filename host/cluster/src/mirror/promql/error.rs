//! Why a query over a capture has no answer. The texts may quote the query, which is the caller's own.

use thiserror::Error;

/// What went wrong, by whose fault it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Not PromQL.
    #[error("the query does not parse: {0}")]
    Parse(String),
    /// PromQL, but outside the subset that is evaluated here.
    #[error("a mirror does not evaluate {what}; it has: {have}", have = super::SUBSET)]
    Unsupported {
        /// The function, aggregation, operator or modifier.
        what: String,
    },
    /// PromQL that Prometheus would refuse at run time as well.
    #[error("{0}")]
    Evaluation(String),
    /// More work than one query may cause.
    #[error("the query needs more than {limit} {what}; narrow its selectors, its range or its step")]
    TooMuch {
        /// What ran out.
        what: &'static str,
        /// How much of it there is.
        limit: u64,
    },
}

impl QueryError {
    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    pub(super) fn evaluation(why: impl Into<String>) -> Self {
        Self::Evaluation(why.into())
    }
}
