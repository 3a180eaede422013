//! How far from the query's own time a selector may reach: by `@`, by `offset`, by its window.
use crate::{
    cost::{Walk, millis, show, signed, unsigned},
    rules,
    selector::clip,
    verdict::deny,
};
use std::time::SystemTime;
use wardgate_guest::types::Denial;
use wardgate_promql::promql_parser::parser::{AtModifier, Offset};

impl Walk<'_> {
    /// Where `@` fixes the evaluation; denied if that is too far from the query's own time.
    pub(crate) fn fixed(&self, at: Option<&AtModifier>, subject: &str) -> Result<Option<i64>, Denial> {
        let time = match at {
            None => return Ok(None),
            Some(AtModifier::Start) => return Ok(Some(self.timing.start)),
            Some(AtModifier::End) => return Ok(Some(self.timing.end)),
            Some(AtModifier::At(time)) => match time.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(after) => signed(millis(after)),
                Err(before) => -signed(millis(before.duration())),
            },
        };
        let most = signed(self.settings.max_offset_seconds.saturating_mul(1000));
        if time < self.timing.start.saturating_sub(most) || time > self.timing.end.saturating_add(most) {
            return Err(deny(
                rules::OFFSET,
                format!("`@` of `{}` is further than {} from the query's time", clip(subject), show(unsigned(most))),
            )
            .detail("selector", clip(subject)));
        }
        Ok(Some(time))
    }

    pub(crate) fn offset(&self, offset: Option<&Offset>, outer: u64, subject: &str) -> Result<i64, Denial> {
        let by = match offset {
            None => 0,
            Some(Offset::Pos(by)) => millis(*by),
            Some(Offset::Neg(by)) if by.is_zero() => 0,
            Some(Offset::Neg(by)) => {
                return Err(deny(
                    rules::OFFSET,
                    format!("`{}` is read {} ahead of the query's time", clip(subject), show(millis(*by))),
                )
                .remedy("Ask for the later time as the time of the query, without a negative offset.")
                .detail("selector", clip(subject)));
            }
        };
        let all = outer.saturating_add(by);
        let most = self.settings.max_offset_seconds.saturating_mul(1000);
        if all > most {
            return Err(deny(
                rules::OFFSET,
                format!("`{}` is read with an offset of {}, the limit is {}", clip(subject), show(all), show(most)),
            )
            .detail("selector", clip(subject))
            .detail("offset_ms", all.to_string())
            .detail("budget_ms", most.to_string()));
        }
        Ok(signed(by))
    }

    /// Notes a window that only a cheap query may have.
    pub(crate) fn check_window(&mut self, window: u64, subject: &str) {
        let most = self.settings.max_window_seconds.saturating_mul(1000);
        if window > most && self.out.long_window.is_none() {
            let denial = deny(
                rules::WINDOW,
                format!("`{}` is read over a window of {}, the limit is {}", clip(subject), show(window), show(most)),
            )
            .detail("selector", clip(subject))
            .detail("window_ms", window.to_string())
            .detail("budget_ms", most.to_string());
            self.out.long_window = Some(denial);
        }
    }

    pub(crate) fn check_times(&self, last: i64, subject: &str) -> Result<(), Denial> {
        if last > self.timing.now.max(self.timing.end) {
            let reason = format!("`{}` is read in the future", clip(subject));
            return Err(deny(rules::OFFSET, reason).detail("selector", clip(subject)));
        }
        Ok(())
    }
}
