//! What a redactor implements, and how it becomes the export of a component.
use crate::types::Context;
use redaction::{Finding, Progress, Setup, Source, Stretch};
use serde::de::DeserializeOwned;
use std::cell::RefCell;

/// The `redaction` interface's own types.
pub use crate::bindings::redactor::exports::wardgate::policy::redaction;

/// A redactor: it points at what must not be read.
pub trait Redactor: Sized + 'static {
    /// The name the operator and the signed statement use.
    const NAME: &'static str;
    /// Its semantic version.
    const VERSION: &'static str;
    /// JSON Schema 2020-12 of the settings.
    const SETTINGS_SCHEMA: &'static str;
    /// The settings; `#[serde(deny_unknown_fields)]` and defaults for all of it.
    type Settings: DeserializeOwned;
    /// The state of one stream.
    type Scanner: Scanner;

    /// Runs once, at load. What is built here is frozen and copied for every stream: compile patterns here, and warm them.
    fn configure(settings: Self::Settings) -> Result<(Self, Setup), String>;

    /// A scanner for one stream. `self` lives as long as the instance, so the scanner may keep it.
    fn scanner(&'static self, context: Context, source: Source) -> Self::Scanner;
}

/// One stream on its way through a redactor; the contract's `scanner` resource.
pub trait Scanner: 'static {
    /// The next stretches, in order.
    fn scan(&mut self, stretches: &[Stretch]) -> Progress;
    /// No more bytes.
    fn finish(&mut self) -> Vec<Finding>;
}

/// A scanner behind the shared reference that the generated code hands out.
#[derive(Debug)]
pub struct Shared<S>(RefCell<S>);

impl<S: Scanner> Shared<S> {
    /// Wraps a scanner.
    pub fn new(scanner: S) -> Self {
        Shared(RefCell::new(scanner))
    }

    /// See [`Scanner::scan`].
    pub fn scan(&self, stretches: &[Stretch]) -> Progress {
        self.0.borrow_mut().scan(stretches)
    }

    /// See [`Scanner::finish`].
    pub fn finish(&self) -> Vec<Finding> {
        self.0.borrow_mut().finish()
    }
}

/// Exports a type that implements [`Redactor`] as the component's `redaction` interface. Once per crate.
#[macro_export]
macro_rules! export_redactor {
    ($policy:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            ::std::thread_local! {
                static CELL: ::std::cell::OnceCell<&'static $policy> = const { ::std::cell::OnceCell::new() };
            }
            static STATE: $crate::State<$policy> = $crate::State::new(&CELL);

            struct Exported;

            struct Stream($crate::Shared<<$policy as $crate::Redactor>::Scanner>);

            impl $crate::redaction::Guest for Exported {
                type Scanner = Stream;

                fn describe() -> $crate::types::Descriptor {
                    $crate::__describe_redactor::<$policy>()
                }

                fn configure(settings: String) -> Result<$crate::redaction::Setup, String> {
                    let settings = $crate::parse_settings(&settings)?;
                    let (policy, setup) = <$policy as $crate::Redactor>::configure(settings)?;
                    STATE.set(policy)?;
                    Ok(setup)
                }
            }

            impl $crate::redaction::GuestScanner for Stream {
                fn new(context: $crate::types::Context, source: $crate::redaction::Source) -> Self {
                    match STATE.get() {
                        Some(policy) => Stream($crate::Shared::new($crate::Redactor::scanner(policy, context, source))),
                        // Never configured: a trap, upon which the host withholds the stream.
                        None => ::std::process::abort(),
                    }
                }

                fn scan(&self, stretches: Vec<$crate::redaction::Stretch>) -> $crate::redaction::Progress {
                    self.0.scan(&stretches)
                }

                fn finish(&self) -> Vec<$crate::redaction::Finding> {
                    self.0.finish()
                }
            }

    $crate::bindings::redactor::export_redactor_world!(Exported with_types_in $crate::bindings::redactor);
        };
    };
}

/// The descriptor of a redactor; for the macro and for tests.
#[doc(hidden)]
pub fn describe<P: Redactor>() -> crate::types::Descriptor {
    crate::types::Descriptor {
        name: P::NAME.to_owned(),
        version: P::VERSION.to_owned(),
        settings_schema: P::SETTINGS_SCHEMA.to_owned(),
        questions: vec![],
    }
}
