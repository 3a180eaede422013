//! Redacted bytes of one channel become lines: decoded, made visible, selected, and cut to the budget, oldest or newest first.
use crate::{
    Channel, Keep, LaneText, Select,
    hygiene::{incomplete, plain, push_visible},
};
use std::{collections::VecDeque, sync::Arc};

/// Bytes of a carriage return made visible.
const RETURN: usize = 4;
/// Bytes for saying that a line was cut.
const CUT: usize = 48;

/// A line that was kept, and when its first byte was read.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) read_at: u64,
}

/// How much one lane may keep.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) bytes: u64,
    pub(crate) lines: u32,
    pub(crate) keep: Keep,
}

pub(crate) struct Lane {
    room: Room,
    /// Bytes of the room as it was given; `room` itself shrinks as others use up what is shared.
    share: u64,
    select: Option<Arc<dyn Select>>,
    /// Bytes of a character that is not complete yet.
    partial: Vec<u8>,
    line: String,
    /// Whether a carriage return, made visible, is the last of it.
    line_returns: bool,
    line_read_at: u64,
    line_begun: bool,
    line_cut: u64,
    kept: VecDeque<Line>,
    kept_bytes: u64,
    read: u64,
    matched: u64,
    lines_cut: u64,
    bytes_cut: u64,
    full: bool,
}

impl Lane {
    pub(crate) fn new(room: Room, select: Option<Arc<dyn Select>>) -> Self {
        Self {
            share: room.bytes,
            room,
            select,
            partial: Vec::new(),
            line: String::new(),
            line_returns: false,
            line_read_at: 0,
            line_begun: false,
            line_cut: 0,
            kept: VecDeque::new(),
            kept_bytes: 0,
            read: 0,
            matched: 0,
            lines_cut: 0,
            bytes_cut: 0,
            full: false,
        }
    }

    /// What all lanes and documents together leave beside what this one keeps.
    pub(crate) fn bound(&mut self, left: u64) {
        self.room.bytes = self.share.min(self.kept_bytes + left);
    }

    /// Clean bytes, read at that time.
    pub(crate) fn push(&mut self, bytes: &[u8], read_at: u64, fresh: &mut Vec<Line>) {
        if bytes.is_empty() {
            return;
        }
        self.begin(read_at);
        let mut joined;
        let mut rest = bytes;
        if !self.partial.is_empty() {
            joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(bytes);
            rest = &joined;
        }
        for chunk in rest.utf8_chunks() {
            self.text(chunk.valid(), read_at, fresh);
            let invalid = chunk.invalid();
            let at_end = std::ptr::eq(invalid.as_ptr_range().end, rest.as_ptr_range().end);
            if !invalid.is_empty() && at_end && incomplete(invalid) {
                self.partial = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.text("\u{fffd}", read_at, fresh);
            }
        }
    }

    /// A mask: the host's own text.
    pub(crate) fn mask(&mut self, text: &str, read_at: u64, fresh: &mut Vec<Line>) {
        self.flush_partial(read_at, fresh);
        self.begin(read_at);
        self.text(text, read_at, fresh);
    }

    /// No more bytes.
    pub(crate) fn finish(&mut self, fresh: &mut Vec<Line>) {
        self.flush_partial(self.line_read_at, fresh);
        if self.line_begun {
            self.end_line(fresh);
        }
    }

    pub(crate) fn kept_bytes(&self) -> u64 {
        self.kept_bytes
    }

    pub(crate) fn into_text(self, part: usize, channel: Channel) -> LaneText {
        LaneText {
            part,
            channel,
            lines: self.kept.into_iter().map(|line| line.text).collect(),
            lines_read: self.read,
            lines_matched: self.select.is_some().then_some(self.matched),
            lines_cut: self.lines_cut,
            bytes_cut: self.bytes_cut,
            kept: self.room.keep,
        }
    }

