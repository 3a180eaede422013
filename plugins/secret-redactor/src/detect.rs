//! The detector: one pass over a text for anchors, one for runs, and the rule of each. It has no memory between calls: what it
//! finds at an anchor depends on the bytes around it alone. Streams, blocks and hold-back are `stream`'s matter.
use crate::{
    allow,
    anchors::{self, LOOK_AHEAD, Literal, RUN_LENGTH, Role},
    checks,
    keys::public_name,
    providers::{PROVIDERS, Provider},
    public::is_public,
    randomness::secret_run,
    settings::Compiled,
    site::{Form, Mask, Site},
    table::{self, number},
    text::{Mix, Until, is_blank, is_name, is_quote, is_token, skip, skip_back},
    wrap, wrapped,
};
use aho_corasick::{
    Anchored, StartKind,
    automaton::{Automaton, StateID},
    dfa::{Builder, DFA},
};
use regex_automata::{Input, PatternID, hybrid, nfa::thompson, util::syntax};
use std::cell::RefCell;

/// The compiled rules.
pub struct Detector {
    pub(crate) settings: Compiled,
    pub(crate) literals: Vec<Literal>,
    /// Of the literals in ASCII: the fewer kinds of byte an automaton knows, the smaller it is.
    finder: DFA,
    /// Of the others, looked for where a byte of theirs is; and the number of the first.
    wide: (DFA, usize),
    tokens: hybrid::dfa::DFA,
    cache: RefCell<hybrid::dfa::Cache>,
    /// Patterns of provider `i`: its lead, if any, and its secret.
    patterns: Vec<(Option<PatternID>, PatternID)>,
    enabled: Vec<bool>,
    run: [bool; 256],
    /// Starts of providers' tokens, by their first byte: provider and start.
    starts: Vec<Vec<(usize, &'static [u8])>>,
    /// Providers that are looked for at runs.
    at_runs: Vec<usize>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detector")
            .field("literals", &self.literals.len())
            .field("bytes", &(self.finder.memory_usage() + self.wide.0.memory_usage()))
            .finish_non_exhaustive()
    }
}

/// What a lazy automaton may remember.
const CACHE: usize = 2 << 20;

impl Detector {
    /// Compiles every rule under these settings.
    pub fn new(settings: Compiled) -> Result<Detector, String> {
        let mut literals = anchors::literals();
        let mut regexes: Vec<String> = Vec::new();
        let mut patterns = Vec::new();
        let pattern = |regexes: &mut Vec<String>, regex: &str| {
            regexes.push(regex.to_owned());
            PatternID::new(regexes.len() - 1).map_err(|_| "too many patterns".to_owned())
        };
        for provider in PROVIDERS {
            let lead = if provider.lead.is_empty() { None } else { Some(pattern(&mut regexes, provider.lead)?) };
            patterns.push((lead, pattern(&mut regexes, provider.secret)?));
        }
        for (i, extra) in settings.patterns.iter().enumerate() {
            patterns.push((None, pattern(&mut regexes, &extra.regex)?));
            literals.extend(
                extra.starts.iter().map(|s| Literal::new(s, true, false, anchors::Follow::Anything, Role::Operator(i))),
            );
        }
        for word in &settings.keys {
            literals.push(Literal::new(word, true, false, anchors::Follow::Value(3), Role::Key));
        }
        literals.sort_by_key(|l| !l.text.is_ascii());
        let ascii = literals.partition_point(|l| l.text.is_ascii());
        let find_any = |literals: &[Literal]| {
            Builder::new()
                .ascii_case_insensitive(true)
                .start_kind(StartKind::Unanchored)
                .build(literals.iter().map(|l| &l.text))
                .map_err(|e| format!("literals: {e}"))
        };
        let finder = find_any(&literals[..ascii])?;
        let wide = (find_any(&literals[ascii..])?, ascii);
        let tokens = hybrid::dfa::DFA::builder()
            .configure(
                hybrid::dfa::Config::new()
                    .starts_for_each_pattern(true)
                    .cache_capacity(CACHE)
                    .skip_cache_capacity_check(true),
            )
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .thompson(thompson::Config::new().utf8(false))
            .build_many(&regexes)
            .map_err(|e| format!("patterns: {e}"))?;
        let cache = RefCell::new(tokens.create_cache());
        let enabled = table::builtin()
            .map(|(id, _)| id.to_owned())
            .chain(settings.patterns.iter().map(|p| p.id.clone()))
            .map(|id| !settings.disabled.contains(&id))
            .collect();
        let mut run = [false; 256];
        anchors::RUN_ALPHABET.bytes().for_each(|b| run[usize::from(b)] = true);
        let mut starts = vec![Vec::new(); 256];
        for (i, p) in PROVIDERS.iter().enumerate().filter(|(_, p)| p.lead.is_empty() && p.back == 0) {
            p.starts.iter().for_each(|s| starts[usize::from(s.as_bytes()[0])].push((i, s.as_bytes())));
        }
        let at_runs = PROVIDERS.iter().enumerate().filter(|(_, p)| p.starts.is_empty()).map(|(i, _)| i).collect();
        Ok(Detector { settings, literals, finder, wide, tokens, cache, patterns, enabled, run, starts, at_runs })
    }

