//! Why a text is not parsed.
use std::fmt;

/// Why a text is not parsed. `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It has more bytes than may be parsed.
    TooLong {
        /// How many.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// It is nested deeper than may be walked.
    TooDeep {
        /// The limit.
        most: usize,
        /// Where it is reached.
        at: usize,
    },
    /// It has more operators than may be walked.
    TooManyOperators {
        /// The limit.
        most: usize,
        /// Where it is reached.
        at: usize,
    },
    /// It is not `PromQL`.
    Syntax {
        /// What is wrong.
        what: String,
        /// Where, if the scan found it.
        at: Option<usize>,
    },
    /// It uses syntax that Prometheus has behind a flag, or that another dialect has.
    Experimental(&'static str),
    /// Its regular expressions cost too much to compile.
    DearPatterns {
        /// Where the one starts that is too much.
        at: usize,
    },
    /// A duration that no clock knows.
    Duration {
        /// What is wrong.
        what: &'static str,
        /// Where.
        at: usize,
    },
}

impl Trouble {
    /// Where, as a character from 1.
    pub fn at(&self) -> Option<usize> {
        match self {
            Trouble::TooDeep { at, .. }
            | Trouble::TooManyOperators { at, .. }
            | Trouble::DearPatterns { at }
            | Trouble::Duration { at, .. } => Some(*at),
            Trouble::Syntax { at, .. } => *at,
            Trouble::TooLong { .. } | Trouble::Experimental(_) => None,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::TooLong { bytes, most } => write!(f, "the query has {bytes} bytes, the limit is {most}"),
            Trouble::TooDeep { most, .. } => write!(f, "the query is nested more than {most} deep"),
            Trouble::TooManyOperators { most, .. } => write!(f, "the query has more than {most} operators"),
            Trouble::Syntax { what, .. } => write!(f, "the query does not parse: {what}"),
            Trouble::Experimental(what) => write!(f, "the query uses {what}, which is experimental"),
            Trouble::DearPatterns { .. } => f.write_str("the regular expressions are dear to compile"),
            Trouble::Duration { what, .. } => f.write_str(what),
        }?;
        self.at().map_or(Ok(()), |at| write!(f, " (at character {at})"))
    }
}

impl std::error::Error for Trouble {}
