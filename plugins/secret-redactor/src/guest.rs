//! The contract's side: configuration, and streams as the SDK knows them. No rule stands here.
use crate::{
    detect::Detector,
    join,
    settings::{SCHEMA, Settings},
    stream, triggers, warm,
};
use wardgate_guest::{
    Redactor, Scanner, export_redactor,
    redaction::{Finding, Form, Progress, Setup, Source, Stretch},
    types::{Context, Rule},
};

/// The configured redactor.
#[derive(Debug)]
pub struct SecretRedactor {
    detector: Detector,
}

/// A stream of it.
#[derive(Debug)]
pub struct Stream(stream::Scanner<'static>);

impl Redactor for SecretRedactor {
    const NAME: &'static str = "secret-redactor";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = SCHEMA;
    type Settings = Settings;
    type Scanner = Stream;

    fn configure(settings: Settings) -> Result<(Self, Setup), String> {
        let detector = Detector::new(settings.compile()?)?;
        // Lazy automata are built by use; what is built here is frozen with the instance.
        let mut scanner = stream::Scanner::new(&detector, false);
        let mut found = Vec::new();
        scanner.push(0, warm::text().as_bytes(), &mut found);
        scanner.finish(&mut found);
        let rules = detector.rules().into_iter().map(|(id, description)| Rule { id, description }).collect();
        let attention = triggers::attention(&detector);
        Ok((SecretRedactor { detector }, Setup { rules, attention }))
    }

    fn scanner(&'static self, _: Context, source: Source) -> Stream {
        Stream(stream::Scanner::new(&self.detector, source.form == Form::Scalars))
    }
}

impl Scanner for Stream {
    fn scan(&mut self, stretches: &[Stretch]) -> Progress {
        let mut found = Vec::new();
        for stretch in stretches {
            if self.0.push(stretch.offset, &stretch.bytes, &mut found) {
                break;
            }
        }
        let progress = self.0.progress(found);
        Progress {
            findings: progress.found.into_iter().map(finding).collect(),
            settled: progress.settled,
            open: progress.open,
        }
    }

    fn finish(&mut self) -> Vec<Finding> {
        let mut found = Vec::new();
        self.0.finish(&mut found);
        bounded(found)
    }
}

/// The contract's bound on the findings of one call. Text with more secrets than that is masked from the last finding that fits
/// to the last there is: better too much than a stream that is withheld.
const MOST: usize = 4_096;

fn bounded(mut found: Vec<stream::Found>) -> Vec<Finding> {
    if found.len() > MOST {
        found = join(found);
    }
    if found.len() > MOST {
        let end = found.iter().map(|f| f.end).max().unwrap_or_default();
        found.truncate(MOST);
        if let Some(last) = found.last_mut() {
            last.end = last.end.max(end);
        }
    }
    found.into_iter().map(finding).collect()
}

fn finding(found: stream::Found) -> Finding {
    Finding { rule: found.rule, start: found.start, end: found.end }
}

export_redactor!(SecretRedactor);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_findings_than_the_contract_allows_become_one_mask() {
        let found = (0..10_000).map(|i| stream::Found { start: i * 8, end: i * 8 + 4, rule: 3 }).collect();
        let bounded = bounded(found);
        assert_eq!(bounded.len(), MOST);
        assert_eq!(bounded.last().map(|f| (f.start, f.end)), Some((4_095 * 8, 9_999 * 8 + 4)));
    }
}