    /// Id and description of every rule, by number.
    pub fn rules(&self) -> Vec<(String, String)> {
        let extra = self.settings.patterns.iter().map(|p| (p.id.clone(), "A pattern of the operator's".to_owned()));
        table::builtin().map(|(id, d)| (id.to_owned(), d.to_owned())).chain(extra).collect()
    }

    /// Whether a rule, by number, may be named.
    pub fn is_enabled(&self, rule: u32) -> bool {
        self.enabled.get(rule as usize).copied().unwrap_or(false)
    }

    /// Everything whose anchor lies in `text[from..to]`. Each anchor must have `LOOK_AHEAD` bytes, its line's end or the stream's
    /// end behind it.
    pub(crate) fn find(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        form: Form,
        out: &mut Vec<Mask>,
        marks: &mut Vec<usize>,
    ) {
        let first = out.len();
        self.literals_in(text, from, to, form, out, marks);
        self.runs_in(text, from, to, form, out, marks);
        self.exact_in(text, from, to, form, out);
        for (i, _) in self.settings.patterns.iter().enumerate().filter(|(_, p)| p.starts.is_empty()) {
            for at in (from..to).filter(|at| is_word(text[*at]) && (*at == 0 || !is_word(text[*at - 1]))) {
                self.operator(Site::new(text, at, form), i, out);
            }
        }
        let mut kept = first;
        for i in first..out.len() {
            let mask = out[i];
            if mask.end > mask.start && self.is_enabled(mask.rule) {
                out[kept] = mask;
                kept += 1;
            }
        }
        out.truncate(kept);
    }

    /// Everything in a line that was decoded out of another.
    pub(crate) fn find_within(&self, text: &[u8], depth: u8, out: &mut Vec<Mask>) {
        self.find(text, 0, text.len(), Form { scalars: false, depth }, out, &mut Vec::new());
    }

    fn literals_in(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        form: Form,
        out: &mut Vec<Mask>,
        marks: &mut Vec<usize>,
    ) {
        let end = text.len().min(to + 64);
        self.literals_of((&self.finder, 0), text, (from, to, end), form, out, marks);
        if !text[from..end].is_ascii() {
            self.literals_of((&self.wide.0, self.wide.1), text, (from, to, end), form, out, marks);
        }
    }

