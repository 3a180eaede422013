//! Which imports a component may have. What is not here is not linked, and keeps a component from loading.
use crate::fault::LoadError;
use wasmtime::{Engine, component::Component};

/// Types only: every world may import it.
pub(crate) const TYPES: &str = "wardgate:policy/types@1.0.0";
/// The one capability, for reviewers.
pub(crate) const DIAGNOSTICS: &str = "wardgate:policy/diagnostics@1.0.0";

/// Refuses a component with any other import, and names them all.
pub(crate) fn check(engine: &Engine, component: &Component, allowed: &[&str]) -> Result<(), LoadError> {
    let unknown: Vec<String> =
        names(engine, component).0.into_iter().filter(|n| !allowed.contains(&n.as_str())).collect();
    if unknown.is_empty() { Ok(()) } else { Err(LoadError::UnknownImports(unknown)) }
}

/// The names of what a component imports and exports, escaped.
pub(crate) fn names(engine: &Engine, component: &Component) -> (Vec<String>, Vec<String>) {
    let kind = component.component_type();
    let escaped = |name: &str| crate::text::escape(name, 200);
    let imports = kind.imports(engine).map(|(name, _)| escaped(name)).collect();
    let exports = kind.exports(engine).map(|(name, _)| escaped(name)).collect();
    (imports, exports)
}
