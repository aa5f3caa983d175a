//! The C SDK as its users have it: unpacked somewhere, found by pkg-config, compiled strictly.

use crate::languages::root;
use crate::shell::printed;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const STRICT: &str = "-O1 -Wall -Wextra -Wpedantic -Wshadow -Werror";

/// The SDK unpacked into a folder with a space in its name, where its builder never saw it.
///
/// # Panics
/// When there is none in `dist/`.
pub fn unpacked() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap_or_else(|problem| panic!("a temporary folder: {problem}"));
    let sdk = folder.path().join("my sdk");
    let archive = root().join("dist");
    let line = format!(
        "mkdir 'my sdk'; tar -xzf '{}'/xilnex-auth-sdk-*.tar.gz -C 'my sdk' --strip-components 1",
        archive.display()
    );
    printed(&line, folder.path(), &[]);
    (folder, sdk)
}

/// Compiles C or C++ with these words for the compiler and the flags that pkg-config gives for these packages; gives the
/// path of the result, which is named after the source.
pub fn compiled(source: &Path, sdk: &Path, folder: &Path, packages: &str, words: &str) -> PathBuf {
    let name = source.file_name().map(|name| name.to_string_lossy().replace('.', "-")).unwrap_or_default();
    let program = folder.join(name);
    let is_cpp = source.extension().is_some_and(|ending| ending == "cpp");
    let compiler = if is_cpp { "c++ -std=c++17" } else { "cc -std=c99 -D_POSIX_C_SOURCE=200809L" };
    let line = format!(
        "export PKG_CONFIG_PATH='{}'; \
         eval \"{compiler} {STRICT} {words} '{}' -o '{}' $(pkg-config --cflags --libs {packages}) -lpthread -ldl\"",
        sdk.join("lib/pkgconfig").display(),
        source.display(),
        program.display(),
    );
    printed(&line, folder, &[]);
    program
}
