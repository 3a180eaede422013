//! What goes on over several lines: the data of a Secret in YAML, indented JSON and the scalars of a document; columns of a table;
//! a value on the line below its key, or above its name.
use crate::{
    allow::harmless,
    below::Below,
    columns::Columns,
    detect::Detector,
    judge::encoded_secret,
    site::Mask,
    table::number,
    text::{is_blank, is_quote, reads, skip},
    value::value_at,
    wrapped::Wrapped,
};

/// How many bytes of data are followed.
const LONGEST: u64 = 16 << 10;

/// What the following lines belong to.
#[derive(Clone, Debug)]
pub(crate) enum Section {
    /// Lines deeper than `indent` are data. `plain`: `stringData`, whose values are not encoded. `certain`: a Secret for sure.
    Data { indent: usize, plain: bool, certain: bool, start: u64, literal: Option<usize> },
    /// Scalars whose pointer begins so are of a Secret.
    Document { prefix: Vec<u8> },
    /// Rows of a table with a column of secrets.
    Columns(Columns),
    /// Lines that hold the value of a key above.
    Below(Below),
    /// A value whose name may stand on the next line.
    Named { start: u64, end: u64 },
    /// Lines that may be one text in base64.
    Wrapped(Wrapped),
}

/// What a line does to the section.
pub(crate) enum Then {
    Stay,
    Close,
}

/// How many sections may be open at once; more are not opened.
const MOST: usize = 4;

/// Opens what the line `text[start..end]` opens.
pub(crate) fn open(
    detector: &Detector,
    text: &[u8],
    (start, end): (usize, usize),
    base: u64,
    scalars: bool,
    open: &mut Vec<Section>,
) {
    if scalars {
        if let Some(prefix) = text[start..end].strip_suffix(b"/kind: Secret").filter(|p| p.len() <= 256) {
            open.push(Section::Document { prefix: prefix.to_vec() });
        }
    } else {
        let found = [
            data(text, start, end, base),
            Columns::headed(detector, text, start, end, base).map(Section::Columns),
            Below::opened(detector, text, start, end, base).map(Section::Below),
            detector.pair_above_its_name(text, start, end, base),
            Wrapped::opened(text, start, end, base)
                .filter(|_| !open.iter().any(Section::is_wrapped))
                .map(Section::Wrapped),
        ];
        open.extend(found.into_iter().flatten());
    }
    open.truncate(MOST);
}

/// `data:` or `stringData:` on a line of its own.
fn data(text: &[u8], start: usize, end: usize, base: u64) -> Option<Section> {
    let line = &text[start..end];
    let indent = skip(line, 0, line.len(), |b| b == b' ');
    let name = &line[indent..];
    let name = name.strip_prefix(b"- ").unwrap_or(name);
    let plain = name.starts_with(b"stringData:") || name.starts_with(b"\"stringData\":");
    let rest = [b"data:".as_slice(), b"stringData:", b"\"data\":", b"\"stringData\":"]
        .iter()
        .find_map(|n| name.strip_prefix(*n))?;
    if !matches!(rest.trim_ascii(), b"" | b"{") {
        return None;
    }
    let back = &text[start.saturating_sub(256)..start];
    let after_break = back.windows(4).rposition(|w| w == b"\n---").map_or(0, |n| n + 4);
    let certain = plain || memchr::memmem::find(&back[after_break..], b"kind: Secret\n").is_some();
    Some(Section::Data { indent, plain, certain, start: base + start as u64, literal: None })
}

impl Section {
    /// The plain offset from which text must be kept back until the next line decides.
    pub(crate) fn holds(&self) -> Option<u64> {
        match self {
            Section::Named { start, .. } => Some(*start),
            Section::Wrapped(wrapped) => Some(wrapped.start()),
            _ => None,
        }
    }

    fn is_wrapped(&self) -> bool {
        matches!(self, Section::Wrapped(_))
    }

    /// The text ends: what waited for more is judged as it is.
    pub(crate) fn ended(&self, detector: &Detector, (base, depth): (u64, u8), out: &mut Vec<Mask>) {
        if let Section::Wrapped(wrapped) = self {
            wrapped.judge(detector, base, depth, out);
        }
    }

    /// Judges the line `text[start..end]` of the section.
    pub(crate) fn line(
        &mut self,
        detector: &Detector,
        text: &[u8],
        (start, end): (usize, usize),
        (base, depth): (u64, u8),
        out: &mut Vec<Mask>,
    ) -> Then {
        let rule = const { number("kubernetes-secret-data") };
        let line = &text[start..end];
        match self {
            Section::Columns(columns) => columns.row(detector, text, start, end, base, out),
            Section::Wrapped(wrapped) => wrapped.line(detector, text, (start, end), (base, depth), out),
            Section::Below(below) => below.line(detector, text, start, end, out),
            Section::Named { start: value, end: value_end } => {
                let place = |offset: u64| usize::try_from(offset.saturating_sub(base)).unwrap_or(0);
                if *value >= base {
                    out.extend(detector.named_below(text, (start, end), (place(*value), place(*value_end))));
                }
                Then::Close
            }
            Section::Document { prefix } => {
                let Some(rest) = line.strip_prefix(prefix.as_slice()) else {
                    return if line.starts_with(b"  ") { Then::Stay } else { Then::Close };
                };
                if rest.starts_with(b"/apiVersion: ") || (rest.starts_with(b"/kind: ") && rest != b"/kind: Secret") {
                    return Then::Close;
                }
                if (rest.starts_with(b"/data/") || rest.starts_with(b"/stringData/"))
                    && let Some(colon) = memchr::memmem::find(rest, b": ")
                {
                    let value = start + prefix.len() + colon + 2;
                    if value < end && !harmless(&text[value..end]) {
                        out.push(Mask { rule, start: value, end, until: Some(crate::text::Until::Scalar) });
                    }
                }
                Then::Stay
            }
            Section::Data { indent, plain, certain, start: first, literal } => {
                let own = skip(line, 0, line.len(), |b| b == b' ');
                if base + start as u64 > *first + LONGEST {
                    return Then::Close;
                }
                if line.trim_ascii().is_empty() {
                    return Then::Stay;
                }
                if let Some(key) = *literal {
                    if own > key {
                        out.push(Mask { rule, start: start + own, end, until: None });
                        return Then::Stay;
                    }
                    *literal = None;
                }
                if own <= *indent {
                    return Then::Close;
                }
                let key = start + own + usize::from(is_quote(line[own]));
                let colon = skip(text, key, end, |b| b != b':' && !is_blank(b));
                if colon >= end || text[colon] != b':' {
                    return Then::Close;
                }
                let value = value_at(text, colon + 1, end, false);
                let bytes = &text[value.start..value.end];
                if matches!(text[colon + 1..end].trim_ascii(), [b'|' | b'>'] | [b'|' | b'>', b'-' | b'+']) {
                    if *plain || *certain {
                        *literal = Some(own);
                    }
                    return Then::Stay;
                }
                let masked =
                    if *plain { !bytes.is_empty() && !harmless(bytes) } else { encoded_secret(bytes, *certain) };
                if masked && detector.is_enabled(rule) && !reads(text, value.start, b"null") {
                    out.push(Mask { rule, start: value.start, end: value.end, until: None });
                }
                Then::Stay
            }
        }
    }
}
