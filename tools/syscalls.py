"""Lets every system call of fetching a token fail in every way that it may, and looks how the fetch ends.

Usage: syscalls.py [SANDBOX_OPTION ...], with everything staged; the options are for the sandbox that is asked. A call
has to end with a token or an error of the table, in time: a signal, a panic or a hang is a fault. It ends with 1 then.

Only what happens after the program has started is looked at: strace attaches to it then, so that loading a program,
which is no work of ours, never fails. Of each thread the first, second … call of a name fails, alone or with all
that follow.
"""

import collections
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SDK = ROOT / "target/stage/sdk"
OUT = ROOT / "target/syscalls"

# Seconds that a call may wait, and after which its program hangs.
TIMEOUT = "1"
PATIENCE = 20

MOST_OCCURRENCES = 10

# Without options both are asked.
SANDBOXES = ([], ["--tls"])

MEMORY = ["ENOMEM", "EAGAIN", "EPERM"]
FILE = ["EACCES", "EMFILE", "ENFILE", "ENOENT", "ENOMEM", "EINTR", "EIO"]
ERRORS = {
    "socket": ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EACCES", "EAFNOSUPPORT", "EINVAL", "EPERM"],
    "connect": [
        *["ECONNREFUSED", "ETIMEDOUT", "EADDRNOTAVAIL", "ENETUNREACH", "EHOSTUNREACH", "EINTR", "EAGAIN", "EPERM"],
        *["EACCES", "ENOMEM", "EINPROGRESS"],
    ],
    "sendto": ["EPIPE", "ECONNRESET", "EINTR", "EAGAIN", "ENOBUFS", "ENOMEM", "ETIMEDOUT", "EPERM"],
    "recvfrom": ["ECONNRESET", "ETIMEDOUT", "EINTR", "EAGAIN", "ENOMEM", "ECONNREFUSED", "EIO"],
    "setsockopt": ["EINVAL", "ENOMEM", "ENOPROTOOPT", "EPERM", "EDOM"],
    "getsockopt": ["EINVAL", "ENOMEM", "ENOPROTOOPT"],
    "poll": ["EINTR", "ENOMEM", "EINVAL", "EAGAIN"],
    "ioctl": ["EINVAL", "EPERM", "ENOTTY"],
    "fcntl": ["EINVAL", "EPERM", "EAGAIN"],
    "openat": FILE,
    "read": ["EINTR", "EIO", "EAGAIN", "EISDIR"],
    # Nothing that was written to a file may be lost here, and of a folder the standard library believes in no failure.
    "close": ["EINTR"],
    "newfstatat": ["EACCES", "ENOENT", "ENOMEM", "EIO"],
    "fstat": ["EACCES", "ENOMEM", "EIO"],
    "getrandom": ["EINTR", "ENOSYS", "EPERM"],
    "clone3": ["EAGAIN", "ENOMEM", "EPERM"],
    "mmap": MEMORY,
    "mprotect": MEMORY,
    "munmap": ["EINVAL"],
    "brk": ["ENOMEM"],
    "madvise": ["EINVAL", "ENOMEM"],
    # Other failures of it the C library takes for faults of its own, and ends the program.
    "futex": ["EINTR", "EAGAIN"],
    "prctl": ["EINVAL", "EPERM"],
    "getpid": [],
}
OTHERS = ["EINTR", "EAGAIN", "ENOMEM", "EPERM", "EINVAL", "ENOSYS"]

# Ending cannot fail, the program's own words are not looked at, and where rseq fails the C library ends every program.
NEVER = {"exit", "exit_group", "rt_sigreturn", "restart_syscall", "write", "rseq"}
# After a signal the standard library opens and reads again, for ever if it has to.
ENDLESS = {("openat", "EINTR"), ("read", "EINTR")}
# Where no memory can be had from now on, a program of Rust ends, as most do.
ALONE = {"mmap", "mprotect", "munmap", "brk", "madvise", "futex"}

KINDS = [
    "token",
    "invalid_config",
    "dns",
    "connect",
    "proxy",
    "tls",
    "timeout",
    "unavailable",
    "rejected",
    "bad_response",
]
KINDS += ["closed", "internal"]
LATE = 50


