//! Where the literals of the anchors stand in a text. Filters over three and four bytes tell the places where none begins, which are
//! nearly all; at the others a trie is walked. Both are made once, when the rules are compiled, and are small: an automaton of some
//! thousand literals has megabytes, and reading text through it is waiting for memory.
use crate::anchors::Literal;
use std::collections::VecDeque;

/// Bits of a filter, and how far its hash is shifted to be one of them.
const FILTER: usize = 1 << 16;
const SHIFT: u32 = 32 - FILTER.trailing_zeros();
type Filter = [u64; FILTER / 64];

/// One node of the trie, which is a double array: the child of node `n` for class `c` is the node at `base(n) + c`, if `n` is
/// its parent.
#[derive(Clone, Copy)]
struct Node {
    /// Marked when literals end here.
    base: u32,
    parent: u32,
}

const ENDS: u32 = 1 << 31;
/// No node has this parent.
const NOBODY: u32 = u32::MAX;
const FREE: Node = Node { base: 0, parent: NOBODY };

/// The compiled literals.
pub(crate) struct Finder {
    /// Three bytes that a literal begins with; four, of those that have so many; three, of the others.
    filters: [Box<Filter>; 3],
    /// The class of a byte: letters of both cases are one, and 0 is what no literal holds.
    classes: [u8; 256],
    nodes: Vec<Node>,
    /// Where in `ends` the numbers of the literals are that end at a node.
    spans: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

/// A node while the trie is built.
#[derive(Default)]
struct Sprout {
    children: Vec<(u8, usize)>,
    ends: Vec<u32>,
}

/// A filter's bit for some bytes. Case is folded by leaving out its bit, which makes other bytes alike, too: the trie tells them
/// apart.
fn bit(bytes: u32) -> usize {
    ((bytes & 0xdfdf_dfdf).wrapping_mul(0x9e37_79b1) >> SHIFT) as usize
}

/// Whether a filter has the bit.
fn has(filter: &Filter, bit: usize) -> bool {
    filter[bit / 64] >> (bit % 64) & 1 != 0
}

impl Finder {
    /// A finder of these literals, each of two bytes or more.
    pub(crate) fn new(literals: &[Literal]) -> Finder {
        let mut classes = [0u8; 256];
        let mut count = 0;
        for byte in literals.iter().flat_map(|l| &l.text) {
            let class = &mut classes[usize::from(byte.to_ascii_lowercase())];
            if *class == 0 {
                count += 1;
                *class = count;
            }
        }
        for upper in b'A'..=b'Z' {
            classes[usize::from(upper)] = classes[usize::from(upper.to_ascii_lowercase())];
        }
        let mut filters: [Box<Filter>; 3] = std::array::from_fn(|_| Box::new([0; FILTER / 64]));
        let mut put = |filter: usize, bytes: [u8; 4]| {
            let bit = bit(u32::from_le_bytes(bytes));
            filters[filter][bit / 64] |= 1 << (bit % 64);
        };
        for text in literals.iter().map(|l| &l.text) {
            for third in text.get(2).map_or(0..=255, |b| *b..=*b) {
                put(0, [text[0], text[1], third, 0]);
                match text.get(3) {
                    Some(fourth) => put(1, [text[0], text[1], third, *fourth]),
                    None => put(2, [text[0], text[1], third, 0]),
                }
            }
        }
        let mut sprouts = vec![Sprout::default()];
        for (number, literal) in literals.iter().enumerate() {
            let mut at = 0;
            for byte in &literal.text {
                let class = classes[usize::from(*byte)];
                let found = sprouts[at].children.iter().find(|(c, _)| *c == class).map(|(_, child)| *child);
                at = found.unwrap_or_else(|| {
                    let child = sprouts.len();
                    sprouts[at].children.push((class, child));
                    sprouts.push(Sprout::default());
                    child
                });
            }
            sprouts[at].ends.push(number as u32);
        }
        let (nodes, spans, ends) = lay_out(&sprouts);
        Finder { filters, classes, nodes, spans, ends }
    }

    /// How much memory the finder takes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.filters.len() * FILTER / 8 + self.nodes.len() * 2 * size_of::<Node>() + self.ends.len() * 4
    }

