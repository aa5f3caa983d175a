//! The C SDK as its users have it: unpacked somewhere, found by pkg-config or CMake, compiled strictly.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::{printed, shell};

const STRICT: &str = "-O1 -Wall -Wextra -Wpedantic -Wshadow -Werror";

/// The SDK unpacked into a folder with a space in its name, where its builder never saw it.
fn unpacked() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let sdk = folder.path().join("my sdk");
    std::fs::create_dir(&sdk).unwrap();
    let archive = root().join("dist");
    printed(
        &format!(
            "tar -xzf '{}'/xilnex-auth-sdk-*.tar.gz -C 'my sdk' --strip-components 1",
            archive.display()
        ),
        folder.path(),
        &[],
    );
    (folder, sdk)
}

/// Compiles a program of `programs/` with the flags that pkg-config gives, and gives the path of the result.
fn compiled(source: &str, sdk: &Path, folder: &Path) -> PathBuf {
    let program = folder.join(source.replace('.', "-"));
    let compiler =
        if source.ends_with(".cpp") { "c++ -std=c++17" } else { "cc -std=c99 -D_POSIX_C_SOURCE=200809L" };
    let line = format!(
        "export PKG_CONFIG_PATH='{}'; eval \"{compiler} {STRICT} '{}' -o '{}' $(pkg-config --cflags --libs xilnex_auth) -lpthread -ldl\"",
        sdk.join("lib/pkgconfig").display(),
        root().join("tests/programs").join(source).display(),
        program.display(),
    );
    printed(&line, folder, &[]);
    program
}

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = std::fs::read_to_string(root().join("include/xilnex_auth.h")).unwrap();
    let declared: BTreeSet<String> = header
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '/']) && !line.starts_with("typedef"))
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .map(str::to_owned)
        .collect();
    assert!(declared.len() > 25, "{declared:?}");
    declared
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
    for source in ["misuse.c", "handles.c", "owners.cpp", "events.cpp"] {
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
    let line = format!(
        "export PKG_CONFIG_PATH=lib/pkgconfig; private=$(sed -n 's/^Libs.private: //p' lib/pkgconfig/xilnex_auth.pc); \
         cc -DXILNEX_AUTH_STATIC '{}' $(pkg-config --cflags-only-other xilnex_auth) -Iinclude lib/libxilnex_auth.a $private -o token",
        root().join("tests/programs/token.c").display()
    );
    printed(&line, &sdk, &[]);
    let sandbox = sandbox();
    assert_eq!(printed("./token", &sdk, &sandbox.environment()).split('.').count(), 3);
    assert!(!printed("ldd token", folder.path().join("my sdk").as_path(), &[]).contains("xilnex"));
}

#[test]
fn cmake_finds_the_package() {
    let (folder, sdk) = unpacked();
    let cmake = root().join("target/tools/python/bin/cmake");
    let line = format!(
        "'{cmake}' -S '{}' -B build -DCMAKE_PREFIX_PATH='{}' > log && '{cmake}' --build build >> log",
        root().join("tests/programs").display(),
        sdk.display(),
        cmake = cmake.display(),
    );
    printed(&line, folder.path(), &[]);
    let sandbox = sandbox();
    for program in ["shared", "static", "cpp"] {
        let told = printed(&format!("build/{program}"), folder.path(), &sandbox.environment());
        assert_eq!(told.split('.').count(), 3, "{program}");
    }
}

#[test]
fn the_header_is_clean_in_every_standard() {
    let include = root().join("include");
    let folder = tempfile::tempdir().unwrap();
    // Included twice, so that the guard is looked at too.
    std::fs::write(
        folder.path().join("c.c"),
        "#include <xilnex_auth.h>\n#include <xilnex_auth.h>\nint main(void) { return XILNEX_AUTH_OK; }\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("cpp.cpp"),
        "#include <xilnex_auth_events.hpp>\n#include <xilnex_auth_events.hpp>\n#include <xilnex_auth.hpp>\n\
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

#[test]
fn the_library_exports_what_the_header_declares_and_nothing_else() {
    let library = stage().join("sdk/lib/libxilnex_auth.so");
    let exported: BTreeSet<String> =
        printed(&format!("nm -D --defined-only --format=posix '{}'", library.display()), &root(), &[])
            .lines()
            .filter_map(|line| line.split(' ').next())
            .map(str::to_owned)
            .collect();
    assert_eq!(exported, declared());
}

#[test]
fn every_function_that_takes_a_handle_is_given_dead_ones() {
    let program = std::fs::read_to_string(root().join("tests/programs/handles.c")).unwrap();
    let without_handle = ["xilnex_auth_version", "xilnex_auth_status_id", "xilnex_auth_config_new"];
    for name in declared() {
        assert!(without_handle.contains(&&*name) || program.contains(&format!("{name}(")), "{name}");
    }
}

#[test]
fn every_exported_function_runs_inside_the_guard() {
    let mut exported = BTreeSet::new();
    let entries =
        std::fs::read_dir(root().join("bindings-c/src")).unwrap().map(|entry| entry.unwrap().path());
    for file in entries.filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(file).unwrap();
        for function in text.split("#[unsafe(no_mangle)]").skip(1) {
            let body = function.split("\n}").next().unwrap_or_default();
            let name = body.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
            assert!(body.contains("guard::status(") || body.contains("guard::value("), "{name}");
            exported.insert(name.to_owned());
        }
    }
    assert_eq!(exported, declared());
}

#[test]
fn the_library_has_its_soname_and_stays_once_loaded() {
    let library = stage().join("sdk/lib/libxilnex_auth.so");
    let told = printed(&format!("readelf -d '{}'", library.display()), &root(), &[]);
    assert!(told.contains("[libxilnex_auth.so.0]"), "{told}");
    assert!(told.contains("NODELETE"), "{told}");
}
