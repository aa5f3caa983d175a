#!/bin/sh
# Says which tools of a fresh machine are missing or too old, all at once. Usage: require.sh TOOL ...
missing=0

complain() {
    echo "missing: $1" >&2
    missing=1
}

# newer NAME WANTED FOUND: complains unless the version found is at least the one wanted.
newer() {
    first=$(printf '%s\n%s\n' "$2" "$3" | sort -t. -k1,1n -k2,2n | head -n 1)
    [ "$first" = "$2" ] || complain "$1 $2 or newer (found $3)"
}

for tool in "$@"; do
    case $tool in
        rust)
            if command -v cargo >/dev/null && command -v rustc >/dev/null; then
                newer Rust 1.89 "$(rustc --version | cut -d' ' -f2)"
            else complain "Rust 1.89 or newer, with cargo (install it with rustup)"; fi ;;
        python)
            if command -v python3 >/dev/null; then
                newer Python 3.10 "$(python3 -c 'import platform; print(platform.python_version())')"
                python3 -c 'import venv, ensurepip' 2>/dev/null ||
                    complain "Python's venv module (on Debian: the package python3-venv)"
            else complain "Python 3.10 or newer (command python3)"; fi ;;
        node)
            if command -v node >/dev/null && command -v npm >/dev/null; then
                newer Node 20.18.1 "$(node --version | tr -d v)"
            else complain "Node 20.18.1 or newer, with npm"; fi ;;
        c)
            # On Windows itself no SDK is built, and cargo finds Microsoft's compiler; readelf knows the libraries of Linux.
            case $(uname -s) in
                *_NT-*) continue ;;
                Linux) elf=readelf ;;
                *) elf= ;;
            esac
            command -v cc >/dev/null || complain "a C compiler (command cc)"
            command -v c++ >/dev/null || complain "a C++17 compiler (command c++)"
            for name in make pkg-config tar nm $elf; do
                command -v "$name" >/dev/null || complain "$name (on Debian: make, pkg-config, tar, binutils)"
            done ;;
        documents)
            for name in bash curl; do
                command -v "$name" >/dev/null || complain "$name (documents use it)"
            done ;;
        compilers)
            for name in gcc g++ clang clang++; do
                command -v "$name" >/dev/null || complain "$name (on Debian: gcc, g++, clang)"
            done ;;
        doxygen)
            command -v doxygen >/dev/null || complain "doxygen (on Debian: apt-get install doxygen)" ;;
        lints)
            cargo fmt --version >/dev/null 2>&1 || complain "rustfmt (rustup component add rustfmt)"
            cargo clippy --version >/dev/null 2>&1 || complain "clippy (rustup component add clippy)" ;;
        memory)
            command -v valgrind >/dev/null || complain "valgrind (on Debian: apt-get install valgrind)" ;;
        syscalls)
            command -v strace >/dev/null || complain "strace (on Debian: apt-get install strace)" ;;
        bench)
            for name in valgrind strace curl openssl; do
                command -v "$name" >/dev/null || complain "$name (on Debian: apt-get install $name)"
            done ;;
        loss)
            for name in unshare ip nft; do
                command -v "$name" >/dev/null || complain "$name (on Debian: util-linux, iproute2, nftables)"
            done ;;
        *) complain "the name $tool in require.sh" ;;
    esac
done
exit $missing
