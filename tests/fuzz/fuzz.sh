#!/bin/sh
# fuzz.sh BUILD_DIR [TARGET] [SECONDS] - real fuzzing (clang, ASan, UBSan) of one target or of all.
# SECONDS are those of the processor that each target uses for itself, so that a figure means the same
# on a busy machine; by the clock it may take longer (so an input counts as hanging only after libFuzzer's
# own 20 minutes: it looks at the clock). New inputs go to BUILD_DIR/corpus/TARGET, what a
# target said to BUILD_DIR/corpus/TARGET.log; a finding is left beside the inputs as crash-*, leak-*,
# oom-* or timeout-*, the other targets still have their turn, and the exit is 1.
set -eu
build=$1
target=${2:-all}
seconds=${3:-60}
here=$(cd "$(dirname "$0")" && pwd)
[ "$target" = all ] || target=fuzz_${target#fuzz_}
ticks=$(getconf CLK_TCK)
found=0
failed=0
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; exit 130' INT TERM

# used PID: seconds of the processor; nothing when the process is gone.
used() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk -v ticks="$ticks" '$1 != "Z" { print int(($12 + $13) / ticks) }'
}

# last LOG NAME: the figure that libFuzzer gives under this name at its end.
last() {
    sed -n "s/^stat::$2: *//p" "$1"
}

for program in "$build"/fuzz/fuzz_*; do
    name=$(basename "$program")
    { [ "$target" = all ] || [ "$target" = "$name" ]; } || continue
    found=1
    log=$build/corpus/$name.log
    mkdir -p "$build/corpus/$name"
    cd "$build/corpus/$name"
    "$program" -rss_limit_mb=2048 -print_final_stats=1 . "$here/corpus/$name" >"$log" 2>&1 &
    pid=$!
    cpu=0
    while now=$(used $pid) && [ -n "$now" ]; do
        cpu=$now
        [ "$cpu" -lt "$seconds" ] || kill -USR1 $pid 2>/dev/null || true # ends with its figures, and 0
        sleep 0.5
    done
    if wait $pid; then
        verdict=ok
    else
        verdict=FOUND
        failed=1
        cat "$log"
    fi
    pid=
    printf '%-16s %-5s %5d CPU s  %10s runs  %5s new inputs  %5s MiB\n' "$name" "$verdict" "$cpu" \
        "$(last "$log" number_of_executed_units)" "$(last "$log" new_units_added)" \
        "$(last "$log" peak_rss_mb)"
done
[ "$found" = 1 ] || { echo "fuzz.sh: no target $target" >&2; exit 64; }
exit $failed
