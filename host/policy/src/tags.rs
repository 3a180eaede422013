//! Keyed tags behind masks: two masks with one tag hide the same bytes, as far as 16 bits can tell. Without the key a tag is nothing
//! that a guess could be tried against.
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, sync::Arc};
use wardgate_core::{BoxFuture, Channel, Context, Form, Redaction, RedactionFailed, Redactors, Tags};

/// The least length of a key, in bytes.
pub const LEAST_KEY: usize = 16;

/// A key that is too short to be one.
#[derive(Debug, thiserror::Error)]
#[error(
    "a key for mask tags or exact values has {0} bytes; {LEAST_KEY} random ones are the least: head -c 32 /dev/urandom | base64"
)]
pub struct WeakKey(usize);

impl WeakKey {
    /// Of a key of so many bytes.
    pub(crate) fn of(bytes: usize) -> Self {
        Self(bytes)
    }
}

/// Tags made with one key.
pub struct KeyedTags(Hmac<Sha256>);

impl KeyedTags {
    /// From the key's bytes.
    pub fn new(key: &[u8]) -> Result<Self, WeakKey> {
        if key.len() < LEAST_KEY {
            return Err(WeakKey(key.len()));
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| WeakKey(key.len()))
    }
}

impl fmt::Debug for KeyedTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedTags")
    }
}

impl Tags for KeyedTags {
    fn tag(&self, secret: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(secret);
        let bytes = mac.finalize().into_bytes();
        format!("{:02x}{:02x}", bytes[0], bytes[1])
    }
}

/// Redactors whose masks carry tags.
pub struct Tagged {
    /// Who points.
    pub redactors: Arc<dyn Redactors>,
    /// Who tags.
    pub tags: Arc<dyn Tags>,
}

impl Redactors for Tagged {
    fn open<'a>(
        &'a self,
        context: &'a Context,
        channel: Channel,
        form: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        self.redactors.open(context, channel, form)
    }

    fn tags(&self) -> Option<Arc<dyn Tags>> {
        Some(self.tags.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn equal_values_have_equal_tags_under_one_key_only() {
        let (one, other) = (KeyedTags::new(&[1; 32]).unwrap(), KeyedTags::new(&[2; 32]).unwrap());
        assert_eq!(one.tag(b"hunter2"), one.tag(b"hunter2"));
        assert_ne!(one.tag(b"hunter2"), one.tag(b"hunter3"));
        assert_ne!(one.tag(b"hunter2"), other.tag(b"hunter2"));
        assert_eq!(one.tag(b"hunter2").len(), 4);
    }

    #[test]
    fn a_short_key_is_refused_and_says_how_to_make_one() {
        assert!(KeyedTags::new(b"short").unwrap_err().to_string().contains("/dev/urandom"));
    }
}
