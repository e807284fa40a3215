#!/usr/bin/python3
"""test_outbox.py BUILD_DIR [SEED] [IMAGES] - the power of an agent's machine goes at any moment.

keeper.c, an agent as the library makes it, submits a batch, keeps its receipts and follows what became
of it; shim.c records what its outbox writes and syncs, what it says and hears, from the making of
the outbox on. outboxcut.c builds IMAGES of the outbox as a power cut leaves it and opens each: nothing
that was accepted or receipted is lost, no sequence is given twice, no saved event without its note.

The same run with a disk whose sync does nothing must give bad images, and so must one whose commits
are not carried out: else the test is blind.
"""
import os
import subprocess
import sys

import stage
from test_power import cut

ROWS = 1000
IMAGES = 2000
BLIND_IMAGES = 200


def record(build, folder, seed, **shim):
    """One run of keeper, recorded. Gives the trace."""
    os.makedirs(folder)
    trace = os.path.join(folder, "trace")
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    try:
        public, secret = hub.admit("contact-1", "intake")
        command = [os.path.join(build, "tests/keeper"), hub.delivery, hub.key, public.decode(),
                   secret.decode(), os.path.join(folder, "outbox"), "source/contact-1", str(ROWS),
                   str(seed)]
        keeper = subprocess.run(command, timeout=120, check=False,
                                env=stage.shim_environment(build, trace=trace, **shim))
        assert keeper.returncode == 0, f"keeper ended with {keeper.returncode}"
        figures = hub.status()["figures"]
        assert figures["cases"] == ROWS, figures
        assert hub.stop() == 0, hub.tail()
    finally:
        hub.end()
    return trace


def main():
    build, folder, seed, images = stage.begin("outbox", IMAGES)
    trace = record(build, os.path.join(folder, "run"), seed)
    good = cut(build, folder, trace, images, seed, "outboxcut")
    print(f"power cuts: {good}")
    blind = 0
    trace = record(build, os.path.join(folder, "blind"), seed, rules="sync:1-:lie")
    blind = cut(build, folder, trace, BLIND_IMAGES, seed, "outboxcut")
    print(f"the same without sync: {blind['bad']} of {blind['images']} images are bad")
    if good["bad"]:
        with open(os.path.join(folder, "outboxcut.log"), encoding="utf-8", errors="replace") as log:
            print("".join(log.readlines()[:20]))
    if not blind["bad"]:
        print("a disk that does not sync was not found: the test is blind")
    return int(good["bad"] > 0 or not blind["bad"])


if __name__ == "__main__":
    sys.exit(main())
