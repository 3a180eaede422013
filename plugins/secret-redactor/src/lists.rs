//! Lists of words as one table: whether a word is on a list costs one look, however long the list is.

/// Words and the lists they are on, as bits; open addressing. Case of ASCII letters does not count.
pub(crate) struct Lists {
    slots: Vec<(&'static [u8], u16)>,
    longest: usize,
}

impl Lists {
    /// The table of these words, each with the bit of its list.
    pub(crate) fn new(words: impl Iterator<Item = (&'static [u8], u16)>) -> Lists {
        let words: Vec<_> = words.collect();
        // Three of four slots stay empty, so that a word of no list meets an empty one at once.
        let mut table = Lists { slots: vec![(b"", 0); (words.len() * 4).next_power_of_two().max(8)], longest: 0 };
        for (word, bit) in words {
            let slot = table.slot(word);
            table.slots[slot] = (word, table.slots[slot].1 | bit);
            table.longest = table.longest.max(word.len());
        }
        table
    }

    /// The table of these lists, each with its bit.
    pub(crate) fn from_lists(lists: &[(&[&'static str], u16)]) -> Lists {
        Lists::new(lists.iter().flat_map(|(list, bit)| list.iter().map(move |w| (w.as_bytes(), *bit))))
    }

    /// The table of one list, whose bit is 1.
    pub(crate) fn of_one(words: &'static [&'static str]) -> Lists {
        Lists::from_lists(&[(words, 1)])
    }

    /// Whether `word` is on any list.
    pub(crate) fn hold(&self, word: &[u8]) -> bool {
        self.of(word) != 0
    }

    /// The slot that holds `word`, or the empty one where it belongs.
    fn slot(&self, word: &[u8]) -> usize {
        let hash =
            word.iter().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b.to_ascii_lowercase())).wrapping_mul(0x0100_0193));
        let mut slot = (hash ^ hash >> 15) as usize & (self.slots.len() - 1);
        while !self.slots[slot].0.is_empty() && !self.slots[slot].0.eq_ignore_ascii_case(word) {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        slot
    }

    /// The lists that `word` is on.
    pub(crate) fn of(&self, word: &[u8]) -> u16 {
        if word.is_empty() || word.len() > self.longest {
            return 0;
        }
        self.slots[self.slot(word)].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_on_its_lists_in_any_case() {
        let words = [("is", 1), ("was", 1), ("\u{e9}", 1), ("was", 2), ("For", 2)];
        let lists = Lists::new(words.into_iter().map(|(word, list)| (word.as_bytes(), list)));
        for (word, on) in [("is", 1), ("WAS", 3), ("for", 2), ("\u{e9}", 1), ("i", 0), ("", 0), ("isn't", 0)] {
            assert_eq!(lists.of(word.as_bytes()), on, "{word}");
        }
    }
}
