#!/bin/sh
# Builds what the benchmark runs: the programs in C, the floors of Python and Node, and the rivals in C out of Debian's
# packages, unpacked and not installed. Usage: prepare.sh SDK OUT, with the environments of Python and Node in OUT.
set -eu
sdk=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2/bin" "$2/debian"
out=$(cd "$2" && pwd)
export PKG_CONFIG_PATH="$sdk/lib/pkgconfig"
# pkg-config quotes what the shell has to read again: a folder may have a space in its name.
flags=$(pkg-config --cflags --libs xilnex_auth)
c="cc -std=gnu11 -O2 -Wall -Wextra -Werror"

for name in cached refresh first growing; do
    eval "$c '$here/programs/$name.c' -o '$out/bin/$name' $flags -lpthread"
done
$c "$here/programs/launch.c" -o "$out/bin/launch"
$c -shared -fPIC "$here/programs/allocations.c" -o "$out/bin/allocations.so"

headers=$("$out/python/bin/python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
if [ ! -e "$headers/Python.h" ]; then
    echo "missing: the headers of Python (on Debian: the package python3-dev)" >&2
    exit 1
fi
site=$("$out/python/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
$c -shared -fPIC -I "$headers" "$here/programs/bench_floor.c" -o "$site/bench_floor.abi3.so"
$c -shared -fPIC -I "$out/node/node_modules/node-api-headers/include" "$here/programs/noop.c" -o "$out/node/noop.node"

# The rivals in C. Where they cannot be had or do not build, the report says so.
rm -f "$out/bin/libcurl" "$out/bin/liboauth2" "$out"/absent-*
lib="$out/debian/usr/lib/$(cc -print-multiarch)"
include="$out/debian/usr/include"
unpack() {
    (cd "$out/debian" && apt-get download "$@" >/dev/null 2>&1 && for package in *.deb; do dpkg-deb -x "$package" .; done)
}
unpack libcurl4-openssl-dev &&
    $c -I "$include/$(cc -print-multiarch)" "$here/programs/curl_post.c" -o "$out/bin/libcurl" -l:libcurl.so.4 ||
    echo "Debian's libcurl4-openssl-dev could not be had, or did not fit" >"$out/absent-libcurl"
unpack liboauth2-dev liboauth2-0 libcjose-dev libcjose0 libjansson-dev libjansson4 libhiredis0.14 libmemcached11 libhashkit2 &&
    $c -I "$include" -I "$include/$(cc -print-multiarch)" "$here/programs/liboauth2_post.c" -o "$out/bin/liboauth2" \
        -L "$lib" -l:liboauth2.so.0 -l:libjansson.so.4 "-Wl,-rpath,$lib,--disable-new-dtags,-rpath-link,$lib" ||
    echo "Debian's liboauth2-dev could not be had, or did not build" >"$out/absent-liboauth2"
