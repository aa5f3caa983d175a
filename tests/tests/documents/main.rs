//! Every code block of every document, run as its reader would: `cargo test -p xilnex-auth-tests --test documents`.
//! A language without a runner fails, and so does a document that is not listed here.

mod blocks;
mod commands;
mod outputs;
mod pieces;
mod programs;
mod scene;
mod troubleshooting;

use blocks::{Block, INDENTED, blocks_of, documents};
use libtest_mimic::{Arguments, Trial};
use scene::Scene;
use xilnex_auth_tests::shell::shell;

const DOCUMENTS: [&str; 14] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    README,
    "RELEASING.md",
    "RELIABILITY.md",
    "SECURITY.md",
    TROUBLESHOOTING,
    "bench/REPORT.md",
    "bindings-c/README.md",
    "bindings-node/README.md",
    "bindings-python/README.md",
    "core/mutants.md",
    "fuzz/record.md",
];
const README: &str = "README.md";
const TROUBLESHOOTING: &str = "TROUBLESHOOTING.md";

fn main() {
    let blocks = DOCUMENTS.iter().flat_map(|document| blocks_of(document));
    let mut trials: Vec<Trial> = blocks.map(|block| trial(block.to_string(), move || run(&block))).collect();
    trials.push(trial("every_document_is_listed".into(), || assert_eq!(documents(), DOCUMENTS)));
    trials.push(trial("the_reader_sees_every_block".into(), blocks::reader_sees_every_block));
    trials.push(trial("each_error_has_an_entry".into(), troubleshooting::each_error_has_an_entry));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(name: String, check: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        check();
        Ok(())
    })
}

fn run(block: &Block) {
    if let Some(kind) = troubleshooting::kind_of(block) {
        return troubleshooting::command_ends_with(kind, block);
    }
    let scene = Scene::new();
    let program = match block.language.as_str() {
        "python" => programs::python(block, &scene),
        "js" => programs::javascript(block, &scene),
        "rust" => programs::rust(block),
        "c" | "cpp" => pieces::program(block, &scene),
        "cmake" => pieces::project(block, &scene, &token_c()),
        "sh" | "bash" => return commands::run(block, &scene, &token_c()),
        "text" => return outputs::is_the_doctor_s(block),
        INDENTED => return outputs::is_there(block),
        other => panic!("{block}: no runner for \"{other}\""),
    };
    let told = scene.printed(&program);
    if block.document == README {
        prints_a_header(&told, &program, &scene);
    }
}

/// The C program of the README, which other documents compile.
fn token_c() -> String {
    let found = blocks_of(README).into_iter().find(|block| block.language == "c");
    found.expect("the README has a program in C").code
}

/// What the README promises of a program: a header at the cost of one request, and without configuration the name of the
/// option that is missing, as its language spells it.
fn prints_a_header(told: &str, program: &str, scene: &Scene) {
    assert!(told.starts_with("Authorization: Bearer ") && told.split('.').count() == 3, "{told}");
    assert_eq!(scene.sandbox.token_requests(), 1);
    let refused = shell(program, scene.folder(), &[]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    let name = if program.starts_with("node") { "clientId" } else { "client_id" };
    assert!(
        told.contains("invalid_config") && told.contains(&format!("{name} (XILNEX_CLIENT_ID)")),
        "{told}"
    );
}
