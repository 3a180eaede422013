//! Every rule id that read-guard can name. Ids are stable: operators and dashboards use them.

/// Id and description.
pub(crate) const RULES: [(&str, &str); 17] = [
    (LOGS, "the log may be read within its limits"),
    (LOGS_SINCE, "since-seconds is 0 or beyond the window that may be read"),
    (LOGS_TAIL, "tail-lines is 0 or more lines than may be read"),
    (LOGS_BYTES, "limit-bytes is 0 or more bytes than may be read"),
    (LOGS_PREVIOUS, "logs of earlier runs are switched off"),
    (LOGS_PATTERN, "the pattern is too long"),
    (EVENTS, "the events may be read within their limits"),
    (EVENTS_VERB, "events can be listed or got, nothing else"),
    (OBJECTS, "the objects may be read within their limits"),
    (OBJECTS_VERB, "a verb other than the allowed ones"),
    (OBJECTS_KIND, "a kind that is not on the list"),
    (OBJECTS_SECRETS, "Secrets are never shown"),
    (OBJECTS_CONFIGMAPS, "ConfigMaps are never shown"),
    (OBJECTS_NAME, "get needs one name, list has none"),
    (LIMIT, "limit is 0 or more items than may be read"),
    (SELECTOR, "the label selector is too long or not plain text"),
    (FIELD_SELECTOR, "the field selector names a field that is not on the list, or is malformed"),
];

pub(crate) const LOGS: &str = "read.logs";
pub(crate) const LOGS_SINCE: &str = "read.logs.since-seconds";
pub(crate) const LOGS_TAIL: &str = "read.logs.tail-lines";
pub(crate) const LOGS_BYTES: &str = "read.logs.limit-bytes";
pub(crate) const LOGS_PREVIOUS: &str = "read.logs.previous";
pub(crate) const LOGS_PATTERN: &str = "read.logs.pattern";
pub(crate) const EVENTS: &str = "read.events";
pub(crate) const EVENTS_VERB: &str = "read.events.verb";
pub(crate) const OBJECTS: &str = "read.objects";
pub(crate) const OBJECTS_VERB: &str = "read.objects.verb";
pub(crate) const OBJECTS_KIND: &str = "read.objects.kind";
pub(crate) const OBJECTS_SECRETS: &str = "read.objects.secrets";
pub(crate) const OBJECTS_CONFIGMAPS: &str = "read.objects.configmaps";
pub(crate) const OBJECTS_NAME: &str = "read.objects.name";
pub(crate) const LIMIT: &str = "read.limit";
pub(crate) const SELECTOR: &str = "read.selector";
pub(crate) const FIELD_SELECTOR: &str = "read.field-selector";
