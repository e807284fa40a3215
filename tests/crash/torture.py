#!/usr/bin/python3
"""torture.py BUILD_DIR [NAME] [--seed N] [--scale F] - the long variants of the crash tests.

One line a test: name, outcome, seconds, seed, what it measured. The last line counts. NAME runs one
test or the tests whose name begins with it; --scale multiplies how much of everything (0.1: a tenth);
--seed makes a run again what it was. All of it at scale 1 takes less than 50 minutes on 2 cores.
"""
import argparse
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# fault: at which calls it strikes
SWEEPS = {"start_eio": range(1, 5), "start_full": range(1, 5), "sync_eio": range(1, 40, 3),
          "page_eio": range(1, 60, 5), "meta_eio": range(1, 40, 5),
          "journal_eio": range(1, 40, 5), "disk_full": range(1, 20, 3),
          "read_only": range(1, 20, 6), "slow_sync": range(2, 20, 8), "map_full": range(1)}


def one(name, amount=0, least=1):
    """A test that is run once, with AMOUNT of it at scale 1."""
    return lambda scale: [(f"test_{name}.py", [], max(least, int(amount * scale)) if amount else "", name)]


def side_by_side(scale):
    return [("test_kill.py", [], max(10, int(1000 * scale / 3)), f"kill-{i}") for i in range(3)]


def sweep(scale):
    step = max(1, int(1 / scale))
    return [("test_faults.py", [fault], n, fault) for fault, ns in SWEEPS.items() for n in ns[::step]]


# name: (what is run, how many at once)
TESTS = {
    "ledger": (lambda scale: [("test_ledger.py", None, "", "")], 1),
    "blind": (one("blind"), 1),
    "kill": (side_by_side, 3),
    "ready": (one("ready", 100_000), 1),
    "power": (one("power", 20_000), 1),
    "outbox": (one("outbox", 20_000), 1),
    "faults": (sweep, 1),
    "net": (one("net", 60, least=25), 1),
    "clock": (one("clock", 4), 1),
    "resend": (one("resend", 1_000_000), 1),
    "hostile": (one("hostile", 5_000, least=50), 1),
    "storm": (one("storm", 5_000, least=50), 1),
    "rot": (one("rot", 1_000, least=20), 1),
    "poison": (one("poison"), 1),
    "soak": (one("soak", 1_200, least=20), 1),
}


def start(build, job, seed):
    script, before, amount, place = job
    words = [os.path.join(HERE, script)]
    if before is not None:  # else it takes no arguments
        words += [*before, build, str(seed), str(amount), place]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def figures(output):
    """What a test said, without the lines that every test has."""
    lines = [line for line in output.splitlines() if not line.startswith(("seed ", "shim:"))]
    return "; ".join(lines)


def run(build, name, seed, scale):
    """Runs the jobs of a test; prints its line. True: passed."""
    jobs, at_once = TESTS[name]
    jobs, began, failed, said = jobs(scale), time.monotonic(), [], []
    for i in range(0, len(jobs), at_once):
        running = [(job, start(build, job, f"{seed}{i + k}")) for k, job in enumerate(jobs[i:i + at_once])]
        for job, process in running:
            output, _ = process.communicate()
            said.append(figures(output))
            if process.returncode:
                failed.append(f"{' '.join(map(str, process.args))}: exit {process.returncode}\n{output}")
        if sys.stderr.isatty() and len(jobs) > 1:
            print(f"\r{name}: {min(i + at_once, len(jobs))} of {len(jobs)} ", end="\r", file=sys.stderr)
    what = said[-1] if len(jobs) == 1 else f"{len(jobs)} runs, {len(failed)} failed; the last: {said[-1]}"
    print(f"{'FAIL' if failed else 'ok':4}  {name:8} {time.monotonic() - began:5.0f} s  seed {seed}  {what}",
          flush=True)
    print("\n".join(failed), end="\n" if failed else "")
    return not failed


def main():
    parser = argparse.ArgumentParser(prog="run torture", description="The long variants of the crash tests.")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("name", nargs="?", default="", help=", ".join(TESTS))
    parser.add_argument("--seed", type=int, default=random.randrange(10**8))
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    names = [name for name in TESTS if name.startswith(arguments.name)]
    if not names:
        parser.error(f"no test {arguments.name}; there are {', '.join(TESTS)}")
    results = [run(arguments.build, name, arguments.seed, arguments.scale) for name in names]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
