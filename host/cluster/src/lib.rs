//! Backends of the road: a live cluster, its Prometheus, or a captured incident.

pub mod compact;
pub mod container;
pub mod kinds;
pub mod kube;
pub mod live;
pub mod mirror;
pub mod prometheus;
pub mod promql_floor;
pub mod promql_tenancy;
pub mod records;
pub mod selector;
mod series;
mod unit;
mod wire;
