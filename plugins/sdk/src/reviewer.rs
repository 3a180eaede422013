//! What a reviewer implements, and how it becomes the export of a component.
use crate::types::{Answer, Context, Request, Verdict};
use serde::de::DeserializeOwned;

/// The `review` interface's own types.
pub use crate::bindings::reviewer::exports::wardgate::policy::review;

/// A reviewer: a pure function from a request to a verdict.
pub trait Reviewer: Sized + 'static {
    /// The name the operator and the signed statement use.
    const NAME: &'static str;
    /// Its semantic version.
    const VERSION: &'static str;
    /// JSON Schema 2020-12 of the settings.
    const SETTINGS_SCHEMA: &'static str;
    /// Every question kind it may ask.
    const QUESTIONS: &'static [&'static str] = &[];
    /// The settings; `#[serde(deny_unknown_fields)]` and defaults for all of it.
    type Settings: DeserializeOwned;

    /// Runs once, at load. What is built here is frozen and copied for every call: compile patterns here, and warm them.
    fn configure(settings: Self::Settings) -> Result<(Self, review::Setup), String>;

    /// Decides. Called again with all answers so far after a `need`.
    fn review(&self, context: &Context, request: &Request, answers: &[Answer]) -> Verdict;
}

/// Exports a type that implements [`Reviewer`] as the component's `review` interface. Once per crate.
#[macro_export]
macro_rules! export_reviewer {
    ($policy:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            ::std::thread_local! {
                static CELL: ::std::cell::OnceCell<&'static $policy> = const { ::std::cell::OnceCell::new() };
            }
            static STATE: $crate::State<$policy> = $crate::State::new(&CELL);

            struct Exported;

            impl $crate::review::Guest for Exported {
                fn describe() -> $crate::types::Descriptor {
                    $crate::__describe_reviewer::<$policy>()
                }

                fn configure(settings: String) -> Result<$crate::review::Setup, String> {
                    let settings = $crate::parse_settings(&settings)?;
                    let (policy, setup) = <$policy as $crate::Reviewer>::configure(settings)?;
                    STATE.set(policy)?;
                    Ok(setup)
                }

                fn review(
                    context: $crate::types::Context,
                    request: $crate::types::Request,
                    answers: Vec<$crate::types::Answer>,
                ) -> $crate::types::Verdict {
                    match STATE.get() {
                        Some(policy) => $crate::Reviewer::review(policy, &context, &request, &answers),
                        // Never configured: a trap, which the host takes for a denial.
                        None => ::std::process::abort(),
                    }
                }
            }

    $crate::bindings::reviewer::export_reviewer_world!(Exported with_types_in $crate::bindings::reviewer);
        };
    };
}

/// The descriptor of a reviewer; for the macro and for tests.
#[doc(hidden)]
pub fn describe<P: Reviewer>() -> crate::types::Descriptor {
    crate::types::Descriptor {
        name: P::NAME.to_owned(),
        version: P::VERSION.to_owned(),
        settings_schema: P::SETTINGS_SCHEMA.to_owned(),
        questions: P::QUESTIONS.iter().map(|q| (*q).to_owned()).collect(),
    }
}
