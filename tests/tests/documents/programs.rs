//! Whole programs in Python, JavaScript and Rust: each becomes a line of shell that runs it.

use crate::blocks::Block;
use crate::scene::{Scene, quoted};
use std::fs;
use std::path::Path;
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::printed;

/// A program, or a test where it is one: its name is one that test runners take.
pub fn python(block: &Block, scene: &Scene) -> String {
    let path = scene.write("test_program.py", &scene.placed(&block.code));
    let is_test = block.code.contains("\ndef test_");
    let runner = if is_test { "-m pytest -q -p no:cacheprovider" } else { "-W error" };
    format!("{} {runner} {}", quoted(&stage().join("python/bin/python")), quoted(&path))
}

/// As in Python.
pub fn javascript(block: &Block, scene: &Scene) -> String {
    let modules = scene.folder().join("node_modules");
    fs::create_dir(&modules).unwrap();
    // The libraries that programs name, beside the package as it is packed.
    for name in ["axios", "undici"] {
        let library = root().join("bindings-node/node_modules").join(name);
        assert!(library.exists(), "{} is missing: make test installs it", library.display());
        link(&library, &modules.join(name));
    }
    let path = scene.write("program.test.mjs", &scene.placed(&block.code));
    let runner = if block.code.contains("node:test") { "node --test" } else { "node" };
    format!("{runner} {}", quoted(&path))
}

#[cfg(unix)]
fn link(library: &Path, place: &Path) {
    std::os::unix::fs::symlink(library, place).unwrap();
}

#[cfg(windows)]
fn link(library: &Path, place: &Path) {
    std::os::windows::fs::symlink_dir(library, place).unwrap();
}

/// The crates that a program may name, and where they lie.
const CRATES: [(&str, &str); 2] = [("xilnex_auth_wiping", "wiping"), ("xilnex_auth::", "core")];

/// A package with the crates that the program names, built where what they need stays for the next time.
pub fn rust(block: &Block) -> String {
    let name = format!("{}-{}", block.document.replace(['/', '.'], "-").to_lowercase(), block.place);
    let built = root().join("target/documents");
    let package = built.join(&name);
    fs::create_dir_all(package.join("src")).unwrap();
    let main = if block.code.contains("fn main()") { "" } else { "fn main() { drop(Box::new(1)); }\n" };
    fs::write(package.join("src/main.rs"), format!("{}{main}", block.code)).unwrap();
    // A workspace, because the folder lies in that of another.
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n");
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // Its versions are those that are on this machine already.
    fs::copy(root().join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    for (_, place) in CRATES.iter().filter(|(name, _)| block.code.contains(name)) {
        let add = format!("cargo add --quiet --offline --path {}", quoted(&root().join(place)));
        printed(&add, &package, &[]);
    }
    printed("cargo build --quiet --offline --target-dir ../target", &package, &[]);
    quoted(&built.join("target/debug").join(name))
}
