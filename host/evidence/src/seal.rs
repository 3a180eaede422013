//! Raw output, sealed to the operators' public keys: an age file of X25519 recipients (<https://c2sp.org/age>), so that whoever holds
//! a key opens it with any tool that reads age, and this program, which holds none, never.
//!
//! Inside is one JSON object a line, `{"channel","base64"}`, in the order in which a channel's bytes were read. Must not know files.
pub use age::secrecy::ExposeSecret;
use age::{Decryptor, Encryptor, stream::StreamWriter, x25519};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    sync::Arc,
};
use wardgate_core::Channel;

/// Bytes of a channel that gather before they are sealed: a drip of single bytes must not become a line each.
const GATHER: usize = 32 << 10;
/// Bytes of one line: what is gathered, in base64.
const LINE: u64 = 64 << 10;
/// Recipients of one seal.
const RECIPIENTS: usize = 16;
/// Bytes of an identity file.
const IDENTITY: usize = 64 << 10;

/// Whose keys open what is sealed. None: nothing is sealed, and nothing raw is kept.
#[derive(Clone, Default)]
pub struct Recipients(Arc<[x25519::Recipient]>);

/// Not a list of recipients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRecipients {
    /// A word that is no public key.
    #[error("`{word}` is no X25519 recipient of age: {why}; it begins with age1, as age-keygen prints it")]
    Unreadable {
        /// The word; a secret key that was put here by mistake is not repeated.
        word: String,
        /// What is wrong with it.
        why: String,
    },
    /// Too many.
    #[error("at most {RECIPIENTS} recipients can be sealed to")]
    TooMany,
}

impl Recipients {
    /// From their texts, `age1…`; doubles count once.
    pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, BadRecipients> {
        let mut known: BTreeMap<String, x25519::Recipient> = BTreeMap::new();
        for word in words {
            let recipient = word.trim().parse::<x25519::Recipient>().map_err(|why| {
                let secret = word.trim().to_ascii_uppercase().starts_with("AGE-SECRET-KEY-");
                let shown = if secret { "AGE-SECRET-KEY-…".into() } else { word.chars().take(80).collect() };
                BadRecipients::Unreadable { word: shown, why: why.into() }
            })?;
            known.insert(recipient.to_string(), recipient);
        }
        if known.len() > RECIPIENTS {
            return Err(BadRecipients::TooMany);
        }
        Ok(Self(known.into_values().collect()))
    }

