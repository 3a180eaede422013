//! Exact values that must be masked wherever they stand: settings hold only keyed hashes of them, made here, and a plugin that looks for
//! them is given the key at `configure`, under [`SETTING`]. Whoever reads the settings but not the key can try no guess.
//!
//! The key that hashes is derived from the operator's, so that one file may serve for tags as well. It is a part of a plugin's configured
//! state, and so of the compile cache, whose files only this host's user may read.
use crate::tags::{LEAST_KEY, WeakKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use siphasher::sip128::{Hasher128, SipHasher24};
use std::{fmt, fmt::Write, hash::Hasher, ops::RangeInclusive};

/// The setting by which a plugin is given the key: 32 hex digits.
pub const SETTING: &str = "values_key";

/// How long a value may be, in bytes. A shorter one would be found in every other line.
pub const LENGTHS: RangeInclusive<usize> = 6..=256;

/// The key that hashes exact values.
#[derive(Clone)]
pub struct ValuesKey([u8; 16]);

impl fmt::Debug for ValuesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ValuesKey")
    }
}

/// A value that cannot be looked for.
#[derive(Debug, thiserror::Error)]
pub enum BadValue {
    /// Too short or too long.
    #[error("a value of {0} bytes: {least} to {most} can be looked for", least = LENGTHS.start(), most = LENGTHS.end())]
    Length(usize),
    /// It holds a line's end.
    #[error("a value of more than one line: give each line as a value of its own")]
    Lines,
}

impl ValuesKey {
    /// From the bytes of the operator's key.
    pub fn new(key: &[u8]) -> Result<Self, WeakKey> {
        let weak = || WeakKey::of(key.len());
        if key.len() < LEAST_KEY {
            return Err(weak());
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| weak())?;
        mac.update(b"wardgate exact values 1");
        let mut derived = [0; 16];
        derived.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Ok(Self(derived))
    }

    /// What stands in settings for a value: its length in bytes, a colon, and 128 bits of SipHash-2-4 in hex.
    pub fn hash(&self, value: &[u8]) -> Result<String, BadValue> {
        if !LENGTHS.contains(&value.len()) {
            return Err(BadValue::Length(value.len()));
        }
        if value.contains(&b'\n') || value.contains(&b'\r') {
            return Err(BadValue::Lines);
        }
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(value);
        Ok(format!("{}:{:032x}", value.len(), hasher.finish128().as_u128()))
    }

    /// These settings with the key, if they hold hashes of values.
    pub(crate) fn given(&self, settings: &Value) -> Value {
        let mut settings = settings.clone();
        if let Some(object) = settings.as_object_mut()
            && object.get("values").and_then(Value::as_array).is_some_and(|values| !values.is_empty())
        {
            let mut hex = String::with_capacity(32);
            for byte in self.0 {
                let _ = write!(hex, "{byte:02x}");
            }
            object.insert(SETTING.to_owned(), Value::String(hex));
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_hash_depends_on_value_and_key_and_says_neither() {
        let (one, other) = (ValuesKey::new(&[7; 32]).unwrap(), ValuesKey::new(&[8; 32]).unwrap());
        let hash = one.hash(b"hunter2x").unwrap();
        assert_eq!(hash, one.hash(b"hunter2x").unwrap());
        assert!(hash.starts_with("8:") && hash.len() == 34);
        assert_ne!(hash, other.hash(b"hunter2x").unwrap());
        assert_ne!(hash, one.hash(b"hunter2y").unwrap());
        assert_eq!(format!("{one:?}"), "ValuesKey");
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused() {
        let key = ValuesKey::new(&[7; 32]).unwrap();
        assert!(matches!(key.hash(b"short"), Err(BadValue::Length(5))));
        assert!(matches!(key.hash(&[b'x'; 257]), Err(BadValue::Length(257))));
        assert!(matches!(key.hash(b"two\nlines"), Err(BadValue::Lines)));
        assert!(ValuesKey::new(b"short").is_err());
    }

    #[test]
    fn only_settings_with_values_are_given_the_key() {
        let key = ValuesKey::new(&[7; 32]).unwrap();
        for settings in [json!({}), json!({"values": []}), json!({"keys": ["x"]}), json!(null)] {
            assert_eq!(key.given(&settings), settings);
        }
        let given = key.given(&json!({"values": ["8:00"]}));
        assert_eq!(given[SETTING].as_str().unwrap().len(), 32);
    }
}
