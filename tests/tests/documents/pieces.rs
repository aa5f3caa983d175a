//! C, C++ and CMake: whole programs by the command beside them, and pieces with a program around them.

use crate::blocks::Block;
use crate::scene::{Scene, cmake, quoted};
use std::path::Path;
use xilnex_auth_tests::languages::stage;
use xilnex_auth_tests::sdk::compiled;
use xilnex_auth_tests::shell::printed;

const HEAD_OF_C: &str = "#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <xilnex_auth.h>
#include <xilnex_auth_sandbox.h>

static int refuse(xilnex_auth_error *error) {
    fprintf(stderr, \"%s\\n\", xilnex_auth_error_message(error));
    return 1;
}

static void fetch(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_error *error = NULL;
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    if (xilnex_auth_client_new(config, &client, &error) != XILNEX_AUTH_OK ||
        xilnex_auth_get_token(client, token, sizeof token, NULL, &error) != XILNEX_AUTH_OK) exit(refuse(error));
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
}
";

/// What stands around the pieces of C in their document, in the order of the pieces.
const AROUND_C: [(&str, &str); 4] = [
    ("int main(void) {", "    return puts(header) == EOF || error != NULL;\n}"),
    (
        "static int send_sale(const char *token) { return puts(token) == EOF; }
static int draw_and_ask_again(void) {
    const struct timespec frame = {0, 16000000};
    nanosleep(&frame, NULL);
    return 2;
}
static int ask(xilnex_auth_client *client) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_error *error = NULL;",
        "}
int main(void) {
    xilnex_auth_client *client = NULL;
    int asked = 2;
    fetch();
    if (xilnex_auth_client_new(xilnex_auth_config_from_env(), &client, NULL) != XILNEX_AUTH_OK) return 1;
    while (asked == 2) asked = ask(client);
    return asked;
}",
    ),
    (
        "static int fail(const char *problem) { return refuse(NULL) + puts(problem); }
int main(void) {",
        "    return 0;\n}",
    ),
    ("", "    return 0;\n}"),
];

const HEAD_OF_CPP: &str = "#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <xilnex_auth.hpp>
#include <xilnex_auth_events.hpp>

inline void send(const std::string &text) { std::cout << text << '\\n'; }
inline void log(std::string_view line) { std::cout << line << '\\n'; }
";

const AROUND_CPP: [(&str, &str); 3] = [
    ("int main() {", "}"),
    (
        "int main() {
const xilnex_auth::client client{xilnex_auth::config::from_env()};
client.get_token();",
        "}",
    ),
    (
        "int main() {
const xilnex_auth::client client{xilnex_auth::config::from_env()};",
        "client.get_token();\n}",
    ),
];

/// The place in a piece where a program does its work.
const WORK: [&str; 2] = ["/* ... run what is tested ... */", "/* ... */"];

/// A line of shell that runs it.
pub fn program(block: &Block, scene: &Scene) -> String {
    let around = match block.language.as_str() {
        _ if block.code.contains(" main(") => return whole(block, scene),
        "c" => AROUND_C.get(block.place).map(|around| c(&block.code, around)),
        _ => AROUND_CPP.get(block.place).map(|around| cpp(&block.code, around)),
    };
    let code = around.unwrap_or_else(|| panic!("{block}: say in pieces.rs what stands around it"));
    let source = scene.write(&format!("piece.{}", block.language), &code);
    let packages = "xilnex_auth xilnex_auth_sandbox";
    let words = "-Wno-unused-function -Wno-unused-variable";
    quoted(&compiled(&source, &stage().join("sdk"), scene.folder(), packages, words))
}

/// A program that tells in its first line how it is compiled.
fn whole(block: &Block, scene: &Scene) -> String {
    scene.write(&format!("token.{}", block.language), &block.code);
    let command = block.code.lines().next().unwrap().trim_matches(['/', '*', ' ']);
    let packages = stage().join("sdk/lib/pkgconfig");
    let flags = "-Wall -Wextra -Wpedantic -Werror -o program";
    scene.printed(&format!("export PKG_CONFIG_PATH={}; {command} {flags}", quoted(&packages)));
    "./program".into()
}

/// A function in front of a piece stays in front of `main`.
fn c(code: &str, (before, after): &(&str, &str)) -> String {
    let code = WORK.iter().fold(code.to_owned(), |code, work| code.replace(work, "fetch();"));
    if !before.is_empty() {
        return format!("{HEAD_OF_C}{before}\n{code}{after}\n");
    }
    let (function, rest) = code.split_once("}\n\n").expect("a function, and what uses it");
    let main = "int main(void) {\n    xilnex_auth_error *error = NULL;";
    format!("{HEAD_OF_C}{function}}}\n{main}\n{rest}{after}\n")
}

/// A header that a piece includes is included by the head already, and cannot be within a function.
fn cpp(code: &str, (before, after): &(&str, &str)) -> String {
    let includes: Vec<&str> = code.lines().filter(|line| line.starts_with("#include")).collect();
    assert!(includes.iter().all(|line| HEAD_OF_CPP.contains(line)), "{includes:?}");
    let rest: Vec<&str> = code.lines().filter(|line| !line.starts_with("#include")).collect();
    format!("{HEAD_OF_CPP}{before}\n{}\n{after}\n", rest.join("\n"))
}

/// Lines of a CMakeLists.txt, in a project with the program that they name.
pub fn project(block: &Block, scene: &Scene, token_c: &str) -> String {
    scene.write("token.c", token_c);
    let head = "cmake_minimum_required(VERSION 3.16)\nproject(piece C)\nadd_executable(till token.c)\n";
    scene.write("CMakeLists.txt", &format!("{head}{}", block.code));
    build(&cmake(), scene.folder());
    "build/till".into()
}

fn build(cmake: &Path, folder: &Path) {
    let (cmake, sdk) = (quoted(cmake), quoted(&stage().join("sdk")));
    let line = format!("{cmake} -S . -B build -DCMAKE_PREFIX_PATH={sdk} >log && {cmake} --build build >>log");
    printed(&line, folder, &[]);
}