    /// From a file's text: one a line; empty lines and lines that begin with `#` are comments.
    pub fn read_file(text: &str) -> Result<Self, BadRecipients> {
        Self::read(text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')))
    }

    /// These and those.
    pub fn and(&self, others: &Self) -> Result<Self, BadRecipients> {
        let words: Vec<String> = self.names().into_iter().chain(others.names()).collect();
        Self::read(words.iter().map(String::as_str))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their texts, for the record.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// Bytes that a sealed file may need for so many raw ones.
pub(crate) fn room(raw: u64) -> u64 {
    // Base64 is a third more; a line's frame, and age's 16 bytes for each 64 KiB, are far below a sixth.
    raw.saturating_add(raw / 2)
}

/// Seals to a writer; the raw bytes never reach it.
pub(crate) struct Sealer<W: Write> {
    age: StreamWriter<W>,
    waiting: BTreeMap<Channel, Vec<u8>>,
}

impl<W: Write> Sealer<W> {
    /// Writes the header, and flushes it: a gateway that is killed leaves what age knows as an age file.
    pub(crate) fn begin(recipients: &Recipients, out: W) -> io::Result<Self> {
        let to = recipients.0.iter().map(|recipient| recipient as &dyn age::Recipient);
        let mut age = Encryptor::with_recipients(to).map_err(io::Error::other)?.wrap_output(out)?;
        age.flush()?;
        Ok(Self { age, waiting: BTreeMap::new() })
    }

    /// Takes raw bytes; `true` when there is enough for [`Self::write`].
    pub(crate) fn add(&mut self, channel: Channel, bytes: &[u8]) -> bool {
        let waiting = self.waiting.entry(channel).or_default();
        waiting.extend_from_slice(bytes);
        waiting.len() >= GATHER
    }

    /// Seals what has gathered, channel by channel, where it is enough for a line, and flushes what is sealed: whole pieces of 64 KiB.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        self.drain(GATHER)?;
        self.age.flush()
    }

    fn drain(&mut self, least: usize) -> io::Result<()> {
        for (channel, waiting) in &mut self.waiting {
            if waiting.len() >= least.max(1) {
                for piece in waiting.chunks(GATHER) {
                    let line = Line { channel: channel.as_str().into(), base64: BASE64_STANDARD.encode(piece) };
                    let mut text = serde_json::to_vec(&line)?;
                    text.push(b'\n');
                    self.age.write_all(&text)?;
                }
                waiting.clear();
            }
        }
        Ok(())
    }

    /// Seals the rest and ends the age file.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.drain(1)?;
        self.age.finish()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    channel: String,
    base64: String,
}

/// Secret keys that open what was sealed to their public halves.
pub struct Identities(Vec<x25519::Identity>);

/// Not an identity file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIdentities {
    /// This line is no key. It is not repeated: it may be one that was mistyped.
    #[error("line {line} is no X25519 identity of age: {why}")]
    Unreadable {
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Itself an age file.
    #[error("the identity file is encrypted itself: decrypt it first, `age -d FILE`, and give the result")]
    Encrypted,
    /// Nothing in it.
    #[error("the identity file holds no key; age-keygen writes one")]
    Empty,
    /// Too large to be one.
    #[error("an identity file has at most {IDENTITY} bytes")]
    TooLarge,
}

impl Identities {
    /// From a file's text, as `age-keygen` writes it: comments, and `AGE-SECRET-KEY-1…` lines.
    pub fn read(text: &str) -> Result<Self, BadIdentities> {
        if text.len() > IDENTITY {
            return Err(BadIdentities::TooLarge);
        }
        if text.starts_with("age-encryption.org/") || text.starts_with("-----BEGIN AGE ENCRYPTED FILE") {
            return Err(BadIdentities::Encrypted);
        }
        let lines =
            (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines
            .map(|(line, text)| text.parse().map_err(|why: &str| BadIdentities::Unreadable { line, why: why.into() }))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(BadIdentities::Empty) } else { Ok(Self(keys)) }
    }
}

/// A new pair: the secret half's text, to be kept from this host, and the recipient.
pub fn generate() -> (age::secrecy::SecretString, String) {
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    (identity.to_string(), recipient)
}

/// Why sealed output does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenSealError {
    /// The disk said no, or the sealed bytes were changed or end early.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// Another key.
    #[error("none of these identities opens it; the record names the recipients under recording.sealed.to")]
    WrongKey,
    /// Not age, or not of this program's making.
    #[error("it is not sealed output: {0}")]
    Malformed(String),
}

/// Opens sealed output, piece by piece: `each` gets a channel's name and its next bytes.
pub(crate) fn open(
    sealed: impl Read,
    identities: &Identities,
    mut each: impl FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<(), OpenSealError> {
    let malformed = |error: &dyn std::fmt::Display| OpenSealError::Malformed(error.to_string());
    let decryptor = Decryptor::new(sealed).map_err(|error| match error {
        age::DecryptError::Io(error) => OpenSealError::Read(error),
        other => malformed(&other),
    })?;
    let keys = identities.0.iter().map(|identity| identity as &dyn age::Identity);
    let opened = decryptor.decrypt(keys).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys | age::DecryptError::KeyDecryptionFailed => OpenSealError::WrongKey,
        other => malformed(&other),
    })?;
    let mut lines = BufReader::new(opened);
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = lines.by_ref().take(LINE).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(());
        }
        if text.pop() != Some(b'\n') {
            return Err(OpenSealError::Malformed("a line without an end".into()));
        }
        let line: Line = serde_json::from_slice(&text).map_err(|error| malformed(&error))?;
        let bytes = BASE64_STANDARD.decode(&line.base64).map_err(|error| malformed(&error))?;
        each(&line.channel, &bytes)?;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn pair() -> (Identities, Recipients) {
        let (secret, recipient) = generate();
        (Identities::read(secret.expose_secret()).unwrap(), Recipients::read([recipient.as_str()]).unwrap())
    }

    fn opened(sealed: &[u8], identities: &Identities) -> Result<BTreeMap<String, Vec<u8>>, OpenSealError> {
        let mut channels: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        open(sealed, identities, |channel, bytes| {
            channels.entry(channel.into()).or_default().extend_from_slice(bytes);
            Ok(())
        })?;
        Ok(channels)
    }

    fn sealed(recipients: &Recipients, pieces: &[(Channel, Vec<u8>)]) -> Vec<u8> {
        let mut sealer = Sealer::begin(recipients, Vec::new()).unwrap();
        for (channel, bytes) in pieces {
            if sealer.add(*channel, bytes) {
                sealer.write().unwrap();
            }
        }
        sealer.finish().unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_to_the_byte_and_fits_its_room(
            pieces in prop::collection::vec((prop::bool::ANY, prop::collection::vec(any::<u8>(), 0..70_000)), 0..8)
        ) {
            let (identities, recipients) = pair();
            let pieces: Vec<_> = pieces
                .into_iter()
                .map(|(out, bytes)| (if out { Channel::Stdout } else { Channel::Stderr }, bytes))
                .collect();
            let sealed = sealed(&recipients, &pieces);
            let raw: u64 = pieces.iter().map(|(_, bytes)| bytes.len() as u64).sum();
            prop_assert!(sealed.len() as u64 <= room(raw) + 4096);
            let mut expected: BTreeMap<String, Vec<u8>> = BTreeMap::new();
            for (channel, bytes) in pieces {
                expected.entry(channel.as_str().into()).or_default().extend(bytes);
            }
            expected.retain(|_, bytes| !bytes.is_empty());
            prop_assert_eq!(opened(&sealed, &identities).unwrap(), expected);
        }
    }

    #[test]
    fn a_drip_of_single_bytes_costs_no_line_each() {
        let (_, recipients) = pair();
        let drip: Vec<_> =
            (0..40_000).map(|n| (if n % 2 == 0 { Channel::Stdout } else { Channel::Stderr }, vec![7])).collect();
        assert!((sealed(&recipients, &drip).len() as u64) < room(40_000) + 1024);
    }

    #[test]
    fn each_of_several_recipients_opens_it_and_a_stranger_does_not() {
        let ((one, first), (two, second), (stranger, _)) = (pair(), pair(), pair());
        let sealed = sealed(&first.and(&second).unwrap(), &[(Channel::Stdout, b"token=hunter2".to_vec())]);
        for identities in [&one, &two] {
            assert_eq!(opened(&sealed, identities).unwrap()["stdout"], b"token=hunter2");
        }
        assert!(matches!(opened(&sealed, &stranger), Err(OpenSealError::WrongKey)));
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
    }

    #[test]
    fn no_changed_cut_or_lengthened_seal_opens_as_whole() {
        let (identities, recipients) = pair();
        let sealed = sealed(&recipients, &[(Channel::Stdout, vec![b'x'; 100])]);
        for n in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[n] ^= 1;
            assert!(opened(&forged, &identities).is_err(), "byte {n}");
            assert!(opened(&sealed[..n], &identities).is_err(), "cut at {n}");
        }
        let mut longer = sealed;
        longer.extend_from_slice(&[0; 4096]);
        assert!(opened(&longer, &identities).is_err());
    }

    #[test]
    fn what_is_no_key_is_refused_and_a_secret_is_not_repeated() {
        let (secret, recipient) = generate();
        let secret = secret.expose_secret();
        let told = Recipients::read([secret]).err().unwrap().to_string();
        assert!(!told.contains(&secret[20..]), "{told}");
        for word in ["", "age1", "ssh-ed25519 AAAA", &recipient[..40], &recipient.replace("age1", "age2")] {
            assert!(Recipients::read([word]).is_err(), "{word}");
        }
        let file = format!("# operators\n\n  {recipient}\n{recipient}\n");
        assert_eq!(Recipients::read_file(&file).unwrap().names(), std::slice::from_ref(&recipient));
        assert!(Recipients::default().is_empty());
        for (text, why) in
            [("# nothing", BadIdentities::Empty), ("age-encryption.org/v1\n-> scrypt", BadIdentities::Encrypted)]
        {
            assert_eq!(Identities::read(text).err(), Some(why));
        }
        assert!(matches!(Identities::read(&recipient).err(), Some(BadIdentities::Unreadable { line: 1, .. })));
    }
}
