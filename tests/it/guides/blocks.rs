//! What a document for people holds of commands.

/// A block of commands, and how it is run: as its first line says after `sh`.
pub struct Block {
    pub how: String,
    pub lines: Vec<String>,
}

/// The blocks of a document that a shell reads.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let inside: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some(how) = info.strip_prefix("sh") {
            blocks.push(Block {
                how: how.trim().to_owned(),
                lines: inside.into_iter().map(str::to_owned).collect(),
            });
        }
    }
    blocks
}

/// Every command of the program that a document names, without what is quoted or said beside it.
pub fn commands(text: &str) -> Vec<String> {
    let named = said(text).into_iter();
    let of_program = named.filter(|line| line.starts_with("archipelago "));
    of_program.map(|line| bare(&line)).collect()
}

/// Every target of the Makefile that a document names.
pub fn targets(text: &str) -> Vec<String> {
    let lines = said(text).into_iter().map(|line| bare(&line));
    let commands = lines.flat_map(|line| line.split("&&").map(str::to_owned).collect::<Vec<_>>());
    let words = commands.filter_map(|command| {
        let words = command.trim().strip_prefix("make ")?.split_whitespace();
        let targets = words.filter(|word| !word.contains('=') && !word.starts_with('-'));
        Some(targets.map(str::to_owned).collect::<Vec<_>>())
    });
    words.flatten().collect()
}

/// What a document says in the words of a shell, in a block or in a sentence.
fn said(text: &str) -> Vec<String> {
    let in_blocks = blocks(text).into_iter().flat_map(|block| block.lines);
    let sentences = text.lines().filter(|line| !line.starts_with("```"));
    let in_sentences = sentences.flat_map(|line| {
        let quoted = line.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect::<Vec<_>>()
    });
    in_blocks.chain(in_sentences).collect()
}

/// A command with `x` for each quoted text and without a remark.
fn bare(line: &str) -> String {
    let line = line.split(" #").next().unwrap_or_default();
    let pieces = line.split('"').enumerate();
    let bare = pieces.map(|(number, piece)| if number % 2 == 0 { piece } else { "x" });
    bare.collect()
}

#[test]
fn commands_are_found_in_blocks_and_in_sentences() {
    let text = "Say `archipelago held` or:\n```sh by-hand 2026-11-30\nmake\narchipelago init --name \"A B\" # once\n```\n";
    assert_eq!(
        commands(text),
        ["archipelago init --name x", "archipelago held"]
    );
    assert_eq!(blocks(text)[0].how, "by-hand 2026-11-30");
    assert_eq!(blocks(text)[0].lines.len(), 2);
}

#[test]
fn targets_are_found_in_blocks_and_in_sentences() {
    let text = "To make it, `make run LISTEN=127.0.0.1:9000`.\n```sh\ncd .. && make deb sbom # make more\n```\n";
    assert_eq!(targets(text), ["deb", "sbom", "run"]);
}
