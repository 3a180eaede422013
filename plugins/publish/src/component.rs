//! From a core module to a component, and what a component may import and must export.
use crate::statement::World;
use anyhow::{Context, Result, bail, ensure};
use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::WorldItem;

const TYPES: &str = "wardgate:policy/types@1.0.0";
const DIAGNOSTICS: &str = "wardgate:policy/diagnostics@1.0.0";

/// Makes the component of a core module that `wit-bindgen` wrote.
pub(crate) fn make(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default().validate(true).module(module)?.encode()
}

/// Fails unless the component is one of `world`: its export is there, and it imports nothing it may not.
pub(crate) fn check(component: &[u8], world: World) -> Result<()> {
    let DecodedWasm::Component(resolve, id) = wit_component::decode(component).context("reading the component")? else {
        bail!("this is a WIT package, not a component");
    };
    let (wanted, may): (_, &[&str]) = match world {
        World::Reviewer => ("wardgate:policy/review@1.0.0", &[TYPES, DIAGNOSTICS]),
        World::Redactor => ("wardgate:policy/redaction@1.0.0", &[TYPES]),
    };
    let names = |items: &mut dyn Iterator<Item = (&wit_parser::WorldKey, &WorldItem)>| -> Vec<String> {
        items.map(|(key, _)| resolve.name_world_key(key)).collect()
    };
    let shape = &resolve.worlds[id];
    let exports = names(&mut shape.exports.iter());
    ensure!(
        exports.iter().any(|name| name == wanted),
        "a {world} exports {wanted}; this component exports {exports:?}"
    );
    let unknown: Vec<_> =
        names(&mut shape.imports.iter()).into_iter().filter(|name| !may.contains(&name.as_str())).collect();
    ensure!(unknown.is_empty(), "a {world} may not import {unknown:?}");
    Ok(())
}
