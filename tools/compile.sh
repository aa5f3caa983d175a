#!/bin/sh
# Compiles the drivers and the demonstration against an unpacked SDK, by its pkg-config file alone.
# Usage: compile.sh SDK DRIVERS DEMO OUT
set -eu
sdk=$(cd "$1" && pwd)
drivers=$2 demo=$3 out=$4
export PKG_CONFIG_PATH="$sdk/lib/pkgconfig"
flags=$(pkg-config --cflags --libs xilnex_auth)
strict="-O1 -Wall -Wextra -Wpedantic -Werror"

# The flags are words for the compiler, so they are split here.
# shellcheck disable=SC2086
{
    cc -std=c99 -D_POSIX_C_SOURCE=200809L $strict "$drivers/driver.c" -o "$out/drivers/driver-c" $flags -lpthread
    c++ -std=c++17 $strict "$drivers/driver.cpp" -o "$out/drivers/driver-cpp" $flags -lpthread
    cc -std=c99 -D_POSIX_C_SOURCE=200809L $strict "$demo/till.c" -o "$out/demo/till" -ldl
    cc -std=c99 -D_POSIX_C_SOURCE=200809L $strict -shared -fPIC "$demo/plugin.c" -o "$out/demo/plugin-c.so" $flags
    c++ -std=c++17 $strict -shared -fPIC "$demo/plugin.cpp" -o "$out/demo/plugin-cpp.so" $flags
}
