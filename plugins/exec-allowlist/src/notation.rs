//! The notation of the table, one line at a time: an option with its value, and the words of a form.
//!
//! ```text
//! -n --lines <1..2000>          an option with a number; `-n 5`, `-n5`, `--lines 5`, `--lines=5`
//! -q -v --quiet                 options that stand alone
//! --color [always|never]        alone, or with a value behind `=` or in the same word
//! -<1..2000>                    a number behind the dash
//! -f --full !revealing          a person is asked first
//! -d --date <text> @gnu|busybox only where the implementation is known to be one of these
//! show|list <interface>?        words: one of two, then perhaps an interface
//! <file>{1,4}                   one to four files
//! ```
use crate::{
    settings::Tier,
    table::{Flavours, Opt, Value, Word},
};

/// Looks up a named type.
pub(crate) type Types<'t> = &'t dyn Fn(&str) -> Result<Value, String>;

/// One line of options. None for a name: the number behind a dash.
pub(crate) fn option(line: &str, types: Types) -> Result<Opt, String> {
    let mut option = Opt {
        names: vec![],
        value: None,
        optional: false,
        dash_number: false,
        tier: Tier::Safe,
        flavours: Flavours::ALL,
    };
    for part in line.split_ascii_whitespace() {
        if let Some(number) = part.strip_prefix('-').filter(|rest| rest.starts_with('<')) {
            option.value = Some(value(number, types)?);
            option.dash_number = true;
        } else if part.starts_with(['-', '+']) && part.len() > 1 && part != "--" {
            if part.contains('|') {
                return Err(format!(
                    "{line:?}: a value that begins with a dash stands behind another, as in /dev/null|-"
                ));
            }
            option.names.push(part.to_owned());
        } else if let Some(tier) = part.strip_prefix('!') {
            option.tier = match tier {
                "costly" => Tier::Costly,
                "revealing" => Tier::Revealing,
                _ => return Err(format!("{line:?}: there is no tier {tier:?}")),
            };
        } else if let Some(names) = part.strip_prefix('@') {
            option.flavours = Flavours::of(names.split('|'))?;
        } else if option.value.is_some() {
            return Err(format!("{line:?}: an option has one value"));
        } else if let Some(inner) = part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) {
            option.value = Some(value(inner, types)?);
            option.optional = true;
        } else {
            option.value = Some(value(part, types)?);
        }
    }
    if option.names.is_empty() != option.dash_number {
        return Err(format!("{line:?}: an option begins with - or +"));
    }
    Ok(option)
}

/// One form: words in their order.
pub(crate) fn form(line: &str, types: Types) -> Result<Vec<Word>, String> {
    line.split_ascii_whitespace().map(|part| word(part, types)).collect()
}

fn word(part: &str, types: Types) -> Result<Word, String> {
    let (inner, min, max) = match part.strip_suffix('?') {
        Some(inner) => (inner, 0, 1),
        None => match part.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')) {
            Some((inner, range)) => {
                let bad = || format!("{part:?}: how many is written as {{1,4}}");
                let (min, max) = range.split_once(',').ok_or_else(bad)?;
                (inner, min.parse().map_err(|_| bad())?, max.parse().map_err(|_| bad())?)
            }
            None => (part, 1, 1),
        },
    };
    if max == 0 || min > max {
        return Err(format!("{part:?}: so many words there cannot be"));
    }
    Ok(Word { value: value(inner, types)?, min, max })
}

/// `a|b|<type>`: words as they stand, and named types.
pub(crate) fn value(text: &str, types: Types) -> Result<Value, String> {
    let mut literals = vec![];
    let mut others = vec![];
    for part in text.split('|') {
        match part.strip_prefix('<').and_then(|p| p.strip_suffix('>')) {
            Some(name) => others.push(match name.split_once("..") {
                Some((min, max)) => {
                    number(min, max).ok_or_else(|| format!("{part:?}: numbers are written as <1..9>"))?
                }
                None => types(name)?,
            }),
            None if part.is_empty() => return Err(format!("{text:?}: an empty alternative")),
            None => literals.push(part.to_owned()),
        }
    }
    if !literals.is_empty() {
        others.insert(0, Value::OneOf(literals));
    }
    Ok(if others.len() == 1 { others.remove(0) } else { Value::Either(others) })
}

fn number(min: &str, max: &str) -> Option<Value> {
    let (min, max) = (min.parse().ok()?, max.parse().ok()?);
    if min <= max { Some(Value::Number { min, max }) } else { None }
}
