#!/bin/sh
# bench.sh BUILD_DIR [--json] [--long] [--peers] [--dir FOLDER] [PART...] - runs the parts of the bench.
# JSON lines when the output is no terminal. Parts: intake, match, deliver, scale, agents; --peers adds
# peers. Figures of a run may be compared with each other, not with those of another run.
set -eu
build=$1
shift
here=$(cd "$(dirname "$0")/../.." && pwd)
options=
dir=$build/bench
parts=
peers=
while [ $# -gt 0 ]; do
    case $1 in
    --peers) peers=peers ;; # beside Redis and RabbitMQ
    --json | --long) options="$options $1" ;;
    --dir)
        dir=$2
        shift
        ;;
    -*)
        echo "bench.sh: $1 is not known" >&2
        exit 64
        ;;
    *) parts="$parts $1" ;;
    esac
    shift
done
for part in ${parts:-intake match deliver scale agents} $peers; do
    program=$build/bench/bench_$part
    if [ ! -x "$program" ]; then
        echo "bench.sh: no part $part" >&2
        exit 64
    fi
    # shellcheck disable=SC2086 # a list
    "$program" --hub "$build/bin/kiennghi-hub" --registers "$here/schemas/registers" --dir "$dir" $options $(
        [ "$part" != match ] || echo --trgm "$here/tests/bench/trgm.py"
    )
done
