#!/bin/sh
# Runs an edge program against a sandbox, with the packages as they are staged; without a scale, at that of a test.
# Usage: run.sh PROGRAM [SCALE]
set -eu
program=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
stage=$root/target/stage

case $program in
    shutdowns.py) scale=5 ;;
    crowds.py) scale=3 ;;
    *) scale=20 ;;
esac
case $program in
    leaving.c | unloading.c) latency=0.5 ;;
    crowds.c) latency=0.2 ;;
    *.c) latency=0.02 ;;
    *) latency=0.1 ;;
esac
scale=${2:-$scale}

# A sandbox around the program is that of the package which the program is written for.
case $program in
    *.py) exec "$stage/python/bin/python" "$root/tests/edges/$program" "$scale" ;;
    *.mjs)
        exec "$stage/node/node_modules/.bin/xilnex-auth" sandbox --latency "$latency" -- \
            node "$root/tests/edges/$program" "$scale"
        ;;
    *.c)
        exec "$stage/sdk/bin/xilnex-auth" sandbox --latency "$latency" -- \
            "$stage/edges/${program%.c}" "$scale"
        ;;
esac
