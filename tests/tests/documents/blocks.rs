//! The documents of the repository and the code blocks in them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use xilnex_auth_tests::languages::root;

/// Where documents of others and of builds lie.
const NOT_OURS: [&str; 3] = ["node_modules", "target", "dist"];

/// Written by `make dist`, with the licences of others.
const NOTICES: &str = "THIRD-PARTY-NOTICES.md";

/// The word for a block that is set off by four spaces and not by a fence.
pub const INDENTED: &str = "indented";

/// A code block: where it stands, its language, its text.
#[derive(Clone)]
pub struct Block {
    pub document: String,
    pub line: usize,
    pub heading: String,
    pub language: String,
    /// How many blocks of its language stand before it in its document.
    pub place: usize,
    pub code: String,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.document, self.line, self.language)
    }
}

/// The documents by their path in the repository.
pub fn documents() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let is_ours = !name.starts_with('.') && !NOT_OURS.contains(&name.as_str());
                folders.extend(is_ours.then_some(path));
            } else if path.extension().is_some_and(|ending| ending == "md") && name != NOTICES {
                found.push(relative(&path));
            }
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    let parts = path.strip_prefix(root()).unwrap().iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The blocks of a document.
pub fn blocks_of(document: &str) -> Vec<Block> {
    let text = fs::read_to_string(root().join(PathBuf::from(document))).unwrap();
    let mut found = read(&text);
    for index in 0..found.len() {
        let language = found[index].language.clone();
        found[index].place = found[..index].iter().filter(|block| block.language == language).count();
        document.clone_into(&mut found[index].document);
    }
    found
}

/// Reads line by line: a fence begins a block and ends it, and so does indentation after an empty line.
fn read(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut heading, mut is_open, mut after_empty) = (String::new(), false, true);
    for (number, line) in text.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        let goes_on = found.last().is_some_and(|block| {
            block.language == INDENTED && block.line + block.code.lines().count() == number + 1
        });
        match fence {
            _ if line.trim_start().starts_with("~~~") => {
                panic!("line {}: fences are written ```", number + 1)
            }
            Some(_) if is_open => is_open = false,
            Some(word) => {
                is_open = true;
                found.push(Block::at(number + 1, &heading, word.split(',').next().unwrap_or_default()));
            }
            None if is_open => found.last_mut().unwrap().add(line),
            None if goes_on && (line.starts_with("    ") || line.is_empty()) => {
                found.last_mut().unwrap().add(line);
            }
            None if after_empty && line.starts_with("    ") => {
                let mut block = Block::at(number + 1, &heading, INDENTED);
                block.add(line);
                found.push(block);
            }
            None if line.starts_with('#') => line.clone_into(&mut heading),
            None => {}
        }
        after_empty = line.is_empty();
    }
    assert!(!is_open, "the last fence is not closed");
    found
}

impl Block {
    fn at(line: usize, heading: &str, language: &str) -> Block {
        let (heading, language) = (heading.to_owned(), language.trim().to_owned());
        Block { document: String::new(), line, heading, language, place: 0, code: String::new() }
    }

    fn add(&mut self, line: &str) {
        self.code.push_str(line);
        self.code.push('\n');
    }
}

/// Fences, indentation, languages and headings are seen, and a comment of a shell is no heading.
pub fn reader_sees_every_block() {
    let text = "# A\n\n```sh\n# not a heading\n\n    x\n```\ntext\n    no block\n\n    a block\n\n    its end\n\n## B\n```rust,no_run\n```\n";
    let seen: Vec<_> =
        read(text).into_iter().map(|block| (block.line, block.heading, block.language, block.code)).collect();
    let expected = [
        (3, "# A", "sh", "# not a heading\n\n    x\n"),
        (11, "# A", INDENTED, "    a block\n\n    its end\n\n"),
        (16, "## B", "rust", ""),
    ];
    let expected = expected.map(|(line, heading, language, code)| {
        (line, heading.to_owned(), language.to_owned(), code.to_owned())
    });
    assert_eq!(seen, expected);
}
