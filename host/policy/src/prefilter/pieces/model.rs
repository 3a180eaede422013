//! A model of ordinary logs: how often a piece of a literal stands in such text. It decides how fast a search is, never what it finds.
use super::{Class, nibbles::Nibbles};

/// Text of the kind that the filter must be fastest on; two lines of each of some common forms.
const SAMPLE: &str = include_str!("sample.txt");

/// How much a byte of a literal counts, of one of the sample.
const LITERALS: f32 = 0.03;

/// Frequencies of bytes and of pairs of them.
pub(super) struct Model {
    single: [f32; 256],
    pair: Vec<f32>,
}

impl Model {
    /// Of logs as most services write them, with some of what is searched for among it: where one literal stands the next is near, and
    /// `password` is no rare word where a hundred literals begin with it.
    pub(super) fn of_logs<'a>(literals: impl Iterator<Item = &'a [u8]>) -> Self {
        // Nothing is impossible.
        let (mut single, mut pair) = ([0.05; 256], vec![0.002; 1 << 16]);
        let mut all = 0.0;
        let mut add = |text: &[u8], weight: f32| {
            for two in text.windows(2) {
                single[usize::from(two[0])] += weight;
                pair[usize::from(u16::from_be_bytes([two[0], two[1]]))] += weight;
                all += weight;
            }
        };
        add(SAMPLE.as_bytes(), 1.0);
        literals.for_each(|text| add(text, LITERALS));
        single.iter_mut().chain(&mut pair).for_each(|count| *count /= all);
        Self { single, pair }
    }

    /// How often a piece stands in such text.
    pub(super) fn piece(&self, classes: &[Class]) -> f32 {
        let one = |class: &Class| class.iter().map(|byte| self.single[usize::from(*byte)]).sum::<f32>();
        let two = |a: &Class, b: &Class| {
            let pairs = a.iter().flat_map(|x| b.iter().map(|y| usize::from(u16::from_be_bytes([*x, *y]))));
            pairs.map(|pair| self.pair[pair]).sum::<f32>()
        };
        let first = classes.first().map_or(1.0, one);
        classes.windows(2).fold(first, |cost, pair| cost * two(&pair[0], &pair[1]) / one(&pair[0]))
    }

    /// How often a place of a bucket lets a byte through.
    pub(super) fn place(&self, place: Nibbles) -> f32 {
        let bits = |set: u16| (0..16_usize).filter(move |bit| set >> bit & 1 == 1);
        bits(place.high).map(|high| bits(place.low).map(|low| self.single[high << 4 | low]).sum::<f32>()).sum()
    }
}
