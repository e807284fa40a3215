#!/bin/sh
# Everything: builds (release; gcc with sanitizers; clang with the strict warnings), unit tests under
# the sanitizers, stories, peers and crash tests with the release programs, format, layers, demo.
# Called by ./run test. Prints one line a step; the log of a failed step in full.
set -eu
cd "$(dirname "$0")/.."
log=build/test.log
passed=0
failed=0

step() {
    name=$1
    shift
    start=$(date +%s)
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        printf '  ok    %-34s %3d s\n' "$name" $(($(date +%s) - start))
    else
        failed=$((failed + 1))
        printf '  FAIL  %-34s\n' "$name"
        cat "$log"
    fi
}

build() { # PRESET
    ./run build-preset "$1"
}

format() {
    git ls-files '*.c' '*.h' | grep -v -e 'schemas/tables.c' -e 'kiennghi/types.h' |
        xargs clang-format --dry-run -Werror
}

unit() { ctest --preset dev -LE 'peer|crash|story|consumer' --no-tests=error -j2; }
whole() { ctest --preset release -L 'peer|story|consumer' --no-tests=error; }
crash() { ctest --preset release -L crash --no-tests=error -j2; } # most of them wait for a disk
grind() ( # hot paths: no leak, no invalid access
    cd build/release/tests
    for test in test_codec test_store test_rules test_registers; do
        valgrind --quiet --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite \
            ./$test || return 1
    done
)
demo() { tests/demo/demo.py "$PWD/build/release/bin"; }

step 'build: release' build release
step 'build: gcc, sanitizers, -Werror' build dev
step 'build: clang, -Werror' build clang
step 'format' format
step 'layers' tests/layers.py
step 'units under ASan and UBSan' unit
step 'valgrind: codec, store, rules' grind
step 'stories, peers' whole
step 'crashes' crash
# real processes under the sanitizers: the programs of the dev build
sane() {
    KN_BIN=$PWD/build/dev/bin python3=/usr/bin/python3
    export KN_BIN
    $python3 tests/stories/test_stories.py && $python3 tests/stories/test_duplicates.py &&
        $python3 tests/reading/test_reading.py &&
        $python3 tests/peers/test_peer.py &&
        tests/demo/demo.py build/dev/bin
}
step 'stories, peers, demo under ASan' sane
step 'demo' demo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