    /// Those that one finder knows; `first`: the number of its first.
    fn literals_of(
        &self,
        (finder, first): (&DFA, usize),
        text: &[u8],
        (from, to, end): (usize, usize, usize),
        form: Form,
        out: &mut Vec<Mask>,
        marks: &mut Vec<usize>,
    ) {
        let Ok(mut state) = finder.start_state(Anchored::No) else { return };
        let mut i = from;
        while let Some((next, at_match)) = next_match(finder, state, &text[i..end]) {
            i += next + 1;
            state = at_match;
            for n in 0..finder.match_len(state) {
                let literal = &self.literals[first + finder.match_pattern(state, n).as_usize()];
                let stop = i;
                let at = stop - literal.text.len();
                if at >= to {
                    continue;
                }
                let limit = stop
                    + memchr::memchr(b'\n', &text[stop..text.len().min(stop + 512)])
                        .unwrap_or(text.len().min(stop + 512) - stop);
                if !literal.counts(text, at, limit) {
                    continue;
                }
                if matches!(
                    literal.role,
                    Role::Block | Role::DataObject | Role::Lines | Role::PairValue | Role::ClosedKey | Role::Flag
                ) {
                    marks.push(at);
                }
                self.rule(literal.role, Site::new(text, at, form), stop, out);
            }
        }
    }

    fn rule(&self, role: Role, site: Site, stop: usize, out: &mut Vec<Mask>) {
        match role {
            _ if stop > site.limit => {}
            Role::Key => {
                let plain = matches!(site.text[stop - 1], b'=' | b':');
                self.assignment(site, stop - usize::from(plain), out);
            }
            Role::Aligned => self.aligned(site, key_end(site.text, site.at, stop), out),
            Role::ClosedKey => self.closed_key(site, key_end(site.text, site.at, stop), out),
            Role::Bracket => self.bracketed_value(site, stop, out),
            Role::Arrow => self.arrow(site, stop, out),
            Role::Element => self.element(site, stop, out),
            Role::Flag => self.flag(site, stop, out),
            Role::Provider(i) => self.provider(site, i, site.at, out),
            Role::Url => self.url(site, stop, out),
            Role::Dsn => self.dsn(site, out),
            Role::Jwt => self.jwt(site, out),
            Role::Bearer => self.bearer(site, stop, out),
            Role::Basic => self.basic(site, stop, out),
            Role::PairValue => self.pair(site, stop, out),
            Role::Prose => self.prose(site, stop, out),
            Role::Placed(i) => self.placed(site, i, stop, out),
            Role::Foreign(certain) => self.foreign(site, stop, certain, out),
            Role::NextWord => self.next_word(site, stop, out),
            Role::Command => self.command(site, out),
            Role::Netrc => self.netrc(site, out),
            Role::Pgpass => self.pgpass(site, stop, out),
            Role::DataObject => self.data_object(site, stop, out),
            Role::Escape => self.escapes(site, out),
            Role::Hex => self.hex_blob(site, out),
            Role::Bytes(radix) => self.byte_list(site, radix, out),
            Role::Glue => self.glued(site, out),
            Role::Base64 => self.base64_blob(site, stop, out),
            Role::Insert => self.insert(site, stop, out),
            Role::Acl => self.acl(site, stop, out),
            Role::Block | Role::Lines => {}
            Role::Operator(i) => self.operator(site, i, out),
        }
    }

    /// The end of pattern `id` at `at`, no further than `limit`.
    fn matches(&self, text: &[u8], at: usize, limit: usize, id: PatternID) -> Option<usize> {
        let input = Input::new(text).range(at..limit).anchored(regex_automata::Anchored::Pattern(id));
        self.tokens
            .try_search_fwd(&mut self.cache.borrow_mut(), &input)
            .ok()
            .flatten()
            .map(|m| m.offset())
            .filter(|end| *end > at)
    }

    /// Whether more text behind `limit` could make `text[at..limit]` a match of pattern `id`.
    fn may_match(&self, text: &[u8], at: usize, limit: usize, id: PatternID) -> bool {
        let input = Input::new(text).range(at..limit).anchored(regex_automata::Anchored::Pattern(id));
        let mut cache = self.cache.borrow_mut();
        let Ok(mut state) = self.tokens.start_state_forward(&mut cache, &input) else { return true };
        for byte in &text[at..limit] {
            match self.tokens.next_state(&mut cache, state, *byte) {
                Ok(next) if next.is_dead() => return false,
                Ok(next) => state = next,
                Err(_) => return true,
            }
        }
        true
    }

