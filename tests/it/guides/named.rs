//! What documents name of the code is there: tests, limits, figures, lines of the log.

use std::fs;
use std::path::Path;

use super::document;

/// SECURITY.md names tests and limits.
#[test]
fn every_test_and_every_limit_that_the_threat_model_names_is_there() {
    let sources = sources("src") + &sources("tests");
    let text = document("SECURITY.md");
    let quoted = quoted(&text);
    let is_limit = |word: &&str| word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let limits = quoted.iter().copied().filter(is_limit);
    for limit in limits {
        assert!(sources.contains(&format!("const {limit}: ")), "{limit}");
    }
    let tests: Vec<_> = quoted
        .into_iter()
        .filter(|word| word.matches('_').count() > 3 && !word.contains(' '))
        .collect();
    assert!(tests.len() > 50, "{} tests", tests.len());
    for test in tests {
        let is_there =
            sources.contains(&format!("fn {test}(")) || sources.contains(&format!("{test}:"));
        assert!(is_there, "{test}");
    }
}

/// docs/faults.md names tests by their path in tests/it, figures, and what the log says.
#[test]
fn every_test_every_figure_and_every_line_of_the_log_that_the_faults_name_is_there() {
    let (program, metrics) = (sources("src"), document("docs/metrics.md"));
    let text = document("docs/faults.md");
    let (mut tests, mut figures, mut said) = (0, 0, 0);
    for line in text.lines() {
        for word in quoted(line) {
            let is_there = if let Some((module, test)) = word.rsplit_once("::") {
                tests += 1;
                let file = format!("tests/it/{}.rs", module.replace("::", "/"));
                document(&file).contains(&format!("fn {test}("))
            } else if word.starts_with("archipelago_") {
                figures += 1;
                let (name, _) = word.split_once('{').unwrap_or((word, ""));
                metrics.contains(&format!("`{name}`"))
            } else if line.starts_with("- **Log**") {
                said += 1;
                program.contains(word)
            } else {
                true
            };
            assert!(is_there, "{word}");
        }
    }
    assert!(
        tests > 25 && figures > 10 && said > 10,
        "{tests} tests, {figures} figures, {said} lines"
    );
}

/// What stands between backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Every source file of a folder, one after the other.
fn sources(folder: &str) -> String {
    let mut sources = String::new();
    read_all(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut sources,
    );
    sources
}

fn read_all(folder: &Path, into: &mut String) {
    for path in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
