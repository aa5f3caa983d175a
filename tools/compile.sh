#!/bin/sh
# Compiles the drivers, the edge programs and the demonstration against an unpacked SDK, by its pkg-config file alone.
# Usage: compile.sh SDK TESTS DEMO OUT
set -eu
sdk=$(cd "$1" && pwd)
tests=$2 demo=$3 out=$4
export PKG_CONFIG_PATH="$sdk/lib/pkgconfig"
# pkg-config quotes what the shell has to read again: a folder may have a space in its name.
flags=$(pkg-config --cflags --libs xilnex_auth)
strict="-O1 -Wall -Wextra -Wpedantic -Werror"
c="cc -std=c99 -D_POSIX_C_SOURCE=200809L $strict"
cpp="c++ -std=c++17 $strict"

eval "$c '$tests/drivers/driver.c' -o '$out/drivers/driver-c' $flags -lpthread"
eval "$cpp '$tests/drivers/driver.cpp' -o '$out/drivers/driver-cpp' $flags -lpthread"
eval "$c '$demo/till.c' -o '$out/demo/till' -ldl"
eval "$c -shared -fPIC '$demo/plugin.c' -o '$out/demo/plugin-c.so' $flags"
eval "$cpp -shared -fPIC '$demo/plugin.cpp' -o '$out/demo/plugin-cpp.so' $flags"
eval "$c '$tests/memory/client.c' -o '$out/memory/client' $flags"

# One of them loads the library itself: it must not be linked with it.
edge="cc -std=c11 -D_POSIX_C_SOURCE=200809L $strict -Wl,--as-needed"
for name in crowds endings forks leaving listening unloading; do
    eval "$edge '$tests/edges/$name.c' -o '$out/edges/$name' $flags -lpthread -ldl"
done
eval "$edge -shared -fPIC '$tests/edges/plugin.c' -o '$out/edges/unloading-plugin.so' $flags"

# It declares functions of the C library anew, which is no strict C.
cc -std=gnu11 -O1 -Wall -Wextra -Werror -shared -fPIC "$tests/system/shim.c" -o "$out/drivers/shim.so" -ldl