    fn begin(&mut self, read_at: u64) {
        if !self.line_begun {
            self.line_begun = true;
            self.line_read_at = read_at;
        }
    }

    fn flush_partial(&mut self, read_at: u64, fresh: &mut Vec<Line>) {
        if !self.partial.is_empty() {
            self.partial.clear();
            self.text("\u{fffd}", read_at, fresh);
        }
    }

    fn text(&mut self, text: &str, read_at: u64, fresh: &mut Vec<Line>) {
        let mut rest = text;
        while let Some(end) = rest.find('\n') {
            self.append(&rest[..end], read_at);
            self.begin(read_at);
            self.end_line(fresh);
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            self.append(rest, read_at);
        }
    }

    fn append(&mut self, text: &str, read_at: u64) {
        if text.is_empty() {
            return;
        }
        self.begin(read_at);
        let mut rest = text;
        while !rest.is_empty() {
            let room = self.room.bytes.saturating_sub(self.line.len() as u64 + 1);
            // No further than there is room: a long line that is cut would be read once for each of its characters.
            let (fits, more) = rest.split_at(plain(rest, usize::try_from(room).unwrap_or(usize::MAX)));
            self.line.push_str(fits);
            self.line_returns &= fits.is_empty();
            let mut others = more.chars();
            if let Some(c) = others.next() {
                if ((self.line.len() + c.len_utf8()) as u64) < self.room.bytes {
                    push_visible(c, &mut self.line);
                    self.line_returns = c == '\r';
                } else {
                    self.line_cut += c.len_utf8() as u64;
                }
            }
            rest = others.as_str();
        }
    }

    fn end_line(&mut self, fresh: &mut Vec<Line>) {
        let mut text = std::mem::take(&mut self.line);
        // A CR before the line break is part of the break; anywhere else it would let text overwrite text.
        if std::mem::take(&mut self.line_returns) {
            text.truncate(text.len() - RETURN);
        }
        let mut cut = std::mem::take(&mut self.line_cut);
        self.line_begun = false;
        self.read += 1;
        if self.select.as_ref().is_some_and(|select| !select.keep(&text)) {
            return;
        }
        self.matched += 1;
        let size = text.len() as u64 + 1;
        match self.room.keep {
            Keep::First => {
                self.bytes_cut += cut;
                let fits =
                    self.kept_bytes + size <= self.room.bytes && (self.kept.len() as u64) < u64::from(self.room.lines);
                if self.full || !fits {
                    self.full = true;
                    self.drop_line(size);
                    return;
                }
                fresh.push(Line { text: text.clone(), read_at: self.line_read_at });
                self.keep(text, size);
            }
            Keep::Newest => {
                let most = usize::try_from(self.share / 4).unwrap_or(usize::MAX);
                if self.kept_bytes + size > self.room.bytes && text.len() > most && most > 2 * CUT {
                    let short = text.floor_char_boundary(most.saturating_sub(CUT));
                    cut += (text.len() - short) as u64;
                    text.truncate(short);
                    text.push_str(&format!(" [{cut} bytes of this line cut]"));
                }
                self.bytes_cut += cut;
                let size = text.len() as u64 + 1;
                self.keep(text, size);
                let over = |lane: &Self| {
                    lane.kept_bytes > lane.room.bytes || lane.kept.len() as u64 > u64::from(lane.room.lines)
                };
                while over(self) {
                    let Some(oldest) = self.kept.pop_front() else { break };
                    let size = oldest.text.len() as u64 + 1;
                    self.kept_bytes -= size;
                    self.drop_line(size);
                }
            }
        }
    }

    fn keep(&mut self, text: String, size: u64) {
        self.kept_bytes += size;
        self.kept.push_back(Line { text, read_at: self.line_read_at });
    }

