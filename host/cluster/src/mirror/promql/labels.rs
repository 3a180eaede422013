//! A series' labels: sorted, cheap to copy, equal when the series is the same. Knows nothing of samples.

use std::{fmt, sync::Arc};

/// The label that holds the metric's name.
pub(crate) const NAME: &str = "__name__";

/// Label pairs sorted by name; no empty values, because an empty label and a missing one are the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Labels(Vec<(Arc<str>, Arc<str>)>);

impl Labels {
    /// The value of one label, empty when it is not there.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.0.binary_search_by(|(n, _)| (**n).cmp(name)).map_or("", |at| &self.0[at].1)
    }

    /// All pairs, in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (&**n, &**v))
    }

    /// Adds or replaces a label; an empty value removes it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        match self.0.binary_search_by(|(n, _)| (**n).cmp(name)) {
            Ok(at) if value.is_empty() => drop(self.0.remove(at)),
            Ok(at) => self.0[at].1 = value.into(),
            Err(_) if value.is_empty() => {}
            Err(at) => self.0.insert(at, (name.into(), value.into())),
        }
    }

    /// Without one label.
    pub(crate) fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(n, _)| &**n != name).cloned().collect())
    }

    /// The labels whose name passes.
    pub(crate) fn keep(&self, mut passes: impl FnMut(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(n, _)| passes(n)).cloned().collect())
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Labels {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let mut labels = Self::default();
        for (name, value) in pairs {
            labels.set(name, value);
        }
        labels
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.value(NAME))?;
        f.write_str("{")?;
        for (at, (name, value)) in self.iter().filter(|(n, _)| *n != NAME).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value:?}")?;
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_equal_whatever_the_order_they_came_in() {
        let one: Labels = [("b", "2"), ("a", "1"), ("c", "")].into_iter().collect();
        let other: Labels = [("a", "1"), ("b", "2")].into_iter().collect();
        assert_eq!(one, other);
        assert_eq!(one.value("c"), "");
    }

    #[test]
    fn setting_the_empty_value_removes_the_label() {
        let mut labels: Labels = [("a", "1"), (NAME, "up")].into_iter().collect();
        labels.set("a", "");
        assert_eq!(labels.to_string(), "up{}");
    }
}
