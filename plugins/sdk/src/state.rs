//! Where a configured policy lives between `configure` and the calls.
use std::{cell::OnceCell, thread::LocalKey};

/// A value that is set once and then only read.
///
/// It is per thread, so no lock and no `unsafe` is needed. A component has one thread, where this is a plain static; a native test
/// has its own state. The value is never dropped: it lives as long as the instance.
#[derive(Debug)]
pub struct State<T: 'static> {
    cell: &'static LocalKey<OnceCell<&'static T>>,
}

impl<T: 'static> State<T> {
    /// Over a thread-local cell; see the export macros.
    pub const fn new(cell: &'static LocalKey<OnceCell<&'static T>>) -> Self {
        State { cell }
    }

    /// Sets the value; a second time is an error.
    pub fn set(&self, value: T) -> Result<(), String> {
        self.cell.with(|cell| match cell.get() {
            Some(_) => Err("configured twice".to_owned()),
            None => cell.set(Box::leak(Box::new(value))).map_err(|_| "configured twice".to_owned()),
        })
    }

    /// The value, if it was set.
    pub fn get(&self) -> Option<&'static T> {
        self.cell.with(|cell| cell.get().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! { static CELL: OnceCell<&'static String> = const { OnceCell::new() }; }
    static STATE: State<String> = State::new(&CELL);

    #[test]
    fn a_state_is_set_once() {
        assert_eq!(STATE.get(), None);
        assert_eq!(STATE.set("a".into()), Ok(()));
        assert_eq!(STATE.set("b".into()), Err("configured twice".into()));
        assert_eq!(STATE.get().map(String::as_str), Some("a"));
    }
}