    fn drop_line(&mut self, size: u64) {
        self.lines_cut += 1;
        self.bytes_cut += size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(bytes: u64, lines: u32, keep: Keep) -> Lane {
        Lane::new(Room { bytes, lines, keep }, None)
    }

    fn shown(mut lane: Lane, chunks: &[&[u8]]) -> LaneText {
        let mut fresh = Vec::new();
        for chunk in chunks {
            lane.push(chunk, 0, &mut fresh);
        }
        lane.finish(&mut fresh);
        lane.into_text(0, Channel::Log)
    }

    #[test]
    fn a_character_cut_in_two_is_whole_again() {
        let text = "aé漢🦀z\n".as_bytes();
        for cut in 0..=text.len() {
            let out = shown(lane(100, 10, Keep::First), &[&text[..cut], &text[cut..]]);
            assert_eq!(out.lines, ["aé漢🦀z"], "cut at {cut}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_counted_as_a_line() {
        let out = shown(lane(100, 10, Keep::First), &[b"a\xffb\xe6", b"\nc\xf0\x9f"]);
        assert_eq!(out.lines, ["a\u{fffd}b\u{fffd}", "c\u{fffd}"]);
    }

    #[test]
    fn the_newest_lines_survive_and_the_cut_is_counted() {
        let out = shown(lane(10, 100, Keep::Newest), &[b"1111\n2222\n33", b"33\n"]);
        assert_eq!(
            (out.lines, out.lines_read, out.lines_cut, out.bytes_cut),
            (vec!["2222".into(), "3333".into()], 3, 1, 5)
        );
    }

    #[test]
    fn the_first_lines_survive_and_nothing_after_the_cut() {
        let out = shown(lane(10, 100, Keep::First), &[b"1111\n222222\n3\n"]);
        assert_eq!((out.lines, out.lines_cut), (vec!["1111".into()], 2));
    }

    #[test]
    fn one_endless_line_costs_no_more_than_the_budget() {
        let mut lane = lane(1000, 10, Keep::Newest);
        for _ in 0..1000 {
            lane.push(&[b'x'; 1000], 0, &mut Vec::new());
        }
        assert!(lane.line.len() <= 1000);
        lane.finish(&mut Vec::new());
        let out = lane.into_text(0, Channel::Log);
        assert!(out.bytes_cut >= 999_000 && out.lines.iter().map(String::len).sum::<usize>() <= 1000);
    }

    #[test]
    fn carriage_returns_end_a_line_or_are_seen() {
        for chunks in [&[&b"a\r\nb\rc\n"[..]][..], &[b"a\r", b"\nb", b"\r", b"c\n"]] {
            assert_eq!(shown(lane(100, 10, Keep::First), chunks).lines, ["a", "b\\x0dc"]);
        }
    }

    #[test]
    fn text_that_looks_like_a_carriage_return_made_visible_is_text() {
        let out = shown(lane(100, 10, Keep::First), &[b"C:\\x0d\nends with \r\\x0d\r\n"]);
        assert_eq!(out.lines, ["C:\\x0d", "ends with \\x0d\\x0d"]);
    }

    #[test]
    fn one_long_line_does_not_push_out_the_lines_before_it() {
        let long = [vec![b'x'; 5000], b"\n".to_vec()].concat();
        let out = shown(lane(1000, 100, Keep::Newest), &[b"one\ntwo\n", &long, b"three\n"]);
        let short: Vec<&str> = out.lines.iter().map(|line| line.split(' ').next().unwrap_or_default()).collect();
        assert_eq!((short.len(), short[0], short[1], short[3]), (4, "one", "two", "three"));
        assert!(out.lines[2].ends_with("bytes of this line cut]") && out.lines[2].len() <= 260, "{}", out.lines[2]);
        assert_eq!((out.lines_cut, out.bytes_cut > 4700), (0, true));
        let alone = shown(lane(1000, 100, Keep::Newest), &[&[b'y'; 900]]);
        assert_eq!((alone.lines[0].len(), alone.bytes_cut), (900, 0), "where there is room for it, it is whole");
    }
}
