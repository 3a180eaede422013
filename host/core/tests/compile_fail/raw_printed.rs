//! Raw bytes show themselves to nobody.
use wardgate_core::Raw;

fn debug(raw: &Raw) -> String {
    format!("{raw:?}")
}

fn bytes(raw: &Raw) -> &[u8] {
    &raw.0
}

fn copy(raw: &Raw) -> Raw {
    raw.clone()
}

fn main() {}
