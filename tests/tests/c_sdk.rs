//! The C SDK as its users have it: unpacked somewhere, found by pkg-config or CMake, compiled strictly.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::sdk::{self, unpacked};
use xilnex_auth_tests::shell::{printed, shell};

/// Compiles a program of `programs/`, or an example that is shipped.
fn compiled(source: &str, sdk: &Path, folder: &Path) -> PathBuf {
    let own = root().join("tests/programs").join(source);
    let path = if own.exists() { own } else { sdk.join("examples").join(source) };
    sdk::compiled(&path, sdk, folder, "xilnex_auth xilnex_auth_sandbox", "-Wl,--as-needed")
}

/// A header with its functions: name, comment and declaration of each.
fn functions(header: &str) -> Vec<(String, String, String)> {
    let text = std::fs::read_to_string(root().join("include").join(header)).unwrap();
    let blocks = text.split("\n/**\n").skip(1).filter_map(|block| {
        let (comment, rest) = block.split_once("*/\n")?;
        let declaration = rest.split_once(';')?.0;
        let words = declaration.split_once('(')?.0;
        let name = words.rsplit([' ', '*']).next()?;
        (words.contains("_API\n")).then(|| (name.to_owned(), comment.to_owned(), declaration.to_owned()))
    });
    blocks.collect()
}

/// The functions that a header declares.
fn declared(header: &str) -> BTreeSet<String> {
    functions(header).into_iter().map(|(name, ..)| name).collect()
}

fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

#[test]
fn a_program_compiled_by_pkg_config_gets_a_token_wherever_the_sdk_lies() {
    let (folder, sdk) = unpacked();
    for source in ["token.c", "token.cpp"] {
        let program = compiled(source, &sdk, folder.path());
        let sandbox = sandbox();
        let run = format!("'{}'", program.display());
        assert_eq!(printed(&run, folder.path(), &sandbox.environment()).split('.').count(), 3);
        assert_eq!(sandbox.token_requests(), 1);
        let refused = shell(&run, folder.path(), &[]);
        assert_eq!(refused.status.code(), Some(1));
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains("invalid_config") && told.contains("XILNEX_CLIENT_ID"), "{told}");
    }
}

#[test]
fn a_careless_caller_is_told_every_mistake() {
    let (folder, sdk) = unpacked();
    let sandbox = sandbox();
    for source in ["misuse.c", "handles.c", "owners.cpp", "events.cpp", "polling.c", "servers.c", "shown.c"] {
        let program = compiled(source, &sdk, folder.path());
        let told = printed(&format!("'{}'", program.display()), folder.path(), &sandbox.environment());
        assert_eq!(told, "0 failures", "{source}");
    }
}

#[test]
fn a_host_may_load_and_unload_the_library_over_and_over() {
    let (folder, sdk) = unpacked();
    let program = compiled("load.c", &sdk, folder.path());
    let sandbox = sandbox();
    let run = format!("'{}' '{}'", program.display(), sdk.join("lib/libxilnex_auth.so").display());
    assert_eq!(printed(&run, folder.path(), &sandbox.environment()), "20 rounds");
    assert_eq!(sandbox.token_requests(), 1);
}

#[test]
fn the_static_library_links_with_the_documented_flags() {
    let (folder, sdk) = unpacked();
    let line = "export PKG_CONFIG_PATH=lib/pkgconfig; private=$(sed -n 's/^Libs.private: //p' lib/pkgconfig/xilnex_auth.pc); \
         cc -DXILNEX_AUTH_STATIC examples/token.c $(pkg-config --cflags-only-other xilnex_auth) -Iinclude \
         lib/libxilnex_auth.a $private -o token";
    printed(line, &sdk, &[]);
    let sandbox = sandbox();
    assert_eq!(printed("./token", &sdk, &sandbox.environment()).split('.').count(), 3);
    assert!(!printed("ldd token", folder.path().join("my sdk").as_path(), &[]).contains("xilnex"));
}

