//! The README: its programs run as they stand there, and its tables are those of the engine.

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xilnex_auth::Kind;
use xilnex_auth::config::OPTIONS;
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::{printed, shell};

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The only block of a language.
fn block(language: &str) -> String {
    let text = readme();
    let mut blocks = text.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let found = blocks.find(|(name, _)| *name == language).map(|(_, code)| code.to_owned());
    found.unwrap_or_else(|| panic!("the README has no block in {language}"))
}

/// Writes the program of a language into a folder in which its package is found.
fn program(language: &str, folder: &Path) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let extension = if language == "js" { "mjs" } else { language };
    let path = folder.path().join(format!("program.{extension}"));
    std::fs::write(&path, block(language)).unwrap();
    (folder, path)
}

/// Runs a shell line: with a sandbox it prints a header at the cost of one request, without configuration it says
/// what is missing, by the name of the language for it, and fails.
fn prints_a_header(line: &str, folder: &Path, client_id: &str) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let header = printed(line, folder, &sandbox.environment());
    assert!(header.starts_with("Authorization: Bearer ") && header.split('.').count() == 3, "{header}");
    assert_eq!(sandbox.token_requests(), 1);
    let refused = shell(line, folder, &[]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.starts_with(&format!("invalid_config: {client_id} (XILNEX_CLIENT_ID)")), "{told}");
}

#[test]
fn the_program_in_python_runs() {
    let (folder, path) = program("python", &std::env::temp_dir());
    prints_a_header(
        &format!("'{}' '{}'", stage().join("python/bin/python").display(), path.display()),
        folder.path(),
        "client_id",
    );
}

#[test]
fn the_program_in_node_runs() {
    let (folder, path) = program("js", &stage().join("node"));
    prints_a_header(&format!("node '{}'", path.display()), folder.path(), "clientId");
}

#[test]
fn the_programs_in_c_and_cpp_compile_by_the_command_beside_them_and_run() {
    for language in ["c", "cpp"] {
        let (folder, _) = program(language, &std::env::temp_dir());
        let code = block(language);
        let command =
            code.lines().next().unwrap().trim_matches(['/', '*', ' ']).replace("token.", "program.");
        let flags = "-Wall -Wextra -Wpedantic -Werror -o program";
        let packages = stage().join("sdk/lib/pkgconfig");
        printed(
            &format!("export PKG_CONFIG_PATH='{}'; {command} {flags}", packages.display()),
            folder.path(),
            &[],
        );
        prints_a_header("./program", folder.path(), "client_id");
    }
}

#[test]
fn the_option_table_is_the_engine_s() {
    let text = readme();
    for row in &OPTIONS {
        let default = if row.default.is_empty() { String::new() } else { format!("`{}` ", row.default) };
        let line = format!("| `{}` | `{}` | {default}| {} |", row.name, row.env, row.doc);
        assert!(text.contains(&line), "the README lacks {line}");
    }
    assert_eq!(text.matches("| `XILNEX_").count(), OPTIONS.len());
}

#[test]
fn the_error_table_is_the_engine_s() {
    let text = readme();
    for kind in Kind::all() {
        let retryable = if kind.is_retryable() { "yes" } else { "no" };
        let line = format!("| {} | `{}` | {retryable} | {} |", kind.number(), kind.id(), kind.summary());
        assert!(text.contains(&line), "the README lacks {line}");
    }
}

#[test]
fn the_packages_carry_the_licences() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        for package in ["bindings-python", "bindings-node"] {
            assert_eq!(
                std::fs::read_to_string(root().join(package).join(name)).unwrap(),
                text,
                "{package}/{name}"
            );
        }
    }
}