def compiled():
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / "fetch"
    command = [
        "cc",
        "-std=c99",
        "-D_POSIX_C_SOURCE=200809L",
        "-O1",
        f"-I{SDK}/include",
        ROOT / "tests/programs/fetch.c",
    ]
    command += [f"-L{SDK}/lib", f"-Wl,-rpath,{SDK}/lib", "-lxilnex_auth", "-o", path]
    subprocess.run(command, check=True)
    return path


def environment(options):
    # By its name, so that the resolver is asked too, unless locks fail: the resolver's are those of the C library.
    name = "127.0.0.1" if any("=futex:" in option for option in options) else "localhost"
    return {**os.environ, "XILNEX_BASE_URL": os.environ["XILNEX_BASE_URL"].replace("127.0.0.1", name)}


def fetch(program, *options):
    """One fetch under strace: how the program ended, and what it said. `None` where it hangs."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    child = subprocess.Popen([program, TIMEOUT], env=environment(options), **pipes)
    child.stdout.readline()
    tracer = subprocess.Popen(["strace", "-f", *options, "-p", str(child.pid)], stderr=subprocess.PIPE, text=True)
    try:
        attached = tracer.stderr.readline()
        if "attached" not in attached:
            sys.exit(f"strace cannot attach: {attached}")
        said = child.communicate("x", timeout=PATIENCE)[1]
        return child.returncode, said
    except subprocess.TimeoutExpired:
        child.kill()
        return None, child.communicate()[1]
    finally:
        tracer.communicate()


def traced(program):
    """How often each system call is made by the thread that makes it most."""
    with tempfile.NamedTemporaryFile("r") as log:
        status, said = fetch(program, "-o", log.name)
        if status != 0:
            sys.exit(f"without any failure the fetch ends with {status}: {said}")
        made = re.findall(r"^(\d+) +(\w+)\(", log.read(), re.M)
    times = collections.Counter(made)
    most = collections.Counter()
    for (_, name), count in times.items():
        most[name] = max(most[name], count)
    return most


def injections(most):
    for name, count in sorted(most.items()):
        if name in NEVER:
            continue
        for error in ERRORS.get(name, OTHERS):
            for occurrence in range(1, min(count, MOST_OCCURRENCES) + 1):
                yield f"inject={name}:error={error}:when={occurrence}"
            if name not in ALONE and (name, error) not in ENDLESS:
                yield f"inject={name}:error={error}:when=1+"


def verdict(program, injection):
    status, said = fetch(program, "-o", os.devnull, "-e", injection)
    if status is None or status == LATE:
        return injection, "hang", said
    if status < 0:
        return injection, "signal", f"signal {-status}: {said}"
    if status >= len(KINDS) or "panic" in said or KINDS[status] == "internal":
        return injection, "panic", said
    return injection, KINDS[status], said


def take():
    """Everything inside the sandbox: rows for RELIABILITY.md, and whether all ended well."""
    program = compiled()
    most = traced(program)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda injection: verdict(program, injection), injections(most)))
    ends = collections.Counter(end for _, end, _ in found)
    faults = [told for told in found if told[1] in ("hang", "signal", "panic")]
    for injection, end, said in faults:
        print(f"{end}: {injection}: {said}", file=sys.stderr)
    scheme = os.environ["XILNEX_BASE_URL"].split(":")[0]
    counts = ", ".join(f"{end} {count}" for end, count in ends.most_common() if end not in ("hang", "signal", "panic"))
    bad = " | ".join(str(ends[end]) for end in ("signal", "panic", "hang"))
    # Some failures are survived and others are not: else none was injected.
    is_real = ends["token"] > 0 and ends["connect"] > 0 and ends["dns"] > 0
    return f"| {scheme} | {len(most)} | {len(found)} | {counts} | {bad} |", not faults and is_real


def main():
    if sys.argv[1:] == ["inside"]:
        row, is_good = take()
        print(row, flush=True)
        sys.exit(0 if is_good else 1)
    subprocess.run([ROOT / "tools/require.sh", "c", "syscalls"], check=True)
    print("| | system calls | failures injected | ended with | signals | panics | hangs |")
    print("|---|---|---|---|---|---|---|", flush=True)
    ends = []
    for options in [sys.argv[1:]] if sys.argv[1:] else SANDBOXES:
        command = [SDK / "bin/xilnex-auth", "sandbox", *options, "--", sys.executable, __file__, "inside"]
        ends.append(subprocess.run(command).returncode)
    sys.exit(0 if not any(ends) else 1)


if __name__ == "__main__":
    main()
