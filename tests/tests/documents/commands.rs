//! Commands for a shell: run as they stand there, but for the few that would not end or ask a registry.

use crate::blocks::Block;
use crate::scene::Scene;
use xilnex_auth_tests::languages::root;

/// Stands for each program that a document calls its reader's: it tells what it met.
const JOB: &str = "import xilnex_auth
try:
    print('job.py has a token' if xilnex_auth.get_token() else '')
except xilnex_auth.XilnexAuthError as error:
    print('job.py met', error.kind)
";

const PROGRAM: &str = "import { basename } from 'node:path';
import { getToken } from 'xilnex-auth';
const name = basename(process.argv[1]);
await getToken().then(() => console.log(`${name} has a token`), (error) => console.log(`${name} met ${error.code}`));
";

/// Commands in the place of others; each finds the real one behind itself. ROOT is the repository.
const STAND_INS: [(&str, &str); 4] = [
    // A target is there, and what it needs too; to make it within a test would make that test without end.
    ("make", "exec make --dry-run -C ROOT \"$@\" >/dev/null"),
    // The artefact that was built, since the registry has another one or none, in a folder without packages.
    (
        "npm",
        "[ \"$*\" = 'install xilnex-auth' ]; echo '{}' >package.json
         exec npm install --silent --offline --no-audit --no-fund ROOT/dist/xilnex-auth-*.tgz",
    ),
    (
        "pip",
        "python3 -m venv fresh; exec fresh/bin/python -m pip --quiet --disable-pip-version-check \"$@\" \\
         --no-index --only-binary :all: --find-links ROOT/dist",
    ),
    // A sandbox that runs until Ctrl-C gets it after a second.
    (
        "xilnex-auth",
        "case \"$* \" in
         sandbox*' -- '* | 'sandbox --faults '*) exec xilnex-auth \"$@\" ;;
         sandbox*) timeout --preserve-status --signal=INT 1 xilnex-auth \"$@\" 2>&1 || [ $? = 130 ] ;;
         *) exec xilnex-auth \"$@\" ;;
         esac",
    ),
];

/// What comes of a block: a word of it, a command that shows it, and words of what both print, in their order.
const OUTCOMES: [(&str, &str, &[&str]); 10] = [
    ("make demo", "", &[]),
    ("npx xilnex-auth sandbox", "", &["program.mjs has a token"]),
    (
        "xilnex-auth sandbox -- ",
        "",
        &["export XILNEX_CLIENT_SECRET=", "job.py has a token", "eyJ", "\"rows\""],
    ),
    (
        "--fault unavailable",
        "",
        &[
            "refuse  ",
            "job.py met unavailable",
            "service.mjs met tls",
            "export XILNEX_BASE_URL=",
            "export XILNEX_BASE_URL=",
        ],
    ),
    ("xilnex-auth doctor --json", "", &["Everything works.", "\"failed\": null", "\"status\": 0"]),
    ("xilnex-auth doctor\n", "", &["Everything works."]),
    ("pip install", "fresh/bin/python -m xilnex_auth header", &["Authorization: Bearer "]),
    // The sandbox gives the secret too, and one is enough.
    (
        "npm install",
        "unset XILNEX_CLIENT_SECRET; node_modules/.bin/xilnex-auth header",
        &["Authorization: Bearer "],
    ),
    ("PKG_CONFIG_PATH", "./a.out", &["Authorization: Bearer "]),
    (
        "-DXILNEX_AUTH_STATIC",
        "./a.out; ldd a.out | grep -c xilnex || true",
        &["Authorization: Bearer ", "\n0"],
    ),
];

pub fn run(block: &Block, scene: &Scene, token_c: &str) {
    let (_, after, words) = OUTCOMES
        .iter()
        .find(|(word, ..)| block.code.contains(word))
        .unwrap_or_else(|| panic!("{block}: say in commands.rs what comes of it"));
    for (name, text) in
        [("job.py", JOB), ("program.mjs", PROGRAM), ("service.mjs", PROGRAM), ("token.c", token_c)]
    {
        scene.write(name, text);
    }
    for (name, text) in STAND_INS {
        let text = text.replace("ROOT", &root().to_string_lossy());
        scene.write(&format!("stand-ins/{name}"), &format!("#!/bin/sh\nset -e; PATH=${{PATH#*:}}\n{text}\n"));
    }
    scene.write("block", &format!("{}\n{after}\n", scene.placed(&block.code)));
    let line = format!(
        "chmod +x stand-ins/*; PATH=\"$PWD/stand-ins:$PATH\" XILNEX_TIMEOUT=2 exec {} -eu block",
        block.language
    );
    let told = scene.printed(&line);
    let mut rest = told.as_str();
    for word in *words {
        rest = rest.split_once(word).unwrap_or_else(|| panic!("{block}: no {word:?} in:\n{told}")).1;
    }
}
