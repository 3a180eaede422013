//! A denial that begins with its rule: the id and the rule's own remedy.
use crate::rules::Rule;
use wardgate_guest::types::Denial;

/// Refuses by a rule, with the rule's remedy. Callers add figures, and a better remedy where they know one.
pub(crate) fn deny(rule: Rule, reason: impl Into<String>) -> Denial {
    wardgate_guest::deny(rule.id, reason).remedy(rule.remedy)
}
