//! Real processes are killed in the middle of a crawl.
