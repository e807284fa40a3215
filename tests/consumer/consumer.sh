#!/bin/sh
# consumer.sh BUILD SOURCE WORK LIBDIR CC FLAGS - installs libkiennghi into WORK/prefix and builds the stranger's
# program twice, by pkg-config and by find_package, and runs both.
set -eu
build=$1 source=$2 work=$3 libdir=$4 cc=$5 flags=$6
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
DESTDIR= cmake --install "$build" --prefix "$work/prefix" --component library >"$work/install.log"
export PKG_CONFIG_PATH="$work/prefix/$libdir/pkgconfig" LD_LIBRARY_PATH="$work/prefix/$libdir"

# shellcheck disable=SC2046,SC2086
"$cc" -std=c17 -Wall -Wextra -Wpedantic -Werror $flags -o "$work/by-pkg-config" "$source/stranger.c" \
    $(pkg-config --cflags --libs kiennghi)
cmake -S "$source" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_C_FLAGS="$flags" >"$work/cmake.log"
cmake --build "$work/build" >>"$work/cmake.log"

for program in "$work/by-pkg-config" "$work/build/stranger"; do
    said=$("$program" "$work/outbox-$(basename "$program")")
    echo "$(basename "$program"): $said"
    [ "$said" = "0.1.0 1" ]
done
