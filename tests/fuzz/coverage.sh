#!/bin/sh
# coverage.sh - how much of the decoders the corpora of the fuzz targets reach: branches, by llvm-cov.
# Replays the committed corpora and what fuzzing has found in this checkout. Ends with 1 when less than
# 90 % of the branches of the decoders were taken. `./run fuzz coverage` calls it.
set -eu
cd "$(dirname "$0")/../.."
build=$PWD/build/coverage
least=90
decoders="schemas/codec.c schemas/skim.c schemas/stored.c"
cmake -S . -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang \
    -DCMAKE_C_FLAGS="-O1 -g -fprofile-instr-generate -fcoverage-mapping" >"$build.log" 2>&1
cmake --build "$build" --target fuzz_skim fuzz_message fuzz_disk >>"$build.log" 2>&1 ||
    { cat "$build.log"; exit 1; }
rm -f "$build"/*.profraw
objects=
for name in fuzz_skim fuzz_message fuzz_disk; do
    found=build/fuzz/corpus/$name
    [ -d "$found" ] || found=
    # shellcheck disable=SC2086 # perhaps none
    LLVM_PROFILE_FILE=$build/$name.profraw "$build/fuzz/$name" "tests/fuzz/corpus/$name" $found >/dev/null
    objects="$objects ${objects:+-object }$build/fuzz/$name"
done
llvm-profdata merge -o "$build/all.profdata" "$build"/*.profraw
# shellcheck disable=SC2086 # lists
llvm-cov report $objects -instr-profile "$build/all.profdata" --show-region-summary=false $decoders |
    tee "$build/report"
awk -v least=$least '/^TOTAL/ { branches = $(NF - 2); reached = $NF + 0 }
    END { printf "decoders: %.1f %% of %d branches\n", reached, branches; exit !branches || reached < least }' \
    "$build/report"
