//! Files that are restored: whole and as they were written, or not at all.

use archipelago::store::backup;
use ring::digest::{SHA256, digest};

use super::Target;

/// `packed` and the bytes of a file; or lines, which are packed and given the last line that fits them.
pub const TARGET: Target = Target {
    name: "backups",
    check,
    seeds,
};

const LINES: &str = r#"{"format":"archipelago-backup","version":1,"schema":20261128000001,"revision":3,"made_at":"2026-11-30T08:00:00Z"}
{"table":{"name":"revision","columns":["name","number"]}}
["directory",3]
["outbox",0]
{"table":{"name":"settings","columns":["name","value"]}}
["a","b\n\u0000é"]
["c",null]
"#;

fn seeds() -> Vec<Vec<u8>> {
    let whole = packed(LINES.as_bytes());
    let cut = &whole[..whole.len() - 3];
    let packed = |file: &[u8]| [b"packed\n", file].concat();
    vec![LINES.as_bytes().to_vec(), packed(&whole), packed(cut)]
}

fn check(input: &[u8]) {
    if let Some(file) = input.strip_prefix(b"packed\n") {
        drop(backup::check(file));
        return;
    }
    let rows = input
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"["))
        .count();
    let file = packed(input);
    match backup::check(&file[..]) {
        Ok(contents) => {
            assert_eq!(contents.rows, rows as u64);
            assert!(
                backup::check(&file[..file.len() - 1]).is_err(),
                "its end is missing"
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A file of these lines, with the last line that fits them.
fn packed(lines: &[u8]) -> Vec<u8> {
    let mut text = lines.to_vec();
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    let rows = text
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"["))
        .count();
    let sha256 = digest(&SHA256, &text);
    let sha256: String = sha256
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    text.extend(format!("{{\"end\":{{\"rows\":{rows},\"sha256\":\"{sha256}\"}}}}\n").into_bytes());
    zstd::encode_all(&text[..], 1).expect("memory takes it")
}
