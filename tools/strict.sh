#!/bin/sh
# Compiles the headers, the examples and the programs of the tests with gcc and clang, in every standard, without a warning.
set -eu
cd "$(dirname "$0")/.."
tools/require.sh compilers
flags="-pedantic -Wall -Wextra -Wshadow -Werror -fsyntax-only -Iinclude"

for c in gcc clang; do
    for standard in c89 c99 c11 c17; do
        for header in include/*.h; do
            $c -std=$standard $flags -Wconversion -x c "$header"
        done
        # POSIX is declared by those that need it.
        for example in bindings-c/examples/*.c; do
            $c -std=$standard $flags "$example"
        done
    done
    for program in tests/programs/*.c; do
        $c -std=c99 -D_POSIX_C_SOURCE=200809L $flags "$program"
    done
done
for cpp in g++ clang++; do
    for standard in c++17 c++20; do
        for header in include/*; do
            $cpp -std=$standard $flags -Wconversion -x c++ "$header"
        done
        for program in bindings-c/examples/*.cpp tests/programs/*.cpp; do
            $cpp -std=$standard $flags "$program"
        done
    done
done