    fn provider(&self, site: Site, index: usize, at: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let (lead, secret) = self.patterns[index];
        let start = match lead {
            Some(lead) => match self.matches(text, at, limit, lead) {
                Some(end) => end,
                None => return,
            },
            None => at,
        };
        let Some(end) = self.matches(text, start, limit, secret) else {
            return self.unfinished(site, index, start, out);
        };
        if end < limit && text[end].is_ascii_alphanumeric() {
            return;
        }
        // The dots of a sentence or of what was cut are none of a token's.
        let end = skip_back(text, end, start + 1, |b| b == b'.');
        if !checks::holds_or_looks_random(&text[start..end]) {
            return;
        }
        let Provider { back, least, .. } = PROVIDERS[index];
        let before = skip_back(text, start, site.floor.max(start.saturating_sub(back)), |b| {
            b.is_ascii_alphanumeric() || b == b'_'
        });
        if start - before < least {
            return;
        }
        // `acme_sk_…`: what an underscore joins to the start is of the token.
        let named = if lead.is_none() && back == 0 && text[start].is_ascii_alphanumeric() {
            skip_back(text, start, site.floor.max(start.saturating_sub(16)), |b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'
            })
        } else {
            before
        };
        let joined = named < start
            && text[start - 1] == b'_'
            && (named == site.floor || !text[named - 1].is_ascii_alphanumeric());
        let start = if joined { named } else { before };
        out.push(site.mask(table::provider(index), start, end, (end == limit && site.cut).then_some(Until::Token)));
    }

    /// What may become a token is cut: by the stream's or the line's end, or by dots that somebody put for the rest.
    fn unfinished(&self, site: Site, index: usize, start: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, start, limit, is_token);
        let bare = skip_back(text, end, start, |b| b == b'.');
        let end = if end - bare >= 3 || end < limit { bare } else { end };
        let known =
            PROVIDERS[index].starts.iter().filter(|s| text[start..].starts_with(s.as_bytes())).map(|s| s.len()).max();
        let distinct = known.is_some_and(|n| n >= 5 && !text[start..start + n].iter().all(u8::is_ascii_alphanumeric));
        if site.cut
            || end - start <= 4
            || end - start > 400
            || !self.may_match(text, start, end, self.patterns[index].1)
        {
            return;
        }
        let token = &text[start..end];
        let dots = [b"...".as_slice(), "\u{2026}".as_bytes(), b"***", b"[...]", b"<snip"];
        if dots.iter().any(|d| text[end..limit].starts_with(d)) {
            if known.is_some_and(|n| token.len() >= n + 6) && token.iter().any(u8::is_ascii_digit) {
                out.push(site.mask(table::provider(index), start, end, None));
            }
            return;
        }
        let until = if end == text.len() {
            None
        } else if !wrap::may_end_a_line(text, end)
            || token.contains(&b'=')
            || !(distinct || token.iter().any(u8::is_ascii_digit))
        {
            // A line may end in a name that begins like a token.
            return;
        } else {
            Some(Until::Broken)
        };
        out.push(site.mask(table::provider(index), start, end, until));
    }

    fn operator(&self, site: Site, index: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        if at > 0 && is_word(text[at - 1]) && is_word(text[at]) {
            return;
        }
        let (_, pattern) = self.patterns[PROVIDERS.len() + index];
        if let Some(end) = self.matches(text, at, limit, pattern)
            && !(end < limit && is_word(text[end]) && is_word(text[end - 1]))
        {
            out.push(site.mask(
                table::provider(PROVIDERS.len() + index),
                at,
                end,
                (end == limit && site.cut).then_some(Until::Token),
            ));
        }
    }

    /// The rule of the provider whose token is exactly `text[start..end]`.
    pub(crate) fn token_rule(&self, text: &[u8], start: usize, end: usize) -> Option<u32> {
        let value = &text[start..end];
        if value.starts_with(b"eyJ") && value.contains(&b'.') {
            return Some(const { number("jwt") });
        }
        let first = usize::from(*value.first()?);
        self.starts[first].iter().find_map(|(i, s)| {
            (value.starts_with(s) && self.matches(text, start, end, self.patterns[*i].1) == Some(end))
                .then(|| table::provider(*i))
        })
    }

    fn runs_in(&self, text: &[u8], from: usize, to: usize, form: Form, out: &mut Vec<Mask>, marks: &mut Vec<usize>) {
        let in_run = |b: u8| self.run[usize::from(b)];
        let mut i = from;
        // The run that began before `from` is decided already.
        if i > 0 && in_run(text[i - 1]) {
            while i < to && in_run(text[i]) {
                i += 1;
            }
        }
        while i < to {
            // If the byte RUN_LENGTH - 1 further on is outside, no run that long begins here.
            let probe = i + RUN_LENGTH - 1;
            if probe >= text.len() {
                break;
            }
            if !in_run(text[probe]) {
                i = probe + 1;
                // Its own run begins later; go back to nothing: all bytes up to the probe belong to shorter runs.
                continue;
            }
            let start = skip_back(text, probe, i, in_run);
            if start > i || i == 0 || !in_run(text[i - 1]) {
                if start >= to {
                    break;
                }
                let end = skip(text, probe, text.len().min(start + LOOK_AHEAD), in_run);
                if end - start >= RUN_LENGTH {
                    let site = Site::new(text, start, form);
                    self.run_at(site, end, out);
                    if site.line_start && !site.cut && wrapped::may_begin(text, site.floor, site.limit) {
                        marks.push(start);
                    }
                }
                i = skip(text, end, to.max(end), in_run);
            } else {
                i = skip(text, probe, to.max(probe), in_run);
            }
        }
    }

    /// A run of `anchors::RUN_LENGTH` or more: a provider's token without a start of its own, or one without any form.
    fn run_at(&self, site: Site, end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let end = end.min(limit);
        // The slashes of a URL are no part of what follows them.
        let at = if text[at..end].starts_with(b"//") { at + 2 } else { at };
        let run = &text[at..end];
        let mix = Mix::of(run);
        if mix.kinds() < 3 {
            return;
        }
        for &i in &self.at_runs {
            self.provider_run(site, i, out);
            for part in memchr::memchr_iter(b'/', run).take(16) {
                self.provider_run(Site { at: at + part + 1, ..site }, i, out);
            }
        }
        if self.token_rule(text, at, end).is_some() || allow::uuid(run) {
            return;
        }
        let least = self.settings.entropy_length;
        let cut = |_start: usize, stop: usize| (stop == limit && site.cut).then_some(Until::Token);
        let says = self.base64_says(run, site.depth);
        if says == Some(true) {
            let padded = skip(text, end, limit.min(end + 2), |b| b == b'=');
            return out.push(site.mask(const { number("encoded-secret") }, at, padded, cut(at, padded)));
        }
        if says == Some(false) {
            return self.headless_jwt(site, at, end, out);
        }
        let readable = if public_context(site) { behind_host(site, end) } else { Some(at) };
        let Some(from) = readable else { return };
        let whole =
            from == at && run.iter().filter(|b| **b == b'/').count() * 10 <= run.len() && secret_run(run, least);
        if whole {
            let padded = skip(text, end, limit.min(end + 2), |b| b == b'=');
            let (at, padded) = joined(site, marked(site, at), padded);
            return out.push(site.mask(const { number("high-entropy") }, at, padded, cut(at, padded)));
        }
        let mut start = from;
        while start < end {
            let stop = skip(text, start, end, |b| !matches!(b, b'/' | b'-' | b'_' | b'+'));
            if stop - start >= least
                && secret_run(&text[start..stop], least)
                && self.base64_says(&text[start..stop], site.depth).is_none()
            {
                let first = marked(site, start);
                out.push(site.mask(const { number("high-entropy") }, first, stop, cut(start, stop)));
            }
            start = stop + 1;
        }
        let mut start = from;
        while start < end {
            let stop = skip(text, start, end, |b| b != b'/');
            if stop - start >= least
                && secret_run(&text[start..stop], least)
                && self.base64_says(&text[start..stop], site.depth).is_none()
            {
                out.push(site.mask(const { number("high-entropy") }, start, stop, cut(start, stop)));
            }
            start = stop + 1;
        }
    }

    /// The claims of a JWT whose header was cut off, and the signature behind them.
    fn headless_jwt(&self, site: Site, at: usize, end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let signature =
            skip(text, (end + 1).min(limit), limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if text.get(end) == Some(&b'.') && signature >= end + 17 && Mix::of(&text[end + 1..signature]).kinds() == 3 {
            out.push(site.mask(
                const { number("jwt") },
                at,
                signature,
                (signature == limit && site.cut).then_some(Until::Token),
            ));
        }
    }

    fn provider_run(&self, site: Site, index: usize, out: &mut Vec<Mask>) {
        if site.at > 0 && site.text[site.at - 1].is_ascii_alphanumeric() {
            return;
        }
        let (_, secret) = self.patterns[index];
        if let Some(end) = self.matches(site.text, site.at, site.limit, secret)
            && !(end < site.limit && site.text[end].is_ascii_alphanumeric())
        {
            out.push(site.mask(
                table::provider(index),
                site.at,
                end,
                (end == site.limit && site.cut).then_some(Until::Token),
            ));
        }
    }
}

