//! The documents of the packages: every program in them runs, against a sandbox in the place of the servers they name.

use std::fs;
use std::path::Path;
use tempfile::TempDir;
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::printed;

/// The blocks of a language in a document.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let blocks = text.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let found: Vec<String> =
        blocks.filter(|(name, _)| *name == language).map(|(_, code)| code.to_owned()).collect();
    assert!(!found.is_empty(), "{document} has no block in {language}");
    found
}

/// A program with the sandbox in the place of what it names.
fn of_this_sandbox(code: &str, sandbox: &Sandbox, secret: &Path) -> String {
    let client_id = &sandbox.client().client_id;
    code.replace("https://api.example.com", &sandbox.base_url())
        .replace("/run/secrets/xilnex", &secret.to_string_lossy())
        .replace("clientId: 'etl'", &format!("clientId: '{client_id}'"))
}

/// Writes each program into a folder in which its package is found, and runs it.
fn run_all(document: &str, language: &str, folder: &Path, command: impl Fn(&str, &Path) -> String) {
    for code in blocks(document, language) {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let folder = tempfile::tempdir_in(folder).unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, &sandbox.client().client_secret).unwrap();
        libraries(language, &folder);
        // A name that test runners take for a test, whether it is one or not.
        let path = folder.path().join(if language == "js" { "program.test.mjs" } else { "test_program.py" });
        fs::write(&path, of_this_sandbox(&code, &sandbox, &secret)).unwrap();
        printed(&command(&code, &path), folder.path(), &sandbox.environment());
    }
}

/// The HTTP libraries that programs in JavaScript name, beside the package as it is packed.
fn libraries(language: &str, folder: &TempDir) {
    if language != "js" {
        return;
    }
    let modules = folder.path().join("node_modules");
    fs::create_dir(&modules).unwrap();
    for name in ["axios", "undici"] {
        let library = root().join("bindings-node/node_modules").join(name);
        assert!(library.exists(), "{} is missing: make test installs it", library.display());
        link(&library, &modules.join(name));
    }
}

#[cfg(unix)]
fn link(library: &Path, place: &Path) {
    std::os::unix::fs::symlink(library, place).unwrap();
}

#[cfg(windows)]
fn link(library: &Path, place: &Path) {
    std::os::windows::fs::symlink_dir(library, place).unwrap();
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

#[test]
fn the_programs_in_the_document_of_python_run() {
    let python = quoted(&stage().join("python/bin/python"));
    run_all("bindings-python/README.md", "python", &std::env::temp_dir(), |code, path| {
        let runner =
            if code.contains("\ndef test_") { "-m pytest -q -p no:cacheprovider" } else { "-W error" };
        format!("{python} {runner} {}", quoted(path))
    });
}

#[test]
fn the_programs_in_the_document_of_node_run() {
    run_all("bindings-node/README.md", "js", &stage().join("node"), |code, path| {
        let runner = if code.contains("node:test") { "node --test" } else { "node" };
        format!("{runner} {}", quoted(path))
    });
}

/// What stands around the pieces of C and C++ in their document, in the order of the pieces.
const AROUND_C: [(&str, &str); 4] = [
    ("int main(void) {", "return 0; }"),
    (
        "extern int send_sale(const char *token); extern int draw_and_ask_again(void);
         extern int refuse(xilnex_auth_error *error);
         int ask(xilnex_auth_client *client) {
         static char token[XILNEX_AUTH_TOKEN_BUFFER]; xilnex_auth_error *error = NULL;",
        "}",
    ),
    ("extern int fail(const char *problem); int main(void) {", "return 0; }"),
    ("", ""),
];

const AROUND_CPP: [(&str, &str); 3] = [
    ("void send(const std::string &); int main() {", "}"),
    ("void send(const std::string &); void ask(const xilnex_auth::client &client) {", "}"),
    ("", ""),
];

#[test]
fn the_pieces_in_the_document_of_c_compile() {
    let compile = |language: &str, compiler: &str, around: &[(&str, &str)], head: &str| {
        let found = blocks("bindings-c/README.md", language);
        assert_eq!(found.len(), around.len(), "pieces in {language}");
        for (code, (before, after)) in found.iter().zip(around) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(format!("piece.{language}"));
            fs::write(&path, format!("{head}{}", whole(language, code, before, after))).unwrap();
            let include = stage().join("sdk/include");
            let flags = "-Wall -Wextra -Werror -fsyntax-only";
            printed(
                &format!("{compiler} {flags} -I'{}' {}", include.display(), quoted(&path)),
                folder.path(),
                &[],
            );
        }
    };
    let c = "#include <assert.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <xilnex_auth.h>\n\
             #include <xilnex_auth_sandbox.h>\n";
    compile("c", "cc -std=c99 -D_POSIX_C_SOURCE=200809L -Wno-unused-variable", &AROUND_C, c);
    let cpp = "#include <iostream>\n#include <optional>\n#include <string>\n#include <string_view>\n#include <xilnex_auth.hpp>\n";
    compile("cpp", "c++ -std=c++17", &AROUND_CPP, cpp);
}

/// A piece that begins outside of a function goes on inside of one after a blank line.
fn whole(language: &str, code: &str, before: &str, after: &str) -> String {
    if !before.is_empty() {
        return format!("{before}\n{code}{after}\n");
    }
    match language {
        "c" => {
            let (function, rest) = code.split_once("}\n\n").expect("a function, and what uses it");
            format!(
                "{function}}}\nextern int refuse(xilnex_auth_error *error);\nint listen(void) {{\n\
                 xilnex_auth_error *error = NULL;\n{rest}return 0; }}\n"
            )
        }
        _ => {
            let (include, rest) = code.split_once('\n').expect("a line that includes a header");
            format!(
                "{include}\nvoid log(std::string_view);\nvoid show(const xilnex_auth::client &client) {{\n{rest}}}\n"
            )
        }
    }
}
