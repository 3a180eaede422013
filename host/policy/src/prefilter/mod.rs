//! The native prefilter: finds the triggers of one redactor in a stream and hands on only the lines around them, so that ordinary
//! text never enters the sandbox. It keeps invariant 7: whatever it leaves out held no trigger, by the contract's own words.
//!
//! - `patterns`: the triggers in a form to search for, and the exact test of each; the tests' [`oracle`] shares only its types.
//! - `portable` and `avx2`: two finders over one region of text, which answer the same; `pieces` prepares the second one.
//! - `stream`: which windows the hits ask for, across the chunks of a stream: what is held, skipped, batched and shown again.
//!
//! A finder keeps no state. That works because regions end where no trigger can straddle unseen: behind a line break, or, in a long
//! line, where a word begins and enough bytes follow to look ahead. Where there is no such place, all bytes are handed on.
//!
//! What it looks for may be more than the contract asks for, never less: a redactor must find the same in whatever more it is
//! shown. Triggers that reach past line breaks by their own bytes (a literal or an alphabet that holds one) are not searched for:
//! such a redactor is shown everything.

// The one place of the host with code for a processor's own instructions; the reasons stand at the calls.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod avx2;
pub mod oracle;
mod patterns;
mod pieces;
mod portable;
mod stream;
#[cfg(test)]
mod tests;

use crate::{
    redact::{Prefilter, Prefilters},
    setup::{Attention, RedactorSetup},
};
use patterns::{Hit, Patterns};
use std::sync::Arc;

/// The prefilter for a redactor that names its triggers; none where it must see everything. A
/// [`crate::set::MakePrefilter`]. Takes some milliseconds.
pub fn make(setup: &RedactorSetup) -> Option<Arc<dyn Prefilters>> {
    made(setup, Finder::best)
}

/// As [`make`], without the processor's own instructions: what runs where it has none. For tests and measurements.
pub fn make_portable(setup: &RedactorSetup) -> Option<Arc<dyn Prefilters>> {
    made(setup, Finder::portable)
}

fn made(setup: &RedactorSetup, finder: fn(&Patterns) -> Option<Finder>) -> Option<Arc<dyn Prefilters>> {
    let Attention::Near(triggers) = &setup.attention else { return None };
    let patterns = Patterns::new(triggers)?;
    let finder = finder(&patterns)?;
    Some(Arc::new(Filter(Arc::new(Compiled { patterns, finder }))))
}

struct Filter(Arc<Compiled>);

impl Prefilters for Filter {
    fn open(&self) -> Box<dyn Prefilter> {
        Box::new(stream::Stream::new(self.0.clone()))
    }
}

/// Triggers, ready to be searched for.
struct Compiled {
    patterns: Patterns,
    finder: Finder,
}

enum Finder {
    Portable(portable::Finder),
    #[cfg(target_arch = "x86_64")]
    Avx2(Box<avx2::Finder>),
}

impl Finder {
    fn best(patterns: &Patterns) -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if let Some(finder) = avx2::Finder::new(patterns) {
            return Some(Self::Avx2(Box::new(finder)));
        }
        Self::portable(patterns)
    }

    fn portable(patterns: &Patterns) -> Option<Self> {
        Some(Self::Portable(portable::Finder::new(patterns)?))
    }
}

/// Memory that a search uses and the next one uses again.
#[derive(Default)]
struct Scratch {
    #[cfg(target_arch = "x86_64")]
    avx2: avx2::Scratch,
}

impl Compiled {
    /// Every trigger that begins in `text[from..to]`, in any order. What lies around is looked at: the byte before, and up to
    /// [`patterns::AHEAD`] bytes behind, which must be there unless the text ends or a line does. A run counts as far as it lies
    /// within.
    fn find(&self, text: &[u8], from: usize, to: usize, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let _ = &scratch;
        match &self.finder {
            Finder::Portable(finder) => finder.find(&self.patterns, text, from, to, hits),
            #[cfg(target_arch = "x86_64")]
            Finder::Avx2(finder) => finder.find(&self.patterns, text, from, to, &mut scratch.avx2, hits),
        }
    }
}