#[test]
fn the_header_is_clean_in_every_standard() {
    let include = root().join("include");
    let folder = tempfile::tempdir().unwrap();
    // Included twice, so that the guard is looked at too.
    std::fs::write(
        folder.path().join("c.c"),
        "#include <xilnex_auth.h>\n#include <xilnex_auth_sandbox.h>\n#include <xilnex_auth.h>\n\
         #include <xilnex_auth_sandbox.h>\nint main(void) { return XILNEX_AUTH_OK; }\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("cpp.cpp"),
        "#include <xilnex_auth_sandbox.h>\n#include <xilnex_auth_events.hpp>\n#include <xilnex_auth_events.hpp>\n#include <xilnex_auth.hpp>\n\
         int main() { return XILNEX_AUTH_OK; }\n",
    )
    .unwrap();
    for (compiler, standards, source) in [
        ("cc", ["c89", "c99", "c11", "c17"], "c.c"),
        ("c++", ["c++17", "c++20", "c++17", "c++20"], "cpp.cpp"),
    ] {
        for standard in standards {
            let flags = "-pedantic -Wall -Wextra -Wshadow -Wconversion -Werror -fsyntax-only";
            let line = format!("{compiler} -std={standard} {flags} -I'{}' {source}", include.display());
            printed(&line, folder.path(), &[]);
        }
    }
}

/// Each library with its header, its sources and the program that gives dead handles to its functions.
const LIBRARIES: [(&str, &str, &str); 2] = [
    ("xilnex_auth", "bindings-c/src", "handles.c"),
    ("xilnex_auth_sandbox", "bindings-c/sandbox/src", "servers.c"),
];

#[test]
fn a_library_exports_what_its_header_declares_and_nothing_else() {
    for (library, ..) in LIBRARIES {
        let path = stage().join(format!("sdk/lib/lib{library}.so"));
        let exported: BTreeSet<String> =
            printed(&format!("nm -D --defined-only --format=posix '{}'", path.display()), &root(), &[])
                .lines()
                .filter_map(|line| line.split(' ').next())
                .map(str::to_owned)
                .collect();
        let declared = declared(&format!("{library}.h"));
        assert!(declared.len() > 8, "{declared:?}");
        assert_eq!(exported, declared);
    }
}

#[test]
fn every_function_that_takes_a_handle_is_given_dead_ones() {
    for (library, _, program) in LIBRARIES {
        let text = std::fs::read_to_string(root().join("tests/programs").join(program)).unwrap();
        let without_handle = ["xilnex_auth_version", "xilnex_auth_status_id", "xilnex_auth_config_new"];
        for name in declared(&format!("{library}.h")) {
            assert!(without_handle.contains(&&*name) || text.contains(&format!("{name}(")), "{name}");
        }
    }
}

#[test]
fn every_function_tells_its_errors_its_owners_and_whether_it_is_thread_safe() {
    for (library, ..) in LIBRARIES {
        for (name, comment, declaration) in functions(&format!("{library}.h")) {
            let words = comment.split_whitespace().filter(|word| *word != "*").collect::<Vec<_>>().join(" ");
            assert!(words.to_lowercase().contains("thread-safe"), "{name} tells nothing of threads");
            let can_fail = declaration.contains("MUST_USE");
            assert!(!can_fail || words.contains("Errors: "), "{name} tells no errors");
            let gives_handle = declaration.replace("xilnex_auth_error **", "").contains("**");
            assert!(!gives_handle || words.contains("The caller "), "{name} tells no owner");
        }
    }
}

#[test]
fn every_exported_function_runs_inside_the_guard() {
    for (library, sources, _) in LIBRARIES {
        let mut exported = BTreeSet::new();
        let entries = std::fs::read_dir(root().join(sources)).unwrap().map(|entry| entry.unwrap().path());
        for file in entries.filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(file).unwrap();
            for function in text.split("#[unsafe(no_mangle)]").skip(1) {
                let body = function.split("\n}").next().unwrap_or_default();
                let name =
                    body.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
                let guards = ["guard::status(", "guard::status_or_pending(", "guard::value(", "guarded("];
                assert!(guards.iter().any(|guard| body.contains(guard)), "{name}");
                exported.insert(name.to_owned());
            }
        }
        assert_eq!(exported, declared(&format!("{library}.h")));
    }
}

#[test]
fn a_library_has_its_soname_and_stays_once_loaded() {
    for (library, ..) in LIBRARIES {
        let path = stage().join(format!("sdk/lib/lib{library}.so"));
        let told = printed(&format!("readelf -d '{}'", path.display()), &root(), &[]);
        assert!(told.contains(&format!("[lib{library}.so.0]")), "{told}");
        assert!(told.contains("NODELETE"), "{told}");
    }
}
