"""Runs the C and C++ programs, and the tests of the engine and of the C binding, under watch of their memory.

Usage: sanitize.py, from anywhere, with everything staged. The address sanitizer watches a library that is built for it;
valgrind watches the one that is shipped, over http: what ring's assembly does in TLS it takes for reads of nothing.
Ends with 1 after an invalid access or a leak, and when one of two faults on purpose is not noticed.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGE = ROOT / "target/stage"
OUT = ROOT / "target/sanitize"
TARGET = "x86_64-unknown-linux-gnu"
SANDBOX = [STAGE / "sdk/bin/xilnex-auth", "sandbox", "--latency", "0.02", "--"]

# Seconds after which a program hangs; valgrind is slow.
PATIENCE = 300

# What each program is given, and whether it is noticed as a fault.
PROGRAMS = [
    ("token.c", [], False),
    ("token.cpp", [], False),
    ("misuse.c", [], False),
    ("owners.cpp", [], False),
    ("events.cpp", [], False),
    ("shown.c", [], False),
    ("faulty.c", ["leak"], True),
    ("faulty.c", ["stale"], True),
]
EDGES = [("listening.c", ["5"], False), ("forks.c", ["20"], False), ("crowds.c", ["2"], False)]
LOADING = [("load.c", [STAGE / "sdk/lib/libxilnex_auth.so"], False)]

# What a parent held is never dropped in its child, and these tests play one.
WANTED_LEAKS = "leak:xilnex_auth::local::tests::"

VALGRIND = ["valgrind", "--quiet", "--fair-sched=yes", "--leak-check=full", "--errors-for-leak-kinds=definite"]
VALGRIND += ["--show-leak-kinds=definite", "--error-exitcode=99"]


def must(command, environment=None):
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(environment or {})}, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def sanitized_environment():
    return {
        "RUSTC_BOOTSTRAP": "1",
        "RUSTFLAGS": "-Zsanitizer=address",
        "CARGO_TARGET_DIR": str(OUT),
        "ASAN_OPTIONS": "detect_leaks=1",
    }


def runtime():
    """The toolchain's own runtime of the sanitizer: no clang is needed."""
    folder = Path(must(["rustc", "--print", "target-libdir", "--target", TARGET]).strip())
    found = sorted(folder.glob("librustc*_rt.asan.a"))
    if not found:
        sys.exit(f"missing: the address sanitizer's runtime in {folder} (a toolchain of rustup has it)")
    return found[0]


def compiled(source, folder, flags, link):
    """Compiles a program of the tests or an example; gives its path."""
    homes = [ROOT / home for home in ("tests/programs", "tests/edges", "bindings-c/examples")]
    found = next(home / source for home in homes if (home / source).exists())
    path = OUT / folder / source.replace(".", "-")
    path.parent.mkdir(parents=True, exist_ok=True)
    language = ["c++", "-std=c++17"] if source.endswith(".cpp") else ["cc", "-std=c11", "-D_POSIX_C_SOURCE=200809L"]
    include = f"-I{ROOT / 'include'}"
    # In two steps: the compiler's own runtime must not be linked.
    must([*language, "-g", "-O1", *flags, include, "-c", found, "-o", f"{path}.o"])
    must([language[0], f"{path}.o", *link, "-lpthread", "-ldl", "-lm", "-o", path])
    return path


def sanitized():
    """The programs with the sanitizer in them and in the library."""
    must(["cargo", "build", "--locked", "-p", "xilnex-auth-c", "--target", TARGET], sanitized_environment())
    library = OUT / TARGET / "debug/libxilnex_auth.a"
    link = [library, "-Wl,--whole-archive", runtime(), "-Wl,--no-whole-archive", "-Wl,--export-dynamic", "-lrt"]
    for source, words, is_faulty in PROGRAMS + EDGES:
        yield source, words, is_faulty, [compiled(source, "asan", ["-fsanitize=address"], link)]


def watched():
    """The programs as users build them, under valgrind."""
    library = STAGE / "sdk/lib"
    link = [f"-L{library}", f"-Wl,-rpath,{library}", "-lxilnex_auth"]
    for source, words, is_faulty in PROGRAMS + LOADING:
        yield source, words, is_faulty, [*VALGRIND, compiled(source, "valgrind", [], link)]


def verdict(item):
    """One program: how it ended, in words, and whether that is as it must be."""
    source, words, is_faulty, command = item
    settings = {"cwd": ROOT, "text": True, "capture_output": True, "timeout": PATIENCE}
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1:exitcode=99"}
    try:
        done = subprocess.run([*SANDBOX, *command, *words], env=environment, **settings)
    except subprocess.TimeoutExpired:
        return source, words, "hangs", False
    is_noticed = done.returncode == 99 or "Sanitizer" in done.stderr
    is_good = is_noticed if is_faulty else done.returncode == 0 and not is_noticed
    if not is_good:
        print(f"{source} {words}: status {done.returncode}\n{done.stdout}\n{done.stderr}", file=sys.stderr)
    told = "noticed" if is_noticed else "clean" if done.returncode == 0 else f"status {done.returncode}"
    return source, words, told, is_good


def tests():
    """The tests of the engine and of the C binding with the sanitizer in them: how many passed, and whether all did."""
    command = ["cargo", "test", "--locked", "--target", TARGET, "-p", "xilnex-auth"]
    command += ["-p", "xilnex-auth-c", "-p", "xilnex-auth-handles"]
    settings = {"cwd": ROOT, "text": True, "capture_output": True}
    wanted = OUT / "wanted-leaks"
    wanted.write_text(WANTED_LEAKS)
    environment = {
        **os.environ,
        **sanitized_environment(),
        "LSAN_OPTIONS": f"suppressions={wanted}:print_suppressions=0",
    }
    done = subprocess.run([*command, "--lib", "--tests"], env=environment, **settings)
    passed = sum(map(int, re.findall(r"(\d+) passed", done.stdout)))
    if done.returncode != 0:
        print(done.stdout + done.stderr, file=sys.stderr)
    return passed, done.returncode == 0 and passed > 100


def take():
    """The section of RELIABILITY.md, and whether everything was as it must be."""
    rows = ["| | program | memory |", "|---|---|---|"]
    is_good = True
    for watcher, programs in (("address sanitizer", sanitized), ("valgrind", watched)):
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(verdict, programs()))
        for source, words, told, was_good in found:
            shown = " ".join([source, *(str(word) for word in words if source == "faulty.c")])
            purpose = ", as it must be" if told == "noticed" and was_good else ""
            rows.append(f"| {watcher} | {shown} | {told}{purpose} |")
            is_good = is_good and was_good
    passed, were_good = tests()
    rows.append(f"| address sanitizer | tests of the engine and of the C binding | {passed} passed |")
    return rows, is_good and were_good


def main():
    must([ROOT / "tools/require.sh", "memory"])
    rows, is_good = take()
    print("\n".join(rows))
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
