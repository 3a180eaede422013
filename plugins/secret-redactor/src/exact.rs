//! Exact values that an operator knows by keyed hash alone. A value may begin and end wherever a character stands that is no letter and
//! no digit, or where it has such a character itself; of all such stretches only those as long as a known value are hashed.
use crate::{
    detect::Detector,
    site::{Form, Mask, Site},
    table::number,
};
use siphasher::sip128::{Hasher128, SipHasher24};
use std::{collections::BTreeSet, hash::Hasher};

/// The most lengths that the values of one operator may have: each costs a look at every word of every text.
const MOST_LENGTHS: usize = 64;

/// The hashes, by length, and their key.
#[derive(Clone)]
pub(crate) struct Exact {
    key: [u8; 16],
    lengths: Vec<usize>,
    hashes: BTreeSet<(usize, u128)>,
}

impl Exact {
    /// From `LENGTH:HASH` and the key in hex. None without values.
    pub(crate) fn read(values: &[String], key: Option<&str>) -> Result<Option<Exact>, String> {
        if values.is_empty() {
            return Ok(None);
        }
        let Some(key) = key else {
            return Err(
                "values: their key is missing; the host gives it when redaction.values_key_file is set".to_owned()
            );
        };
        let digits =
            |hex: &str, length| hex.len() == length && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = || "values_key: 32 hex digits are wanted".to_owned();
        let key =
            u128::from_str_radix(Some(key).filter(|k| digits(k, 32)).ok_or_else(wrong)?, 16).map_err(|_| wrong())?;
        let mut hashes = BTreeSet::new();
        for (i, value) in values.iter().enumerate() {
            let wrong = || {
                format!(
                    "values[{i}]: it is LENGTH:HASH as `wardgate redact --hash-values` prints it, of 6 to 256 bytes"
                )
            };
            let (length, hash) = value.split_once(':').ok_or_else(wrong)?;
            let length = length.parse().ok().filter(|n| (6..=256).contains(n)).ok_or_else(wrong)?;
            let hash = u128::from_str_radix(Some(hash).filter(|h| digits(h, 32)).ok_or_else(wrong)?, 16)
                .map_err(|_| wrong())?;
            hashes.insert((length, hash));
        }
        let lengths: Vec<usize> =
            hashes.iter().map(|(length, _)| *length).collect::<BTreeSet<_>>().into_iter().collect();
        if lengths.len() > MOST_LENGTHS {
            return Err(format!("values: of {} lengths; {MOST_LENGTHS} are the most", lengths.len()));
        }
        Ok(Some(Exact { key: key.to_be_bytes(), lengths, hashes }))
    }

    fn knows(&self, value: &[u8]) -> bool {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        hasher.write(value);
        self.hashes.contains(&(value.len(), hasher.finish128().as_u128()))
    }
}

/// Whether a value may begin or end between the bytes at `i - 1` and `i`.
fn border(text: &[u8], i: usize) -> bool {
    i == 0 || i >= text.len() || !(text[i - 1].is_ascii_alphanumeric() && text[i].is_ascii_alphanumeric())
}

impl Detector {
    /// The operator's values that begin in `text[from..to]`.
    pub(crate) fn exact_in(&self, text: &[u8], from: usize, to: usize, form: Form, out: &mut Vec<Mask>) {
        let Some(exact) = &self.settings.exact else { return };
        for at in (from..to).filter(|at| text[*at] > b' ' && border(text, *at)) {
            for length in &exact.lengths {
                let end = at + length;
                if end > text.len() {
                    break;
                }
                if border(text, end) && exact.knows(&text[at..end]) {
                    out.push(Site::new(text, at, form).mask(const { number("operator-value") }, at, end, None));
                }
            }
        }
    }
}