/// Where the key's word ends within an anchor that goes on behind it.
fn key_end(text: &[u8], at: usize, stop: usize) -> usize {
    skip(text, at, stop, |b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Where the path begins, of a URL whose host's name the run at hand began in.
fn behind_host(site: Site, end: usize) -> Option<usize> {
    let Site { text, at, floor, .. } = site;
    let word = skip_back(text, at, floor.max(at.saturating_sub(128)), |b| !is_blank(b) && !is_quote(b));
    memchr::memmem::find(&text[word..at], b"://")?;
    memchr::memchr(b'/', &text[at..end]).map(|n| at + n + 1)
}

/// Where the token begins that ends in the random part at `start`: `acme_live_` and `dataset-` before it are of the token.
fn marked(site: Site, start: usize) -> usize {
    let Site { text, floor, .. } = site;
    let Some(joint) = start.checked_sub(1).filter(|i| *i > floor && matches!(text[*i], b'_' | b'-')).map(|i| text[i])
    else {
        return start;
    };
    let near = floor.max(start.saturating_sub(if joint == b'_' { 24 } else { 12 }));
    let upper = start >= near + 2 && text[start - 2].is_ascii_uppercase();
    let of_a_mark = |b: u8| {
        b.is_ascii_digit()
            || (if upper { b.is_ascii_uppercase() } else { b.is_ascii_lowercase() })
            || (b == b'_' && joint == b'_')
    };
    let first = skip_back(text, start - 1, near, of_a_mark);
    let alone = first == floor
        || !(text[first - 1].is_ascii_alphanumeric() || matches!(text[first - 1], b'-' | b'_' | b'.' | b'/'));
    if alone && first < start - 1 && text[first].is_ascii_alphabetic() { first } else { start }
}

/// A random run with the parts of its token that a dot, a colon and their like join to it.
fn joined(site: Site, at: usize, end: usize) -> (usize, usize) {
    let Site { text, floor, limit, .. } = site;
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let (mut at, mut end) = (at, end);
    while end < limit && is_joint(text[end]) {
        let next = skip(text, end + 1, limit, part);
        let piece = &text[end + 1..next];
        let mix = Mix::of(piece);
        let random = if text[end] == b'.' { piece.len() >= 10 && mix.kinds() == 3 } else { odd(piece, 8) };
        if !random {
            break;
        }
        end = skip(text, next, limit.min(next + 2), |b| b == b'=');
    }
    let far = floor.max(at.saturating_sub(200));
    while at > far && is_joint(text[at - 1]) {
        let before = skip_back(text, at - 1, far, part);
        let piece = &text[before..at - 1];
        let mix = Mix::of(piece);
        // A token's own mark stands at the beginning of its word: `sl.u.`, `vk1.a.`, `0.`.
        let alone = before == floor || !matches!(text[before - 1], b'/' | b'@' | b'\\');
        let mark = text[at - 1] == b'.'
            && alone
            && !piece.is_empty()
            && (piece.len() <= 2 || (piece.len() <= 9 && mix.digit > 0));
        if !(mark
            || (piece.len() >= 10 && mix.kinds() == 3)
            || allow::uuid(piece)
            || (text[at - 1] != b'.' && odd(piece, 5)))
        {
            break;
        }
        at = before;
    }
    (at, end)
}

/// What joins the parts of one token.
fn is_joint(b: u8) -> bool {
    matches!(b, b'.' | b':' | b'|' | b'!' | b'~' | b'$')
}

/// A part of a token: of more than one kind, and no name.
fn odd(piece: &[u8], least: usize) -> bool {
    let mix = Mix::of(piece);
    piece.len() >= least
        && ((mix.digit >= 6 && mix.digit == piece.len())
            || (mix.digit > 0 && mix.lower + mix.upper > 0 && !allow::object_name(piece))
            || (mix.upper > 0 && mix.lower > 0 && mix.changes >= 3 && crate::model::naturalness(piece) < 0))
}

/// The first place in `text` where a literal ends, and the state there. A loop of its own, so that the state stays in a register.
#[inline(never)]
fn next_match(finder: &DFA, mut state: StateID, text: &[u8]) -> Option<(usize, StateID)> {
    for (i, &byte) in text.iter().enumerate() {
        state = finder.next_state(Anchored::No, state, byte);
        if finder.is_special(state) && finder.is_match(state) {
            return Some((i, state));
        }
    }
    None
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// What stands before a run says that it is public: `sha256:`, `ssh-rsa `, an etag's or an id's key, a class path.
fn public_context(site: Site) -> bool {
    let Site { text, at, floor, .. } = site;
    let before = &text[floor..at];
    let run = &text[at..];
    let marks: [&[u8]; 9] =
        [b"sha256:", b"SHA256:", b"sha512:", b"sha1:", b"MD5:", b"@sha256:", b"W/\"", b"h1:", b"base64,"];
    let runs: [&[u8]; 9] = [
        b"nonce-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"AAAAB3NzaC1yc2E",
        b"AAAAC3NzaC1lZDI1NTE5",
        b"AAAAE2VjZHNh",
        b"LS0tLS1CRUdJTiBDRVJU",
        b"LS0tLS1CRUdJTiBQVUJM",
    ];
    if marks[..8].iter().any(|m| before.ends_with(m)) || runs.iter().any(|r| run.starts_with(r)) {
        return true;
    }
    // Public keys by their header and length.
    let length = skip(run, 0, run.len().min(LOOK_AHEAD), |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let public: [(&[u8], usize); 4] = [
        (b"MFkwEwYHKoZIzj0", 124),
        (b"MIIBIjANBgkqhkiG9w0B", 392),
        (b"MIICIjANBgkqhkiG9w0B", 736),
        (b"MCowBQYDK2Vw", 60),
    ];
    if public.iter().any(|(lead, most)| run.starts_with(lead) && (most - 2..=*most).contains(&length)) {
        return true;
    }
    // `Class$Inner`, `a.b.Name`: a dotted name goes on here.
    if before.ends_with(b"$")
        || (before.ends_with(b".")
            && before.len() > 4
            && before[..before.len() - 1].iter().rev().take(4).all(u8::is_ascii_lowercase))
    {
        return true;
    }
    if is_public(site) {
        return true;
    }
    // The word that the run is a part of.
    let word = skip_back(text, at, floor.max(at.saturating_sub(200)), |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')
    });
    let value = skip_back(text, word, floor, |b| is_blank(b) || is_quote(b) || b == b'\\');
    if value > floor && matches!(text[value - 1], b'=' | b':') {
        let key_end = skip_back(text, value - 1, floor, |b| is_blank(b) || is_quote(b) || b == b'\\');
        let key = skip_back(text, key_end, floor.max(key_end.saturating_sub(64)), |b| is_name(b) || b == b'-');
        return public_name(&text[key..key_end]);
    }
    false
}
