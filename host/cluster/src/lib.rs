//! Backends of the road: a live cluster, its Prometheus, or a captured incident.

pub mod compact;
pub mod container;
pub mod kinds;
pub mod mirror;
pub mod promql_floor;
pub mod records;
pub mod selector;
