//! How many series a metric has where no server can be asked: named metrics, and shapes of names.
//!
//! A key with `*` stands for every name of that shape: `node_*`, `*_bucket`, `*:*`. A name of its own wins over shapes, and of the shapes
//! that fit the one that says most (the most letters) wins.
use std::collections::HashMap;

/// Series by metric.
#[derive(Debug, Default, Clone)]
pub struct Catalogue {
    named: HashMap<String, u64>,
    /// The pieces between the stars, the one that says most first.
    shapes: Vec<(Vec<String>, u64)>,
}

impl Catalogue {
    /// How many series a metric has, if its name or its shape is known.
    pub fn series(&self, metric: &str) -> Option<u64> {
        self.named.get(metric).copied().or_else(|| {
            let shape = self.shapes.iter().find(|(pieces, _)| fits(pieces, metric));
            shape.map(|(_, series)| *series)
        })
    }

    /// The names that are known by themselves.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }
}

impl FromIterator<(String, u64)> for Catalogue {
    fn from_iter<I: IntoIterator<Item = (String, u64)>>(entries: I) -> Self {
        let mut catalogue = Catalogue::default();
        for (name, series) in entries {
            if name.contains('*') {
                catalogue.shapes.push((name.split('*').map(str::to_owned).collect(), series));
            } else {
                catalogue.named.insert(name, series);
            }
        }
        // Of two that say as much the larger estimate comes first: unknown counts as expensive.
        let says = |pieces: &[String]| pieces.iter().map(String::len).sum::<usize>();
        catalogue.shapes.sort_by(|a, b| (says(&b.0), b.1, &b.0).cmp(&(says(&a.0), a.1, &a.0)));
        catalogue
    }
}

/// Whether a name is the pieces, in order, with anything between them.
fn fits(pieces: &[String], name: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(mut rest) = name.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(entries: &[(&str, u64)]) -> Catalogue {
        entries.iter().map(|(name, series)| ((*name).to_owned(), *series)).collect()
    }

    #[test]
    fn a_name_wins_over_its_shape_and_a_longer_shape_over_a_shorter() {
        let known = catalogue(&[
            ("node_*", 400),
            ("node_*_seconds_bucket", 4000),
            ("node_load1", 100),
            ("*:*", 500),
            ("namespace*:*", 60),
        ]);
        for (metric, series) in [
            ("node_load1", Some(100)),
            ("node_load15", Some(400)),
            ("node_", Some(400)),
            ("node_x_seconds_bucket", Some(4000)),
            ("namespace:cpu:sum", Some(60)),
            ("namespace_pod:cpu:sum", Some(60)),
            ("job:up:count", Some(500)),
            (":up:count", Some(500)),
            ("up", None),
            ("a_node_load1", None),
            ("", None),
        ] {
            assert_eq!(known.series(metric), series, "{metric}");
        }
    }

    #[test]
    fn pieces_of_a_shape_do_not_overlap() {
        let known = catalogue(&[("a_*_a", 1), ("*ab*ab", 2)]);
        assert_eq!(known.series("a_a"), None);
        assert_eq!(known.series("a_b_a"), Some(1));
        assert_eq!(known.series("xab"), None);
        assert_eq!(known.series("xabab"), Some(2));
    }

    #[test]
    fn of_shapes_that_say_as_much_the_dearer_counts() {
        assert_eq!(catalogue(&[("a_*", 1), ("*_b", 9)]).series("a_b"), Some(9));
    }
}
