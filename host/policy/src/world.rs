//! What the two worlds have in common: link, bind, describe, configure.
use crate::{
    bindings::{diagnostics, redactor, reviewer, types},
    convert,
    guard::Guard,
    imports,
    setup::{Descriptor, RedactorSetup, ReviewerSetup},
};
use serde::{Serialize, de::DeserializeOwned};
use wasmtime::{
    Result, Store,
    component::{HasSelf, Instance, InstancePre, Linker},
};

/// A world of the contract.
pub(crate) trait World: Sized + Send {
    /// Ready to be instantiated.
    type Pre: Send + Sync;
    /// What its `configure` returns.
    type Setup: Serialize + DeserializeOwned + Clone + Send + Sync;
    /// All that it may import.
    const IMPORTS: &'static [&'static str];
    fn link(linker: &mut Linker<Guard>) -> Result<()>;
    fn prepare(pre: InstancePre<Guard>) -> Result<Self::Pre>;
    fn bind(store: &mut Store<Guard>, instance: &Instance) -> Result<Self>;
    fn instantiate(pre: &Self::Pre, store: &mut Store<Guard>) -> Result<Self>;
    fn describe(&self, store: &mut Store<Guard>) -> Result<Descriptor>;
    fn configure(&self, store: &mut Store<Guard>, settings: &str) -> Result<Result<Self::Setup, String>>;
    /// The contract's first bound that a setup breaks.
    fn broken(setup: &Self::Setup) -> Option<&'static str>;
}

impl World for reviewer::Reviewer {
    type Pre = reviewer::ReviewerPre<Guard>;
    type Setup = ReviewerSetup;
    const IMPORTS: &'static [&'static str] = &[imports::TYPES, imports::DIAGNOSTICS];

    fn link(linker: &mut Linker<Guard>) -> Result<()> {
        types::add_to_linker::<_, HasSelf<_>>(linker, |guard| guard)?;
        diagnostics::add_to_linker::<_, HasSelf<_>>(linker, |guard| guard)
    }

    fn prepare(pre: InstancePre<Guard>) -> Result<Self::Pre> {
        Self::Pre::new(pre)
    }

    fn bind(store: &mut Store<Guard>, instance: &Instance) -> Result<Self> {
        Self::new(store, instance)
    }

    fn instantiate(pre: &Self::Pre, store: &mut Store<Guard>) -> Result<Self> {
        pre.instantiate(store)
    }

    fn describe(&self, store: &mut Store<Guard>) -> Result<Descriptor> {
        self.wardgate_policy_review().call_describe(store).map(convert::descriptor)
    }

    fn configure(&self, store: &mut Store<Guard>, settings: &str) -> Result<Result<Self::Setup, String>> {
        let made = self.wardgate_policy_review().call_configure(store, settings)?;
        Ok(made.map(convert::reviewer_setup))
    }

    fn broken(setup: &Self::Setup) -> Option<&'static str> {
        setup.broken()
    }
}

impl World for redactor::Redactor {
    type Pre = redactor::RedactorPre<Guard>;
    type Setup = RedactorSetup;
    const IMPORTS: &'static [&'static str] = &[imports::TYPES];

    fn link(linker: &mut Linker<Guard>) -> Result<()> {
        types::add_to_linker::<_, HasSelf<_>>(linker, |guard| guard)
    }

    fn prepare(pre: InstancePre<Guard>) -> Result<Self::Pre> {
        Self::Pre::new(pre)
    }

    fn bind(store: &mut Store<Guard>, instance: &Instance) -> Result<Self> {
        Self::new(store, instance)
    }

    fn instantiate(pre: &Self::Pre, store: &mut Store<Guard>) -> Result<Self> {
        pre.instantiate(store)
    }

    fn describe(&self, store: &mut Store<Guard>) -> Result<Descriptor> {
        self.wardgate_policy_redaction().call_describe(store).map(convert::descriptor)
    }

    fn configure(&self, store: &mut Store<Guard>, settings: &str) -> Result<Result<Self::Setup, String>> {
        let made = self.wardgate_policy_redaction().call_configure(store, settings)?;
        Ok(made.map(convert::redactor_setup))
    }

    fn broken(setup: &Self::Setup) -> Option<&'static str> {
        setup.broken()
    }
}