    /// Tells `found` every literal that begins in `text[from..to]`: where it begins, where it ends, and its number.
    pub(crate) fn each(&self, text: &[u8], from: usize, to: usize, mut found: impl FnMut(usize, usize, usize)) {
        let mut at = from;
        while at < to {
            at += self.next_candidate(&text[at..text.len().min(to + 3)]);
            if at >= to {
                return;
            }
            let (mut number, mut node) = (0, self.nodes[0]);
            for (i, byte) in text[at..].iter().enumerate() {
                let child = (node.base & !ENDS) + u32::from(self.classes[usize::from(*byte)]);
                node = self.nodes[child as usize];
                if node.parent != number {
                    break;
                }
                number = child;
                if node.base & ENDS != 0 {
                    let (first, last) = self.spans[child as usize];
                    for literal in &self.ends[first as usize..last as usize] {
                        found(at, at + i + 1, *literal as usize);
                    }
                }
            }
            at += 1;
        }
    }

    /// The first place where a literal may begin; the length, when there is none. A loop of its own, so that all it needs stays in
    /// registers. The last three bytes are not judged.
    #[inline(never)]
    fn next_candidate(&self, text: &[u8]) -> usize {
        let [three, four, short] = &self.filters;
        let mut i = 0;
        while let Some(bytes) = text.get(i..).and_then(<[u8]>::first_chunk) {
            let bytes = u32::from_le_bytes(*bytes);
            let first = bit(bytes & 0x00ff_ffff);
            if has(three, first) && (has(four, bit(bytes)) || has(short, first)) {
                return i;
            }
            i += 1;
        }
        i
    }
}

/// Lays the trie out as a double array. Every node's children stand at distances from its base that are their classes, so that a
/// step is one look.
fn lay_out(sprouts: &[Sprout]) -> (Vec<Node>, Vec<(u32, u32)>, Vec<u32>) {
    const CLASSES: usize = 256;
    let mut nodes = vec![Node { parent: 0, ..FREE }];
    let (mut spans, mut ends) = (Vec::new(), Vec::new());
    // No place before this one is free. The places of one class' width at the beginning stay empty: few children could fill them.
    let mut lowest = CLASSES;
    let is_free = |nodes: &[Node], place: usize| nodes.get(place).is_none_or(|n| n.parent == NOBODY);
    // Where nodes of many children are tried from, so that none looks through all that the others filled.
    let mut wide = CLASSES;
    // Nodes that are placed, and whose children are not. Level by level: what lies near the root is looked at most, and lies together.
    let mut open = VecDeque::from([(0, 0)]);
    while let Some((sprout, place)) = open.pop_front() {
        let sprout: &Sprout = &sprouts[sprout];
        if !sprout.ends.is_empty() {
            let first = ends.len() as u32;
            ends.extend(&sprout.ends);
            spans.resize(spans.len().max(place + 1), (0, 0));
            spans[place] = (first, ends.len() as u32);
            nodes[place].base |= ENDS;
        }
        while !is_free(&nodes, lowest) {
            lowest += 1;
        }
        let Some(least) = sprout.children.iter().map(|(class, _)| usize::from(*class)).min() else { continue };
        let one = sprout.children.len() == 1;
        let mut base = if one { lowest } else { wide } - least;
        let first = base;
        while !sprout.children.iter().all(|(class, _)| is_free(&nodes, base + usize::from(*class))) {
            base += 1;
        }
        if !one && base > first + 64 {
            wide = base;
        }
        // Whatever class comes next, the look stays within the array.
        nodes.resize(nodes.len().max(base + CLASSES), FREE);
        nodes[place].base |= base as u32;
        for (class, child) in &sprout.children {
            let at = base + usize::from(*class);
            nodes[at].parent = place as u32;
            open.push_back((*child, at));
        }
    }
    // A leaf's base is 0.
    nodes.resize(nodes.len().max(CLASSES), FREE);
    (nodes, spans, ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchors;

    /// Every literal that begins in the text, found by comparing each.
    fn slowly(literals: &[Literal], text: &[u8]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for at in 0..text.len() {
            for (number, literal) in literals.iter().enumerate() {
                if crate::text::reads(text, at, &literal.text) {
                    all.push((at, number));
                }
            }
        }
        all
    }

    #[test]
    fn all_literals_are_found_wherever_they_stand() {
        let literals = anchors::literals();
        let finder = Finder::new(&literals);
        let mut text = Vec::new();
        for (i, literal) in literals.iter().enumerate().step_by(7) {
            text.extend_from_slice(&literal.text);
            text.extend_from_slice([b"".as_slice(), b" ", b"=", b"\n", "\u{e9}".as_bytes()][i % 5]);
        }
        for piece in text.chunks(1009) {
            let mut found = Vec::new();
            finder.each(piece, 0, piece.len(), |at, stop, number| {
                assert_eq!(stop - at, literals[number].text.len());
                found.push((at, number));
            });
            found.sort_unstable();
            assert_eq!(found, slowly(&literals, piece));
        }
        assert!(finder.memory_usage() < 1 << 20, "{}", finder.memory_usage());
    }
}
