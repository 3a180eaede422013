//! The detector: one pass over a text for anchors, one for runs, and the rule of each. It has no memory between calls: what it
//! finds at an anchor depends on the bytes around it alone. Streams, blocks and hold-back are `stream`'s matter; the rules stand
//! in `keyed`, `issued`, `runs`, `misc` and their neighbours.
use crate::{
    anchors::{self, Literal, Role},
    finder::Finder,
    issued::is_word,
    keyed::Assigned,
    known::Known,
    providers::PROVIDERS,
    settings::Compiled,
    site::{Form, Line, Mask, Site},
    table,
    text::skip,
    tokens::Pattern,
};

/// The compiled rules.
pub struct Detector {
    pub(crate) settings: Compiled,
    pub(crate) literals: Vec<Literal>,
    finder: Finder,
    /// Patterns of provider `i`: its lead, if any, and its secret.
    pub(crate) patterns: Vec<(Option<Pattern>, Pattern)>,
    enabled: Vec<bool>,
    pub(crate) known: Known,
    pub(crate) run: [bool; 256],
    /// Starts of providers' tokens, by their first byte: provider and start.
    pub(crate) starts: Vec<Vec<(usize, &'static [u8])>>,
    /// Providers that are looked for at runs.
    pub(crate) at_runs: Vec<usize>,
    /// Whether provider `i` issues tokens of one length only.
    of_one_length: Vec<bool>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let patterns = self.patterns.iter().flat_map(|(lead, secret)| lead.iter().chain([secret]));
        let patterns: usize = patterns.map(Pattern::memory_usage).sum();
        f.debug_struct("Detector")
            .field("literals", &self.literals.len())
            .field("bytes", &(self.finder.memory_usage() + patterns))
            .finish_non_exhaustive()
    }
}

fn has_one_length(regex: &str) -> Result<bool, String> {
    let hir = crate::settings::parse(regex)?;
    let properties = hir.properties();
    Ok(properties.minimum_len().is_some() && properties.minimum_len() == properties.maximum_len())
}

impl Detector {
    /// Compiles every rule under these settings.
    pub fn new(settings: Compiled) -> Result<Detector, String> {
        let mut literals = anchors::literals();
        let mut patterns = Vec::new();
        for provider in PROVIDERS {
            let lead = if provider.lead.is_empty() { None } else { Some(Pattern::new(provider.lead)?) };
            patterns.push((lead, Pattern::new(provider.secret)?));
        }
        for (i, extra) in settings.patterns.iter().enumerate() {
            patterns.push((None, Pattern::new(&extra.regex)?));
            literals.extend(
                extra.starts.iter().map(|s| Literal::new(s, true, false, anchors::Follow::Anything, Role::Operator(i))),
            );
        }
        for word in &settings.keys {
            literals.push(Literal::new(word, true, false, anchors::Follow::Value(3), Role::Key));
        }
        let finder = Finder::new(&literals);
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
        let of_one_length = PROVIDERS.iter().map(|p| has_one_length(p.secret)).collect::<Result<_, _>>()?;
        Ok(Detector {
            settings,
            literals,
            finder,
            patterns,
            enabled,
            known: Known::new(),
            run,
            starts,
            at_runs,
            of_one_length,
        })
    }

    /// Whether what this rule finds is whole wherever it ends.
    pub(crate) fn is_of_one_length(&self, rule: u32) -> bool {
        let provider = usize::try_from(rule).ok().and_then(|rule| rule.checked_sub(table::STRUCTURAL.len()));
        provider.is_some_and(|index| self.of_one_length.get(index).copied().unwrap_or(false))
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
        let mut line = Line::unknown();
        let mut last = None;
        self.finder.each(text, from, to, |at, stop, number| {
            let literal = &self.literals[number];
            if !literal.counts(text, at) {
                return;
            }
            if matches!(
                literal.role,
                Role::Block | Role::DataObject | Role::Lines | Role::PairValue | Role::ClosedKey | Role::Flag
            ) {
                marks.push(at);
            }
            self.rule(literal.role, Site::on(text, at, form, &mut line), stop, &mut last, out);
        });
    }

    fn rule(&self, role: Role, site: Site, stop: usize, last: &mut Option<Assigned>, out: &mut Vec<Mask>) {
        match role {
            _ if stop > site.limit => {}
            Role::Key => {
                let plain = matches!(site.text[stop - 1], b'=' | b':');
                self.assignment(site, stop - usize::from(plain), last, out);
            }
            Role::Aligned => self.aligned(site, key_end(site.text, site.at, stop), last, out),
            Role::Cell => self.cell_behind(site, key_end(site.text, site.at, stop), out),
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
}

/// Where the key's word ends within an anchor that goes on behind it.
fn key_end(text: &[u8], at: usize, stop: usize) -> usize {
    let word = skip(text, at, stop, |b| b == b'-');
    skip(text, word, stop, |b| b.is_ascii_alphanumeric() || b == b'_')
}
