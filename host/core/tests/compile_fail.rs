//! What the types promise: each of these programs must not build, for the reason its message gives.
#![allow(missing_docs)]

#[test]
fn what_the_types_forbid_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
