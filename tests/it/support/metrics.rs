//! What `/metrics` tells, line by line.

/// The value of a metric, by its name and labels as its line begins; `None` if it is not told.
pub fn find<'a>(text: &'a str, metric: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '))
}

/// The value of a metric that is told.
pub fn value(text: &str, metric: &str) -> String {
    let value = find(text, metric);
    value
        .unwrap_or_else(|| panic!("{metric} is missing:\n{text}"))
        .to_owned()
}

/// How much a metric that is told counts.
pub fn count(text: &str, metric: &str) -> u64 {
    value(text, metric).parse().unwrap()
}
