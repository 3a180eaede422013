//! What `wit-bindgen` makes of `wit/policy.wit`: both worlds, with one set of types between them.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic)]

pub mod reviewer {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "reviewer",
        pub_export_macro: true,
        export_macro_name: "export_reviewer_world",
        default_bindings_module: "wardgate_guest::bindings::reviewer",
        additional_derives: [PartialEq],
        generate_unused_types: true,
        runtime_path: "::wardgate_guest::wit_bindgen::rt",
    });
}

pub mod redactor {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "redactor",
        pub_export_macro: true,
        export_macro_name: "export_redactor_world",
        default_bindings_module: "wardgate_guest::bindings::redactor",
        additional_derives: [PartialEq],
        with: { "wardgate:policy/types@1.0.0": crate::bindings::reviewer::wardgate::policy::types },
        runtime_path: "::wardgate_guest::wit_bindgen::rt",
    });
}
