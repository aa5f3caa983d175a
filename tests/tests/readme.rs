//! The README: its tables are those of the engine.

use xilnex_auth::Kind;
use xilnex_auth::config::OPTIONS;
use xilnex_auth_tests::languages::root;

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
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
