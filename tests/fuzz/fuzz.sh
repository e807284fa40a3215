#!/bin/sh
# fuzz.sh BUILD_DIR [TARGET] [SECONDS] - real fuzzing (clang, ASan, UBSan) of one target or of all.
# New inputs go to BUILD_DIR/corpus/TARGET; a finding is left there as crash-*, and the exit is 1.
set -eu
build=$1
target=${2:-all}
seconds=${3:-60}
here=$(cd "$(dirname "$0")" && pwd)
[ "$target" = all ] || target=fuzz_${target#fuzz_}
found=0
for program in "$build"/fuzz/fuzz_*; do
    name=$(basename "$program")
    { [ "$target" = all ] || [ "$target" = "$name" ]; } || continue
    found=1
    mkdir -p "$build/corpus/$name"
    echo "== $name, $seconds s"
    cd "$build/corpus/$name"
    if ! "$program" -max_total_time="$seconds" -rss_limit_mb=2048 -print_final_stats=1 . \
        "$here/corpus/$name" >"../$name.log" 2>&1; then
        cat "../$name.log"
        exit 1
    fi
    tail -n 7 "../$name.log"
done
[ "$found" = 1 ] || { echo "fuzz.sh: no target $target" >&2; exit 64; }
