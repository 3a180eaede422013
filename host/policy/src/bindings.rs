//! The bindings of both worlds, generated from `wit/`; `types` is generated once and shared. Only this crate's adapters see them.
#![allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]

pub(crate) mod reviewer {
    wasmtime::component::bindgen!({ path: "../../wit", world: "reviewer" });
}

pub(crate) mod redactor {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "redactor",
        with: { "wardgate:policy/types@1.0.0": super::reviewer::wardgate::policy::types },
    });
}

pub(crate) use redactor::exports::wardgate::policy::redaction;
pub(crate) use reviewer::exports::wardgate::policy::review;
pub(crate) use reviewer::wardgate::policy::{diagnostics, types};
